"""What crosses between the grader and a submission's process, in both directions.

A frame is a magic word and two lengths, then JSON, then the arrays' bytes. No pickle,
no npy header: an array is a dtype from a short list, a shape and exactly as many bytes.
A value that can be changed in place has a number, so that both sides mean the same
object by it; what a call has changed comes back under its number.

The reader is strict. It is the grader's only contact with what a submission says, and
it makes plain data only: objects and functions travel from the grader, never to it.
"""

import json
import re
import struct
from collections import defaultdict
from itertools import pairwise
from types import GeneratorType

import numpy as np

__all__ = ["HEAD", "MAGIC", "Malformed", "Reader", "Unsendable", "Writer", "frame"]

HEAD = struct.Struct("<4sII")
MAGIC = b"dlc1"
DTYPE = re.compile(r"[<>|](b1|[iu][1248]|f(2|4|8|16)|c(8|16|32))")
DEEPEST = 12  # levels of an answer; freeze() calls what is deeper nested too deeply
MOST = 64 * 2**20  # bytes of arrays in one message
WIDEST = 2**256  # of whole numbers; a generator's state has 128 bits
PLAIN = np.ndarray, list, dict, np.random.Generator
NAMED = ("dlcourse.nn.", "dlcourse.optim.", "dlcourse.autograd.")  # both sides have it


class Malformed(Exception):
    """A message that is not of this form."""


class Unsendable(TypeError):
    """A value that has no form here."""


def frame(message, blobs=()):
    """The bytes of a message."""
    text = json.dumps({**message, "blobs": [len(blob) for blob in blobs]}).encode()
    size = sum(map(len, blobs))
    return HEAD.pack(MAGIC, len(text), size) + text + b"".join(blobs)


def unframe(text, rest):
    """(message, blobs) of the two parts of a frame; raises Malformed."""
    try:
        message = json.loads(text)
        lengths = message.pop("blobs")
        if not (type(lengths) is list and all(_is_size(n) for n in lengths)):
            raise Malformed("blobs")
        if sum(lengths) != len(rest):
            raise Malformed("length")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as e:
        raise Malformed(type(e).__name__) from None
    ends = np.cumsum([0, *lengths]).tolist()
    return message, [rest[a:b] for a, b in pairwise(ends)]


def _is_size(n):
    return type(n) is int and 0 <= n < 2**40


def _is_tensor(kind):
    return hasattr(kind, "detach") and hasattr(kind, "numpy")


def named(v):
    """The name by which both sides find ``v``, a function or class; or None."""
    name = f"{getattr(v, '__module__', '')}:{getattr(v, '__qualname__', '')}"
    return name if name.startswith(NAMED) and "<" not in name else None


# ------------------------------------------------------------------------------ writing


class Writer:
    """Values as trees of JSON and a list of ``blobs``.

    Args:
        numbers: {id: number} of the values that both sides know already.
        functions: a list in which functions are put down, to be called from afar; with
            it, this is the grader's side, where objects are sent, and what has no form
            raises Unsendable. Without it, of such a value only the kind is told.
    """

    def __init__(self, numbers=(), functions=None):
        self.numbers, self.functions = dict(numbers), functions
        self.blobs, self.room = [], MOST
        self.kept = {}  # number: value, of the new ones, which keeps their ids theirs

    def value(self, v, depth=0):
        """The tree of ``v``."""
        try:
            return self._value(v, depth)
        except Exception:  # a hostile or half-built object
            if self.functions is not None:
                raise
            return self._other(f"broken {type(v).__name__}")

    def _value(self, v, depth):
        kind = type(v)
        if v is None or kind is bool:
            return v
        if id(v) in self.numbers:
            return {"same": self.numbers[id(v)]}
        if depth > DEEPEST and self.functions is None:
            return self._other("too deep")
        if issubclass(kind, str):
            return str.__str__(v)
        if issubclass(kind, np.generic | complex):
            return self._array(v, "scalar")
        if issubclass(kind, int):
            v = int.__int__(v)
            return v if abs(v) < WIDEST else self._other("int")
        if issubclass(kind, float):
            return {"float": float.hex(float.__float__(v))}
        if issubclass(kind, tuple):
            return {"tuple": [self.value(x, depth + 1) for x in tuple.__iter__(v)]}
        if issubclass(kind, set | frozenset):
            return {"set": [self.value(x, depth + 1) for x in v]}
        if issubclass(kind, GeneratorType):
            return {"generator": 0}
        if callable(v) and not (isinstance(v, type) or named(kind)):
            return self._function(v)
        if isinstance(v, type):
            return {"named": named(v)} if named(v) else self._other(kind.__name__)
        if self.functions is None and not (issubclass(kind, PLAIN) or _is_tensor(kind)):
            return self._other(kind.__name__)
        number = self.numbers[id(v)] = len(self.numbers)
        self.kept[number] = v
        return self.state(v, number, depth)

    def state(self, v, number, depth=0):
        """The tree of what ``v``, known by ``number``, holds now."""
        kind = type(v)

        def inner(x):
            return self.value(x, depth + 1)

        if issubclass(kind, np.ndarray):
            tree = self._array(v, "array")
        elif issubclass(kind, list):
            tree = {"list": [inner(x) for x in list.__iter__(v)]}
        elif issubclass(kind, dict):
            tree = {"map": [[inner(k), inner(x)] for k, x in dict.items(v)]}
            if issubclass(kind, defaultdict) and v.default_factory is dict:
                tree["of dicts"] = True
        elif _is_tensor(kind):
            tree = {"tensor": [inner(v.data), inner(v.grad), bool(v.requires_grad)]}
            tree["kind"] = "Parameter" if kind.__name__ == "Parameter" else "Tensor"
        elif issubclass(kind, np.random.Generator):
            bits = v.bit_generator
            tree = {"rng": type(bits).__name__, "state": inner(bits.state)}
        else:
            state = v.__getstate__()
            if not isinstance(state, dict):
                raise Unsendable(f"a {kind.__name__}")
            name = named(kind) or kind.__name__
            tree = {"object": name, "holds": [[k, inner(x)] for k, x in state.items()]}
        return {**tree, "#": number}

    def _function(self, f):
        if name := named(f):
            return {"named": name}
        if self.functions is None:
            return self._other(type(f).__name__)
        self.functions.append(f)
        return {"call": len(self.functions) - 1}

    def _array(self, v, tag):
        data = np.array(v, order="C")
        self.room -= data.nbytes
        if self.room < 0:
            return self._other("array that is far too large")
        if not DTYPE.fullmatch(data.dtype.str):
            text = data.dtype.kind in "US"
            return self._other("array of strings" if text else data.dtype.name, "array")
        self.blobs.append(data.tobytes())
        return {
            tag: len(self.blobs) - 1,
            "dtype": data.dtype.str,
            "shape": list(data.shape),
        }

    def _other(self, kind, form="object"):
        if self.functions is not None:
            raise Unsendable(f"a {kind}")
        return {"other": str(kind)[:80], "form": form}


# ------------------------------------------------------------------------------ reading


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
        make = getattr(self, f"_{tag.replace(' ', '_')}", None)
        if tag not in TAGS or make is None:
            raise Malformed("tag")
        return make(body, tree)

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
        if not (self.find and name.startswith(NAMED)):
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
            DTYPE.fullmatch(code) and len(shape) <= 32 and all(map(_is_size, shape))
        ):
            raise Malformed("array")
        if type(index) is not int or index < 0:
            raise Malformed("index")
        data = np.frombuffer(self.blobs[index], np.dtype(code))
        return data.reshape(shape).copy()  # raises where the size is not exact


def _hidden(tree):
    return type(tree) is dict and "other" in tree


TAGS = frozenset(
    "same float tuple set generator scalar call named other array list map tensor rng "
    "object".split()
)
