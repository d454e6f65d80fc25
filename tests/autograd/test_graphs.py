"""Properties of the gradient, on random graphs with shared nodes and broadcasting."""

from operator import methodcaller

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from dlcourse import tensor
from dlcourse.autograd.tape import unbroadcast

SHAPES = [(), (3,), (1,), (2, 3), (2, 1), (1, 3), (1, 1)]  # all broadcast to (2, 3)
FULL = np.random.default_rng(9).normal(size=(2, 3))
SQUARE = np.random.default_rng(8).normal(size=(3, 3))

UNARY = {
    "neg": lambda x, make: -x,
    "tanh": lambda x, make: x.tanh(),
    "sigmoid": lambda x, make: x.sigmoid(),
    "exp": lambda x, make: x.tanh().exp(),
    "log": lambda x, make: (x * x + 1).log(),
    "sqrt": lambda x, make: (1 + x * x).sqrt(),
    "relu": lambda x, make: x.relu(),
    "abs": lambda x, make: x.abs(),
    "pow": lambda x, make: x.tanh() ** 3,
    "constant": lambda x, make: 0.5 * x - 2,
    "array": lambda x, make: x * make(FULL),
    "sum": lambda x, make: x.sum(),
    "sum, last": lambda x, make: x.reshape(1, -1).sum(dim=-1, keepdim=True),
    "mean": lambda x, make: (x + make(FULL)).mean(dim=0),
    "amax": lambda x, make: (x + make(FULL)).amax(dim=1, keepdim=True),
    "matmul": lambda x, make: (x + make(FULL)) @ make(SQUARE),
    "reshape": lambda x, make: (x + make(FULL)).reshape(3, 2).T,
    "transpose": lambda x, make: (x + make(FULL)).transpose(0, 1).reshape(2, 3),
    "index": lambda x, make: (x + make(FULL))[[0, 0]],
    "row": lambda x, make: (x + make(FULL))[1],
    "cast": lambda x, make: x.double(),
}
BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a.tanh() * b,
    "div": lambda a, b: a / (1 + b * b),
    "product": lambda a, b: (a * b).tanh(),
}


@st.composite
def graphs(draw, leaves=None):
    """The values of some leaves, and steps that compute on them: for ``build``."""
    seed = draw(st.integers(0, 2**16))
    n = leaves or draw(st.integers(1, 3))
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=n, max_size=n))
    steps, size = [], len(shapes)
    for _ in range(draw(st.integers(1, 10))):
        node = st.integers(0, size - 1)  # any earlier one: nodes are shared
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(sorted(UNARY))), draw(node)))
        else:
            steps.append(
                (draw(st.sampled_from(sorted(BINARY))), draw(node), draw(node))
            )
        size += 1
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes], steps


def build(graph, make, leaves=None):
    """The leaves of ``graph`` and its last node, on the engine of ``make``."""
    arrays, steps = graph
    leaves = leaves or [make(a, requires_grad=True) for a in arrays]
    nodes = list(leaves)
    for name, *operands in steps:
        a = nodes[operands[0]]
        if name in UNARY:
            nodes.append(UNARY[name](a, make))
        else:
            nodes.append(BINARY[name](a, nodes[operands[1]]))
    return leaves, nodes[-1]


def gradients(graph, seed=None, times=1):
    leaves, y = build(graph, tensor)
    for _ in range(times):
        y.backward(np.ones(y.shape) if seed is None else seed, retain_graph=True)
    return [np.zeros(x.shape) if x.grad is None else x.grad.data for x in leaves]


def assert_close(ours, theirs, rtol=1e-12):
    """Equal to ``rtol`` of the largest entry: sums of many terms may cancel."""
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape
        scale = max(np.abs(b).max(initial=0), 1)
        np.testing.assert_allclose(a, b, rtol=0, atol=rtol * scale)


examples = settings(max_examples=300, deadline=None, derandomize=True, database=None)
few = settings(examples, max_examples=100)


@examples
@given(graphs())
def test_random_graphs_have_pytorchs_gradients(graph):
    leaves, y = build(graph, tensor)
    theirs, expected = build(graph, torch.tensor)
    assert_close([y.data], [expected.detach().numpy()])
    seed = np.random.default_rng(0).normal(size=y.shape)
    y.backward(seed)
    expected.backward(torch.tensor(seed))
    for x, reference in zip(leaves, theirs, strict=True):
        assert (x.grad is None) == (reference.grad is None)
        if x.grad is not None:
            assert_close([x.grad.data], [reference.grad.numpy()])


@few
@given(graphs(), st.floats(-3, 3), st.floats(-3, 3))
def test_backward_is_linear_in_its_seed(graph, a, b):
    _, y = build(graph, tensor)
    rng = np.random.default_rng(0)
    g, h = rng.normal(size=y.shape), rng.normal(size=y.shape)
    one, other = gradients(graph, g), gradients(graph, h)
    combined = gradients(graph, a * g + b * h)
    assert_close(
        combined, [a * p + b * q for p, q in zip(one, other, strict=True)], rtol=1e-10
    )


@few
@given(graphs())
def test_two_backwards_double_the_gradient(graph):
    once, twice = gradients(graph), gradients(graph, times=2)
    assert_close(twice, [2 * g for g in once], rtol=1e-14)  # added up in another order


@few
@given(graphs(leaves=2), graphs(leaves=2))
def test_the_gradient_of_a_sum_is_the_sum_of_the_gradients(one, other):
    arrays = one[0]
    f, g = (arrays, one[1]), (arrays, other[1])
    leaves = [tensor(a, requires_grad=True) for a in arrays]
    total = build(f, tensor, leaves)[1].sum() + build(g, tensor, leaves)[1].sum()
    total.backward()
    together = [np.zeros(x.shape) if x.grad is None else x.grad.data for x in leaves]
    assert_close(
        together, [p + q for p, q in zip(gradients(f), gradients(g), strict=True)]
    )


# ---------------------------------------------------------------------- broadcasting


@examples
@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0))
def test_broadcasting_of_every_kind(shapes):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes.input_shapes]
    seed = rng.normal(size=shapes.result_shape)
    ours = [tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    (ours[0] * ours[1] + ours[0]).backward(seed)
    (theirs[0] * theirs[1] + theirs[0]).backward(torch.tensor(seed))
    assert_close([x.grad.data for x in ours], [x.grad.numpy() for x in theirs])


@examples
@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0))
def test_unbroadcast_is_the_adjoint_of_broadcasting(shapes):
    shape, full = shapes.input_shapes[0], shapes.result_shape
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=shape), rng.normal(size=full)
    back = unbroadcast(g, shape)
    assert back.shape == shape
    forward = np.broadcast_to(x, full)
    assert (forward * g).sum() == pytest.approx((x * back).sum(), rel=1e-9, abs=1e-9)


@few
@given(
    mutually_broadcastable_shapes(
        signature="(n,k),(k,m)->(n,m)", max_dims=2, max_side=3
    )
)
def test_matmul_broadcasts_its_batches(shapes):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes.input_shapes]
    ours = [tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, expected = ours[0] @ ours[1], theirs[0] @ theirs[1]
    seed = rng.normal(size=y.shape)
    y.backward(seed)
    expected.backward(torch.tensor(seed))
    assert_close([y.data], [expected.detach().numpy()])
    assert_close([x.grad.data for x in ours], [x.grad.numpy() for x in theirs])


@few
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4).flatmap(
        lambda shape: st.tuples(
            st.just(tuple(shape)),
            st.lists(
                st.integers(-len(shape), len(shape) - 1),
                min_size=1,
                unique_by=lambda i: i % len(shape),
            ),
            st.booleans(),
        )
    )
)
def test_reductions_over_any_axes(case):
    shape, dims, keepdim = case
    x = np.random.default_rng(0).normal(size=shape)
    for reduce in (
        methodcaller(name, dim=tuple(dims), keepdim=keepdim)
        for name in ("sum", "mean", "amax")
    ):
        ours, theirs = (
            tensor(x, requires_grad=True),
            torch.tensor(x, requires_grad=True),
        )
        y, expected = reduce(ours), reduce(theirs)
        seed = np.random.default_rng(1).normal(size=y.shape)
        y.backward(seed)
        expected.backward(torch.tensor(seed))
        assert_close(
            [y.data, ours.grad.data], [expected.detach().numpy(), theirs.grad.numpy()]
        )
