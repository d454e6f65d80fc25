"""The tape: how an operation is recorded, and the walk back over the record.

Every operation computes its result with NumPy and records, beside each operand, one
function: the *vector-Jacobian product* (vjp), which turns the gradient of the loss with
respect to the result into the gradient with respect to that operand. ``backward`` then
walks the record in the opposite order of time and adds up what arrives at each Tensor:

    y = f(a, b)          forward: compute y, record (a, vjp_a) and (b, vjp_b)
    a.grad += vjp_a(dL/dy)          backward: dL/da = (dy/da)^T dL/dy

Nothing else is needed: no symbolic mathematics, no recursion. Source: S. Linnainmaa
(1970); A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed. (2008), chapter 3.
"""

from operator import attrgetter

import numpy as np

from dlcourse.autograd.grad_mode import is_grad_enabled
from dlcourse.autograd.tensor import Tensor, values_of


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

    A vjp may use the operands and the result: ``backward`` raises where one of them was
    changed meanwhile. Whatever else was given (labels, a mask, an index) goes through
    ``kept`` first.
    """
    out, flows = Tensor(data), False
    for operand, _ in edges:
        if not isinstance(operand, Tensor):
            expect_tensors(op, operand)
        flows = flows or operand._requires_grad
    if out.data.base is not None:  # a view of an operand changes when that does
        for operand, _ in edges:
            if np.may_share_memory(out.data, operand.data):
                out._version = operand._version
    if flows and is_grad_enabled():
        out._requires_grad = True
        out.op, out.edges = op, edges
        out._versions = _versions(out)
    return out


def shared(gradients, *operands):
    """Edges for operands whose gradients come out of one computation.

    ``gradients(g)`` returns a tuple, one gradient for each operand; it is called once,
    when the first of them is asked for.
    """
    latest = [(None, None)]  # g, and the tuple made from it

    def vjp(i):
        def pick(g):
            made = latest[0]
            if made[0] is not g:
                made = latest[0] = g, gradients(g)
            return made[1][i]

        return pick

    return [(operand, vjp(i)) for i, operand in enumerate(operands)]


def backward(self, gradient=None, retain_graph=False):
    """Add dL/d(leaf) to the ``grad`` of every leaf that this Tensor L is made from.

    Args:
        gradient: dL/d(this), of this shape; may be left out where this is a scalar.
        retain_graph: keep the record, so that ``backward`` can be called again.

    Raises RuntimeError where nothing was recorded, where ``gradient`` is missing or of
    another shape, where the graph was freed, and where an operand was changed in place
    after it was used.
    """
    if not self.requires_grad:
        raise RuntimeError(
            "backward() needs a tensor that was computed from one with "
            "requires_grad=True (and not inside no_grad())"
        )
    gradients = {self: _seed(self, gradient)}
    if self.is_leaf:
        _accumulate(self, gradients.pop(self))
    history = _history(self)
    while history:  # the latest first; what is done with is let go
        node = history.pop()
        gradient = gradients.pop(node)
        if node._retains_grad:
            _accumulate(node, gradient.copy("K"))
        if node._versions != _versions(node):
            _complain_of_change(node)
        for operand, vjp in node.edges:
            if not operand._requires_grad:
                continue
            arriving = unbroadcast(vjp(gradient), operand.data.shape)
            if not operand.op:  # a leaf keeps it, so it must own it
                alone = arriving is not gradient and arriving.base is None
                _accumulate(operand, arriving if alone else arriving.copy("K"))
            elif operand in gradients:  # a shared node: the gradients add up
                gradients[operand] = gradients[operand] + arriving
            else:
                gradients[operand] = arriving
        if not retain_graph:
            node.edges = node._versions = ()


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


def _history(root):
    """Every computed Tensor that leads gradients from ``root``, in the order of making.

    Operands are made before their results, so the order of making is already a
    topological order: sorting by it replaces a recursive search.
    """
    found, stack = set(), [root] if root.op else []
    found.update(stack)
    while stack:
        node = stack.pop()
        if not node.edges:
            raise RuntimeError(
                "this graph was freed by an earlier backward(): run the forward pass "
                "again, or call backward(retain_graph=True) the first time"
            )
        for operand, _ in node.edges:
            if operand.op and operand._requires_grad and operand not in found:
                found.add(operand)
                stack.append(operand)
    return sorted(found, key=attrgetter("_order"))


def _versions(node):
    """How often each array that a vjp may use was changed: the operands', its own."""
    versions = [operand._version[0] for operand, _ in node.edges]
    versions.append(node._version[0])
    return versions


def _complain_of_change(node):
    versions = zip((*node.parents, node), node._versions, strict=True)
    changed = next(x for x, version in versions if x._version[0] != version)
    raise RuntimeError(
        f"a tensor of shape {changed.shape} was changed in place after '{node.op}' "
        "used it: its gradient would be wrong"
    )


def _seed(root, gradient):
    if gradient is None:
        if root.data.size != 1:
            raise RuntimeError(
                f"backward() of a tensor of shape {root.shape} needs gradient=, of "
                "the same shape; without it, only a scalar has a gradient"
            )
        return np.ones_like(root.data)
    gradient = np.array(values_of(gradient), root.dtype)
    if gradient.shape != root.shape:
        raise RuntimeError(
            f"backward expects gradient of shape {root.shape}, got {gradient.shape}"
        )
    return gradient


def _accumulate(x, gradient):
    if gradient.dtype != x.data.dtype:
        gradient = gradient.astype(x.dtype)
    if x._grad is None:
        x._grad = Tensor(gradient)
    else:
        x._grad.data += gradient


def expect_tensors(who, *operands):
    """Raise TypeError where one is no Tensor: an array would lose the gradient."""
    for x in operands:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{who} expects Tensors, got {type(x).__name__}: make one with tensor()"
            )


def _cast(x, dtype):
    if x.dtype == dtype:
        return x
    return record("cast", x.data.astype(dtype), (x, lambda g: g.astype(x.dtype)))


Tensor.backward, Tensor._cast = backward, _cast
