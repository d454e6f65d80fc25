"""Residual and dense networks: their own text on both engines, and their promises."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from against_torch import assert_equal, values
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from dlcourse import nn, no_grad, tensor
from dlcourse.nn import densenet, residual
from dlcourse.optim import SGD


def on_torch(*modules):
    """The modules' names, from their own text with PyTorch's parts in it."""
    names = {"__name__": "twin"}
    for module in modules:
        text = Path(module.__file__).read_text(encoding="utf-8")
        text = re.sub(r"from dlcourse\.nn\.residual import .*", "", text)
        text = re.sub(r"from dlcourse\.nn\.\w+ import", "from torch.nn import", text)
        text = text.replace("from dlcourse.autograd import", "from torch import")
        assert "dlcourse" not in text.replace("from dlcourse.checks import", "")
        exec(compile(text, module.__file__, "exec"), names)
    return SimpleNamespace(**names)


OURS = SimpleNamespace(**{**vars(residual), **vars(densenet)})
TWIN = on_torch(residual, densenet)


def supervised(engine):
    """A ResNet cut in two, with a head on each part."""
    net = engine.ResNet(10, widths=(4, 6))
    blocks = list(net.blocks)
    first = engine.Sequential(net.stem, *blocks[:2])
    head = engine.Sequential(*engine.pooled_linear(4, 10))
    rest = engine.Sequential(*blocks[2:])
    return engine.AuxiliaryHeads([first, rest], [head, net.head])


def perceptron(engine):
    def block():
        branch = engine.Sequential(engine.ReLU(), engine.Linear(16, 16))
        return engine.Residual(branch, scale=0.5)

    return engine.Sequential(engine.Flatten(), engine.Linear(64, 16), block(), block())


MODELS = {
    "ResNet-8": lambda e: e.ResNet(8, widths=(4, 6, 10)),
    "ResNet-8, projection": lambda e: e.ResNet(
        8, widths=(4, 6, 5), shortcut="projection"
    ),
    "ResNet-8, plain": lambda e: e.ResNet(8, widths=(4, 6, 10), residual=False),
    "ResNet-6, one stage": lambda e: e.ResNet(6, widths=(4,)),
    "ResNet-8, zeroed": lambda e: e.ResNet(8, widths=(4, 6, 10), zero_init=True),
    "ResNet-8, pre-activation": lambda e: e.ResNet(
        8, widths=(4, 6, 10), block=e.PreActivationBlock
    ),
    "ResNet-8, pre-activation, projection, zeroed": lambda e: e.ResNet(
        8,
        widths=(4, 6, 10),
        block=e.PreActivationBlock,
        shortcut="projection",
        zero_init=True,
    ),
    "ResNet-8, pre-activation, plain": lambda e: e.ResNet(
        8, widths=(4, 6, 10), block=e.PreActivationBlock, residual=False
    ),
    "DenseNet": lambda e: e.DenseNet(3, (2, 2, 1), 5),
    "DenseNet, one block": lambda e: e.DenseNet(3, (2,), 5, num_classes=3),
    "auxiliary heads": supervised,
    "residual perceptron": perceptron,
}
every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


def pair(make):
    """The model of both engines, in float64, with equal parameters."""
    torch.manual_seed(0)
    theirs, ours = make(TWIN).double(), make(OURS).double()
    state = theirs.state_dict()
    assert list(ours.state_dict()) == list(state)
    ours.load_state_dict(state)
    return ours, theirs


def total(outputs):
    """One number of what a model gives: a list from auxiliary heads."""
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return sum((y * y).sum() for y in outputs)


# ------------------------------------------------------------------ one text for both


@every_model
def test_the_text_runs_on_both_engines_and_gives_the_same(make):
    ours, theirs = pair(make)
    x = values(5, 1, 8, 8)
    for _ in range(2):  # the second time with moved running moments
        a, b = total(ours(tensor(x))), total(theirs(torch.tensor(x)))
        assert_equal(a, b, 1e-10)
    a.backward()
    b.backward()
    largest = max(float(q.grad.abs().max()) for q in theirs.parameters())
    named = zip(ours.named_parameters(), theirs.parameters(), strict=True)
    for (name, p), q in named:
        np.testing.assert_allclose(
            p.grad.data, q.grad, rtol=1e-9, atol=1e-11 * largest, err_msg=name
        )
    for (name, u), v in zip(ours.named_buffers(), theirs.buffers(), strict=True):
        np.testing.assert_allclose(u.data, v, rtol=1e-10, atol=1e-12, err_msg=name)
    assert_equal(ours.eval()(tensor(x)), theirs.eval()(torch.tensor(x)), 1e-10)


@pytest.mark.parametrize("name", ["ResNet-8", "DenseNet"])
def test_ten_steps_of_training(name):
    ours, theirs = pair(MODELS[name])
    rng = np.random.default_rng(0)
    settings = {"lr": 0.05, "momentum": 0.9}
    mine = SGD(ours.parameters(), **settings)
    reference = torch.optim.SGD(theirs.parameters(), **settings)
    for _ in range(10):
        x, y = rng.normal(size=(6, 1, 8, 8)), rng.integers(0, 10, 6)
        for model, optimizer, loss_fn, to in (
            (ours, mine, nn.CrossEntropyLoss(), tensor),
            (theirs, reference, torch.nn.CrossEntropyLoss(), torch.tensor),
        ):
            optimizer.zero_grad()
            loss_fn(model(to(x)), to(y)).backward()
            optimizer.step()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert_equal(p, q, 1e-8)


def block_by_hand(x, state, order, stride, after):
    """Two convolutions from their parameters, written with PyTorch's functions."""
    y = x
    for number, kind in enumerate(order):
        weight = state.get(f"branch.{number}.weight")
        if kind == "bn":
            y = F.batch_norm(y, None, None, weight, training=True)
        elif kind == "relu":
            y = F.relu(y)
        else:
            y, stride = F.conv2d(y, weight, stride=stride, padding=1), 1
    lacking = y.shape[1] - x.shape[1]
    step = x.shape[2] // y.shape[2]
    skip = F.pad(x[:, :, ::step, ::step], (0, 0, 0, 0, 0, lacking))
    return F.relu(skip + y) if after else skip + y


@pytest.mark.parametrize("channels, stride", [(3, 1), (5, 2)])
@pytest.mark.parametrize(
    "name, order, after",
    [
        ("BasicBlock", ("conv", "bn", "relu", "conv", "bn"), True),
        ("PreActivationBlock", ("bn", "relu", "conv", "bn", "relu", "conv"), False),
    ],
)
def test_blocks_are_their_formulas(name, order, after, channels, stride):
    block = getattr(OURS, name)(3, channels, stride).double()
    x = values(4, 3, 6, 6)
    state = {k: torch.tensor(v.data) for k, v in block.state_dict().items()}
    expected = block_by_hand(torch.tensor(x), state, order, stride, after)
    assert_equal(block(tensor(x)), expected, 1e-12)


def shapes_after(parts, x):
    """(channels, height) after each part."""
    found = []
    for part in parts:
        x = part(x)
        found.append(x.shape[1:3])
    return found


def test_each_stage_halves_the_image_once():
    x = tensor(values(2, 1, 28, 28).astype(np.float32))
    net = OURS.ResNet(14, widths=(2, 3, 4))
    expected = [(2, 28), (2, 28), (3, 14), (3, 14), (4, 7), (4, 7)]
    assert shapes_after(net.blocks, net.stem(x)) == expected
    net = OURS.DenseNet(3, (2, 1), 5)  # 5, grown to 8 and 11, halved, grown again
    expected = [(8, 28), (11, 28), (5, 14), (8, 14)]
    assert shapes_after(net.blocks, net.stem(x)) == expected


@pytest.mark.parametrize("size", [7, 8, 28])
def test_small_images_of_any_size(size):
    x = tensor(values(2, 1, size, size).astype(np.float32))
    assert OURS.ResNet(8, widths=(2, 3, 4))(x).shape == (2, 10)
    assert OURS.DenseNet(2, (1, 1, 1), 4, num_classes=3)(x).shape == (2, 3)


def layers_with_weights(model):
    kinds = (nn.Conv2d, nn.Linear)
    return sum(isinstance(module, kinds) for module in model.modules())


@pytest.mark.parametrize("depth, widths", [(8, (2,)), (10, (2, 3)), (56, (2, 2, 2))])
@pytest.mark.parametrize("skip", [True, False], ids=["residual", "plain"])
@pytest.mark.parametrize("block", [OURS.BasicBlock, OURS.PreActivationBlock])
def test_the_depth_counts_layers_with_weights(depth, widths, skip, block):
    net = OURS.ResNet(depth, widths=widths, residual=skip, block=block)
    assert layers_with_weights(net) == depth


def test_the_plain_twin_has_the_same_parameters():
    nets = [OURS.ResNet(20, widths=(2, 4, 8), residual=skip) for skip in (True, False)]
    shapes = [{k: v.shape for k, v in net.state_dict().items()} for net in nets]
    assert shapes[0] == shapes[1]
    nets[1].load_state_dict(nets[0].state_dict())
    x = tensor(values(3, 1, 8, 8).astype(np.float32))
    assert (nets[0](x).data != nets[1](x).data).all()


# ---------------------------------------------------------------- what they promise


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 100), channels=st.integers(1, 5), blocks=st.integers(1, 4))
def test_zeroed_branches_are_the_identity(seed, channels, blocks):
    """Exactly: for pre-activation as it is, for He's first form where x is not < 0."""
    x = tensor(values(3, channels, 4, 5, seed=seed).astype(np.float32))
    before = nn.Sequential(
        *(
            OURS.PreActivationBlock(channels, channels, zero_init=True)
            for _ in range(blocks)
        )
    )
    after = nn.Sequential(
        *(OURS.BasicBlock(channels, channels, zero_init=True) for _ in range(blocks))
    )
    np.testing.assert_array_equal(before(x).data, x.data)
    np.testing.assert_array_equal(after(x).data, x.relu().data)
    x.requires_grad_()
    before(x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, 1)


@settings(max_examples=30, deadline=None)
@given(
    few=st.integers(1, 4),
    more=st.integers(0, 9),
    stride=st.integers(1, 3),
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
)
def test_the_padded_shortcut_is_x_and_zeros(few, more, stride, size):
    """A zeroed branch shows it, so its size is that of the convolutions too."""
    x = values(2, few, *size)
    block = OURS.PreActivationBlock(few, few + more, stride, zero_init=True).double()
    y = block(tensor(x)).data
    np.testing.assert_array_equal(y[:, :few], x[:, :, ::stride, ::stride])
    assert not y[:, few:].any()


def test_a_branch_can_be_taken_out():
    net = OURS.ResNet(8, widths=(3,)).eval()
    x = tensor(values(2, 1, 8, 8).astype(np.float32))
    with no_grad():
        inside = net.blocks[0](net.stem(x))
        net.blocks[1].scale = 0.0
        np.testing.assert_array_equal(net.blocks[1](inside).data, inside.data)


def test_a_deep_perceptron_keeps_its_size():
    """Scaled by 1/sqrt(L) the sum stays; unscaled it explodes."""
    n, depth = 64, 200
    rng = np.random.default_rng(0)
    x = tensor(rng.normal(size=(8, n)))
    sizes = []
    for scale in (depth**-0.5, 1.0):
        y = x
        for _ in range(depth):
            block = OURS.Residual(
                nn.Sequential(nn.ReLU(), nn.Linear(n, n)), scale=scale
            ).double()
            with no_grad():
                block.branch[1].weight[...] = rng.normal(size=(n, n)) * (2 / n) ** 0.5
                y = block(y)
        sizes.append(y.data.std())
    assert 1 < sizes[0] < 4  # sqrt(e) in the mean
    assert sizes[1] > 1e20


def test_a_dense_layer_hands_its_input_on():
    x = values(2, 3, 4, 4)
    y = OURS.DenseLayer(3, 2).double()(tensor(x)).data
    assert y.shape == (2, 5, 4, 4)
    np.testing.assert_array_equal(y[:, :3], x)


def test_auxiliary_heads_speak_in_training_only():
    model = supervised(OURS)
    x = tensor(values(3, 1, 8, 8).astype(np.float32))
    outputs = model(x)
    assert [y.shape for y in outputs] == [(3, 10), (3, 10)]
    assert model.eval()(x).shape == (3, 10)


def test_an_auxiliary_head_reaches_only_what_lies_before_it():
    model = supervised(OURS)
    early, _ = model(tensor(values(3, 1, 8, 8).astype(np.float32)))
    early.sum().backward()
    assert all(p.grad is not None for p in model.stages[0].parameters())
    assert all(p.grad is None for p in model.stages[1].parameters())


@pytest.mark.parametrize("make", [OURS.BasicBlock, OURS.PreActivationBlock])
def test_images_stay_as_they_lie_in_memory(make):
    """(C, H, W, N), forward and backward: nothing is turned round on the way."""
    x = tensor(0.0)
    x.data = np.ones((3, 6, 6, 4), np.float32).transpose(3, 0, 1, 2)
    x = x.requires_grad_() * 1  # no leaf: those keep gradients of their own
    x.retain_grad()
    y = make(3, 3)(x)
    assert y.data.strides == x.data.strides
    y.backward(y.data)
    assert x.grad.data.strides == x.data.strides


# ------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "bad, message",
    [
        (lambda e: e.ResNet(9), r"depth 6n \+ 2, got 9"),
        (lambda e: e.ResNet(2), r"depth 6n \+ 2, got 2"),
        (lambda e: e.ResNet(8, widths=()), "widths"),
        (lambda e: e.ResNet(8, shortcut="A"), "'pad' or 'projection', got 'A'"),
        (lambda e: e.BasicBlock(4, 3), "out_channels of at least in_channels 4, got 3"),
        (lambda e: e.BasicBlock(3, 3, residual=False, zero_init=True), "zero_init"),
        (lambda e: e.DenseNet(compression=0), r"compression in \(0, 1\], got 0"),
        (lambda e: e.AuxiliaryHeads([], []), "0 stages and 0 heads"),
        (lambda e: e.AuxiliaryHeads([e.ReLU()], []), "1 stages and 0 heads"),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("engine", [OURS, TWIN], ids=["dlcourse", "torch"])
def test_bad_input_is_named(engine, bad, message):
    with pytest.raises(ValueError, match=message):
        bad(engine)
