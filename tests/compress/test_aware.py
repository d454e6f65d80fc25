"""Training with the rounding in place, against PyTorch; batch norms folded away."""

import copy
import pickle

import numpy as np
import pytest
import torch
from against_torch import values

import dlcourse
from dlcourse import nn, no_grad, optim, tensor
from dlcourse.compress import (
    QuantizationAware,
    cost,
    fold_batch_norm,
    magnitude_masks,
    make_permanent,
    masked,
    quantization_aware,
    quantize,
    to_integers,
)


def cnn():
    dlcourse.manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10),
    ).double()  # fmt: skip
    x = tensor(values(16, 1, 8, 8, low=0))
    for _ in range(3):
        model(x)  # so that the running moments are not the first ones
    for p in model.parameters():
        p.data += values(*p.shape, low=-0.1, high=0.1)
    return model.eval(), x


def test_a_whole_model_in_integers():
    model, x = cnn()
    folded = fold_batch_norm(model)
    small = to_integers(folded, x)
    kinds = [type(m).__name__ for m in small]
    assert kinds == ["IntegerConv2d", "ReLU", "MaxPool2d", "Flatten", "IntegerLinear"]
    exact = model(x).data
    assert np.abs(small(x).data - exact).max() < 0.03 * np.abs(exact).max()


def nested():
    """The same layers in Sequentials within others, norms on both sides of a border."""
    model, x = cnn()
    conv, norm, relu, pool, flat, linear, last = model
    inner = nn.Sequential(norm, relu, nn.Sequential(pool, flat, linear))
    residual = nn.Residual(nn.Sequential(conv, nn.Conv2d(4, 1, 1), nn.BatchNorm2d(1)))
    out = nn.Sequential(residual.double(), nn.Sequential(conv), inner, last)
    return out.eval(), x


@pytest.mark.parametrize("convert", [fold_batch_norm, quantization_aware])
def test_what_is_nested_is_converted_too(convert):
    model, x = nested()
    before = {k: v.data.copy() for k, v in model.state_dict().items()}
    new = convert(model)
    kinds = {type(m).__name__ for m in new.modules()}
    if convert is fold_batch_norm:
        assert not {"BatchNorm1d", "BatchNorm2d"} & kinds
        np.testing.assert_allclose(new(x).data, model(x).data, atol=1e-12)
        small = to_integers(new, x)
        assert not {"Linear", "Conv2d"} & {type(m).__name__ for m in uses(small, x)}
        exact = model(x).data
        assert np.abs(small(x).data - exact).max() < 0.05 * np.abs(exact).max()
    else:
        plain = [m for m in new.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
        aware = [m.layer for m in new.modules() if isinstance(m, QuantizationAware)]
        assert plain == aware and len(aware) == 3  # the first is used twice
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.data, before[name])


def uses(model, x):
    """The modules that a forward pass really calls."""
    called = []
    for module in model.modules():
        module.register_forward_hook(lambda m, args, output: called.append(m))
    model(x)
    return called


def test_a_linear_layer_with_a_norm_in_it_takes_rows_only():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).double()
    x = tensor(values(5, 4, 3))
    model(x * 3 + 1)
    folded = fold_batch_norm(model.eval())
    rows = tensor(values(6, 3))
    np.testing.assert_allclose(folded(rows).data, model(rows).data, rtol=1e-12)
    for wrong in folded, to_integers(folded, rows):
        with pytest.raises(ValueError, match=r"rows .N, in., got .5, 4, 3.: of"):
            wrong(x)


def test_a_convolution_with_a_norm_in_it_takes_what_it_took():
    model = nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4)).double()
    x = tensor(values(5, 2, 7))
    model(x)
    model.eval()
    np.testing.assert_allclose(fold_batch_norm(model)(x).data, model(x).data)


def test_folding_a_hardly_varying_channel_stays_in_the_range():
    model = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1, eps=1e-50)).eval()
    model[1].running_var.data[...] = 0
    model[1].weight.data[...] = 1e-20
    weight = fold_batch_norm(model)[0].weight.data
    np.testing.assert_allclose(weight, model[0].weight.data * 1e5, rtol=1e-5)


def test_modes_and_hooks_of_what_was_made_are_its_own():
    model, x = nested()
    calls = []
    for new in (fold_batch_norm(model), quantization_aware(model)):
        modes = [module.training for module in new.modules()]
        assert not any(modes)
        new.train()
        for module in new.modules():
            module.register_forward_hook(lambda *_: calls.append(1))
        assert not any(module.training for module in model.modules())
    model(x)
    assert not calls


@pytest.mark.parametrize("way", ["state_dict", "deepcopy", "pickle"])
def test_what_the_observers_saw_is_kept(way):
    model, x = cnn()
    aware = quantization_aware(fold_batch_norm(model)).train()
    aware(x)
    y = aware.eval()(x).data
    if way == "state_dict":
        other = quantization_aware(fold_batch_norm(model)).eval()
        other.load_state_dict(aware.state_dict())
    else:
        other = copy.deepcopy(aware) if way == "deepcopy" else pickled(aware)
    np.testing.assert_array_equal(other(x).data, y)
    other.train()(x * 9)
    assert other[0].observer.high == 9 * aware[0].observer.high
    np.testing.assert_array_equal(aware(x).data, y)


def pickled(model):
    return pickle.loads(pickle.dumps(model))


def test_rounding_over_masks():
    dlcourse.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 2)).double()
    (mask,) = magnitude_masks(model[0].weight, 0.5)
    aware = quantization_aware(masked(model, {"0.weight": mask}))
    x = tensor(values(20, 6))
    aware(x).sum().backward()
    assert not model[0].weight.grad.data[~mask].any()
    assert cost(aware, x).nonzero == 12 + 4 + 8 + 2
    y = aware.eval()(x).data
    plain = make_permanent(aware)
    assert type(plain[0]) is nn.Linear and not plain[0].weight.data[~mask].any()
    np.testing.assert_allclose(plain[0].weight.data, aware[0].tensors()["weight"].data)
    small = to_integers(aware, x)
    np.testing.assert_allclose(small(x).data, y, atol=0.02)
    assert not small[0].weight.data[~mask].any()


def test_folding_changes_nothing_but_rounding():
    model, x = cnn()
    folded = fold_batch_norm(model)
    assert len(folded) == len(model) - 2
    np.testing.assert_allclose(folded(x).data, model(x).data, rtol=1e-12, atol=1e-12)


def test_folding_without_bias_or_affine():
    dlcourse.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 4, bias=False), nn.BatchNorm1d(4, affine=False))
    model = model.double()
    x = tensor(values(8, 5))
    model(x)
    model.eval()
    np.testing.assert_allclose(
        fold_batch_norm(model)(x).data, model(x).data, rtol=1e-12
    )
    with pytest.raises(ValueError, match="evaluation mode"):
        fold_batch_norm(model.train())


def test_awareness_rounds_what_the_integers_round():
    model, x = cnn()
    folded = fold_batch_norm(model)
    aware = quantization_aware(folded).train()
    aware(x)  # the observers see their ranges
    got = aware.eval()(x).data
    np.testing.assert_allclose(
        got, to_integers(folded, x)(x).data, rtol=1e-9, atol=0.01
    )
    layer = aware[0]
    assert isinstance(layer, QuantizationAware) and "bits=8" in repr(layer)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_training_with_the_rounding_in_place_lowers_the_loss(bits):
    dlcourse.manual_seed(2)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    aware = quantization_aware(model, bits, activation_bits=None)
    x = tensor(values(60, 6).astype(np.float32))
    y = tensor(np.abs(x.data[:, :3]).argmax(axis=1))
    optimizer = optim.SGD(aware.parameters(), lr=0.05)
    losses = []
    for _ in range(300):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(aware(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-20:]) < 0.9 * losses[0]
    weight = aware[0].layer.weight
    assert weight is model[0].weight  # the same parameters, not copies
    assert len(np.unique(np.abs(weight.data))) > 2**bits  # still floats


LAYERS = {
    "linear": (lambda: nn.Linear(6, 4), (5, 6), torch.nn.functional.linear),
    "conv2d": (lambda: nn.Conv2d(2, 4, 3), (5, 2, 6, 5), torch.nn.functional.conv2d),
}


@pytest.mark.parametrize("bits, activation_bits", [(8, 8), (2, 3), (4, None)])
@pytest.mark.parametrize("name", LAYERS)
def test_the_gradient_goes_straight_through_as_in_pytorch(name, bits, activation_bits):
    make, shape, function = LAYERS[name]
    dlcourse.manual_seed(0)
    layer = make()
    aware = QuantizationAware(layer, bits, activation_bits)
    x, wide = (values(*shape, seed=i).astype("f4") * (1 + i) for i in (0, 1))
    aware(tensor(x))
    aware.eval()  # from here on the range of the inputs stays: some of them are cut
    ours = tensor(wide, requires_grad=True)
    y = aware(ours)
    g = values(*y.shape, seed=2).astype("f4")
    y.backward(g)

    inputs, weight = (
        torch.tensor(a, requires_grad=True) for a in (wide, layer.weight.data)
    )
    rounded, top = inputs, 2 ** (bits - 1) - 1
    if activation_bits:
        low, high = x.min(), x.max()
        steps = 2**activation_bits - 1
        scale = (high - low) / steps
        rounded = torch.fake_quantize_per_tensor_affine(
            inputs, float(scale), round(-low / scale), 0, steps
        )
    scales = np.abs(layer.weight.data).reshape(4, -1).max(axis=1) / top
    w = torch.fake_quantize_per_channel_affine(
        weight, torch.tensor(scales), torch.zeros(4, dtype=torch.int32), 0, -top, top
    )
    expected = function(rounded, w, torch.tensor(layer.bias.data))
    expected.backward(torch.tensor(g))
    close = {"rtol": 1e-4, "atol": 1e-4}
    np.testing.assert_allclose(y.data, expected.detach().numpy(), **close)
    np.testing.assert_allclose(ours.grad.data, inputs.grad.numpy(), **close)
    np.testing.assert_allclose(layer.weight.grad.data, weight.grad.numpy(), **close)
    if activation_bits:
        assert (ours.grad.data == 0).any()  # of what was cut


def test_of_one_bit_the_sign_goes_forward_and_the_gradient_straight_back():
    layer = nn.Linear(6, 4, bias=False).double()
    x, g = values(5, 6), values(5, 4, seed=1)
    leaf = tensor(x, requires_grad=True)
    y = QuantizationAware(layer, 1, None)(leaf)
    y.backward(g)
    w = layer.weight.data
    rounded = np.sign(w) * np.abs(w).mean(axis=1, keepdims=True)
    np.testing.assert_allclose(y.data, x @ rounded.T)
    np.testing.assert_allclose(leaf.grad.data, g @ rounded)
    np.testing.assert_allclose(layer.weight.grad.data, g.T @ x)


def test_only_training_widens_the_range():
    aware = quantization_aware(nn.Sequential(nn.Linear(3, 2)))
    observer = aware[0].observer
    with pytest.raises(RuntimeError, match="has seen nothing"):
        aware.eval()(tensor(np.ones((1, 3), np.float32)))
    aware.train()(tensor(np.ones((1, 3), np.float32)))
    assert (observer.low, observer.high) == (0, 1)
    large = tensor(np.full((1, 3), 5, np.float32))
    aware.eval()(large)
    with no_grad():
        aware.train()(large)
    assert observer.high == 1
    aware(large)
    assert observer.high == 5


def test_awareness_leaves_the_layer_and_its_names_as_they_are():
    layer = nn.Linear(3, 2)
    before = layer.weight.data.copy()
    aware = quantization_aware(nn.Sequential(layer, nn.ReLU()), 4)
    assert aware[1].__class__ is nn.ReLU
    aware(tensor(np.ones((1, 3), np.float32)))
    np.testing.assert_array_equal(layer.weight.data, before)
    observed = ["0.observer.min_val", "0.observer.max_val"]
    assert list(aware.state_dict()) == ["0.layer.weight", "0.layer.bias", *observed]
    q = quantize(before, 4, symmetric=True, axis=0).dequantize()
    y = aware.eval()[0](tensor(np.ones((1, 3), np.float32))).data
    np.testing.assert_allclose(y, [q.sum(axis=1) + layer.bias.data], rtol=1e-4)


@pytest.mark.parametrize("settings", [{"groups": 2}, {"bias": False}], ids=str)
def test_folding_keeps_what_it_does_not_fold(settings):
    dlcourse.manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2, **settings), nn.BatchNorm2d(4, eps=0.1), nn.ReLU(),
        nn.BatchNorm2d(4),
    )  # fmt: skip
    x = tensor(values(6, 2, 7, 7).astype(np.float32))
    model(x)
    model.eval()
    before = {k: v.data.copy() for k, v in model.state_dict().items()}
    folded = fold_batch_norm(model)
    kinds = [type(layer).__name__ for layer in folded]
    assert kinds == ["Conv2d", "ReLU", "BatchNorm2d"]
    assert not folded.training
    assert {p.dtype for p in folded.parameters()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(folded(x).data, model(x).data, rtol=1e-4, atol=1e-5)
    for key, value in model.state_dict().items():
        np.testing.assert_array_equal(value.data, before[key])


def pair(*norm, **settings):
    return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(*norm, **settings)).eval()


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: QuantizationAware(nn.ReLU()), TypeError, "Conv2d or Pruned, got ReLU"),
        (
            lambda: QuantizationAware(nn.Linear(2, 1), 9),
            ValueError,
            "bits in .*, got 9",
        ),
        (lambda: QuantizationAware(nn.Linear(2, 1), "8"), TypeError, "bits .* got '8'"),
        (lambda: QuantizationAware(nn.Linear(2, 1), 8, 0), ValueError, "bits .* got 0"),
        (
            lambda: QuantizationAware(nn.Linear(2, 1))([1]),
            TypeError,
            "Tensors, got lis",
        ),
        (lambda: quantization_aware(None), TypeError, "model .* got NoneType"),
        (
            lambda: quantization_aware(quantization_aware(pair(2))),
            TypeError,
            "Pruned, got QuantizationAware",
        ),
        (lambda: fold_batch_norm(None), TypeError, "model .* got NoneType"),
        (lambda: fold_batch_norm(pair(2).train()), ValueError, "evaluation mode"),
        (
            lambda: fold_batch_norm(pair(2, track_running_stats=False)),
            ValueError,
            "with running moments",
        ),
        (lambda: fold_batch_norm(pair(4)), ValueError, "got 4 after 2"),
    ],
    ids=range(11),
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
