"""Right and wrong answers to the exercises of lesson 13, and what is told."""

import math

import numpy as np
import pytest
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import compress, manual_seed, nn, tensor
from dlcourse.teach import fixture
from dlcourse.teach.exercise import find

# ------------------------------------------------------------------------- affine_grid


def grid_plain(x, bits):
    low, high = min(x.min(), 0.0), max(x.max(), 0.0)
    if low == high:
        return 1.0, 0
    scale = (high - low) / (2**bits - 1)
    return scale, round(-low / scale)


def grid_of_floats(x, bits):
    low, high = float(np.minimum(x, 0).min()), float(np.maximum(x, 0).max())
    scale = (high - low) / (2**bits - 1) or 1.0
    return [scale, int(np.rint(0.0 - low / scale))]


def grid_with_a_zero_added(x, bits):
    all_of_it = np.append(x, 0.0)
    if not x.any():
        return 1.0, 0
    scale = np.ptp(all_of_it) / (2**bits - 1)
    return scale, np.round(-all_of_it.min() / scale).astype(int)


def grid_by_position(x, bits):
    """Where 0 lies as a share of the range, and then in steps."""
    low, high = min(0, x.min()), max(0, x.max())
    if high - low == 0:
        return 1.0, 0
    steps = 2**bits - 1
    return (high - low) / steps, np.rint(steps * -low / (high - low))


def grid_by_linspace(x, bits):
    if np.all(x == 0):
        return 1.0, 0
    low, high = min(np.min(x), 0), max(np.max(x), 0)
    places = np.linspace(low, high, 2**bits)
    scale = places[1] - places[0]
    return scale, np.around(abs(low) / scale)


def grid_with(
    low=lambda x: min(x.min(), 0),
    high=lambda x: max(x.max(), 0),
    steps=lambda bits: 2**bits - 1,
    zero=lambda low, high, scale: round(-low / scale),
    guard=True,
):
    def answer(x, bits):
        ends = low(x), high(x)
        if guard and ends[0] == ends[1]:
            return 1.0, 0
        scale = (ends[1] - ends[0]) / steps(bits)
        return scale, zero(*ends, scale)

    return answer


def grid_symmetric(x, bits):
    m = np.abs(x).max()
    scale = 2 * m / (2**bits - 1) if m > 0 else 1.0
    return scale, 0


def grid_by_rows(x, bits):
    low, high = x.min(axis=0), x.max(axis=0)
    return (high - low) / (2**bits - 1), 0 * low


def grid_of_extremes(x, bits):
    """min and max of Python: for one axis only."""
    return grid_with(lambda x: min(*x, 0), lambda x: max(*x, 0))(x, bits)


def grid_in_place(x, bits):
    if not x.any():
        return 1.0, 0
    low = min(x.min(), 0)
    x -= low
    scale = max(x.max(), -low) / (2**bits - 1)
    return scale, round(-low / scale)


# ------------------------------------------------------------------- quantize_channels


def channels_plain(w, bits, axis, share):
    top = 2 ** (bits - 1) - 1
    others = tuple(i for i in range(w.ndim) if i != axis % w.ndim)
    scales = share * np.abs(w).max(axis=others, keepdims=True) / top
    scales = np.where(scales > 0, scales, 1)
    return np.round(w / scales).clip(-top, top).astype(np.int8), scales


def channels_with_scales_in_single_precision(w, bits, axis, share):
    top = 2 ** (bits - 1) - 1
    others = tuple(i for i in range(w.ndim) if i != axis % w.ndim)
    ends = share * np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(ends > 0, ends / top, 1).astype(np.float32)
    return np.rint(w / scales).clip(-top, top).astype(np.int8), scales


def channels_one_by_one(w, bits, axis, share):
    top = 2 ** (bits - 1) - 1
    shape = [1] * w.ndim
    shape[axis] = w.shape[axis]
    q, scales = np.zeros(w.shape, np.int8), np.ones(w.shape[axis])
    for i, part in enumerate(np.moveaxis(w, axis, 0)):
        end = share * np.abs(part).max()
        if end > 0:
            scales[i] = end / top
            there = np.moveaxis(q, axis, 0)
            there[i] = np.rint(np.clip(part, -end, end) / scales[i])
    return q, scales.reshape(shape)


def channels_by_reduction(w, bits, axis, share):
    size = np.abs(w)
    for i in range(w.ndim):
        if i not in (axis, axis + w.ndim):
            size = size.max(axis=i, keepdims=True)
    top = 2 ** (bits - 1) - 1
    step = size * share / top
    step[step == 0] = 1.0
    return np.minimum(np.maximum(np.rint(w / step), -top), top).astype("int8"), step


def channels_as_rows(w, bits, axis, share):
    moved = np.moveaxis(w, axis, 0)
    rows = moved.reshape(len(moved), -1)
    top = 2 ** (bits - 1) - 1
    ends = share * np.maximum(rows.max(1), -rows.min(1))
    steps = np.where(ends == 0, 1, ends / top)
    q = np.round(rows / steps[:, None])
    q = np.where(q > top, top, np.where(q < -top, -top, q)).astype(np.int8)
    shape = [1] * w.ndim
    shape[axis] = len(rows)
    return [np.moveaxis(q.reshape(moved.shape), 0, axis), steps.reshape(shape)]


def channels_by_the_package(w, bits, axis, share):
    """Where nothing is cut; the scale is all that is taken from it."""
    top = 2 ** (bits - 1) - 1
    scales = compress.quantize(w, bits, symmetric=True, axis=axis).scale
    scales = np.where(np.abs(scales * top) > 0, scales, 1)
    empty = np.abs(w).max(tuple(i for i in range(w.ndim) if i != axis % w.ndim)) == 0
    shape = scales.shape
    scales = np.where(empty.reshape(shape), 1, share * scales)
    return compress.quantize_with(w, scales, 0, -top, top).astype(np.int8), scales


def channels_with(
    size=None,
    top=lambda bits: 2 ** (bits - 1) - 1,
    scale=lambda size, share, top: share * size / top,
    rounded=np.round,
    cut=lambda q, top: np.clip(q, -top, top).astype(np.int8),
    guard=True,
    keepdims=True,
):
    def answer(w, bits, axis, share):
        others = tuple(i for i in range(w.ndim) if i != axis % w.ndim)
        largest = np.abs(w).max(axis=others, keepdims=True)
        s = scale(size(w, axis) if size else largest, share, top(bits))
        if guard:
            s = np.where(s > 0, s, 1)
        q = cut(rounded(w / s), top(bits))
        return q, s if keepdims else s.ravel()

    return answer


def channels_unreduced(w, bits, axis, share):
    """No keepdims: (n,) meets the last axis."""
    top = 2 ** (bits - 1) - 1
    others = tuple(i for i in range(w.ndim) if i != axis % w.ndim)
    scales = share * np.abs(w).max(axis=others) / top
    scales = np.where(scales > 0, scales, 1)
    return np.round(w / scales).clip(-top, top).astype(np.int8), scales


def channels_in_place(w, bits, axis, share):
    _, scales = channels_plain(w, bits, axis, share)
    top = 2 ** (bits - 1) - 1
    w /= scales
    return w.round().clip(-top, top).astype(np.int8), scales


# ---------------------------------------------------------------------- integer_linear


def integers_corrected(q, zero_point, r, scale, scales, bias):
    products = q.astype(np.int32) @ r.astype(np.int32).T
    sums = products - zero_point * r.sum(axis=1, dtype=np.int32)
    return sums, scale * scales * sums + bias


def integers_shifted(q, zero_point, r, scale, scales, bias):
    sums = (q.astype(np.int32) - zero_point) @ r.astype(np.int32).T
    return sums, sums * (scale * scales)[None, :] + bias


def integers_by_einsum(q, zero_point, r, scale, scales, bias):
    q, r = q.astype("int32"), r.astype("int32")
    sums = np.einsum("nk,ok->no", q, r) - zero_point * np.einsum("ok->o", r)
    sums = sums.astype("int32")
    return [sums, scales * sums * scale + bias[None]]


def integers_by_the_package(q, zero_point, r, scale, scales, bias):
    sums = compress.integer_matmul(q, r.T) - np.int32(zero_point) * r.sum(1, np.int32)
    return sums, np.multiply.outer(np.ones(len(q)), scale * scales) * sums + bias


def integers_one_by_one(q, zero_point, r, scale, scales, bias):
    sums = np.zeros((len(q), len(r)), np.int32)
    y = np.zeros(sums.shape)
    for i in range(len(q)):
        for j in range(len(r)):
            terms = zip(r[j].tolist(), q[i].tolist(), strict=True)
            sums[i, j] = sum(b * (a - zero_point) for b, a in terms)
            y[i, j] = scale * scales[j] * sums[i, j] + bias[j]
    return sums, y


def integers_through_floats(q, zero_point, r, scale, scales, bias):
    """float64 holds every one of these integers."""
    sums = ((q.astype(float) - zero_point) @ r.T.astype(float)).astype(np.int32)
    return sums, scale * scales * sums + bias


def integers_in_single_precision(q, zero_point, r, scale, scales, bias):
    sums, y = integers_corrected(q, zero_point, r, scale, scales, bias)
    return sums, y.astype(np.float32)


def integers_with(
    sums=lambda q, z, r: (q.astype(np.int32) - z) @ r.astype(np.int32).T,
    y=lambda sums, scale, scales, bias: scale * scales * sums + bias,
):
    def answer(q, zero_point, r, scale, scales, bias):
        found = sums(q, zero_point, r)
        return found, y(found, scale, scales, bias)

    return answer


def integers_with_single_scales(q, zero_point, r, scale, scales, bias):
    sums, _ = integers_shifted(q, zero_point, r, scale, scales, bias)
    steps, bias = (scale * scales).astype(np.float32), bias.astype(np.float32)
    return sums, sums * steps + bias


def integers_nearly(q, zero_point, r, scale, scales, bias):
    """Off by one in a million."""
    sums, y = integers_shifted(q, zero_point, r, scale, scales, bias)
    return sums + (np.abs(sums) > 10**6).astype(np.int32), y


def wide(a):
    return a.astype(np.int32)


# ------------------------------------------------------------------------- model_bytes


def bytes_plain(layers):
    total = 0
    for shape, bits, has_bias in layers:
        total += math.ceil(math.prod(shape) * bits / 8)
        total += 4 * shape[0] * (1 + has_bias)
    return total


def bytes_in_one_line(layers):
    return sum(
        (int(np.prod(s)) * b + 7) // 8 + 4 * s[0] + (4 * s[0] if bias else 0)
        for s, b, bias in layers
    )


def bytes_by_packing(layers):
    count = 0
    for shape, bits, has_bias in layers:
        ones = np.zeros(int(np.prod(shape)) * bits, np.uint8)
        count += np.packbits(ones).nbytes + np.zeros(shape[0], np.float32).nbytes
        if has_bias:
            count += np.ones(shape[0], np.float32).nbytes
    return count


def bytes_by_divmod(layers):
    total = 0
    for (out, *rest), bits, has_bias in layers:
        weights = out
        for n in rest:
            weights *= n
        whole, left = divmod(weights * bits, 8)
        total += whole + (left > 0) + 4 * out + 4 * out * int(has_bias)
    return int(total)


def bytes_by_arrays(layers):
    weights = [-(-int(np.prod(s)) * b // 8) for s, b, _ in layers]
    floats = [s[0] * (2 if bias else 1) for s, _, bias in layers]
    return np.sum(weights, dtype=int) + 4 * np.sum(floats, dtype=int)


def bytes_with(
    weights=lambda count, bits, shape: math.ceil(count * bits / 8),
    scales=lambda shape: 4 * shape[0],
    biases=lambda shape, has: 4 * shape[0] * has,
    count=math.prod,
):
    def answer(layers):
        return sum(
            weights(count(shape), bits, shape) + scales(shape) + biases(shape, has)
            for shape, bits, has in layers
        )

    return answer


def bytes_whole_model(layers):
    bits = sum(math.prod(s) * b + 32 * s[0] * (1 + has) for s, b, has in layers)
    return math.ceil(bits / 8)


def bytes_of_the_first(layers):
    """A return within the loop."""
    for layer in layers:
        return bytes_plain([layer])


# -------------------------------------------------------------------- straight_through


def straight_plain(w, g, scale, top):
    steps = np.round(w / scale)
    inside = np.abs(steps) <= top
    return scale * steps.clip(-top, top), g * inside


def straight_by_where(w, g, scale, top):
    q = np.rint(w / scale)
    y = np.where(q > top, top, np.where(q < -top, -top, q)) * scale
    return y, np.where((q >= -top) & (q <= top), g, 0.0)


def straight_by_index(w, g, scale, top):
    q = np.around(w / scale)
    dw = g.copy()
    dw[q > top] = 0
    dw[q < -top] = 0
    return [np.clip(q, -top, top) * scale, dw]


def straight_by_equality(w, g, scale, top):
    rounded = np.round(w / scale)
    cut = np.clip(rounded, -top, top)
    return cut * scale, (cut == rounded) * g


def straight_by_the_package(w, g, scale, top):
    x = tensor(w, requires_grad=True)
    y = compress.fake_quantize(x, scale, 0, -top, top)
    (y * tensor(g)).sum().backward()
    return y.detach().numpy(), x.grad.numpy()


def straight_flat(w, g, scale, top):
    steps = (w / scale).ravel()
    q = [min(max(round(float(t)), -top), top) for t in steps]
    inside = [abs(round(float(t))) <= top for t in steps]
    return (
        np.reshape(q, w.shape) * scale,
        np.array(
            [a if b else 0.0 for a, b in zip(g.ravel(), inside, strict=True)]
        ).reshape(w.shape),
    )


def straight_with(
    y=lambda t, top: np.clip(np.round(t), -top, top),
    inside=lambda t, top: np.abs(np.round(t)) <= top,
    dw=lambda g, inside, scale: g * inside,
):
    def answer(w, g, scale, top):
        t = w / scale
        return scale * y(t, top), dw(g, inside(t, top), scale)

    return answer


def straight_overwriting(w, g, scale, top):
    inside = np.abs(np.round(w / scale)) <= top
    w[:] = scale * np.clip(np.round(w / scale), -top, top)
    return w, g * inside


def straight_in_g(w, g, scale, top):
    q = np.round(w / scale)
    g[np.abs(q) > top] = 0
    return scale * np.clip(q, -top, top), g


# ------------------------------------------------------------------------- step_errors


def errors_plain(w, q, scales):
    e = q - w / scales
    return e.mean(), np.sqrt(np.mean(e**2))


def errors_as_stated(w, q, scales):
    e = ((q * scales - w) / scales).ravel()
    return [float(sum(e) / len(e)), math.sqrt(float(np.dot(e, e)) / len(e))]


def errors_by_moments(w, q, scales):
    e = (scales * q - w) / scales
    return np.mean(e), np.sqrt(e.var() + e.mean() ** 2)


def errors_by_norm(w, q, scales):
    e = np.subtract(np.multiply(q, scales), w) / scales
    return np.average(e), np.linalg.norm(e.ravel()) / e.size**0.5


def errors_broadcast(w, q, scales):
    step = np.broadcast_to(scales, w.shape)
    total = squares = 0.0
    for index in np.ndindex(w.shape):
        error = float(q[index]) - w[index] / step[index]
        total, squares = total + error, squares + error**2
    return total / w.size, (squares / w.size) ** 0.5


def errors_with(
    error=lambda w, q, s: (q * s - w) / s,
    mean=np.mean,
    rms=lambda e: np.sqrt(np.mean(e**2)),
):
    def answer(w, q, scales):
        e = error(w, q, scales)
        return mean(e), rms(e)

    return answer


# --------------------------------------------------------------------------- equalized


def equal_plain(W1, b1, W2):
    into, out = np.abs(W1).max(axis=1), np.abs(W2).max(axis=0)
    c = np.ones(len(b1))
    live = (into > 0) & (out > 0)
    c[live] = np.sqrt(out[live] / into[live])
    return c[:, None] * W1, c * b1, W2 / c


def equal_unit_by_unit(W1, b1, W2):
    V1, c1, V2 = W1.copy(), b1.copy(), W2.copy()
    for i in range(len(b1)):
        into, out = max(abs(W1[i])), max(abs(W2[:, i]))
        if into == 0 or out == 0:
            continue
        c = (out / into) ** 0.5
        V1[i] *= c
        c1[i] *= c
        V2[:, i] /= c
    return V1, c1, V2


def equal_by_the_middle(W1, b1, W2):
    """Both largest become the geometric mean."""
    into, out = np.abs(W1).max(1), np.abs(W2).max(0)
    middle = np.sqrt(into * out)
    live = middle > 0
    up = np.where(live, middle / np.where(into > 0, into, 1), 1)
    down = np.where(live, middle / np.where(out > 0, out, 1), 1)
    return [W1 * up.reshape(-1, 1), b1 * up, W2 * down]


def equal_by_diagonals(W1, b1, W2):
    into, out = np.linalg.norm(W1, np.inf, axis=1), np.linalg.norm(W2, np.inf, axis=0)
    with np.errstate(all="ignore"):
        c = np.sqrt(out / into)
    c[~np.isfinite(c) | (c == 0)] = 1
    return np.diag(c) @ W1, np.diag(c) @ b1, W2 @ np.diag(1 / c)


def equal_by_logs(W1, b1, W2):
    into, out = abs(W1).max(-1), abs(W2).max(0)
    both = (into * out) != 0
    logs = np.log(np.where(both, out, 1)) - np.log(np.where(both, into, 1))
    c = np.exp(logs / 2)
    return (W1.T * c).T, b1 * c, W2 / c[None, :]


def equal_with(
    factor=lambda into, out: np.sqrt(out / into),
    size=lambda W, axis: np.abs(W).max(axis=axis),
    bias=lambda b1, c: b1 * c,
    back=lambda W2, c: W2 / c,
    guard=True,
):
    def answer(W1, b1, W2):
        into, out = size(W1, 1), size(W2, 0)
        c = factor(into, out)
        if guard:
            c = np.where((into > 0) & (out > 0), c, 1.0)
        return W1 * np.reshape(c, (-1, 1)), bias(b1, c), back(W2, c)

    return answer


def equal_by_other_axes(W1, b1, W2):
    c = np.sqrt(np.abs(W2).max(axis=1) / np.abs(W1).max(axis=0))
    return c[:, None] * W1, c * b1, W2 / c


def equal_in_place(W1, b1, W2):
    V1, c1, V2 = equal_plain(W1, b1, W2)
    W1[:] = V1
    return W1, c1, V2


# ---------------------------------------------------------------------- corrected_bias


def corrected_plain(W, V, b, x, z):
    return b + (x @ W.T).mean(axis=0) - (z @ V.T).mean(axis=0)


def corrected_by_means(W, V, b, x, z):
    return b + W @ x.mean(0) - V @ z.mean(0)


def corrected_by_outputs(W, V, b, x, z):
    before, after = x @ W.T + b, z @ V.T + b
    return b - (after - before).mean(axis=0)


def corrected_by_target(W, V, b, x, z):
    target = np.mean(x @ W.T + b, axis=0)
    return target - np.mean(z @ V.T, axis=0)


def corrected_in_two(W, V, b, x, z):
    """What the weights changed, and what the inputs did."""
    of_weights = (x @ (W - V).T).mean(0)
    return b + of_weights + ((x - z) @ V.T).mean(0)


def corrected_one_by_one(W, V, b, x, z):
    total = np.zeros(len(b))
    for one, other in zip(x, z, strict=True):
        total += W.dot(one) - V.dot(other)
    return b + total / len(x)


def corrected_in_place(W, V, b, x, z):
    b += W @ x.mean(0) - V @ z.mean(0)
    return b


# ------------------------------------------------------------------------ the variants


def signed_from_the_top(x, bits):
    low, high = min(x.min(), 0), max(x.max(), 0)
    if low == high:
        return 1.0, 0
    smallest, largest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    scale = (high - low) / (largest - smallest)
    return scale, smallest - int(np.rint(low / scale))


def shifts_by_a_loop(w, bits, axis, share):
    top = 2 ** (bits - 1) - 1
    parts = np.moveaxis(w, axis, 0)
    scales = np.ones(len(parts))
    for i, part in enumerate(parts):
        end = share * np.abs(part).max()
        if end > 0:
            while top * scales[i] < end:
                scales[i] *= 2
            while top * scales[i] / 2 >= end:
                scales[i] /= 2
    shape = [1] * w.ndim
    shape[axis] = len(parts)
    scales = scales.reshape(shape)
    return np.round(w / scales).clip(-top, top).astype(np.int8), scales


def shifts_by_frexp(w, bits, axis, share):
    top = 2 ** (bits - 1) - 1
    others = tuple(i for i in range(w.ndim) if i != axis % w.ndim)
    least = share * np.abs(w).max(axis=others, keepdims=True) / top
    mantissa, exponent = np.frexp(least)
    exponent = np.where(mantissa == 0.5, exponent - 1, exponent)
    scales = np.where(least > 0, np.ldexp(1.0, exponent), 1)
    return np.rint(w / scales).clip(-top, top).astype(np.int8), scales


def offsets_first(q, zero_point, r, scale, scales, bias, offsets):
    sums = (wide(q) - zero_point) @ (wide(r) - wide(offsets)[:, None]).T
    return sums, scale * scales * sums + bias


def offsets_apart(q, zero_point, r, scale, scales, bias, offsets):
    n = q.shape[1]
    sums = wide(q) @ wide(r).T - zero_point * wide(r).sum(axis=1)
    sums = sums - np.outer(wide(q).sum(axis=1), offsets) + n * zero_point * offsets
    return wide(sums), scale * scales * sums + bias


def inward_by_where(w, g, scale, top):
    q = np.round(w / scale)
    dw = np.where(np.abs(q) <= top, g, np.where(np.sign(g) == np.sign(q), g, 0.0))
    return scale * np.clip(q, -top, top), dw


def inward_by_index(w, g, scale, top):
    q, dw = np.rint(w / scale), g.copy()
    dw[(q > top) & (g <= 0)] = 0
    dw[(q < -top) & (g >= 0)] = 0
    return scale * np.clip(q, -top, top), dw


RIGHT = {
    "affine_grid": [
        grid_plain,
        grid_of_floats,
        grid_with_a_zero_added,
        grid_by_position,
        grid_by_linspace,
        in_single_precision(grid_plain),
    ],
    "quantize_channels": [
        channels_plain,
        channels_with_scales_in_single_precision,
        channels_one_by_one,
        channels_by_reduction,
        channels_as_rows,
        channels_by_the_package,
        in_single_precision(channels_plain),
    ],
    "integer_linear": [
        integers_corrected,
        integers_shifted,
        integers_by_einsum,
        integers_by_the_package,
        integers_one_by_one,
        integers_through_floats,
        integers_in_single_precision,
        integers_with_single_scales,
    ],
    "model_bytes": [
        bytes_plain,
        bytes_in_one_line,
        bytes_by_packing,
        bytes_by_divmod,
        bytes_by_arrays,
        lambda layers: float(bytes_plain(layers)),
    ],
    "straight_through": [
        straight_plain,
        straight_by_where,
        straight_by_index,
        straight_by_equality,
        straight_by_the_package,
        straight_flat,
        in_single_precision(straight_plain),
    ],
    "step_errors": [
        errors_plain,
        errors_as_stated,
        errors_by_moments,
        errors_by_norm,
        errors_broadcast,
        in_single_precision(errors_plain),
    ],
    "equalized": [
        equal_plain,
        equal_unit_by_unit,
        equal_by_the_middle,
        equal_by_diagonals,
        equal_by_logs,
        in_single_precision(equal_plain),
    ],
    "corrected_bias": [
        corrected_plain,
        corrected_by_means,
        corrected_by_outputs,
        corrected_by_target,
        corrected_in_two,
        corrected_one_by_one,
        in_single_precision(corrected_plain),
    ],
    "signed_grid": [
        signed_from_the_top,
        lambda x, bits: (
            grid_plain(x, bits)[0],
            grid_plain(x, bits)[1] - (2 ** (bits - 1) if x.any() else 0),
        ),
    ],
    "shift_channels": [shifts_by_a_loop, shifts_by_frexp],
    "offset_integer_linear": [offsets_first, offsets_apart],
    "inward_through": [inward_by_where, inward_by_index],
}

TOLD = {
    "affine_grid": [
        (grid_with(np.min, np.max), "0 belongs to the range"),
        (grid_with(np.min, np.max, guard=False), "0 belongs to the range"),
        (
            grid_with(
                np.min, np.max, zero=lambda lo, hi, s: np.round(-lo / s), guard=False
            ),
            "0 belongs to the range",
        ),
        (
            lambda x, bits: (
                grid_with(np.min, np.max, guard=False)(x, bits) if x.any() else (1.0, 0)
            ),
            "0 belongs to the range",
        ),
        (grid_with(high=np.max), "0 belongs to the range"),
        (
            lambda x, bits: (1.0, 0) if np.ptp(x) == 0 else grid_plain(x, bits),
            "0 belongs to the range",
        ),
        (
            lambda x, bits: (s := grid_plain(x, bits)[0], round(-x.min() / s)),
            "0 belongs to the range",
        ),
        (
            lambda x, bits: (s := grid_plain(x, bits)[0], round(abs(x.min()) / s)),
            "0 belongs to the range",
        ),
        (
            grid_with(zero=lambda lo, hi, s: round((hi - lo) / s) - round(-lo / s)),
            "counted from elsewhere",
        ),
        (grid_with(low=np.min), "0 belongs to the range"),
        (grid_with(steps=lambda bits: 2**bits), "Between 4 integers"),
        (grid_with(steps=lambda bits: 255), "Between 4 integers"),
        (grid_with(zero=lambda lo, hi, s: -lo / s), "is not rounded"),
        (grid_with(zero=lambda lo, hi, s: np.floor(-lo / s)), "nearest integer"),
        (grid_with(zero=lambda lo, hi, s: int(-lo / s)), "nearest integer"),
        (grid_with(zero=lambda lo, hi, s: math.ceil(-lo / s)), "nearest integer"),
        (grid_with(zero=lambda lo, hi, s: int(-lo / s + 0.5)), "Right but for halves"),
        (grid_with(zero=lambda lo, hi, s: round(lo / s)), "has the other sign"),
        (grid_with(zero=lambda lo, hi, s: -lo), "in units of x"),
        (
            grid_with(zero=lambda lo, hi, s: np.round(-lo / s), guard=False),
            "the range has no width",
        ),
        (grid_with(guard=False), "the range has no width"),
        (grid_with(zero=lambda lo, hi, s: -lo // s), "nearest integer"),
        (
            lambda x, bits: (
                (1.0, 0) if np.ptp(np.append(x, 0)) < 1e-8 else grid_plain(x, bits)
            ),
            "a small range another",
        ),
        (
            lambda x, bits: (
                grid_with(steps=lambda bits: 2**bits - 1)(x, bits)
                if np.ptp(np.append(x, 0)) >= 1e-8 * (2**bits - 1)
                else (1e-8, 0)
            ),
            "a small range another",
        ),
        (grid_with(zero=lambda lo, hi, s: round(hi / s)), "counted from elsewhere"),
        (grid_with(zero=lambda lo, hi, s: round(-lo)), "units of x"),
        (grid_symmetric, "as far below 0 as above"),
        (grid_by_rows, "shape"),
        (grid_of_extremes, "is ambiguous"),
        (lambda x, bits: grid_plain(x, bits)[::-1], "`scale`"),
        (lambda x, bits: grid_plain(x, bits)[0], "One value is returned where 2"),
        (grid_in_place, "Changes its input `x` in place"),
    ],
    "quantize_channels": [
        (
            channels_with(lambda w, axis: np.abs(w).max()),
            "One scale for all",
        ),
        (
            channels_with(lambda w, axis: np.abs(w).max(axis=axis, keepdims=True)),
            "over other axes",
        ),
        (
            channels_with(
                lambda w, axis: w.max(
                    axis=tuple(i for i in range(w.ndim) if i != axis % w.ndim),
                    keepdims=True,
                )
            ),
            "larger in size",
        ),
        (
            channels_with(
                lambda w, axis: np.abs(w).max(
                    axis=tuple(i for i in range(w.ndim) if i != axis), keepdims=True
                )
            ),
            "Right if axis is 0 or above",
        ),
        (channels_with(keepdims=False), "The scales have lost axes"),
        (channels_unreduced, "could not be broadcast"),
        (channels_with(rounded=np.floor), "nearest integer"),
        (channels_with(rounded=lambda t: t), "nearest integer"),
        (channels_with(rounded=lambda t: np.floor(t + 0.5)), "Right but for halves"),
        (
            channels_with(cut=lambda q, top: np.clip(q, -top - 1, top).astype("int8")),
            "As many integers below 0",
        ),
        (
            channels_with(
                top=lambda bits: 2 ** (bits - 1),
                cut=lambda q, n: np.clip(q, -n, n - 1).astype(np.int8),
            ),
            "As many integers below 0",
        ),
        (
            channels_with(
                cut=lambda q, top: np.clip(q.astype(int).astype(np.int8), -top, top)
            ),
            "not cut, or too late",
        ),
        (
            channels_with(cut=lambda q, top: q.astype(int).astype(np.int8)),
            "not cut, or too late",
        ),
        (channels_with(guard=False), "Where all w of an index are 0"),
        (channels_with(scale=lambda m, share, top: m / top), "no share of the entries"),
        (
            channels_with(top=lambda bits: 127),
            "`top` is another number",
        ),
        (channels_with(cut=lambda q, top: np.clip(q, -top, top)), "is to be int8"),
        (
            channels_with(cut=lambda q, top: np.clip(q, -top, top).astype(int)),
            "is to be int8",
        ),
        (
            lambda *given: (
                channels_plain(*given)[0] * channels_plain(*given)[1],
                channels_plain(*given)[1],
            ),
            "q is to be the integers",
        ),
        (lambda *given: channels_plain(*given)[0], "q and scales are asked for"),
        (lambda *given: channels_plain(*given)[::-1], "`q`"),
        (channels_in_place, "Changes its input `w` in place"),
        (
            channels_with(
                lambda w, axis: np.abs(
                    w.max(
                        axis=tuple(i for i in range(w.ndim) if i != axis % w.ndim),
                        keepdims=True,
                    )
                )
            ),
            "larger in size",
        ),
        (
            channels_with(cut=lambda q, top: np.clip(q, -128, 127).astype(np.int8)),
            "as you scale, or cut",
        ),
        (
            channels_with(
                scale=lambda m, share, top: np.maximum(share * m / top, 1e-8)
            ),
            "small w another",
        ),
        (
            channels_with(scale=lambda m, share, top: share * m / top + 1e-12),
            "small w another",
        ),
        (
            channels_with(
                scale=lambda m, share, top: np.maximum(share * m / top, 1e-12)
            ),
            "Where all w of an index are 0",
        ),
        (
            channels_with(
                scale=lambda m, share, top: np.where(m > 1e-7, share * m / top, 1)
            ),
            "small w another",
        ),
        (
            channels_with(
                scale=lambda m, share, top: share * np.where(m > 0, m, 1) / top
            ),
            "Where all w of an index are 0",
        ),
    ],
    "integer_linear": [
        (
            integers_with(lambda q, z, r: q @ r.T - z * r.sum(axis=1)),
            "In which type",
        ),
        (integers_with(lambda q, z, r: (q - z) @ r.T), "In which type"),
        (
            integers_with(lambda q, z, r: wide(q - z) @ wide(r).T),
            "In which type",
        ),
        (
            integers_with(
                lambda q, z, r: wide(
                    q.astype(np.int16) @ r.astype(np.int16).T - z * r.sum(axis=1)
                )
            ),
            "In which type",
        ),
        (
            integers_with(
                lambda q, z, r: wide(wide(q) @ wide(r).T + z * wide(r).sum(axis=1))
            ),
            "with the wrong sign",
        ),
        (
            integers_with(lambda q, z, r: wide(q) @ wide(r).T),
            "The zero point has no effect",
        ),
        (
            integers_with(
                lambda q, z, r: wide(
                    wide(q) @ wide(r).T - z * wide(q).sum(axis=1)[:, None]
                )
            ),
            "which sum does z multiply",
        ),
        (
            integers_with(lambda q, z, r: wide(wide(q) @ wide(r).T - z)),
            "which sum does z multiply",
        ),
        (
            integers_with(
                lambda q, z, r: wide(wide(q) @ wide(r).T - z * r.sum(axis=0))
            ),
            "could not be broadcast",
        ),
        (integers_with(y=lambda u, s, t, b: s * u + b), "A scale is missing"),
        (integers_with(y=lambda u, s, t, b: t * u + b), "A scale is missing"),
        (integers_with(y=lambda u, s, t, b: s * t * u), "The bias is a float"),
        (integers_with(y=lambda u, s, t, b: s * t * (u + b)), "The bias is a float"),
        (
            integers_with(lambda q, z, r: (q.astype(int) - z) @ r.T.astype(int)),
            "are to be int32",
        ),
        (
            integers_with(lambda q, z, r: (q.astype(float) - z) @ r.T),
            "are to be int32",
        ),
        (
            lambda q, z, r, s, t, b: (
                (s * (q.astype(float) - z)) @ (t[:, None] * r).T,
                (s * (q.astype(float) - z)) @ (t[:, None] * r).T + b,
            ),
            "sums of floats",
        ),
        (
            integers_with(y=lambda u, s, t, b: s * t * (u + np.round(b / (s * t)))),
            "The bias is a float",
        ),
        (integers_nearly, "`sums % 1000`"),
        (
            integers_with(
                lambda q, z, r: (
                    (q.astype(np.float32) - z) @ r.T.astype(np.float32)
                ).astype(np.int32)
            ),
            "beyond 2**24",
        ),
        (lambda *given: integers_shifted(*given)[::-1], "in the other order"),
        (lambda *given: integers_shifted(*given)[1], "sums and y are asked for"),
        (
            lambda q, z, r, *rest: (
                wide(q) @ wide(r).T,
                integers_shifted(q, z, r, *rest)[1],
            ),
            "to be taken off already",
        ),
    ],
    "model_bytes": [
        (bytes_with(scales=lambda shape: 0), "The scales are missing"),
        (bytes_with(biases=lambda shape, has: 0), "The biases are missing"),
        (bytes_with(biases=lambda shape, has: 4 * shape[0]), "the layer has none"),
        (
            bytes_with(scales=lambda s: 0, biases=lambda s, has: 0),
            "the weights alone",
        ),
        (bytes_with(lambda n, bits, shape: n * bits), "A byte has eight"),
        (bytes_with(lambda n, bits, shape: n), "begins a new byte with you"),
        (
            bytes_with(lambda n, bits, shape: n * math.ceil(bits / 8)),
            "begins a new byte with you",
        ),
        (
            bytes_with(lambda n, bits, s: s[0] * math.ceil(n // s[0] * bits / 8)),
            "begins a new byte with you",
        ),
        (bytes_with(lambda n, bits, shape: n * bits // 8), "only part full"),
        (bytes_with(lambda n, bits, shape: n * bits / 8), "only part full"),
        (bytes_whole_model, "only part full"),
        (bytes_with(scales=lambda shape: 4), "are as many as the outputs"),
        (bytes_with(scales=lambda shape: 4 * shape[1]), "are as many as the outputs"),
        (
            bytes_with(biases=lambda s, has: 4 * s[1] * has),
            "are as many as the outputs",
        ),
        (
            bytes_with(scales=lambda s: s[0], biases=lambda s, has: s[0] * has),
            "stay float32",
        ),
        (bytes_with(count=lambda s: s[0] * s[1]), "A filter has kh * kw"),
        (bytes_with(lambda n, bits, shape: 4 * n), "That is the float model"),
        (bytes_of_the_first, "one layer alone"),
        (bytes_with(lambda n, bits, shape: n * bits // 8 + 1), "no other is begun"),
        (
            bytes_with(scales=lambda s: 0, biases=lambda s, has: 8 * s[0] * has),
            "in some layers",
        ),
        (bytes_with(scales=lambda s: 4 * s[-1]), "are as many as the outputs"),
        (
            bytes_with(scales=lambda s: 32 * s[0], biases=lambda s, h: 32 * s[0] * h),
            "stay float32",
        ),
        (lambda layers: [bytes_plain(layers)], "in brackets"),
        (lambda layers: [bytes_plain([one]) for one in layers], "a number"),
    ],
    "straight_through": [
        (straight_with(dw=lambda g, m, s: 0 * g), "true slope"),
        (straight_with(dw=lambda g, m, s: g), "nothing passes"),
        (
            straight_with(inside=lambda t, top: np.abs(np.round(t)) < top),
            "What rounds to an end itself",
        ),
        (
            straight_with(inside=lambda t, top: np.abs(t) <= top),
            "What rounds to an end itself",
        ),
        (
            lambda w, g, scale, top: (
                straight_plain(w, g, scale, top)[0],
                g * (np.abs(w) <= scale * top),
            ),
            "What rounds to an end itself",
        ),
        (
            lambda w, g, scale, top: (
                straight_plain(w, g, scale, top)[0],
                np.where(abs(straight_plain(w, g, scale, top)[0]) < scale * top, g, 0),
            ),
            "What rounds to an end itself",
        ),
        (
            straight_with(inside=lambda t, top: np.abs(t) <= top + 0.5),
            "Right but for halves",
        ),
        (straight_with(dw=lambda g, m, s: g * m * s), "The scale has no part"),
        (straight_with(dw=lambda g, m, s: g * m / s), "The scale has no part"),
        (straight_with(inside=lambda t, top: np.round(t) <= top), "at either end"),
        (straight_with(inside=lambda t, top: np.round(t) >= -top), "at either end"),
        (
            lambda w, g, scale, top: (
                straight_plain(w, g, scale, top)[0],
                np.where(np.abs(w) <= top, g, 0),
            ),
            "w in its own units",
        ),
        (
            straight_with(
                lambda t, top: np.clip(np.trunc(t), -top, top),
                lambda t, top: np.abs(np.trunc(t)) <= top,
            ),
            "not the nearest",
        ),
        (straight_overwriting, "w itself is changed"),
        (straight_in_g, "Changes its input `g` in place"),
        (straight_with(dw=lambda g, m, s: np.where(m, 0, g)), "Turned round"),
        (straight_with(dw=lambda g, m, s: m.astype(float)), "dw is g or 0"),
        (straight_with(lambda t, top: np.round(t)), "y: it is not cut"),
        (
            straight_with(lambda t, top: np.clip(np.floor(t), -top, top)),
            "y: it is not cut",
        ),
        (
            lambda w, g, scale, top: (
                np.clip(np.round(w / scale), -top, top),
                straight_plain(w, g, scale, top)[1],
            ),
            "not times the scale",
        ),
        (lambda *given: straight_plain(*given)[1], "One value is returned where 2"),
        (lambda *given: straight_plain(*given)[::-1], "`y`"),
        (lambda w, g, scale, top: straight_plain(w, g, 1, top), "`y`"),
        (
            lambda w, g, scale, top: (
                straight_plain(w, g, scale, top)[0].tolist(),
                straight_plain(w, g, scale, top)[1],
            ),
            "list",
        ),
    ],
    "step_errors": [
        (errors_with(lambda w, q, s: (w - q * s) / s), "the sign is turned"),
        (errors_with(lambda w, q, s: q * s - w), "in the units of w"),
        (
            lambda w, q, s: (
                errors_plain(w, q, s)[0],
                errors_with(lambda w, q, s: q * s - w)(w, q, s)[1],
            ),
            "in the units of w",
        ),
        (errors_with(lambda w, q, s: q - w), "Integers less floats"),
        (errors_with(lambda w, q, s: (q * s - w) / np.mean(s)), "its own scale"),
        (errors_with(mean=lambda e: np.abs(e).mean()), "has lost its sign"),
        (errors_with(mean=lambda e: abs(e.mean())), "has lost its sign"),
        (errors_with(rms=lambda e: np.mean(e**2)), "then the root"),
        (errors_with(rms=lambda e: np.sqrt(np.sum(e**2))), "then the root"),
        (errors_with(rms=lambda e: np.abs(e).mean()), "then the root"),
        (errors_with(rms=np.std), "the standard deviation"),
        (errors_with(mean=np.sum), "over all entries"),
        (errors_with(mean=lambda e: e.mean(axis=0)), "shape"),
        (errors_with(mean=np.median), "is no mean"),
        (lambda *given: errors_plain(*given)[::-1], "in the other order"),
        (lambda *given: errors_plain(*given)[0], "One value is returned where 2"),
        (
            errors_with(lambda w, q, s: (q * s - w) / s - np.round((q * s - w) / s)),
            "`mean`",
        ),
    ],
    "equalized": [
        (equal_with(bias=lambda b1, c: b1), "a bias is an incoming number"),
        (equal_with(back=lambda W2, c: W2), "going in"),
        (equal_with(back=lambda W2, c: W2 * c), "going in"),
        (equal_with(lambda into, out: np.sqrt(into / out)), "solve for c"),
        (equal_with(lambda into, out: out / into), "solve for c"),
        (equal_with(lambda into, out: 1 / into), "largest weight of 1"),
        (equal_with(lambda into, out: out), "largest weight of 1"),
        (equal_with(lambda i, o: np.sqrt(o.max() / i.max())), "a factor of its own"),
        (equal_with(size=lambda W, axis: W.max(axis=axis)), "A weight of -5 is large"),
        (equal_with(size=lambda W, axis: W.std(axis=axis)), "Another size"),
        (
            equal_with(size=lambda W, axis: np.linalg.norm(W, axis=axis)),
            "Another size",
        ),
        (equal_with(guard=False), "Which factor has a unit"),
        (
            equal_with(lambda i, o: np.sqrt(o / (i + 1e-12)), guard=False),
            "Which factor has a unit",
        ),
        (
            lambda W1, b1, W2: (W1, *equal_plain(W1, b1, W2)[1:]),
            "going in",
        ),
        (equal_with(size=lambda W, axis: abs(W).sum(axis=axis)), "Another size"),
        (
            lambda W1, b1, W2: (
                equal_plain(W1, b1, W2)
                if W1.any(axis=1).all() and W2.any(axis=0).all()
                else (W1, b1, W2)
            ),
            "Which factor has a unit",
        ),
        (
            equal_with(
                lambda i, o: np.where((i > 1e-6) & (o > 1e-6), np.sqrt(o / i), 1)
            ),
            "A quiet unit",
        ),
        (equal_with(lambda i, o: np.sqrt(o / i).clip(0.01, 100)), "`V1` is wrong"),
        (equal_by_other_axes, "could not be broadcast"),
        (equal_in_place, "Changes its input `W1` in place"),
        (lambda *given: equal_plain(*given)[::2], "2 values; expected: 3"),
    ],
    "corrected_bias": [
        (
            lambda W, V, b, x, z: b - W @ x.mean(0) + V @ z.mean(0),
            "The wrong way",
        ),
        (lambda W, V, b, x, z: corrected_plain(W, V, b, x, x), "W meets x"),
        (lambda W, V, b, x, z: corrected_plain(W, V, b, z, z), "W meets x"),
        (lambda W, V, b, x, z: corrected_plain(W, V, b, z, x), "W meets x"),
        (lambda W, V, b, x, z: corrected_plain(V, W, b, x, z), "W meets x"),
        (lambda W, V, b, x, z: corrected_plain(W, W, b, x, z), "has changed the weig"),
        (
            lambda W, V, b, x, z: (x @ W.T).mean(0) - (z @ V.T).mean(0),
            "what is to be added",
        ),
        (
            lambda W, V, b, x, z: b + np.mean(x @ W.T + b, 0) - np.mean(z @ V.T, 0),
            "b is in it twice",
        ),
        (
            lambda W, V, b, x, z: b + (x @ W.T).mean() - (z @ V.T).mean(),
            "You take one for all units",
        ),
        (
            lambda W, V, b, x, z: b + (x @ W.T - z @ V.T).sum(axis=0),
            "The mean over the examples",
        ),
        (
            lambda W, V, b, x, z: b + (x @ W.T - z @ V.T)[0],
            "The mean over the examples",
        ),
        (
            lambda W, V, b, x, z: b + np.abs(x @ W.T - z @ V.T).mean(axis=0),
            "have lost their signs",
        ),
        (
            lambda W, V, b, x, z: (
                b
                + np.maximum(x @ W.T + b, 0).mean(axis=0)
                - np.maximum(z @ V.T + b, 0).mean(axis=0)
            ),
            "behind the ReLU",
        ),
        (lambda W, V, b, x, z: -(z @ V.T).mean(axis=0), "not 0"),
        (lambda W, V, b, x, z: (x @ W.T + b).mean(axis=0), "the old mean"),
        (lambda W, V, b, x, z: b + (x @ W.T - z @ V.T).mean(axis=1), "broadcast"),
        (lambda W, V, b, x, z: b + x @ W.T - z @ V.T, "shape"),
        (corrected_in_place, "Changes its input `b` in place"),
        (lambda *given: corrected_plain(*given).tolist(), "list"),
    ],
    "signed_grid": [
        (grid_plain, "That is the lesson's answer"),
        (
            lambda x, bits: (
                grid_plain(x, bits)[0],
                grid_plain(x, bits)[1] - (2 ** (bits - 1) - 1) * bool(x.any()),
            ),
            "Off by one",
        ),
        (grid_symmetric, "not a symmetric range"),
        (
            lambda x, bits: (
                grid_plain(x, bits)[0],
                grid_plain(x, bits)[1] - 128 * bool(x.any()),
            ),
            "another integer than -128",
        ),
    ],
    "shift_channels": [
        (channels_plain, "That is the lesson's answer"),
        (
            channels_with(
                scale=lambda m, share, top: (
                    2.0
                    ** np.round(np.log2(share * np.where(m > 0, m, top / share) / top))
                )
            ),
            "Another power of two",
        ),
    ],
    "offset_integer_linear": [
        (
            lambda q, z, r, s, t, b, o: integers_shifted(q, z, r, s, t, b),
            "That is the lesson's answer",
        ),
        (
            lambda q, z, r, s, t, b, o: (
                offsets_apart(q, z, r, s, t, b, o)[0] - wide(q.shape[1] * z * o),
                offsets_apart(q, z, r, s, t, b, o)[1] - s * t * q.shape[1] * z * o,
            ),
            "of the two zero points",
        ),
        (
            lambda q, z, r, s, t, b, o: offsets_first(q, z, r, s, t, b, -o),
            "The sign of the offsets",
        ),
    ],
    "inward_through": [
        (straight_plain, "That is the lesson's answer"),
        (straight_with(dw=lambda g, m, s: g), "All of g passes"),
        (
            lambda w, g, scale, top: (
                inward_by_where(w, g, scale, top)[0],
                -inward_by_where(w, -g, scale, top)[1],
            ),
            "Outwards",
        ),
    ],
}


test_a_right_answer_of_another_form_passes = right_pass(RIGHT)


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def floats(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def near_a_half(t, exact):
    """Whether rounding may send some either way. exact: exact halves are left out."""
    away = np.abs(t - np.floor(t) - 0.5)
    return bool(((away < 1e-4) & (away > (0 if exact else -1))).any())


def test_what_a_statement_leaves_open_is_varied():
    for name in ("affine_grid", "signed_grid"):
        ranges = inputs(name)
        assert {1, 2, 3, 4} == {x.ndim for x, _ in ranges}
        assert set(range(1 + (name == "signed_grid"), 9)) == {
            bits for _, bits in ranges
        }
        signs = {(bool((x < 0).any()), bool((x > 0).any())) for x, _ in ranges}
        assert len(signs) == 4
        assert any(x.size == 1 for x, _ in ranges)
        one_value = [x for x, _ in ranges if x.size > 1 and np.ptp(x) == 0]
        assert {-1, 0, 1} == {int(np.sign(x.flat[0])) for x in one_value}
    assert any(0 < np.abs(x).max() < 1e-8 for x, _ in inputs("affine_grid"))
    positions = [
        -min(x.min(), 0) * (2**bits - 1) / (max(x.max(), 0) - min(x.min(), 0))
        for x, bits in inputs("affine_grid")
        if x.any()
    ]
    assert {0.5, 1.5, 2.5} <= set(positions)
    assert not any(near_a_half(np.array(t), exact=True) for t in positions)

    for name in ("quantize_channels", "shift_channels"):
        given = inputs(name)
        assert {1, 2, 3, 4} == {w.ndim for w, *_ in given}
        assert set(range(2, 9)) == {bits for _, bits, *_ in given}
        assert set(range(-4, 4)) == {axis for *_, axis, _ in given}
        assert {0.1, 1.0} < {share for *_, share in given}
        assert {"float32", "float64"} == {str(w.dtype) for w, *_ in given}
        kinds = set()
        for w, bits, axis, share in given:
            _, scales = find(name).reference(w, bits, axis, share)
            top = 2 ** (bits - 1) - 1
            assert not near_a_half(w / scales, exact=True)
            rows = np.moveaxis(w, axis, 0).reshape(w.shape[axis], -1)
            kinds |= {"half"} if near_a_half(w / scales, exact=False) else set()
            kinds |= {"zero row"} if w.any() and not rows.any(1).all() else set()
            kinds |= {"all 0"} if not w.any() else set()
            kinds |= {"cut"} if (np.abs(w / scales) > top + 0.5).any() else set()
            kinds |= {"past int8"} if (np.abs(w / scales) > 200).any() else set()
            kinds |= {"one entry"} if w.size == 1 else set()
            sizes = np.abs(rows).max(axis=1)
            kinds |= {"tiny row"} if ((sizes > 0) & (sizes < 1e-8)).any() else set()
            kinds |= {"negative"} if w.size > 1 and (w < 0).all() else set()
            kinds |= {"positive"} if w.size > 1 and (w > 0).all() else set()
        assert len(kinds) == 9

    for name in ("integer_linear", "offset_integer_linear"):
        given = inputs(name)
        assert {0, 1, 2, 3} <= {len(q) for q, *_ in given}
        assert {1, 2, 3, 300} <= {q.shape[1] for q, *_ in given}
        assert {1, 2, 3} <= {len(r) for _, _, r, *_ in given}
        assert {"int8", "uint8"} == {str(q.dtype) for q, *_ in given}
        assert {-128, 0, 255} <= {z for _, z, *_ in given}
        sums = [find(name).reference(*case)[0] for case in given]
        assert max(np.abs(s).max(initial=0) for s in sums) > 2**24
        assert all(s.dtype == np.int32 for s in sums)

    models = [layers for (layers,) in inputs("model_bytes")]
    layers = [layer for model in models for layer in model]
    assert {0, 1, 2, 3, 4} <= {len(model) for model in models}
    assert {2, 4} == {len(shape) for shape, *_ in layers}
    assert set(range(1, 9)) == {bits for _, bits, _ in layers}
    assert {True, False} == {has_bias for *_, has_bias in layers}
    assert {math.prod(shape) * bits % 8 for shape, bits, _ in layers} == set(range(8))

    for name in ("straight_through", "inward_through"):
        given, kinds = inputs(name), set()
        assert {1, 2, 3, 4} == {w.ndim for w, *_ in given}
        assert {1, 2, 3, 127} <= {top for *_, top in given}
        assert {True, False} == {np.ndim(scale) > 0 for *_, scale, _ in given}
        for w, g, scale, top in given:
            t = w / scale
            assert not near_a_half(t, exact=True)
            kinds |= {"half"} if near_a_half(t, exact=False) else set()
            kinds |= {"end"} if np.isclose(np.abs(t), top).any() else set()
            beyond = (np.abs(t) > top) & (np.abs(np.round(t)) == top)
            kinds |= {"rounds to the end"} if beyond.any() else set()
            kinds |= {"all cut"} if (np.abs(t) > top + 0.5).all() else set()
            kinds |= {"none cut"} if (np.abs(t) < top).all() else set()
            kinds |= (
                {"back"} if ((np.abs(t) > top + 0.5) & (g * t > 0)).any() else set()
            )
            kinds |= {"out"} if ((np.abs(t) > top + 0.5) & (g * t < 0)).any() else set()
        assert len(kinds) == 7

    given = inputs("step_errors")
    assert {1, 2, 3, 4} == {w.ndim for w, *_ in given}
    assert {True, False} == {np.ndim(scales) > 0 for *_, scales in given}
    errors = [find("step_errors").reference(*case) for case in given]
    for mean in (-0.5, 0, 0.5):
        assert any(abs(found - mean) < 0.05 for found, _ in errors)

    nets = inputs("equalized")
    for axis in (0, 1):
        assert {1, 2, 3, 4} <= {W1.shape[axis] for W1, *_ in nets}
        assert {1, 2, 3, 4} <= {W2.shape[axis] for *_, W2 in nets}
    dead = {
        pair
        for W1, _, W2 in nets
        for pair in zip(W1.any(axis=1).tolist(), W2.any(axis=0).tolist(), strict=True)
    }
    assert len(dead) == 4
    ratios = [
        np.abs(W2).max(axis=0) / into
        for W1, _, W2 in nets
        for into in [np.abs(W1).max(axis=1)]
        if into.all() and W2.any(axis=0).all()
    ]
    assert min(map(np.min, ratios)) < 1e-8 and max(map(np.max, ratios)) > 1e8
    assert any((b1 == 0).any() for _, b1, _ in nets)

    given = inputs("corrected_bias")
    for axis in (0, 1):
        assert {1, 2, 3, 4, 7} <= {W.shape[axis] for W, *_ in given}
        assert {1, 2, 3, 4} <= {x.shape[axis] for *_, x, _ in given}
    assert {True, False} == {bool((x == z).all()) for *_, x, z in given}


def test_the_exercises_are_as_the_package_and_pytorch_have_them():
    import torch

    rng = np.random.default_rng(0)
    for bits in (2, 4, 8):
        x = rng.normal(size=(6, 5)).astype(np.float32) + 0.3
        theirs = compress.quantize(x, bits)
        scale, zero_point = find("affine_grid").reference(x, bits)
        np.testing.assert_allclose(scale, theirs.scale.item(), rtol=1e-6)
        assert zero_point == theirs.zero_point
        for axis in (0, 1):
            theirs = compress.quantize(x, bits, symmetric=True, axis=axis)
            q, scales = find("quantize_channels").reference(x, bits, axis, 1.0)
            np.testing.assert_array_equal(q, theirs.values)
            np.testing.assert_allclose(scales, theirs.scale, rtol=1e-6)

    observer = torch.ao.quantization.MinMaxObserver(torch.quint8)
    observer(torch.tensor(x))
    scale, zero_point = find("affine_grid").reference(x, 8)
    theirs = observer.calculate_qparams()
    np.testing.assert_allclose(scale, theirs[0].item(), rtol=1e-6)
    assert zero_point == theirs[1].item()

    observer = torch.ao.quantization.MinMaxObserver(torch.qint8)
    observer(torch.tensor(x))
    scale, zero_point = find("signed_grid").reference(x, 8)
    assert zero_point == observer.calculate_qparams()[1].item()

    w, g, scale, top = np.array([-9, -3.2, 0.4, 2.6, 3.4, 3.6]), np.arange(6.0), 1.0, 3
    leaf = torch.tensor(w, requires_grad=True)
    y = torch.fake_quantize_per_tensor_affine(leaf, scale, 0, -top, top)
    y.backward(torch.tensor(g))
    ours = find("straight_through").reference(w, g, scale, top)
    np.testing.assert_array_equal(ours[0], y.detach().numpy())
    np.testing.assert_array_equal(ours[1], leaf.grad.numpy())


def test_an_integer_layer_of_the_package_gives_what_the_exercise_does():
    manual_seed(0)
    layer, x = nn.Linear(20, 4), floats(7, 20)
    integer = compress.to_integers(nn.Sequential(layer), tensor(x))[0]
    seen = integer.observer
    q = compress.quantize_with(x, *seen.grid).astype(np.uint8)
    weight, scales = integer.weight.data, integer.weight_scale.data
    _, y = find("integer_linear").reference(
        q, seen.zero_point, weight, seen.scale, scales, layer.bias.data
    )
    np.testing.assert_allclose(y, integer(tensor(x)).data, rtol=1e-5, atol=1e-5)


def test_bytes_are_those_of_the_package():
    manual_seed(0)
    model = nn.Sequential(nn.Linear(9, 5), nn.ReLU(), nn.Linear(5, 3))
    x = tensor(floats(2, 9))
    small = compress.to_integers(model, x)
    layers = [((5, 9), 8, True), ((3, 5), 8, True)]
    assert compress.cost(small, x).bytes == find("model_bytes").reference(layers)


@pytest.mark.parametrize("seed", range(20))
def test_equal_ranges_are_equal_and_the_function_is_the_same(seed):
    rng = np.random.default_rng(seed)
    W1, b1, W2 = find("equalized").inputs(rng)
    V1, c1, V2 = find("equalized").reference(W1, b1, W2)
    x = rng.normal(size=(W1.shape[1], 50))
    before = W2 @ np.maximum(W1 @ x + b1[:, None], 0)
    after = V2 @ np.maximum(V1 @ x + c1[:, None], 0)
    np.testing.assert_allclose(after, before, atol=1e-9 * np.abs(before).max(initial=1))
    live = W1.any(axis=1) & W2.any(axis=0)
    into, out = np.abs(V1).max(axis=1)[live], np.abs(V2).max(axis=0)[live]
    np.testing.assert_allclose(into, out)


def test_a_corrected_bias_gives_the_means_back():
    W, V, b, x, z = find("corrected_bias").cases()[0]
    new = find("corrected_bias").reference(W, V, b, x, z)
    np.testing.assert_allclose((z @ V.T + new).mean(axis=0), (x @ W.T + b).mean(axis=0))


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_their_quantiser_is_half_a_step_low_and_says_nothing_of_it(bits):
    theirs = fixture("13_quantisation", "their_quantize")
    w = np.random.default_rng(0).normal(size=(64, 196)).astype(np.float32)
    q = theirs(w, bits)
    assert (q.values.dtype, q.scale.dtype) == (np.int8, np.float32)
    mean, rms = find("step_errors").reference(w, q.values, q.scale)
    assert abs(mean + 0.5) < 0.02 and abs(rms - 1 / 3**0.5) < 0.02
    right = compress.quantize(w, bits, symmetric=True, axis=0)
    np.testing.assert_allclose(q.scale, right.scale, rtol=1e-6)
    mean, rms = find("step_errors").reference(w, right.values, right.scale)
    assert abs(mean) < 0.02 and abs(rms - 12**-0.5) < 0.03
    assert not any(word in theirs.__doc__ for word in ("floor", "round", "below", "//"))


def test_their_integers_take_0_for_something_and_say_nothing_of_it():
    manual_seed(0)
    model = nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 3))
    x = tensor(floats(50, 20))
    theirs = fixture("13_quantisation", "their_integers")
    right, wrong = compress.to_integers(model, x, 8, 8), theirs(model, x, 8)
    layer, other = right[0], wrong[0]
    w = layer.weight_scale.data[:, None] * layer.weight.data
    moved = layer.observer.scale * w.sum(axis=1)
    difference = layer(x).data - other(x).data
    np.testing.assert_allclose(difference, moved + 0 * difference, atol=1e-5)
    assert isinstance(model[0], nn.Linear)
    assert "zero" not in theirs.__doc__
