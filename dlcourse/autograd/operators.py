"""Arithmetic on Tensors: ``+ - * / ** @`` and ``[]``, each forward beside its gradient.

Comparisons are here too: of arrays, entry by entry, without gradient.

In every vjp, ``g`` is the gradient of the loss with respect to the result and has the
result's shape. Where an operand was broadcast, ``backward`` sums the gradient down to
its shape, so nothing here need think of it.
"""

import operator

import numpy as np

from dlcourse.autograd.tape import record
from dlcourse.autograd.tensor import Tensor, as_index, floats, kept, values_of


def add(a, b):
    """a + b: both slopes are 1."""
    a, b = promoted(a, b)
    return record("add", a.data + b.data, (a, lambda g: g), (b, lambda g: g))


def sub(a, b):
    """a - b: slopes 1 and -1."""
    a, b = promoted(a, b)
    return record("sub", a.data - b.data, (a, lambda g: g), (b, lambda g: -g))


def mul(a, b):
    """a * b: the slope of each factor is the other."""
    a, b = promoted(a, b)
    return record(
        "mul",
        a.data * b.data,
        (a, lambda g: g * b.data),
        (b, lambda g: g * a.data),
    )


def div(a, b):
    """a / b: slopes 1/b and -a/b^2."""
    a, b = promoted(a, b)
    y = floats(a) / floats(b)
    return record(
        "div",
        y,
        (a, lambda g: g / b.data),
        (b, lambda g: -g * (y / b.data)),  # b^2 may leave the range where this does not
    )


def pow(a, exponent):
    """a ** n for a number n: slope n a^(n-1), and 0 everywhere for n = 0."""
    if not isinstance(exponent, int | float | np.number):
        raise TypeError(
            f"** expects a number as exponent, got {type(exponent).__name__}"
        )
    n = np.asarray(exponent).item()  # a Python number leaves a's dtype alone
    a, _ = promoted(a, n)  # integers to the power of 0.5 are floats
    slope = (lambda: n * a.data ** (n - 1)) if n else (lambda: 0.0)
    return record("pow", a.data**n, (a, lambda g: g * slope()))


def neg(a):
    """-a: slope -1."""
    return record("neg", -a.data, (a, lambda g: -g))


def matmul(a, b):
    """Matrix product (..., n, k) @ (..., k, m) -> (..., n, m).

    For Y = A B and G = dL/dY: dL/dA = G B^T and dL/dB = A^T G. A 1-D operand is a row
    on the left and a column on the right, as in NumPy.
    """
    a, b = _operands(a, b)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(f"@ expects matrices or vectors, got {a.shape} @ {b.shape}")
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise ValueError(f"@ expects equal inner sizes, got {a.shape} @ {b.shape}")
    if a.dtype != b.dtype:
        raise TypeError(f"@ expects one dtype, got {a.dtype} @ {b.dtype}")
    if b.ndim == 1:
        return (a @ b.reshape(-1, 1)).reshape(a.shape[:-1])
    if a.ndim == 1:
        row = a.reshape(1, -1) @ b
        return row.reshape(row.shape[:-2] + row.shape[-1:])
    return record(
        "matmul",
        a.data @ b.data,
        (a, lambda g: g @ b.data.swapaxes(-1, -2)),
        (b, lambda g: a.data.swapaxes(-1, -2) @ g),
    )


def getitem(a, index):
    """a[index]: each gradient goes back to the entry it came from."""
    index = as_index(index)
    y = a.data[index]

    def scatter(g):
        out = np.zeros(a.shape, g.dtype)
        if np.may_share_memory(y, a.data):  # a slice: each entry picked once
            out[index] = g
        else:
            np.add.at(out, index, g)  # an entry picked twice gets both gradients
        return out

    return record("index", y, (a, scatter))


def promoted(a, b):
    """Both as Tensors of one dtype, by PyTorch's rule.

    Floats win over integers, these over booleans; within a kind, arrays over single
    numbers; then the wider dtype. So float32 stays float32 beside any number.
    """
    a, b = _operands(a, b)
    if a.dtype != b.dtype:
        strongest = max(_rank(a), _rank(b))
        dtype = np.result_type(*(x.dtype for x in (a, b) if _rank(x) == strongest))
        a, b = (x if x.dtype == dtype else x._cast(dtype) for x in (a, b))
    return a, b


def _rank(x):
    return _KINDS[x.dtype.kind], x.ndim > 0


def _operands(a, b):
    """Both as Tensors."""
    if not isinstance(a, Tensor):
        return _constant(a, b), b
    return a, b if isinstance(b, Tensor) else _constant(b, a)


def _constant(x, other):
    """A number or an array as a Tensor; Python's numbers take the dtype of other."""
    array = kept(x)
    if not isinstance(x, _NUMBERS) or array.dtype.kind not in _KINDS:
        raise TypeError(
            "arithmetic with a Tensor expects a Tensor, a number or an array of "
            f"numbers, got {type(x).__name__}"
        )
    if isinstance(x, int | float):
        if _KINDS[array.dtype.kind] <= _KINDS[other.dtype.kind]:
            array = np.asarray(x, other.dtype)
        elif isinstance(x, float):  # beside integers: PyTorch's default
            array = np.asarray(x, np.float32)
    return Tensor(array)


_NUMBERS = (int, float, np.ndarray, np.generic)
_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2}  # NumPy's kinds of dtype, the weakest first


def _reflected(operation):
    return lambda self, other: operation(other, self)


Tensor.__add__ = Tensor.__radd__ = add
Tensor.__mul__ = Tensor.__rmul__ = mul
Tensor.__sub__, Tensor.__rsub__ = sub, _reflected(sub)
Tensor.__truediv__, Tensor.__rtruediv__ = div, _reflected(div)
Tensor.__matmul__, Tensor.__rmatmul__ = matmul, _reflected(matmul)
Tensor.__pow__, Tensor.__neg__, Tensor.__getitem__ = pow, neg, getitem


def _comparison(compare):
    return lambda self, other: Tensor(compare(self.data, values_of(other)))


for name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Tensor, f"__{name}__", _comparison(getattr(operator, name)))
# Setting __eq__ on the finished class leaves __hash__ alone: by identity, as it must be
# for a node of a graph.
