"""The Tensor: an array that remembers how it was made.

The names, arguments and numbers are PyTorch's. tape.py writes the record and walks it
back; operators.py and functions.py put the operations on the Tensor.
"""

import itertools
from operator import attrgetter
from types import EllipsisType, NoneType

import numpy as np

from dlcourse.autograd.grad_mode import is_grad_enabled

DTYPES = "?bBhHiIlqfd"  # their characters
_NOT_ARRAYS = int, slice, EllipsisType, NoneType  # of an index
_clock = itertools.count()


def tensor(data, dtype=None, requires_grad=False):
    """Copy ``data`` into a new Tensor, as ``torch.tensor`` does.

    Python's floats become float32; NumPy's arrays and numbers keep their dtype.

    Raises TypeError for a dtype that no :class:`Tensor` has, RuntimeError where a
    gradient is asked of integers.
    """
    data = values_of(data)
    array = np.array(data, dtype)
    if dtype is None and array.dtype.kind == "f" and not _holds_dtype(data):
        array = array.astype(np.float32)
    return Tensor(array, requires_grad)


def _holds_dtype(data):
    """Whether NumPy's numbers or Tensors are in ``data``, not Python's only."""
    if isinstance(data, list | tuple):
        return any(map(_holds_dtype, data))
    return hasattr(data, "dtype")


class Tensor:
    """An n-dimensional array with, where asked for, a gradient.

    Its numbers are float32 or float64, bool, or integers, but not uint64, which NumPy
    turns into floats beside other integers. Nor are they float16, which ends at 65,504:
    its sums would need a wider type. These raise TypeError.

    Attributes:
        data: the values, a NumPy array.
        requires_grad: whether gradients flow to it.
        grad: dL/d(this), a Tensor of the same shape, after ``backward``; else None.
        op, edges: how it was made: the operation's name, and for each operand a pair
            of the operand and the function that carries the gradient back to it.
            Empty for leaves; ``backward`` empties the edges where it frees the graph.
        name: a label for drawings.
    """

    __slots__ = (
        "__weakref__",
        "_grad",
        "_order",
        "_requires_grad",
        "_retains_grad",
        "_version",
        "_versions",
        "data",
        "edges",
        "name",
        "op",
    )
    __array_ufunc__ = None  # array * tensor asks Tensor.__rmul__, not NumPy

    def __init__(self, data, requires_grad=False):
        self.data = data if isinstance(data, np.ndarray) else np.asarray(data)
        if self.data.dtype.char not in DTYPES:
            raise TypeError(
                "a Tensor holds numbers in a regular array, of float32, float64, bool "
                f"or integers up to int64; got dtype {self.data.dtype}"
            )
        self._requires_grad = False
        self._grad = None
        self._retains_grad = False
        self._version = [0]  # changes in place, counted together with its views
        self._order = next(_clock)  # a parent is always made before its children
        self.op, self.edges, self._versions = "", (), ()
        self.name = ""
        if requires_grad:
            self.requires_grad_()

    # ------------------------------------------------------------------ gradient

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, value):
        if value is not None and (
            not isinstance(value, Tensor) or value.shape != self.shape
        ):
            raise TypeError(f"grad expects None or a Tensor of shape {self.shape}")
        self._grad = value

    def retain_grad(self):
        """Keep the gradient of this Tensor too, though it is no leaf."""
        if not self.requires_grad:
            raise RuntimeError("retain_grad() needs a tensor with requires_grad=True")
        self._retains_grad = True

    def requires_grad_(self, requires_grad=True):
        """Ask for gradients (or no longer); returns the Tensor itself."""
        if requires_grad and self.dtype.kind != "f":
            raise RuntimeError(
                f"only floats can have a gradient, this tensor is {self.dtype}: "
                "write 1.0 for 1, or give dtype=np.float32"
            )
        if self.op and not requires_grad:
            raise RuntimeError("a computed tensor can't refuse gradients: use detach()")
        self._requires_grad = bool(requires_grad)
        return self

    requires_grad = property(attrgetter("_requires_grad"), requires_grad_)

    @property
    def is_leaf(self):
        return not self.op

    @property
    def parents(self):
        """The operands that it was computed from."""
        return tuple(operand for operand, _ in self.edges)

    @property
    def vjps(self):
        """Beside each of them, the function that carries the gradient back to it."""
        return tuple(vjp for _, vjp in self.edges)

    def detach(self):
        """The same values (shared memory), cut off from the tape."""
        out = Tensor(self.data)
        out._version = self._version
        return out

    # ------------------------------------------------- changes in place, guarded

    def _change(self, how, other):
        if is_grad_enabled() and (
            self.requires_grad or getattr(other, "requires_grad", False)
        ):
            raise RuntimeError(
                "a change in place isn't recorded, so its gradient would be lost: "
                "write x = x + y for x += y; to update a parameter, do it inside "
                "no_grad()"
            )
        other = values_of(other)
        if self.dtype.kind in "iu" and np.asarray(other).dtype.kind == "f":
            raise TypeError(f"floats don't fit into this tensor of {self.dtype}")
        how(self.data, other)
        self._version[0] += 1
        return self

    def __iadd__(self, other):
        return self._change(lambda x, y: np.add(x, y, out=x), other)

    def __isub__(self, other):
        return self._change(lambda x, y: np.subtract(x, y, out=x), other)

    def __imul__(self, other):
        return self._change(lambda x, y: np.multiply(x, y, out=x), other)

    def __itruediv__(self, other):
        return self._change(lambda x, y: np.divide(x, y, out=x), other)

    def __setitem__(self, index, value):
        self._change(lambda x, y: x.__setitem__(as_index(index), y), value)

    # ------------------------------------------------------------- without gradient

    def numpy(self):
        """The values as a NumPy array (shared memory)."""
        if self.requires_grad:
            raise RuntimeError("a tensor with gradient: use .detach().numpy()")
        return self.data

    def item(self):
        """The single value as a Python number."""
        return self.data.item()

    def __reduce__(self):
        """Copies and pickles are leaves, new in the order of making."""
        if self.op:
            raise RuntimeError("only leaves can be copied or pickled: detach() first")
        state = {"name": self.name, "_grad": self._grad, "_version": self._version}
        return type(self), (self.data, self.requires_grad), (None, state)

    def argmax(self, dim=None):
        return Tensor(np.int64(self.data.argmax(axis=dim)))

    def float(self):
        return self._cast(np.float32)

    def double(self):
        return self._cast(np.float64)

    shape = property(attrgetter("data.shape"))
    dtype = property(attrgetter("data.dtype"))
    ndim = property(attrgetter("data.ndim"))

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __len__(self):
        return len(self.data)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __bool__(self):
        if self.data.size != 1:
            raise RuntimeError(
                f"bool() of a tensor of shape {self.shape}: only one entry is true or "
                "false; of several, ask .numpy().all() or .any()"
            )
        return bool(self.data)

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __format__(self, spec):
        return format(self.item() if self.ndim == 0 else str(self), spec)

    def __repr__(self):
        text = np.array2string(self.data, precision=4, separator=", ", prefix="tensor(")
        dtype = f", dtype={self.dtype}" if self.dtype == np.float64 else ""
        made = f", op={self.op}" if self.op else ", requires_grad=True"
        return f"tensor({text}{dtype}{made if self.requires_grad else ''})"


def kept(x):
    """The values of a Tensor or array, copied: whoever refills it changes no gradient.

    For what a vjp needs besides its operands, such as labels, conditions and indices.
    """
    return np.array(values_of(x))


def as_index(index):
    """As NumPy takes it, ending in ``...``: one entry is a view then, as in PyTorch."""
    parts = [_place(i) for i in (index if type(index) is tuple else (index,))]
    return (*parts,) if any(i is Ellipsis for i in parts) else (*parts, ...)


def _place(i):
    """One axis's part of an index; what could be refilled is copied."""
    if isinstance(i, _NOT_ARRAYS):
        return i
    i = np.array(i, int) if isinstance(i, list) and not i else kept(i)
    if i.dtype == np.uint8:
        raise TypeError("an index of uint8: give bool for a mask, int64 for places")
    return int(i) if i.ndim == 0 and i.dtype.kind == "i" else i


def values_of(x):
    """The array of a Tensor; anything else as it is."""
    return x.data if isinstance(x, Tensor) else x


def floats(x):
    """The array of a Tensor; integers become float32, PyTorch's default."""
    return x.data if x.dtype.kind == "f" else x.data.astype(np.float32)
