"""Attention: PyTorch's numbers, and what follows from the definition."""

import math
import warnings

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, assert_equal, values
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck

attend = nn.functional.scaled_dot_product_attention


def either(*operands, **options):
    """The function of the engine that the operands belong to."""
    if isinstance(operands[0], torch.Tensor):
        make, f = torch.tensor, torch.nn.functional.scaled_dot_product_attention
    else:
        make, f = tensor, attend
    mask = options.get("attn_mask")
    if isinstance(mask, np.ndarray):
        options = {**options, "attn_mask": make(mask)}
    return f(*operands, **options)


MASK = np.tri(3, 6, 2, dtype=bool)
HIDDEN = MASK.copy()
HIDDEN[1] = False  # the second query may look nowhere
OPTIONS = {
    "plain": {},
    "causal": {"is_causal": True},
    "scale": {"scale": 0.3},
    "bool": {"attn_mask": MASK},
    "all hidden": {"attn_mask": HIDDEN},
    "infinite": {"attn_mask": np.where(MASK, 0.0, -np.inf)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize(
    "shapes",
    [
        [(3, 4), (6, 4), (6, 5)],
        [(2, 3, 4), (2, 6, 4), (2, 6, 4)],
        [(2, 5, 3, 4), (2, 5, 6, 4), (2, 5, 6, 7)],
        [(5, 3, 4), (2, 5, 6, 4), (2, 5, 6, 4)],
    ],
    ids=str,
)
def test_attention_is_pytorchs(shapes, options):
    operands = [values(*shape, seed=i) for i, shape in enumerate(shapes)]
    assert_as_torch(lambda *x: either(*x, **options), *operands, rtol=1e-10)


@pytest.mark.parametrize("shape", [(3, 6), (2, 1, 3, 6), (1, 6)], ids=str)
def test_a_mask_of_floats_is_added_and_learned(shape):
    operands = [values(2, 4, 3, 5), values(2, 4, 6, 5, seed=1), values(2, 4, 6, 5)]
    assert_as_torch(
        lambda q, k, v, mask: either(q, k, v, attn_mask=mask),
        *operands,
        values(*shape, seed=2),
        rtol=1e-10,
    )


def test_the_gradient_agrees_with_differences():
    shapes = [(2, 3, 2), (2, 4, 2), (2, 4, 3), (3, 4)]
    operands = [
        tensor(values(*s, seed=i), requires_grad=True) for i, s in enumerate(shapes)
    ]
    assert gradcheck(lambda q, k, v, m: attend(q, k, v, attn_mask=m), operands)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**16))
@settings(max_examples=30, deadline=None)
def test_the_result_is_a_mean_and_the_order_of_the_keys_does_not_matter(n, s, seed):
    q, k, v = values(n, 3, seed=seed), values(s, 3, seed=seed + 1), values(s, 2)
    y = attend(tensor(q), tensor(k), tensor(v)).data
    assert (y <= v.max(0) + 1e-12).all()
    assert (y >= v.min(0) - 1e-12).all()
    order = np.random.default_rng(seed).permutation(s)
    again = attend(tensor(q), tensor(k[order]), tensor(v[order])).data
    np.testing.assert_allclose(again, y, rtol=1e-10, atol=1e-12)


def test_causal_attention_does_not_see_the_future():
    x = tensor(values(5, 3), requires_grad=True)
    attend(x, x, x, is_causal=True)[2].sum().backward()
    assert not x.grad.data[3:].any()
    assert x.grad.data[:3].all()


def test_large_scores_stay_finite_in_float32():
    x = tensor(values(4, 3).astype(np.float32) * 1e4, requires_grad=True)
    y = attend(x, x, x)
    y.sum().backward()
    assert y.dtype == np.float32
    assert np.isfinite(y.data).all()
    assert np.isfinite(x.grad.data).all()


# ------------------------------------------------------------------------- multi-head


def run(module, make, arrays, masks, needed):
    """Output, weights, and all gradients."""
    x = [make(a, requires_grad=True) for a in arrays]
    masks = {name: make(m) for name, m in masks.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch: mixed masks will be forbidden
        y, weights = module(*x, **masks, **needed)
    loss = (y * make(values(*y.shape))).sum()
    if weights is not None:
        loss = loss + (weights * make(values(*weights.shape, seed=3))).sum()
    loss.backward()
    gradients = [t.grad for t in (*x, *module.parameters())]
    return [y, *([] if weights is None else [weights]), *gradients]


def attention_masks(kind, n, length, s, heads):
    rng = np.random.default_rng(0)
    padding = np.arange(s) >= s - rng.integers(0, s - 1, (n, 1))
    return {
        "none": {},
        "padding": {"key_padding_mask": padding},
        "causal": {"attn_mask": np.triu(np.ones((length, s), bool), 1)},
        "floats": {"attn_mask": values(length, s), "key_padding_mask": values(n, s)},
        "each head": {"attn_mask": values(n * heads, length, s)},
        "both": {
            "attn_mask": np.triu(np.ones((length, s), bool), 1),
            "key_padding_mask": padding,
        },
    }[kind]


@pytest.mark.parametrize(
    "needed",
    [{}, {"average_attn_weights": False}, {"need_weights": False}],
    ids=["mean", "heads", "no weights"],
)
@pytest.mark.parametrize(
    "kind", ["none", "padding", "causal", "floats", "each head", "both"]
)
@pytest.mark.parametrize("layout", ["(L, N, E)", "(N, L, E)", "(L, E)"])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_multi_head_attention_is_pytorchs(bias, layout, kind, needed):
    e, heads, length, s = 6, 3, 4, 5
    n = 1 if layout == "(L, E)" else 2
    first = layout == "(N, L, E)"
    torch.manual_seed(0)
    theirs = torch.nn.MultiheadAttention(e, heads, bias=bias, batch_first=first)
    theirs = theirs.double()
    if bias:
        torch.nn.init.normal_(theirs.in_proj_bias)
    ours = nn.MultiheadAttention(e, heads, bias=bias, batch_first=first).double()
    ours.load_state_dict(theirs.state_dict())

    def shape(steps):
        return {"(L, N, E)": (steps, n, e), "(N, L, E)": (n, steps, e)}.get(
            layout, (steps, e)
        )

    arrays = [values(*shape(k), seed=i) for i, k in enumerate((length, s, s))]
    masks = attention_masks(kind, n, length, s, heads)
    if n == 1 and "key_padding_mask" in masks:
        masks["key_padding_mask"] = masks["key_padding_mask"][0]
    results = run(ours, tensor, arrays, masks, needed)
    expected = run(theirs, torch.tensor, arrays, masks, needed)
    for a, b in zip(results, expected, strict=True):
        assert_equal(a, b, 1e-10)


def test_its_names_are_pytorchs_and_it_starts_as_pytorch_says():
    dlcourse.manual_seed(0)
    module = nn.MultiheadAttention(32, 4)
    reference = torch.nn.MultiheadAttention(32, 4).state_dict()
    state = module.state_dict()
    assert {k: v.shape for k, v in state.items()} == {
        k: tuple(v.shape) for k, v in reference.items()
    }
    assert list(state) == list(reference)
    bound = math.sqrt(6 / (4 * 32))
    assert 0.95 * bound < np.abs(module.in_proj_weight.data).max() <= bound
    assert not module.in_proj_bias.data.any()
    assert not module.out_proj.bias.data.any()


def test_a_key_that_is_padding_has_weight_zero():
    module = nn.MultiheadAttention(4, 2).double()
    x = tensor(values(3, 1, 4))
    _, weights = module(x, x, x, key_padding_mask=tensor([[False, True, False]]))
    assert not weights.data[..., 1].any()
    np.testing.assert_allclose(weights.data.sum(-1), 1)
    _, weights = module(x, x, x, key_padding_mask=tensor([[True] * 3]))
    assert not weights.data.any()  # PyTorch: nan


# --------------------------------------------------------------------------- bad input

Q = tensor(values(3, 4))
K = tensor(values(6, 4))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: attend(Q, tensor(values(6, 5)), K), ValueError, "query"),
        (lambda: attend(Q, K, tensor(values(5, 4))), ValueError, "value"),
        (lambda: attend(tensor(values(4)), K, K), ValueError, "query"),
        (lambda: attend(Q, K.float(), K), TypeError, "dtype"),
        (lambda: attend(Q, K, K.float()), TypeError, "dtype"),
        (lambda: attend(Q, K, values(6, 4)), TypeError, "Tensor"),
        (lambda: attend(Q, K, K, tensor(values(6, 3))), ValueError, "attn_mask"),
        (lambda: attend(Q, K, K, tensor(MASK).float()), TypeError, "attn_mask"),
        (lambda: attend(Q, K, K, MASK), TypeError, "attn_mask"),
        (
            lambda: attend(Q, K, K, tensor(MASK), is_causal=True),
            ValueError,
            "is_causal",
        ),
    ],
    ids=range(10),
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("args", "kwargs", "error", "message"),
    [
        ((5, 2), {}, ValueError, "divide"),
        ((0, 1), {}, ValueError, "embed_dim"),
        ((4, 0), {}, ValueError, "num_heads"),
        ((4, 2), {"bias": 1}, TypeError, "bias"),
        ((4, 2), {"batch_first": "no"}, TypeError, "batch_first"),
    ],
    ids=str,
)
def test_the_constructor_names_what_is_wrong(args, kwargs, error, message):
    with pytest.raises(error, match=message):
        nn.MultiheadAttention(*args, **kwargs)


def test_the_module_expects_fitting_sequences_and_masks():
    module = nn.MultiheadAttention(4, 2).double()
    x = tensor(values(3, 2, 4))
    for args, message in [
        ((tensor(values(3, 2, 5)), x, x), "4"),
        ((tensor(values(4)), x, x), "axes"),
        ((x, x, tensor(values(5, 2, 4))), "key and value"),
        ((x, tensor(values(3, 1, 4)), tensor(values(3, 1, 4))), "key and value"),
        ((x, tensor(values(3, 4)), tensor(values(3, 4))), "key and value"),
    ]:
        with pytest.raises(ValueError, match=message):
            module(*args)
    with pytest.raises(ValueError, match="key_padding_mask"):
        module(x, x, x, key_padding_mask=tensor(np.zeros((3, 2), bool)))
    with pytest.raises(ValueError, match="attn_mask"):
        module(x, x, x, attn_mask=tensor(np.zeros((2, 3), bool)))
    with pytest.raises(TypeError, match="key_padding_mask"):
        module(x, x, x, key_padding_mask=np.zeros((2, 3), bool))
    with pytest.raises(TypeError, match="attn_mask"):
        module(x, x, x, attn_mask=tensor(np.zeros((3, 3), int)))
