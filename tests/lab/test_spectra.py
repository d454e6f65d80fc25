"""Spectra against closed forms: normal matrices, Jordan blocks, known chaotic maps."""

import math

import numpy as np
import pytest
import torch
from against_torch import values
from engines import ENGINES
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import lab, nn, tensor

ROTATION = np.array([[0.0, -1.0], [1.0, 0.0]])
PUSHED = np.diag([1, 0.5]) @ np.array([[1.0, -1.0], [1.0, -1.0]])  # rho 1/2, norm 1.58


def jordan(n, off=1.0, diagonal=0.0):
    return np.diag(np.full(n, diagonal)) + np.diag(np.full(n - 1, off), 1)


def normal_matrix(seed, n=4):
    """(U diag(values) U*, values) with a random unitary U."""
    rng = np.random.default_rng(seed)
    u, _ = np.linalg.qr(rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)))
    eigenvalues = rng.uniform(0.1, 1, n) * np.exp(2j * np.pi * rng.uniform(size=n))
    return u @ np.diag(eigenvalues) @ u.conj().T, eigenvalues


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_of_a_normal_matrix_the_eigenvalues_say_everything(seed):
    w, eigenvalues = normal_matrix(seed)
    sizes = np.sort(np.abs(eigenvalues))[::-1]
    np.testing.assert_allclose(np.abs(lab.spectrum(w)), sizes, rtol=1e-10)
    np.testing.assert_allclose(lab.singular_values(w), sizes, rtol=1e-10)
    assert lab.spectral_radius(w) == pytest.approx(sizes[0])
    growth = lab.transient_growth(w, 5)
    np.testing.assert_allclose(growth, sizes[0] ** np.arange(6), rtol=1e-9)
    assert lab.kreiss_constant(w) == pytest.approx(1, abs=1e-6)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_the_numerical_range_of_a_normal_matrix_is_the_hull_of_its_spectrum(seed):
    w, eigenvalues = normal_matrix(seed)
    boundary = lab.numerical_range(w, points=90)
    for theta in np.linspace(0, 2 * np.pi, 90, endpoint=False):
        turn = np.exp(1j * theta)
        support = (turn * eigenvalues).real.max()
        assert (turn * boundary).real.max() == pytest.approx(support, abs=1e-9)


def test_the_spectrum_comes_largest_first_and_complex():
    assert lab.spectrum(np.diag([1, -3, 2])).tolist() == [-3, 2, 1]
    found = lab.spectrum(ROTATION)
    assert found.dtype == complex
    np.testing.assert_allclose(sorted(found.imag), [-1, 1])


def test_the_numerical_range_of_a_jordan_block_is_a_disc():
    """Of radius cos(pi / (n + 1)) round the eigenvalue: 1/2 for n = 2."""
    for n, centre in ((2, 0.0), (2, 0.3), (5, -1.0)):
        boundary = lab.numerical_range(jordan(n, diagonal=centre), points=64)
        radius = math.cos(math.pi / (n + 1))
        np.testing.assert_allclose(np.abs(boundary - centre), radius, rtol=1e-9)
        angles = np.sort(np.angle(boundary - centre))
        assert np.diff(angles).max() < 2 * np.pi / 64 + 1e-6  # all the way round


def test_a_matrix_that_is_not_normal_grows_before_it_decays():
    assert lab.spectral_radius(PUSHED) == pytest.approx(0.5)
    # W = u v^T has the one singular value |u| |v|, and W^t = (v^T u)^(t-1) W
    norm = math.sqrt(1.25) * math.sqrt(2)
    np.testing.assert_allclose(lab.singular_values(PUSHED), [norm, 0], atol=1e-12)
    growth = lab.transient_growth(PUSHED, 4)
    np.testing.assert_allclose(growth, [1, *(norm * 0.5 ** np.arange(4))])
    assert np.abs(lab.numerical_range(PUSHED)).max() > 1


def test_the_kreiss_constant_of_a_nilpotent_block():
    """(z - N)^-1 is known: the supremum over |z| = r is one over r alone."""
    for off in (0.5, 8.0, 100.0):
        r = 1 + np.exp(np.linspace(-6, 12, 200001))
        # [[1/r, off/r^2], [0, 1/r]]: the larger singular value of a 2x2 matrix
        a, b = 1 / r, off / r**2
        norm = (np.sqrt(b**2 + 4 * a**2) + b) / 2
        expected = max(1, ((r - 1) * norm).max())
        found = lab.kreiss_constant(jordan(2, off))
        assert found == pytest.approx(expected, rel=1e-4)
        assert found <= expected * (1 + 1e-9)


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_the_kreiss_constant_bounds_the_growth_on_both_sides(seed):
    n = 4
    w = np.random.default_rng(seed).normal(size=(n, n))
    w *= 0.9 / lab.spectral_radius(w)
    k = lab.kreiss_constant(w)
    largest = lab.transient_growth(w, 200).max()
    assert k <= largest * (1 + 1e-9)
    assert largest <= math.e * n * k * 1.01


def similar(w, seed=0):
    v = np.random.default_rng(seed).normal(size=np.shape(w))
    return v @ w @ np.linalg.inv(v)


@pytest.mark.parametrize(
    "w",
    [
        [[1.001]],
        [[1 + 1e-9]],
        [[1, 1], [0, 1]],  # ||W^t|| is about t
        [[1, 0.01], [0, 1]],
        np.exp(2j) * np.array([[1, 1], [0, 1]]),
        similar(np.eye(3) + np.eye(3, k=1)),  # its eigenvalues come out 1e-5 apart
        similar(np.diag([1.00001, 0.5, -0.2])),
    ],
    ids=range(7),
)
def test_the_kreiss_constant_is_infinite_where_powers_grow_forever(w):
    assert lab.kreiss_constant(w) == np.inf


@pytest.mark.parametrize("seed", range(4))
def test_the_kreiss_constant_of_powers_that_stay_is_finite(seed):
    rng = np.random.default_rng(seed)
    permutation = np.eye(7)[rng.permutation(7)]
    assert lab.kreiss_constant(permutation) == pytest.approx(1, abs=1e-6)
    w = similar(np.diag([1, -1, 0.5, 0.1]), seed)  # 1 up to rounding, on both sides
    largest = lab.transient_growth(w, 60).max()
    assert largest / (math.e * 4) <= lab.kreiss_constant(w) <= largest * (1 + 1e-6)


@pytest.mark.parametrize("angle", np.linspace(0, 1, 7))
@pytest.mark.parametrize("gap", [1e-2, 1e-4])
def test_a_narrow_peak_is_found_at_any_angle(angle, gap):
    """[[r, 1], [0, r]] turned: for small gaps K is near 1 / (4 gap), at z = 1 + gap."""
    block = np.exp(1j * angle) * np.array([[1 - gap, 1], [0, 1 - gap]])
    w = np.zeros((3, 3), complex)
    w[:2, :2], w[2, 2] = block, 0.9j
    assert lab.kreiss_constant(w) == pytest.approx(1 / (4 * gap), rel=3 * gap + 1e-4)


def test_the_peak_may_lie_between_the_angles_of_the_eigenvalues():
    """Two blocks that are coupled: a fine grid finds no more than the search."""
    for seed in range(6):
        w = np.random.default_rng(seed).normal(size=(4, 4)) + 3 * np.eye(4, k=1)
        w *= 0.95 / lab.spectral_radius(w)
        distance = np.geomspace(1e-4, 50, 120)[:, None]
        z = (1 + distance) * np.exp(2j * np.pi * np.arange(240) / 240)
        smallest = np.linalg.svd(z[..., None, None] * np.eye(4) - w, compute_uv=False)
        grid = (distance / smallest[..., -1]).max()
        found = lab.kreiss_constant(w)
        assert grid <= found * (1 + 1e-4) and found <= grid * 1.05


def test_the_radius_bounds_growth_up_to_powers_of_t():
    growth = lab.transient_growth([[1, 1], [0, 1]], 50)
    assert lab.spectral_radius([[1, 1], [0, 1]]) == 1
    assert growth[50] == pytest.approx(50, rel=0.01)


# ------------------------------------------------------------------- Lyapunov exponents


def test_exponents_of_a_linear_system_are_the_logarithms_of_its_eigenvalues():
    eigenvalues = np.array([1.5, -0.9, 0.4])
    v = values(3, 3, seed=3)
    w = v @ np.diag(eigenvalues) @ np.linalg.inv(v)
    found = lab.lyapunov_exponents(np.broadcast_to(w, (400, 3, 3)), discard=100)
    np.testing.assert_allclose(found, np.log(np.abs(eigenvalues)), atol=1e-9)


def test_the_exponent_of_the_logistic_map():
    """x -> 4 x (1 - x): log 2."""
    x, slopes = 0.3, []
    for _ in range(20000):
        slopes.append(4 - 8 * x)
        x = 4 * x * (1 - x)
    found = lab.lyapunov_exponents(np.reshape(slopes, (-1, 1, 1)), discard=100)
    assert found[0] == pytest.approx(math.log(2), abs=0.01)


def test_the_exponents_of_the_henon_map():
    """0.4192 and, the area shrinking by 0.3, log 0.3 - 0.4192 (Sprott, 2003)."""
    x, y, jacobians = 0.1, 0.1, []
    for _ in range(20000):
        jacobians.append([[-2.8 * x, 1], [0.3, 0]])
        x, y = 1 - 1.4 * x * x + y, 0.3 * x
    found = lab.lyapunov_exponents(jacobians, discard=100)
    assert found[0] == pytest.approx(0.4192, abs=0.006)
    assert found.sum() == pytest.approx(math.log(0.3), abs=1e-9)


def test_a_direction_that_is_lost_has_exponent_minus_infinity():
    found = lab.lyapunov_exponents([np.diag([2.0, 0.0])] * 3)
    np.testing.assert_allclose(found, [math.log(2), -np.inf])


# ------------------------------------------------------------------ of trained networks


def made(engine, name, **settings):
    reference = getattr(torch.nn, name)(3, 4, **settings).double()
    network = getattr(ENGINES[engine].nn, name)(3, 4, **settings).double()
    network.load_state_dict(reference.state_dict())
    return network


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_state_jacobians_are_the_slopes_of_the_next_state(
    name, layers, batch_first, engine
):
    torch.manual_seed(0)
    network = made(engine, name, num_layers=layers, batch_first=batch_first)
    shape = (1 + (name == "LSTM"), layers, 4)
    x, start = values(5, 3), values(*shape, seed=1)
    make = ENGINES[engine].tensor

    def after(s, steps):
        state = [make(part) for part in s.reshape(shape)]
        _, new = network(make(x[:steps]), tuple(state) if len(state) > 1 else state[0])
        new = new if isinstance(new, tuple) else [new]
        return np.stack([np.asarray(part.detach()) for part in new]).ravel()

    state = tuple(start) if len(start) > 1 else start[0]
    products = lab.jacobian_products(lab.state_jacobians(network, x, state))
    n, h = start.size, 1e-6
    for t in (1, 5):
        numeric = [
            (after(start.ravel() + h * e, t) - after(start.ravel() - h * e, t)) / 2 / h
            for e in np.eye(n)
        ]
        np.testing.assert_allclose(products[t - 1], np.transpose(numeric), atol=1e-8)


def test_state_jacobians_of_a_tanh_network_are_the_formula():
    network = made("dlcourse", "RNN")
    x = values(6, 3)
    states = network(tensor(x))[0].detach().numpy()
    w = network.weight_hh_l0.detach().numpy()
    found = lab.state_jacobians(network, x)
    np.testing.assert_allclose(found, (1 - states**2)[:, :, None] * w, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_state_jacobians_leave_the_gradients_alone(engine):
    network = made(engine, "GRU")
    network(ENGINES[engine].tensor(values(4, 3)))[0].sum().backward()
    before = [np.asarray(p.grad.detach()).copy() for p in network.parameters()]
    lab.state_jacobians(network, values(4, 3))
    for parameter, gradient in zip(network.parameters(), before, strict=True):
        np.testing.assert_array_equal(parameter.grad.detach(), gradient)


def test_products_and_exponents_agree_where_the_product_is_small_enough():
    jacobians = values(6, 3, 3, seed=5)
    product = lab.jacobian_products(jacobians)[-1]
    by_hand = np.linalg.multi_dot(jacobians[::-1])
    np.testing.assert_allclose(product, by_hand)
    total = 6 * lab.lyapunov_exponents(jacobians).sum()
    assert total == pytest.approx(math.log(abs(np.linalg.det(product))))


# --------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "bad", [np.zeros((2, 3)), np.zeros(4), np.zeros((0, 0)), [[np.nan]]]
)
@pytest.mark.parametrize(
    "function",
    [
        lab.spectrum,
        lab.spectral_radius,
        lab.singular_values,
        lab.numerical_range,
        lambda w: lab.transient_growth(w, 3),
        lab.kreiss_constant,
    ],
    ids=["spectrum", "radius", "singular", "range", "growth", "kreiss"],
)
def test_a_matrix_is_square_and_finite(function, bad):
    with pytest.raises(ValueError, match=r"square matrix|finite"):
        function(bad)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lab.transient_growth(ROTATION, -1), "steps"),
        (lambda: lab.numerical_range(ROTATION, points=2), "points"),
        (lambda: lab.jacobian_products(ROTATION), r"\(T, n, n\)"),
        (lambda: lab.lyapunov_exponents([ROTATION], discard=1), "discard"),
        (lambda: lab.state_jacobians(nn.RNN(3, 4), values(3)), "input_size"),
        (lambda: lab.state_jacobians(nn.RNN(3, 4), values(2, 5)), "3"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_arguments_that_do_not_fit_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_tensors_of_either_engine_are_matrices():
    for make in (tensor, torch.tensor):
        w = make(PUSHED, requires_grad=True)
        assert lab.spectral_radius(w) == pytest.approx(0.5)


@pytest.mark.parametrize("engine", [nn, torch.nn], ids=["dlcourse", "torch"])
def test_the_jacobians_of_a_network_with_dropout_are_those_without(engine):
    """Each row would come from a copy with a mask of its own."""
    plain = engine.LSTM(3, 4, num_layers=2)
    options = {} if engine is nn else {"dropout": 0.5}
    network = engine.LSTM(3, 4, num_layers=2, **options).train()
    network.load_state_dict(plain.state_dict())
    if engine is nn:
        dropping = nn.Dropout(0.5)

        def drop(module, args, output):
            dropping.train(module.training)
            return output[0], tuple(map(dropping, output[1]))

        network.register_forward_hook(drop)
    x = values(6, 3)
    expected = lab.state_jacobians(plain.eval(), x)
    np.testing.assert_allclose(lab.state_jacobians(network, x), expected, atol=1e-6)
    assert network.training
