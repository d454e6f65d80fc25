"""Values as trees of JSON and arrays' bytes: see :mod:`dlcourse.classroom.wire`."""

from collections import defaultdict
from types import GeneratorType

import numpy as np

from dlcourse.classroom.wire import DTYPE, Unsendable, is_tensor, named

__all__ = ["Writer"]

DEEPEST = 12  # levels of an answer; freeze() calls what is deeper nested too deeply
MOST = 64 * 2**20  # bytes of arrays in one message
WIDEST = 2**256  # of whole numbers; a generator's state has 128 bits
PLAIN = np.ndarray, list, dict, np.random.Generator


class Writer:
    """Values as trees of JSON and a list of ``blobs``.

    Args:
        numbers: {id: number} of the values that both sides know already.
        functions: a list in which functions are put down, to be called from afar; with
            it, this is the grader's side, where objects are sent, and what has no form
            raises Unsendable. Without it, of such a value only the kind is told.
        blobs: a list to which others have added.
    """

    def __init__(self, numbers=(), functions=None, blobs=None):
        self.numbers, self.functions = dict(numbers), functions
        self.blobs, self.room = [] if blobs is None else blobs, MOST
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
        if self.functions is None and not (issubclass(kind, PLAIN) or is_tensor(kind)):
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
        elif is_tensor(kind):
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
