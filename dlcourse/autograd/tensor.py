"""Reverse-mode automatic differentiation: the Tensor and its tape.

A Tensor is an array that remembers how it was made. Every operation computes its
result with NumPy and records, beside each operand, one function: the *vector-Jacobian
product* (vjp), which turns the gradient of the loss with respect to the result into
the gradient with respect to that operand. ``backward`` then walks the record in the
opposite order of time and adds up what arrives at each Tensor:

    y = f(a, b)          forward: compute y, record (a, vjp_a) and (b, vjp_b)
    a.grad += vjp_a(dL/dy)          backward: dL/da = (dy/da)^T dL/dy

Nothing else is needed: no symbolic mathematics, no recursion. The names, arguments and
numbers are PyTorch's. Source: S. Linnainmaa (1970); A. Griewank and A. Walther,
*Evaluating Derivatives*, 2nd ed. (2008), chapter 3.
"""

import contextlib
import itertools
from operator import attrgetter

import numpy as np

_clock = itertools.count()
_recording = True


@contextlib.contextmanager
def no_grad():
    """Record nothing inside ``with no_grad():`` or in a ``@no_grad()`` function."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


def is_grad_enabled():
    """Whether operations are being recorded now."""
    return _recording


def tensor(data, dtype=None, requires_grad=False):
    """Copy ``data`` into a new Tensor, as ``torch.tensor`` does.

    Python's floats become float32; NumPy's arrays and numbers keep their dtype.

    Raises TypeError where ``data`` are not numbers, RuntimeError where a gradient is
    asked of integers.
    """
    if isinstance(data, Tensor):
        data = data.data
    array = np.array(data, dtype)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"tensor expects numbers in a regular array, got {type(data).__name__} "
            f"of dtype {array.dtype}"
        )
    if dtype is None and array.dtype.kind == "f" and not _holds_dtype(data):
        array = array.astype(np.float32)
    return Tensor(array, requires_grad)


def _holds_dtype(data):
    """Whether NumPy's numbers or Tensors are in ``data``, not Python's only."""
    if isinstance(data, list | tuple):
        return any(map(_holds_dtype, data))
    return hasattr(data, "dtype")


def record(op, data, *edges):
    """Wrap the result ``data`` of an operation; put it on the tape if gradients flow.

    Args:
        op: the operation's name, for drawings and messages.
        data: the result, an array.
        edges: a pair (operand, vjp) for each operand. ``vjp`` takes the gradient of
            the loss with respect to the result, an array of its shape, and returns the
            one with respect to the operand: a new array, or the gradient itself or a
            view of it. Where the operand was broadcast, the gradient may keep the
            broadcast shape: ``backward`` sums it down.
    """
    expect_tensors(op, *(operand for operand, _ in edges))
    out = Tensor(data)
    if out.data.base is not None:  # a view of an operand changes when that does
        for operand, _ in edges:
            if np.may_share_memory(out.data, operand.data):
                out._version = operand._version
    if _recording and any(operand.requires_grad for operand, _ in edges):
        out._requires_grad = True
        out.op = op
        out.parents, out.vjps = zip(*edges, strict=True)
        out._versions = tuple(tensor._version[0] for tensor in (out, *out.parents))
    return out


def unbroadcast(gradient, shape):
    """Sum ``gradient`` over the axes that broadcasting added or repeated.

    An entry that was used k times gets the sum of k gradients: the rule of shared
    nodes, along an axis.
    """
    if gradient.shape == shape:
        return gradient
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1 != gradient.shape[i])
    return gradient.sum(axis=repeated, keepdims=True)


class Tensor:
    """An n-dimensional array with, where asked for, a gradient.

    Attributes:
        data: the values, a NumPy array.
        requires_grad: whether gradients flow to it.
        grad: dL/d(this), a Tensor of the same shape, after ``backward``; else None.
        op, parents, vjps: how it was made: the operation's name, its operands, and
            beside each operand the function that carries the gradient back to it.
            Empty for leaves, and once ``backward`` has freed the graph.
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
        "name",
        "op",
        "parents",
        "vjps",
    )
    __array_ufunc__ = None  # array * tensor asks Tensor.__rmul__, not NumPy

    def __init__(self, data, requires_grad=False):
        self.data = data if isinstance(data, np.ndarray) else np.asarray(data)
        self._requires_grad = False
        self._grad = None
        self._retains_grad = False
        self._version = [0]  # changes in place, counted together with its views
        self._order = next(_clock)  # a parent is always made before its children
        self.op, self.parents, self.vjps, self._versions = "", (), (), ()
        self.name = ""
        if requires_grad:
            self.requires_grad_()

    # ------------------------------------------------------------------ backward

    def backward(self, gradient=None, retain_graph=False):
        """Add dL/d(leaf) to the ``grad`` of every leaf that this Tensor L is made from.

        Args:
            gradient: dL/d(this), of this shape; may be left out where this is a scalar.
            retain_graph: keep the record, so that ``backward`` can be called again.

        Raises RuntimeError where nothing was recorded, where ``gradient`` is missing or
        of another shape, where the graph was freed, and where an operand was changed in
        place after it was used.
        """
        if not self.requires_grad:
            raise RuntimeError(
                "backward() needs a tensor that was computed from one with "
                "requires_grad=True (and not inside no_grad())"
            )
        gradients = {self: self._seed(gradient)}
        for node in reversed(_history(self)):
            gradient = gradients.pop(node)
            if not node.op or node._retains_grad:
                node._accumulate(gradient)
            node._expect_unchanged()
            for parent, vjp in zip(node.parents, node.vjps, strict=True):
                if not parent.requires_grad:
                    continue
                arriving = unbroadcast(vjp(gradient), parent.shape)
                if parent in gradients:  # a shared node: the gradients add up
                    arriving = gradients[parent] + arriving
                elif not parent.op and (
                    arriving is gradient or arriving.base is not None
                ):
                    arriving = arriving.copy()  # a leaf keeps it: it must own it
                gradients[parent] = arriving
            if not retain_graph:
                node.parents = node.vjps = node._versions = ()

    def _expect_unchanged(self):
        """A vjp may use the values of the operands and of the result: the forward's."""
        tensors = (self, *self.parents) if self.op else ()
        for tensor, version in zip(tensors, self._versions, strict=True):
            if tensor._version[0] != version:
                raise RuntimeError(
                    f"a tensor of shape {tensor.shape} was changed in place after "
                    f"'{self.op}' used it: its gradient would be wrong"
                )

    def _seed(self, gradient):
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError(
                    f"backward() of a tensor of shape {self.shape} needs gradient=, of "
                    "the same shape; without it, only a scalar has a gradient"
                )
            return np.ones_like(self.data)
        gradient = np.array(values_of(gradient), self.dtype)
        if gradient.shape != self.shape:
            raise RuntimeError(
                f"backward expects gradient of shape {self.shape}, got {gradient.shape}"
            )
        return gradient

    def _accumulate(self, gradient):
        gradient = gradient.astype(self.dtype, copy=self._retains_grad)
        if self._grad is None:
            self._grad = Tensor(gradient)
        else:
            self._grad.data += gradient

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

    def detach(self):
        """The same values (shared memory), cut off from the tape."""
        out = Tensor(self.data)
        out._version = self._version
        return out

    # ------------------------------------------------- changes in place, guarded

    def _change(self, how, other):
        if _recording and (
            self.requires_grad or getattr(other, "requires_grad", False)
        ):
            raise RuntimeError(
                "a change in place isn't recorded, so its gradient would be lost: "
                "write x = x + y for x += y; to update a parameter, do it inside "
                "no_grad()"
            )
        how(self.data, values_of(other))
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
        self._change(lambda x, y: x.__setitem__(values_of(index), y), value)

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
        state = {"name": self.name, "_grad": self._grad}
        return type(self), (self.data, self.requires_grad), (None, state)

    def argmax(self, dim=None):
        return Tensor(self.data.argmax(axis=dim))

    def float(self):
        return self._cast(np.float32)

    def double(self):
        return self._cast(np.float64)

    def _cast(self, dtype):
        y = self.data.astype(dtype)
        return record("cast", y, (self, lambda g: g.astype(self.dtype)))

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


def _history(root):
    """Every Tensor with gradient that ``root`` was made from, in the order of making.

    Parents are made before their children, so the order of making is already a
    topological order: sorting by it replaces a recursive search.
    """
    found, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if node.op and not node.parents:
            raise RuntimeError(
                "this graph was freed by an earlier backward(): run the forward pass "
                "again, or call backward(retain_graph=True) the first time"
            )
        for parent in node.parents:
            if parent.requires_grad and parent not in found:
                found.add(parent)
                stack.append(parent)
    return sorted(found, key=attrgetter("_order"))


def values_of(x):
    """The array of a Tensor; anything else as it is."""
    return x.data if isinstance(x, Tensor) else x


def expect_tensors(who, *operands):
    """Raise TypeError where one is no Tensor: an array would lose the gradient."""
    for x in operands:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{who} expects Tensors, got {type(x).__name__}: make one with tensor()"
            )


def floats(x):
    """The array of a Tensor; integers become float32, PyTorch's default."""
    return x.data if x.dtype.kind == "f" else x.data.astype(np.float32)
