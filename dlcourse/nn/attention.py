"""Attention: a weighted mean of values, with weights that the data choose."""

import math

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, record, shared
from dlcourse.checks import expect_flags, expect_in, expect_sizes
from dlcourse.nn.linear import Linear, linear
from dlcourse.nn.module import Module, Parameter, uniform_parameter


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, *, is_causal=False, scale=None
):
    """softmax(scale Q K^T + mask) V (Vaswani et al., 2017).

    Args:
        query, key, value: (..., L, d), (..., S, d), (..., S, e); their leading axes
            broadcast.
        attn_mask: broadcasts to (..., L, S). Of bool: True where a query may look; a
            query that may look nowhere gets 0. Of floats: added to the scores.
        is_causal: query i may look at keys 0 to i only.
        scale: 1/sqrt(d) where it is left out: it keeps the variance of the scores at 1
            when the entries of Q and K are independent with variance 1.

    Returns (..., L, e). Raises ValueError where shapes do not fit or both ``attn_mask``
    and ``is_causal`` are given, TypeError where dtypes do not fit.
    """
    expect_flags("attention", is_causal=is_causal)
    if is_causal and attn_mask is not None:
        raise ValueError("attention expects attn_mask or is_causal, got both")
    expect_tensors("attention", query, key, value)
    if value.ndim < 2 or key.ndim < 2 or value.shape[-2] != key.shape[-2]:
        raise ValueError(
            "attention expects key (..., S, d) and value (..., S, e), got "
            f"{key.shape} and {value.shape}"
        )
    if is_causal:
        attn_mask = Tensor(np.tri(query.shape[-2], key.shape[-2], dtype=bool))
    return attention_weights(query, key, attn_mask, scale) @ value


def attention_weights(query, key, attn_mask=None, scale=None):
    """A = softmax(scale Q K^T + mask), one row of weights for each query (..., L, S).

    With G = dL/dA and S the scores in the brackets:

        dL/dS = A * (G - the sum of A * G over each row)
        dL/dQ = scale dL/dS K     dL/dK = scale (dL/dS)^T Q     dL/dmask = dL/dS
    """
    expect_tensors("attention", query, key)
    _expect_fit(query, key, attn_mask)
    q, k = query.data, key.data
    if scale is not None:
        expect_in("attention", "scale", scale, "(-inf, inf)")
    else:
        scale = 1 / math.sqrt(q.shape[-1]) if q.shape[-1] else 1.0
    a = q @ k.swapaxes(-1, -2)
    a *= a.dtype.type(scale)
    learned = []
    if attn_mask is not None and attn_mask.dtype == bool:
        np.copyto(a, -np.inf, where=~attn_mask.data)
    elif attn_mask is not None:
        a += attn_mask.data
        learned = [attn_mask]
    largest = a.max(axis=-1, keepdims=True, initial=-np.inf)
    largest[largest == -np.inf] = 0  # all keys hidden: every weight becomes 0
    a -= largest
    np.exp(a, out=a)
    total = a.sum(axis=-1, keepdims=True)
    a /= np.where(total == 0, 1, total)

    def gradients(g):
        d = a * g
        d -= a * d.sum(axis=-1, keepdims=True)
        scaled = d * d.dtype.type(scale)
        return scaled @ k, scaled.swapaxes(-1, -2) @ q, d

    edges = shared(gradients, query, key, *learned)
    return record("attention_weights", a, *edges)


class MultiheadAttention(Module):
    """Several attentions side by side, each in its own subspace (Vaswani et al., 2017).

    Query, key and value are mapped by the three blocks of ``in_proj_weight`` (3E, E),
    cut into ``num_heads`` parts of E / num_heads features, attended to head by head,
    joined, and mapped by ``out_proj``.

    Args:
        embed_dim: E, the features of input and output.
        num_heads: a divisor of E.
        bias: learn biases of the maps.
        batch_first: sequences are (N, L, E), not (L, N, E).
    """

    def __init__(self, embed_dim, num_heads, *, bias=True, batch_first=False):
        super().__init__()
        expect_sizes("MultiheadAttention", embed_dim=embed_dim, num_heads=num_heads)
        expect_flags("MultiheadAttention", bias=bias, batch_first=batch_first)
        if embed_dim % num_heads:
            raise ValueError(
                "MultiheadAttention expects num_heads to divide embed_dim, got "
                f"{num_heads} and {embed_dim}"
            )
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.batch_first = batch_first
        bound = math.sqrt(6 / (embed_dim + 3 * embed_dim))  # Xavier of the whole
        self.in_proj_weight = uniform_parameter(bound, 3 * embed_dim, embed_dim)
        self.in_proj_bias = None
        if bias:
            self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, np.float32))
        self.out_proj = Linear(embed_dim, embed_dim, bias)
        if bias:
            self.out_proj.bias.data[...] = 0

    def forward(
        self,
        query,
        key,
        value,
        key_padding_mask=None,
        need_weights=True,
        attn_mask=None,
        average_attn_weights=True,
    ):
        """The output, and the weights (or None).

        Args:
            query: (L, N, E); key, value: (S, N, E); or without N; see ``batch_first``.
            key_padding_mask: (N, S), of bool: True where a key is *hidden* (in
                PyTorch's attention function True means the opposite); of floats: added.
            need_weights: return the weights too, the mean over the heads (N, L, S), or
                with ``average_attn_weights=False`` all of them (N, heads, L, S).
            attn_mask: (L, S) or (N * heads, L, S), as key_padding_mask.
        """
        x = [self._batched(t) for t in (query, key, value)]
        (n, length, e), s = x[0].shape, x[1].shape[1]
        if x[1].shape != x[2].shape or x[1].shape[0] != n:
            raise ValueError(
                "MultiheadAttention expects key and value of one shape, and as many "
                f"examples as query, got {query.shape}, {key.shape}, {value.shape}"
            )
        heads = []
        for i, t in enumerate(x):
            rows = slice(i * e, (i + 1) * e)
            bias = None if self.in_proj_bias is None else self.in_proj_bias[rows]
            t = linear(t, self.in_proj_weight[rows], bias)
            t = t.reshape(n, t.shape[1], self.num_heads, e // self.num_heads)
            heads.append(t.transpose(1, 2))
        mask = self._mask(key_padding_mask, attn_mask, n, length, s)
        weights = attention_weights(heads[0], heads[1], mask)
        y = (weights @ heads[2]).transpose(1, 2).reshape(n, length, e)
        y = self.out_proj(y)
        if query.ndim == 2:
            y = y[0]
        elif not self.batch_first:
            y = y.transpose(0, 1)
        if not need_weights:
            return y, None
        weights = weights.mean(1) if average_attn_weights else weights
        return y, weights if query.ndim == 3 else weights[0]

    def _batched(self, x):
        """x as (N, L, E)."""
        expect_tensors("MultiheadAttention", x)
        if x.ndim not in (2, 3) or x.shape[-1] != self.embed_dim:
            raise ValueError(
                "MultiheadAttention expects sequences of 2 or 3 axes, the last of "
                f"{self.embed_dim}, got {x.shape}"
            )
        if x.ndim == 2:
            return x.reshape(1, *x.shape)
        return x if self.batch_first else x.transpose(0, 1)

    def _mask(self, key_padding_mask, attn_mask, n, length, s):
        """Both masks as one to be added to the scores (N, heads, L, S), or None."""
        parts = []
        if key_padding_mask is not None:
            shapes = {(n, s): (n, 1, 1, s), (s,): (1, 1, 1, s)}
            parts.append(_added("key_padding_mask", key_padding_mask, shapes, self))
        if attn_mask is not None:
            h, scores = self.num_heads, (length, s)
            shapes = {scores: (1, 1, *scores), (n * h, *scores): (n, h, *scores)}
            parts.append(_added("attn_mask", attn_mask, shapes, self))
        return sum(parts[1:], parts[0]) if parts else None

    def extra_repr(self):
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}"


def _added(name, mask, shapes, module):
    """A mask of bool as numbers to add, in the shape that goes with its own."""
    expect_tensors(name, mask)
    if mask.shape not in shapes:
        raise ValueError(
            f"{name} expects {' or '.join(map(str, shapes))}, got {mask.shape}"
        )
    dtype = module.in_proj_weight.dtype
    if mask.dtype == bool:
        mask = Tensor(np.where(mask.data, -np.inf, 0).astype(dtype))
    return mask.reshape(shapes[mask.shape])


def _expect_fit(query, key, mask):
    q, k = query.shape, key.shape
    batch = _broadcast(q[:-2], k[:-2])
    if len(q) < 2 or len(k) < 2 or q[-1] != k[-1] or batch is None:
        raise ValueError(
            f"attention expects query (..., L, d) and key (..., S, d), got {q} and {k}"
        )
    if query.dtype.kind != "f" or query.dtype != key.dtype:
        raise TypeError(
            f"attention expects floats of one dtype, got {query.dtype} and {key.dtype}"
        )
    if mask is None:
        return
    expect_tensors("attn_mask", mask)
    if mask.dtype not in (bool, query.dtype):
        raise TypeError(f"attn_mask expects bool or {query.dtype}, got {mask.dtype}")
    scores = (*batch, q[-2], k[-2])
    if _broadcast(scores, mask.shape) != scores:
        raise ValueError(
            f"attn_mask expects a shape that broadcasts to {scores}, got {mask.shape}"
        )


def _broadcast(*shapes):
    """The shape to which these broadcast together, or None."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None
