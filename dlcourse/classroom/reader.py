"""Trees back to values, strictly: see :mod:`dlcourse.classroom.wire`."""

from collections import defaultdict

import numpy as np

from dlcourse.classroom.wire import DTYPE, Malformed, is_size

__all__ = ["Reader"]


class Reader:
    """Values of trees. A tree with the number of a known value refills that value.

    Args:
        blobs: the message's arrays.
        known: {number: value}; new values with a number are added to it.
        call, find: what makes a function of the number of one that stayed on the other
            side, and a value of the name of one that both sides have; only in the
            submission's process. Without them such trees are malformed.
    """

    def __init__(self, blobs, known=None, call=None, find=None):
        self.blobs, self.known = blobs, {} if known is None else known
        self.call, self.find = call, find

    def value(self, tree):
        """The value; raises Malformed, and nothing else."""
        try:
            return self._value(tree)
        except Malformed:
            raise
        except Exception as error:
            raise Malformed(type(error).__name__) from None

    def _value(self, tree):
        if tree is None or type(tree) in (bool, int, str):
            return tree
        if type(tree) is not dict or not tree:
            raise Malformed("tree")
        tag, body = next(iter(tree.items()))
        if tag not in TAGS:
            raise Malformed("tag")
        return TAGS[tag](self, body, tree)

    def _same(self, number, _):
        return self.known[number]

    def _float(self, body, _):
        return float.fromhex(body)

    def _tuple(self, body, _):
        return tuple(map(self._value, body))

    def _set(self, body, _):
        return set(map(self._value, body))

    def _generator(self, *_):
        return (x for x in ())

    def _scalar(self, index, tree):
        return self._numbers(index, tree)[()]

    def _call(self, number, _):
        if not self.call:
            raise Malformed("call")
        return self.call(number)

    def _named(self, name, _):
        if not self.find:
            raise Malformed("name")
        return self.find(name)

    def _other(self, body, tree):
        if tree["form"] == "array":
            return np.array([""] if body == "array of strings" else [None])
        return type(body[:80], (), {})()  # describe() says "a ..." of it

    def _array(self, index, tree):
        new = self._numbers(index, tree)
        there = self._there(tree, np.ndarray)
        if there is None:
            return self._keep(tree, new)
        if (there.shape, there.dtype) != (new.shape, new.dtype):
            raise Malformed("an array has changed its form")
        there[...] = new
        return there

    def _list(self, body, tree):
        there = self._there(tree, list)
        there = self._keep(tree, []) if there is None else there
        there[:] = [self._value(each) for each in body]
        return there

    def _map(self, body, tree):
        there = self._there(tree, dict)
        if there is None:
            there = self._keep(tree, defaultdict(dict) if tree.get("of dicts") else {})
        items = [(self._value(key), self._value(each)) for key, each in body]
        there.clear()
        there.update(items)
        return there

    def _tensor(self, body, tree):
        from dlcourse.autograd import Tensor
        from dlcourse.nn.module import Parameter

        data, grad, learned = body
        data, there = self._value(data), self._there(tree, Tensor)
        if there is None:
            kind = Parameter if tree["kind"] == "Parameter" else Tensor
            there = self._keep(tree, kind(data, requires_grad=bool(learned)))
        there.data = data
        there.grad = self._value(grad)
        return there

    def _rng(self, body, tree):
        there = self._there(tree, np.random.Generator)
        if there is None:
            kinds = {"PCG64": np.random.PCG64, "MT19937": np.random.MT19937}
            there = self._keep(tree, np.random.Generator(kinds[body](0)))
        there.bit_generator.state = self._value(tree["state"])
        return there

    def _object(self, name, tree):
        there = self.known.get(tree["#"])
        new = there is None
        if new:
            if not self.find:
                raise Malformed("object")
            kind = self.find(name)
            there = self._keep(tree, kind.__new__(kind))
        if not hasattr(there, "__dict__"):
            raise Malformed("object")
        holds = dict(tree["holds"])
        if not new:  # its own fields only, and no machinery
            own = [key for key in vars(there) if not key.startswith("_")]
            holds = {k: holds[k] for k in own if k in holds and not _hidden(holds[k])}
        holds = {key: self._value(each) for key, each in holds.items()}
        vars(there).update(holds)
        return there

    def _there(self, tree, kind):
        there = self.known.get(tree["#"])
        if there is not None and not isinstance(there, kind):
            raise Malformed("another kind")
        return there

    def _keep(self, tree, made):
        if type(tree["#"]) is not int or tree["#"] in self.known:
            raise Malformed("number")
        self.known[tree["#"]] = made
        return made

    def _numbers(self, index, tree):
        code, shape = tree["dtype"], tree["shape"]
        if not (
            DTYPE.fullmatch(code) and len(shape) <= 32 and all(map(is_size, shape))
        ):
            raise Malformed("array")
        if type(index) is not int or index < 0:
            raise Malformed("index")
        data = np.frombuffer(self.blobs[index], np.dtype(code))
        return data.reshape(shape).copy()  # raises where the size is not exact


def _hidden(tree):
    return type(tree) is dict and "other" in tree


TAGS = {
    tag: getattr(Reader, f"_{tag}")
    for tag in "same float tuple set generator scalar call named other array list map "
    "tensor rng object".split()
}
