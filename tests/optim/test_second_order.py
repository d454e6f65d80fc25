"""Newton, conjugate gradients, L-BFGS and line search, by what the theorems promise."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.optim.second_order import (
    backtracking,
    conjugate_gradient,
    hessian_product,
    lbfgs,
    newton,
    nonlinear_conjugate_gradient,
    wolfe,
)

seeds = st.integers(0, 10**6)


def quadratic(seed, n, condition=100.0):
    """A, b and the minimum of x.A x / 2 - b.x."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    a = (q * np.geomspace(1, condition, n)) @ q.T
    b = rng.normal(size=n)
    return (a + a.T) / 2, b, np.linalg.solve(a, b)


def rosenbrock(x):
    return ((1 - x[:-1]) ** 2 + 100 * (x[1:] - x[:-1] ** 2) ** 2).sum()


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] = -2 * (1 - x[:-1]) - 400 * x[:-1] * (x[1:] - x[:-1] ** 2)
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


@given(seeds, st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_newton_takes_one_step_on_a_quadratic(seed, n):
    a, b, minimum = quadratic(seed, n)
    path = newton(lambda x: a @ x - b, lambda x: a, np.ones(n), tolerance=1e-8)
    assert len(path) == 2
    np.testing.assert_allclose(path[-1], minimum, rtol=1e-9, atol=1e-9)


def test_newton_is_drawn_to_saddles():
    def gradient(x):
        return np.array([x[0], -x[1] + x[1] ** 3])

    def hessian(x):
        return np.diag([1, -1 + 3 * x[1] ** 2])

    saddle = newton(gradient, hessian, [1.0, 0.3])[-1]
    np.testing.assert_allclose(saddle, [0, 0], atol=1e-9)
    minimum = newton(gradient, hessian, [1.0, 0.3], steps=100, damping=2.0)[-1]
    np.testing.assert_allclose(minimum, [0, 1], atol=1e-9)


@given(seeds, st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_conjugate_gradient_ends_in_n_steps_by_conjugate_directions(seed, n):
    a, b, minimum = quadratic(seed, n, condition=30)
    path = conjugate_gradient(lambda v: a @ v, b)
    assert len(path) <= n + 1
    np.testing.assert_allclose(path[-1], minimum, rtol=1e-6, atol=1e-6)
    steps = np.diff(path, axis=0)
    products = steps @ a @ steps.T
    sizes = np.sqrt(np.diag(products))
    off = products / np.outer(sizes, sizes) - np.eye(len(steps))
    assert np.abs(off).max(initial=0) < 1e-5


def test_conjugate_gradient_needs_a_step_per_different_eigenvalue():
    a = np.diag([1.0, 1, 5, 5, 5, 9])
    path = conjugate_gradient(lambda v: a @ v, np.arange(1.0, 7), x=np.ones(6))
    assert len(path) == 4


def test_conjugate_gradient_on_a_saddle():
    with pytest.raises(ValueError, match="positive definite product, got curvature -1"):
        conjugate_gradient(lambda v: -v, np.ones(3))


@pytest.mark.parametrize("method", [lbfgs, nonlinear_conjugate_gradient])
@pytest.mark.parametrize("n", [2, 5])
def test_the_curved_valley(method, n):
    path = method(rosenbrock, rosenbrock_gradient, np.full(n, -0.5), steps=300)
    assert len(path) < 150
    np.testing.assert_allclose(path[-1], 1, atol=1e-6)
    values = [rosenbrock(x) for x in path]
    assert all(b < a for a, b in pairwise(values))


@pytest.mark.parametrize("method", [lbfgs, nonlinear_conjugate_gradient])
@given(seed=seeds, n=st.integers(1, 8))
@settings(max_examples=20, deadline=None)
def test_methods_without_hessian_on_quadratics(method, seed, n):
    a, b, minimum = quadratic(seed, n, condition=30)
    path = method(lambda x: x @ a @ x / 2 - b @ x, lambda x: a @ x - b, np.ones(n))
    np.testing.assert_allclose(path[-1], minimum, atol=1e-6)


def test_lbfgs_remembers_only_so_many_pairs():
    a, b, _ = quadratic(0, 40, condition=1e3)
    f, g = (lambda x: x @ a @ x / 2 - b @ x), (lambda x: a @ x - b)
    lengths = [
        len(lbfgs(f, g, np.zeros(40), steps=500, tolerance=1e-6, memory=m))
        for m in (1, 40)
    ]
    assert lengths[0] > 1.3 * lengths[1]


@given(seeds, st.floats(1e-3, 1e3))
@settings(max_examples=50, deadline=None)
def test_backtracking_keeps_armijos_condition(seed, step):
    x = np.random.default_rng(seed).uniform(-2, 2, 3)
    g = rosenbrock_gradient(x)
    taken = backtracking(rosenbrock, x, -g, g, step=step)
    assert rosenbrock(x - taken * g) <= rosenbrock(x) - 1e-4 * taken * g @ g
    halvings = np.log2(step / taken)
    assert halvings == pytest.approx(round(halvings))
    if taken < step:  # the one before did not bring enough
        longer = 2 * taken
        assert rosenbrock(x - longer * g) > rosenbrock(x) - 1e-4 * longer * g @ g


@given(seeds, st.floats(1e-3, 1e3), st.sampled_from([0.1, 0.5, 0.9]))
@settings(max_examples=50, deadline=None)
def test_wolfe_keeps_both_conditions(seed, step, c2):
    x = np.random.default_rng(seed).uniform(-2, 2, 3)
    g = rosenbrock_gradient(x)
    taken = wolfe(rosenbrock, rosenbrock_gradient, x, -g, step=step, c2=c2)
    there = x - taken * g
    assert rosenbrock(there) <= rosenbrock(x) - 1e-4 * taken * g @ g
    assert abs(rosenbrock_gradient(there) @ g) <= c2 * g @ g * (1 + 1e-9)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_hessian_product(seed):
    rng = np.random.default_rng(seed)
    a, b, _ = quadratic(seed, 5)
    x, v = rng.normal(size=5), rng.normal(size=5) * 10 ** rng.uniform(-6, 6)
    product = hessian_product(lambda x: a @ x - b, x)
    np.testing.assert_allclose(product(v), a @ v, atol=1e-7 * np.linalg.norm(v) * 100)
    assert product(0 * v).tolist() == [0] * 5


@pytest.mark.parametrize("size", [1e-200, 1e-12, 1e-6, 1.0, 1e6, 1e12, 1e50])
def test_hessian_product_at_every_size(size):
    """The function x^4 / 12, at points of this size and in units of it."""
    x, v = size * np.array([1.0, -2.0, 0.5]), np.array([1.0, 2.0, 3.0])
    product = hessian_product(lambda x: (x / size) ** 3 / 3, x)
    np.testing.assert_allclose(product(v) * size, (x / size) ** 2 * v, rtol=1e-8)
    for i in range(3):
        e = np.eye(3)[i]
        np.testing.assert_allclose(product(e)[i] * size, (x[i] / size) ** 2, rtol=1e-8)


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e-12, 1e-6, 1e-3])
def test_hessian_product_where_x_is_small_by_chance(size):
    x = size * np.array([1.0, -2.0])
    product = hessian_product(lambda x: np.exp(x) + 1, x)
    np.testing.assert_allclose(product(np.array([3.0, 1.0])), [3, 1], rtol=1e-2)

    def slope(x):  # of two entries whose sizes are not alike
        return np.array([np.exp(x[0]) + 1, x[1]])

    product = hessian_product(slope, np.array([size, 1e12]))
    np.testing.assert_allclose(product(np.array([1.0, 0.0])), [1, 0], rtol=1e-2)


@pytest.mark.parametrize("shrink", [0.5, 0.9, 0.99])
def test_backtracking_goes_on_while_there_is_a_step(shrink):
    """Of x^2, seen through a direction that is 1e9 times too long."""
    x, p, g = np.ones(1), np.array([-2e9]), np.array([2.0])
    step = backtracking(lambda x: (x**2).sum(), x, p, g, shrink=shrink)
    assert 0 < step * 2e9 < 2
    assert (x + step * p) ** 2 < 1


def test_newton_steps_without_a_hessian():
    x = np.array([-1.2, 1.0])
    for _ in range(30):
        product = hessian_product(rosenbrock_gradient, x)
        g = rosenbrock_gradient(x)
        if np.linalg.norm(g) < 1e-6:
            break
        p = conjugate_gradient(product, -g, tolerance=1e-9)[-1]
        x = x + backtracking(rosenbrock, x, p, g) * p
    np.testing.assert_allclose(x, 1, atol=1e-5)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: newton(np.sin, np.cos, [1.0, 2.0]), r"hessian must return \(2, 2\)"),
        (
            lambda: newton(np.sin, np.cos, np.eye(2)),
            r"a vector as x, got shape \(2, 2\)",
        ),
        (lambda: lbfgs(np.sum, np.sum, [1.0, 2.0]), r"gradient must return shape"),
        (
            lambda: backtracking(np.sum, np.ones(2), np.ones(2), np.ones(2)),
            "must lead downhill, but its slope is 2",
        ),
        (
            lambda: backtracking(np.sum, np.ones(2), np.ones(2), -np.ones(2)),
            "is g right",
        ),
        (
            lambda: wolfe(np.sum, np.ones_like, np.ones(2), np.ones(2)),
            "must lead downhill",
        ),
        (
            lambda: wolfe(np.sum, np.ones_like, np.ones(2), -np.ones(2)),
            "unbounded below",
        ),
    ],
    ids=range(7),
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_hessian_without_inverse():
    with pytest.raises(np.linalg.LinAlgError):
        newton(lambda x: x, lambda x: np.zeros((2, 2)), [1.0, 1.0])
