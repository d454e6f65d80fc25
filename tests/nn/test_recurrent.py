"""Recurrent layers and cells: PyTorch's numbers, and the fused form the cells'."""

import numpy as np
import pytest
import torch
from against_torch import assert_equal, values
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck, no_grad, stack

LAYERS = ("RNN", "LSTM", "GRU")
VARIANTS = {
    "plain": {},
    "relu": {"nonlinearity": "relu"},
    "no bias": {"bias": False},
    "three layers": {"num_layers": 3},
    "batch first": {"batch_first": True, "num_layers": 2},
}


ONE = {"": {}, "no bias": {"bias": False}}
RELU = pytest.param("RNN", {"nonlinearity": "relu"}, id="RNN relu")


def pairs(variants):
    return [
        pytest.param(name, settings, id=f"{name} {variant}")
        for name in LAYERS
        for variant, settings in variants.items()
        if name == "RNN" or "nonlinearity" not in settings
    ]


def made(name, inputs, hidden, **settings):
    """The same network on both engines, in float64."""
    torch.manual_seed(0)
    theirs = getattr(torch.nn, name)(inputs, hidden, **settings).double()
    ours = getattr(nn, name)(inputs, hidden, **settings).double()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def as_list(outputs):
    """[output, h] or [output, h, c]."""
    y, final = outputs
    return [y, *final] if isinstance(final, tuple) else [y, final]


def results(network, make, x, states, used=(0, 1, 2)):
    """Outputs, then gradients of a fixed weighted sum of the outputs ``used``."""
    x = make(x, requires_grad=True)
    states = [make(s, requires_grad=True) for s in states]
    hx = [] if not states else [tuple(states) if len(states) > 1 else states[0]]
    outputs = as_list(network(x, *hx))
    terms = [
        (y * make(values(*y.shape, seed=i))).sum()
        for i, y in enumerate(outputs)
        if i in used
    ]
    sum(terms).backward()
    return outputs + [t.grad for t in (x, *states, *network.parameters())]


def initial(name, *shape):
    return [values(*shape, seed=8 + i) for i in range(1 + name.startswith("LSTM"))]


def assert_all_equal(ours, theirs, rtol=1e-11):
    for a, b in zip(ours, theirs, strict=True):
        if a is None or b is None:
            assert a is None
            assert b is None
        else:
            assert_equal(a, b, rtol)


@pytest.mark.parametrize("given_state", [True, False], ids=["h0", "zeros"])
@pytest.mark.parametrize("batch", [3, 1, None], ids=lambda n: f"batch {n}")
@pytest.mark.parametrize(("name", "kwargs"), pairs(VARIANTS))
def test_layers_are_pytorchs(name, kwargs, batch, given_state):
    ours, theirs = made(name, 4, 5, **kwargs)
    middle = [] if batch is None else [batch]
    shape = [6, *middle] if not kwargs.get("batch_first") else [*middle, 6]
    x = values(*shape, 4)
    layers = kwargs.get("num_layers", 1)
    states = initial(name, layers, *middle, 5) if given_state else []
    assert_all_equal(
        results(ours, tensor, x, states), results(theirs, torch.tensor, x, states)
    )


@pytest.mark.parametrize("used", [(0,), (1,), (2,), (0, 2)], ids=str)
@pytest.mark.parametrize("name", LAYERS)
def test_a_loss_may_look_at_a_part_of_the_results(name, used):
    ours, theirs = made(name, 3, 4, num_layers=2)
    if used == (2,) and name != "LSTM":
        used = (1,)
    x, states = values(5, 2, 3), initial(name, 2, 2, 4)
    assert_all_equal(
        results(ours, tensor, x, states, used),
        results(theirs, torch.tensor, x, states, used),
    )


@pytest.mark.parametrize("name", LAYERS)
def test_long_sequences_and_wide_batches_run_in_chunks(name):
    for steps, batch in ((700, 50), (3, 9000)):
        ours, theirs = made(name, 2, 3)
        x, states = values(steps, batch, 2), initial(name, 1, batch, 3)
        assert_all_equal(
            results(ours, tensor, x, states),
            results(theirs, torch.tensor, x, states),
            rtol=1e-9,
        )


@pytest.mark.parametrize(("name", "kwargs"), [*pairs(ONE), RELU])
def test_the_fused_layer_is_the_cell_in_a_loop(name, kwargs):
    layer = getattr(nn, name)(3, 4, **kwargs).double()
    cell = getattr(nn, f"{name}Cell")(3, 4, **kwargs).double()
    cell.load_state_dict(
        {key.removesuffix("_l0"): p for key, p in layer.state_dict().items()}
    )

    def loop(x, hx):
        outputs = []
        state = tuple(s[0] for s in hx) if name == "LSTM" else hx[0]
        for x_t in x:
            state = cell(x_t, state)
            outputs.append(state[0] if name == "LSTM" else state)
        if name == "LSTM":
            return stack(outputs), tuple(stack([s]) for s in state)
        return stack(outputs), stack([state])

    loop.parameters = cell.parameters
    x, states = values(7, 2, 3), initial(name, 1, 2, 4)
    for a, b in zip(
        results(layer, tensor, x, states), results(loop, tensor, x, states), strict=True
    ):
        np.testing.assert_allclose(a.detach(), b.detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("batch", [3, None], ids=lambda n: f"batch {n}")
@pytest.mark.parametrize("given_state", [True, False], ids=["h0", "zeros"])
@pytest.mark.parametrize(("name", "kwargs"), [*pairs(ONE), RELU])
def test_cells_are_pytorchs(name, kwargs, given_state, batch):
    ours, theirs = made(f"{name}Cell", 4, 5, **kwargs)
    middle = [] if batch is None else [batch]
    x = values(*middle, 4)
    states = initial(name, *middle, 5) if given_state else []

    def listed(cell):
        def run(x, *hx):
            new = cell(x, *hx)
            return new if isinstance(new, tuple) else (new, new * new)

        run.parameters = cell.parameters
        return run

    assert_all_equal(
        results(listed(ours), tensor, x, states),
        results(listed(theirs), torch.tensor, x, states),
    )


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_agree_with_differences(name):
    network = getattr(nn, name)(2, 3, num_layers=2).double()
    x = tensor(values(4, 2, 2), requires_grad=True)
    states = [tensor(s, requires_grad=True) for s in initial(name, 2, 2, 3)]

    def f(x, *tensors):
        hx = tensors[: len(states)]
        return sum(
            (y * y).sum() for y in as_list(network(x, hx if len(hx) > 1 else hx[0]))
        )

    assert gradcheck(f, [x, *states, *network.parameters()])


@pytest.mark.parametrize("name", LAYERS)
@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_a_sequence_in_two_parts_is_the_sequence(name, first, second, seed):
    """The final state of one part is all that the next one needs."""
    dlcourse.manual_seed(seed)
    network = getattr(nn, name)(2, 3, num_layers=2).double()
    x = tensor(values(first + second, 2, 2, seed=seed))
    whole, final = network(x)
    y, state = network(x[:first])
    parts = [y]
    if second:
        y, state = network(x[first:], state)
        parts.append(y)
    np.testing.assert_allclose(
        np.concatenate([part.detach() for part in parts]), whole.detach(), rtol=1e-12
    )
    for a, b in zip(as_list((y, state))[1:], as_list((y, final))[1:], strict=True):
        np.testing.assert_allclose(a.detach(), b.detach(), rtol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_truncated_backpropagation_detaches_the_state(name):
    """Two chunks, the state detached between: PyTorch's gradients of the second."""
    ours, theirs = made(name, 3, 4)
    chunks = values(2, 5, 2, 3)

    def trained(network, make):
        state = []
        for x in chunks:
            y, new = network(make(x), *state)
            pair = isinstance(new, tuple)
            state = [tuple(s.detach() for s in new) if pair else new.detach()]
            (y * y).sum().backward()
        return [p.grad for p in network.parameters()]

    assert_all_equal(trained(ours, tensor), trained(theirs, torch.tensor))


@pytest.mark.parametrize("name", LAYERS)
def test_a_state_dict_goes_both_ways(name):
    ours, theirs = made(name, 3, 4, num_layers=2)
    ours, state = getattr(nn, name)(3, 4, num_layers=2), theirs.state_dict()
    assert list(ours.state_dict()) == list(state)
    cell = getattr(nn, f"{name}Cell")(3, 4)
    assert list(cell.state_dict()) == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    theirs.float().load_state_dict(
        {k: torch.tensor(v.numpy()) for k, v in ours.state_dict().items()}
    )
    x = values(5, 2, 3).astype(np.float32)
    assert_equal(ours(tensor(x))[0], theirs(torch.tensor(x))[0], 1e-5)


@pytest.mark.parametrize("name", [*LAYERS, "RNNCell", "LSTMCell", "GRUCell"])
def test_parameters_start_uniform_within_one_over_the_root(name):
    dlcourse.manual_seed(0)
    for p in getattr(nn, name)(30, 25).parameters():
        assert p.dtype == np.float32
        assert np.abs(p.data).max() <= 1 / 5
        assert np.abs(p.data).max() > 0.9 / 5
        assert abs(p.data.mean()) < 0.1 / 5 * 3 / np.sqrt(p.data.size / 100)


@pytest.mark.parametrize("name", LAYERS)
def test_extreme_inputs_stay_finite_in_float32(name):
    network = getattr(nn, name)(2, 3)
    x = tensor(np.full((4, 1, 2), 1e4, np.float32), requires_grad=True)
    for sign in (1, -1):
        y, _ = network(x * sign)
        y.sum().backward()
        assert np.isfinite(y.data).all()
        assert np.isfinite(x.grad.data).all()


@pytest.mark.parametrize("name", LAYERS)
def test_backward_twice_gives_twice_the_gradient(name):
    network = getattr(nn, name)(2, 3).double()
    loss = network(tensor(values(4, 2, 2)))[0].sum()
    loss.backward(retain_graph=True)
    once = [p.grad.data.copy() for p in network.parameters()]
    loss.backward()
    for p, g in zip(network.parameters(), once, strict=True):
        np.testing.assert_allclose(p.grad.data, 2 * g, rtol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_share_no_memory(name):
    network = getattr(nn, name)(2, 3).double()
    network(tensor(values(4, 2, 2)))[0].sum().backward()
    gradients = [p.grad.data for p in network.parameters()]
    for i, a in enumerate(gradients):
        assert not any(np.shares_memory(a, b) for b in gradients[:i])


@pytest.mark.parametrize("name", LAYERS)
def test_the_input_is_not_changed_and_nothing_recorded_without_gradient(name):
    network, x = getattr(nn, name)(2, 3).double(), values(4, 2, 2)
    with no_grad():
        y, _ = network(tensor(x))
    assert not y.requires_grad
    np.testing.assert_array_equal(x, values(4, 2, 2))


# --------------------------------------------------------------------------- bad input

X = tensor(values(5, 2, 3))


@pytest.mark.parametrize("name", [*LAYERS, "RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize(
    ("args", "kwargs", "error", "message"),
    [
        ((0, 4), {}, ValueError, "input_size"),
        ((3, -1), {}, ValueError, "hidden_size"),
        ((3.0, 4), {}, TypeError, "input_size"),
        ((3, "4"), {}, TypeError, "hidden_size"),
        ((3, 4), {"bias": 1}, TypeError, "bias"),
    ],
    ids=str,
)
def test_constructors_name_what_is_wrong(name, args, kwargs, error, message):
    with pytest.raises(error, match=message):
        getattr(nn, name)(*args, **kwargs)


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"num_layers": 0}, ValueError, "num_layers"),
        ({"num_layers": True}, TypeError, "num_layers"),
        ({"batch_first": 1}, TypeError, "batch_first"),
        ({"nonlinearity": "sigmoid"}, ValueError, "nonlinearity"),
        ({"bidirectional": True}, TypeError, "bidirectional"),
    ],
    ids=str,
)
def test_layers_name_what_is_wrong(kwargs, error, message):
    with pytest.raises(error, match=message):
        nn.RNN(3, 4, **kwargs)


@pytest.mark.parametrize("name", LAYERS)
def test_layers_expect_fitting_inputs(name):
    network = getattr(nn, name)(3, 4).double()
    for x, message in [
        (tensor(values(5, 2, 4)), r"\(T, N, 3\)"),
        (tensor(values(3)), r"\(T, N, 3\)"),
        (tensor(values(5, 2, 2, 3)), r"\(T, N, 3\)"),
        (tensor(np.zeros((0, 2, 3))), "got"),
    ]:
        with pytest.raises(ValueError, match=message):
            network(x)
    with pytest.raises(TypeError, match="float64"):
        network(X.float())
    with pytest.raises(TypeError, match="Tensor"):
        network(values(5, 2, 3))


@pytest.mark.parametrize("name", LAYERS)
def test_layers_expect_fitting_states(name):
    network = getattr(nn, name)(3, 4).double()
    for shape in [(1, 2, 5), (1, 3, 4), (2, 2, 4), (1, 4)]:
        state = tensor(np.zeros(shape))
        hx = (state, state) if name == "LSTM" else state
        with pytest.raises(ValueError, match=r"\(1, 2, 4\)"):
            network(X, hx)
    good = tensor(np.zeros((1, 2, 4)))
    wrong = (good, good.float()) if name == "LSTM" else good.float()
    with pytest.raises(TypeError, match="float64"):
        network(X, wrong)
    if name == "LSTM":
        for hx in (good, (good,)):
            with pytest.raises(TypeError, match="pair"):
                network(X, hx)


@pytest.mark.parametrize("name", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells_expect_fitting_inputs_and_states(name):
    cell, x = getattr(nn, name)(3, 4).double(), tensor(values(2, 3))
    for bad in (tensor(values(2, 4)), X):
        with pytest.raises(ValueError, match="expects input"):
            cell(bad)
    for shape in [(2, 5), (3, 4), (4,)]:
        state = tensor(np.zeros(shape))
        with pytest.raises(ValueError, match=r"\(2, 4\)"):
            cell(x, (state, state) if name == "LSTMCell" else state)
    with pytest.raises(TypeError, match="float64"):
        cell(x.float())
    if name == "LSTMCell":
        with pytest.raises(TypeError, match="pair"):
            cell(x, tensor(np.zeros((2, 4))))


def test_a_repr_says_the_settings():
    network = nn.LSTM(3, 4, num_layers=2, bias=False, batch_first=True)
    assert repr(network) == "LSTM(3, 4, num_layers=2, bias=False, batch_first=True)"
    assert repr(nn.GRUCell(3, 4)) == "GRUCell(3, 4)"
