"""Right and wrong answers to the exercises of lesson 11, and what is told."""

from copy import deepcopy
from itertools import combinations
from math import comb, prod

import numpy as np
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import lab, nn, no_grad, tensor
from dlcourse.nn.residual import PaddedShortcut
from dlcourse.teach import fixture
from dlcourse.teach.exercise import find

F = nn.functional


# -------------------------------------------------------------------- residual_forward


def through_a_copy(x, branch, scale):
    y = np.array(x, float)
    y += scale * branch(x)
    return y


def through_a_copied_branch(x, branch, scale):
    y = branch(x).copy() * scale
    return np.add(x, y)


def by_rows(x, branch, scale):
    return np.array([a + b for a, b in zip(x, scale * branch(x), strict=True)])


def by_entries(x, branch, scale):
    y, z = np.zeros(x.shape), branch(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i, j] = z[i, j] * scale + x[i, j]
    return y


def in_a_copy_of_its_kind(x, branch, scale):
    y = np.zeros_like(x)
    y[...] = x + scale * branch(x)
    return y


def block_in_place(x, branch, scale):
    x += scale * branch(x)
    return x


def branch_in_place(x, branch, scale):
    y = branch(x)
    y *= scale
    return y + x


def branch_added_to(x, branch, scale):
    y = scale * branch(x)
    y += x
    return y


# ------------------------------------------------------------------- residual_backward


def back_by_the_engine(g, x, W, scale):
    x, W = (tensor(a, requires_grad=True) for a in (x, W))
    y = x + F.linear(x.relu(), W) * scale
    (y * tensor(g)).sum().backward()
    return x.grad.numpy(), W.grad.numpy()


def back_by_examples(g, x, W, scale):
    dx, dW = g.copy(), np.zeros(W.shape)
    for k in range(len(g)):
        for i in range(len(W)):
            for j in range(len(W)):
                dW[i, j] += scale * g[k, i] * max(x[k, j], 0)
                dx[k, j] += scale * g[k, i] * W[i, j] * (x[k, j] > 0)
    return dx, dW


def back_by_jacobians(g, x, W, scale):
    """(I + scale W diag(x > 0)), an example at a time."""
    dx = [
        (np.eye(len(W)) + scale * W * (row > 0)).T @ each
        for each, row in zip(g, x, strict=True)
    ]
    return np.array(dx), scale * np.einsum("ki,kj->ij", g, np.maximum(x, 0))


def back_by_where(g, x, W, scale):
    z = scale * g
    through = np.where(x > 0, z @ W, 0)
    return through + g, z.T @ np.where(x > 0, x, 0)


def back_in_place(g, x, W, scale):
    dW = scale * g.T @ np.maximum(x, 0)
    g += scale * (g @ W) * (x > 0)
    return g, dW


def back_in_a_second_name(g, x, W, scale):
    dx = g
    dx += scale * (g @ W) * (x > 0)
    return dx, scale * g.T @ np.maximum(x, 0)


def back_turned(g, x, W, scale):
    """Of y = x + scale * relu(x) @ W."""
    z = scale * g
    return g + (z @ W.T) * (x > 0), np.maximum(x, 0).T @ z


def changed(f, **changes):
    """f(dx or dW, g, x, W, scale) in the place of it."""

    def answer(*given):
        found = dict(zip(("dx", "dW"), f(*given), strict=True))
        return tuple(
            changes[k](v, *given) if k in changes else v for k, v in found.items()
        )

    return answer


def back(**changes):
    return changed(back_by_where, **changes)


# ---------------------------------------------------------------------- variance_after


def variance_by_steps(blocks, scale, gain):
    variance = 1
    for _ in range(blocks):
        variance += scale**2 * gain * variance
    return variance


def variance_by_paths(blocks, scale, gain):
    q = scale * scale * gain
    return sum(comb(blocks, k) * q**k for k in range(blocks + 1))


def variance_by_calls(blocks, scale, gain):
    if blocks == 0:
        return 1.0
    return variance_by_calls(blocks - 1, scale, gain) * (1 + gain * scale**2)


def variance_never_grown(blocks, scale, gain):
    variance = 1
    for _ in range(blocks):
        variance += scale**2 * gain
    return variance


def variance_without_itself(blocks, scale, gain):
    variance = 1
    for _ in range(blocks):
        variance = scale**2 * gain * variance
    return variance


# -------------------------------------------------------------------------- drop_block


def dropped_by_slices(model, i, x):
    return model[i + 2 :](model[: i + 1](x))


def dropped_by_identity(model, i, x):
    layers = list(model)
    layers[i + 1] = nn.Identity()
    return nn.Sequential(*layers)(x)


def dropped_by_being(model, i, x):
    for layer in model:
        if layer is not model[i + 1]:
            x = layer(x)
    return x


def dropped_by_kind(model, i, x):
    blocks = [layer for layer in model if isinstance(layer, nn.Residual)]
    with no_grad():
        h = model[0](x)
        for k, block in enumerate(blocks):
            h = h if k == i else block(h)
        return model[-1](h.relu())


def dropped_from_a_list(model, i, x):
    layers = list(model)
    del layers[i + 1]
    for layer in layers:
        x = layer(x)
    return x


def dropped_by_scale(put_back=True, to=None, copy=False):
    def answer(model, i, x):
        model = deepcopy(model) if copy else model
        block = model[1 + i]
        before, block.scale = block.scale, 0
        y = model(x)
        if put_back:
            block.scale = before if to is None else to
        return y

    return answer


def dropped_by_weights(model, i, x):
    with no_grad():
        for each in model[1 + i].parameters():
            each[...] = 0
    return model(x)


def dropped_too_early(model, i, x):
    for place, layer in enumerate(model):
        if place == i + 1:
            return x
        x = layer(x)
    return x


def branch_kept(model, i, x):
    for place, layer in enumerate(model):
        x = layer.branch(x) if place == i + 1 else layer(x)
    return x


def output_zeroed(model, i, x):
    for place, layer in enumerate(model):
        x = layer(x) * (place != i + 1)
    return x


# --------------------------------------------------------------------------- strengths


def arrays(block, x):
    return (each.data.ravel() for each in (x, block.branch(x), block(x)))


def measured_by(solve):
    return lambda block, x: solve(*arrays(block, x))


def by_normal_equations(x, z, y):
    A = np.column_stack([x, z])
    return tuple(np.linalg.solve(A.T @ A, A.T @ y))


def by_cramer(x, z, y):
    xx, xz, zz = x @ x, x @ z, z @ z
    by = xx * zz - xz**2
    return (x @ y * zz - z @ y * xz) / by, (z @ y * xx - x @ y * xz) / by


def by_projection(x, z, y):
    """What of z does not lie along x tells b, and then a."""
    rest = z - (z @ x) / (x @ x) * x
    b = (rest @ y) / (rest @ rest)
    return (y - b * z) @ x / (x @ x), b


def with_a_constant(x, z, y):
    A = np.stack([x, z, np.ones(len(x))]).T
    return tuple(np.linalg.lstsq(A, y, rcond=None)[0][:2])


def as_an_array(x, z, y):
    return np.linalg.pinv(np.stack([x, z], axis=1)) @ y


def by_chosen_inputs(block, x):
    """By an x of its own."""
    more = tensor(np.random.default_rng(0).normal(size=(50, x.shape[1])))
    return by_cramer(*arrays(block, more))


def by_an_input_of_0(block, x):
    nothing = tensor(np.zeros(x.shape))
    b = (block(nothing).data / block.branch(nothing).data).mean()
    return ((block(x).data - b * block.branch(x).data) / x.data).mean(), b


def by_ratios(x, z, y):
    return 1.0, ((y - x) / z).mean()


def by_two_ratios(x, z, y):
    return (y / x).mean(), (y / z).mean()


# -------------------------------------------------------------------------- zero_start


def zeroed_in_a_copy(layers):
    new = [(W.copy(), b.copy()) for W, b in layers]
    new[-1][0][...] = 0
    new[-1][1][:] = 0
    return new


def zeroed_as_lists(layers):
    return [[W, b] for W, b in layers[:-1]] + [[0 * each for each in layers[-1]]]


def zeroed_by_number(layers):
    last = len(layers) - 1
    return [(W * (k < last), b * (k < last)) for k, (W, b) in enumerate(layers)]


def zeroed_in_place(layers):
    for each in layers[-1]:
        each[...] = 0
    return layers


def zeroed_in_the_list(layers):
    layers[-1] = tuple(0 * each for each in layers[-1])
    return layers


def zeroed_where(at, weight=0, bias=0):
    def answer(layers):
        new = list(layers)
        W, b = new[at]
        new[at] = weight * W, bias * b
        return new

    return answer


# --------------------------------------------------------------------- padded_shortcut


def padded_by_zeros(x, channels, stride, begin=0, take=None):
    kept = x[:, :, ::stride, ::stride] if take is None else take(x, stride)
    y = np.zeros((len(kept), channels, *kept.shape[2:]))
    y[:, begin : begin + x.shape[1]] = kept
    return y


def padded_by_pixels(x, channels, stride):
    N, C, H, W = x.shape
    y = np.zeros((N, channels, -(-H // stride), -(-W // stride)))
    for i in range(0, H, stride):
        for j in range(0, W, stride):
            y[:, :C, i // stride, j // stride] = x[:, :, i, j]
    return y


def padded_by_the_course(x, channels, stride):
    return PaddedShortcut(x.shape[1], channels, stride)(tensor(x)).numpy()


def padded_by_pooling(x, channels, stride):
    """One window of 1 x 1, stride apart."""
    x = F.max_pool2d(tensor(x), 1, stride).numpy()
    return np.pad(x, [(0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0)])


def padded_by_a_matrix(x, channels, stride):
    chosen = np.eye(channels, x.shape[1])
    return np.einsum("dc,nchw->ndhw", chosen, x)[:, :, ::stride, ::stride]


def padded_in_front(x, channels, stride):
    return padded_by_zeros(x, channels, stride, channels - x.shape[1])


def padded_on_both_sides(x, channels, stride):
    return padded_by_zeros(x, channels, stride, (channels - x.shape[1]) // 2)


def tiled(x, channels, stride):
    return np.tile(x, (1, 9, 1, 1))[:, :channels, ::stride, ::stride]


def a_corner(x, channels, stride):
    H, W = (-(-size // stride) for size in x.shape[2:])
    return padded_by_zeros(x[:, :, :H, :W], channels, 1)


# ------------------------------------------------------------------------- path_shares


def shares_by_choices(blocks, scale, gain):
    """All sets of blocks, one by one; the binomial distribution where they are many."""
    if blocks > 12:
        return shares_by_chance(blocks, scale, gain)
    parts = np.zeros(blocks + 1)
    for k in range(blocks + 1):
        for path in combinations(range(blocks), k):
            parts[k] += prod(scale**2 * gain for _ in path)
    return parts / (1 + scale**2 * gain) ** blocks


def shares_by_chance(blocks, scale, gain):
    p = scale**2 * gain / (1 + scale**2 * gain)
    k = np.arange(blocks + 1)
    return np.array([comb(blocks, n) for n in k]) * p**k * (1 - p) ** (blocks - k)


def shares_by_blocks(blocks, scale, gain):
    """Block by block: each path goes on through the branch, or past it."""
    q, parts = scale**2 * gain, np.ones(1)
    for _ in range(blocks):
        parts = (np.append(parts, 0) + q * np.insert(parts, 0, 0)) / (1 + q)
    return parts


def shares_by_factor(blocks, q):
    parts = np.array([comb(blocks, k) * q**k for k in range(blocks + 1)])
    return parts / parts.sum()


def shares_as_a_list(blocks, scale, gain):
    return shares_by_blocks(blocks, scale, gain).tolist()


def paths_alike(blocks, scale, gain):
    return np.array([comb(blocks, k) / 2**blocks for k in range(blocks + 1)])


# -------------------------------------------------------------------------- plain_twin


def twin_as(order=(0, 1), stretch=1):
    """The halves in an order, and the hidden numbers so many times as large."""

    def answer(stem, blocks, head, scale):
        one, turn = np.eye(len(stem)), list(order)
        layers = [stretch * np.vstack([[stem, -stem][k] for k in turn])]
        for W in blocks:
            up, down = one + scale * W, one
            rows = [[up, -down], [-up, down]]
            layers.append(np.block([[rows[r][c] for c in turn] for r in turn]))
        last = [head, np.zeros(head.shape)]
        return [*layers, np.hstack([last[k] for k in turn]) / stretch]

    return answer


def twin_of_three(stem, blocks, head, scale):
    """relu(h) twice, which is wasteful and right."""
    n, one = len(stem), np.eye(len(stem))
    layers = [np.vstack([stem, -stem, stem])]
    for W in blocks:
        up = np.hstack([one, -one, scale * W])
        layers.append(np.vstack([up, -up, up]))
    return [*layers, np.hstack([head, np.zeros((len(head), 2 * n))])]


def twin_with(middle, head=lambda V: np.hstack([V, 0 * V])):
    def answer(stem, blocks, head_, scale):
        one = np.eye(len(stem))
        inner = [np.block(middle(one, scale * W)) for W in blocks]
        return [np.vstack([stem, -stem]), *inner, head(head_)]

    return answer


def as_they_came(stem, blocks, head, scale):
    return [stem, *(np.eye(len(stem)) + scale * W for W in blocks), head]


# ------------------------------------------------------------------------ the variants


def highway(x, branch, gate):
    return x + gate * (branch(x) - x)


def highway_by_entries(x, branch, gate):
    y, z = np.empty(x.shape), branch(x)
    for at in np.ndindex(x.shape):
        y[at] = gate[at] * z[at] + (1 - gate[at]) * x[at]
    return y


def norm_started(layers, W=1, gamma=0, beta=0, at=-1):
    new = list(layers)
    new[at] = W * layers[at][0], gamma * layers[at][1], beta * layers[at][2]
    return new


def projected_by_pixels(x, channels, stride, W):
    x = x[:, :, ::stride, ::stride].transpose(0, 2, 3, 1)
    return (x @ W.T).transpose(0, 3, 1, 2)


def projected_by_the_engine(x, channels, stride, W):
    return F.conv2d(tensor(x), tensor(W[:, :, None, None]), stride=stride).numpy()


# ------------------------------------------------------------------ what they are told

RIGHT = {
    "residual_forward": [
        lambda x, branch, scale: scale * branch(x) + x,
        through_a_copy,
        through_a_copied_branch,
        by_rows,
        by_entries,
        branch_added_to,
        branch_in_place,
        in_single_precision(through_a_copy),
    ],
    "residual_backward": [
        back_by_the_engine,
        back_by_examples,
        back_by_jacobians,
        back_by_where,
        in_single_precision(back_by_where),
    ],
    "variance_after": [variance_by_steps, variance_by_paths, variance_by_calls],
    "drop_block": [
        dropped_by_slices,
        dropped_by_identity,
        dropped_by_being,
        dropped_by_kind,
        dropped_from_a_list,
    ],
    "strengths": [
        measured_by(by_normal_equations),
        measured_by(by_cramer),
        measured_by(by_projection),
        measured_by(with_a_constant),
        measured_by(as_an_array),
        by_chosen_inputs,
    ],
    "zero_start": [zeroed_in_a_copy, zeroed_as_lists, zeroed_by_number],
    "padded_shortcut": [
        padded_by_zeros,
        padded_by_pixels,
        padded_by_the_course,
        padded_by_pooling,
        padded_by_a_matrix,
        in_single_precision(padded_by_zeros),
    ],
    "path_shares": [shares_by_choices, shares_by_chance, shares_by_blocks],
    "plain_twin": [twin_as(), twin_as((1, 0)), twin_as(stretch=3.0), twin_of_three],
    "highway_forward": [highway, highway_by_entries],
    "norm_start": [norm_started],
    "projected_shortcut": [projected_by_pixels, projected_by_the_engine],
}

TOLD = {
    "residual_forward": [
        (lambda x, branch, scale: scale * branch(x), "x is missing in the sum"),
        (lambda x, branch, scale: branch(x), "x is missing in the sum"),
        (lambda x, branch, scale: x + branch(x), "`scale` has no effect"),
        (lambda x, branch, scale: scale * (x + branch(x)), "x is multiplied"),
        (lambda x, branch, scale: x * scale + branch(x), "x is multiplied"),
        (
            lambda x, branch, scale: np.maximum(x + scale * branch(x), 0),
            "Negative numbers are lost",
        ),
        (lambda x, branch, scale: x + branch(scale * x), "comes out of the branch"),
        (lambda x, branch, scale: x + scale * branch(branch(x)), "gone through twice"),
        (block_in_place, "Changes its input `x` in place"),
        (in_a_copy_of_its_kind, "int"),
        (lambda x, branch, scale: x @ branch(x).T, "shape"),
        (lambda x, branch, scale: (x + scale * branch(x)).tolist(), "list"),
    ],
    "residual_backward": [
        (back(dx=lambda dx, g, *_: dx - g), "by one way alone"),
        (back(dx=lambda dx, g, *_: g), "by one way alone"),
        (back(dx=lambda dx, g, *_: g * (dx - g)), "The two ways are multiplied"),
        (
            back(dx=lambda dx, g, x, W, s: g + (g @ W) * (x > 0)),
            "`scale` is missing",
        ),
        (back(dW=lambda dW, g, x, W, s: g.T @ np.maximum(x, 0)), "`scale` is missing"),
        (lambda g, x, W, s: back_by_where(g, x, W, 1), "`scale` is missing"),
        (
            back(dx=lambda dx, g, x, W, s: (g + s * g @ W) * (x > 0)),
            "what passes by meets no ReLU",
        ),
        (back(dx=lambda dx, g, x, W, s: g + s * g @ W), "stands before W"),
        (
            back(dx=lambda dx, g, x, W, s: g + s * g @ W * np.maximum(x, 0)),
            "its slope is 1 or 0",
        ),
        (
            back(dx=lambda dx, g, x, W, s: g + s * (g @ W) * (x >= 0)),
            "is 0 where x is 0",
        ),
        (
            back(dx=lambda dx, g, x, W, s: g + s * (g @ W) * (x @ W.T > 0)),
            "stands before W",
        ),
        (back(dx=lambda dx, g, x, W, s: s * (g + (g @ W) * (x > 0))), "once too often"),
        (back(dW=lambda dW, g, x, W, s: s * dW), "once too often"),
        (
            back(dx=lambda dx, g, x, W, s: g + s * (g @ W.T) * (x > 0)),
            "the wrong way round",
        ),
        (back(dW=lambda dW, *_: dW.T), "the wrong way round"),
        (back_turned, "the wrong way round"),
        (back(dW=lambda dW, g, x, W, s: s * g.T @ x), "W met relu(x)"),
        (
            back(dW=lambda dW, g, x, W, s: s * g.T @ ((x > 0) * 1.0)),
            "W met relu(x)",
        ),
        (back(dW=lambda dW, g, *_: dW / len(g)), "whose shares add up"),
        (
            back(dW=lambda dW, g, x, W, s: g.T @ x + dW),
            "the skip meets no W",
        ),
        (back(dx=lambda dx, g, x, W, s: x + (dx - g)), "What passes by hands back g"),
        (back_in_place, "Changes its input `g` in place"),
        (back_in_a_second_name, "Changes its input `g` in place"),
        (lambda *a: back_by_where(*a)[0], "One value is returned where 2"),
        (lambda *a: back_by_where(*a)[::-1], "dx"),
    ],
    "variance_after": [
        (variance_never_grown, "Its input has grown already"),
        (lambda L, s, gain: 2 * L, "Its input has grown already"),
        (variance_without_itself, "A product of branches alone"),
        (lambda L, s, gain: variance_by_steps(L, s, gain) ** 0.5, "deviation"),
        (lambda L, s, gain: (1 + s * gain) ** L, "k times as large"),
        (lambda L, s, gain: (1 + s**2 * gain**2) ** L, "not to be squared"),
        (lambda L, s, gain: (1 + s * gain**0.5) ** (2 * L), "You add up sizes"),
        (lambda L, s, gain: (s**2 + gain) ** L, "not multiplied by scale"),
        (lambda L, s, gain: 2**L, "have no effect"),
        (lambda L, s, gain: (1 + gain) ** L, "have no effect"),
        (lambda L, s, gain: variance_by_steps(L - 1, s, gain), "One block too many"),
        (lambda L, s, gain: variance_by_steps(L + 1, s, gain), "One block too many"),
        (lambda L, s, gain: np.exp(L * s**2 * gain), "where each block adds little"),
        (lambda L, s, gain: L * (1 + s**2 * gain), "Its input has grown already"),
        (lambda L, s, gain: 1 + (s**2 * gain) ** L, "not the net"),
    ],
    "drop_block": [
        (lambda model, i, x: dropped_by_slices(model, i - 1, x), "but its neighbour"),
        (lambda model, i, x: dropped_by_slices(model, i + 1, x), "but its neighbour"),
        (dropped_by_scale(), "Right where there is a skip"),
        (dropped_by_scale(copy=True), "Right where there is a skip"),
        (dropped_by_scale(put_back=False), "The model is not as it was"),
        (dropped_by_scale(to=1), "The model is not as it was"),
        (dropped_by_weights, "Changes its input `model` in place"),
        (dropped_too_early, "More is left out"),
        (lambda model, i, x: dropped_by_slices(model[1:-2], i - 1, x), "More is left"),
        (lambda model, i, x: dropped_by_slices(model[:-2], i, x), "More is left out"),
        (branch_kept, "You take the skip out"),
        (output_zeroed, "comes through where the block was"),
        (lambda model, i, x: model(x), "Nothing is left out"),
        (lambda model, i, x: model[-2:](model[: i + 1](x)), "More is left out"),
        (lambda model, i, x: dropped_by_slices(model, i, x).data, "an array"),
    ],
    "strengths": [
        (lambda block, x: (1.0, block.scale), "what the block says of itself"),
        (measured_by(by_ratios), "Your a is always 1"),
        (
            measured_by(lambda x, z, y: (1.0, z @ (y - x) / (z @ z))),
            "Your a is always 1",
        ),
        (
            measured_by(
                lambda x, z, y: (1.0, np.linalg.norm(y - x) / np.linalg.norm(z))
            ),
            "A size knows no sign",
        ),
        (
            measured_by(lambda x, z, y: (1.0, lab.rms(y - x) / lab.rms(z))),
            "A size knows no sign",
        ),
        (
            measured_by(lambda x, z, y: (x @ y / (x @ x), z @ y / (z @ z))),
            "as if the other were not there",
        ),
        (by_an_input_of_0, "NaN"),
        (measured_by(by_two_ratios), "as if the other were not there"),
        (measured_by(lambda x, z, y: by_cramer(x, z, y)[::-1]), "in the other order"),
        (
            measured_by(lambda x, z, y: by_cramer(x, z, y)[1]),
            "One value is returned where 2",
        ),
        (lambda block, x: (block(x), block.branch(x)), "`a`"),
    ],
    "zero_start": [
        (zeroed_where(0), "You set an earlier layer to 0"),
        (zeroed_where(-1, bias=1), "The last bias is left"),
        (zeroed_where(-1, weight=1), "Something still comes"),
        (zeroed_where(-1, 0.01, 0.01), "Small is not 0"),
        (zeroed_where(-1, 0.1, 0), "Small is not 0"),
        (
            lambda layers: [(0 * W, 0 * b) for W, b in layers],
            "Hidden layers are changed",
        ),
        (lambda layers: [(0 * W, b) for W, b in layers], "The last bias is left"),
        (lambda layers: [(W, 0 * b) for W, b in layers], "Something still comes"),
        (lambda layers: zeroed_in_a_copy(layers)[-1], "All layers are wanted"),
        (lambda layers: list(layers), "Something still comes"),
        (zeroed_in_place, "Changes its input `layers` in place"),
        (zeroed_in_the_list, "Changes its input `layers` in place"),
    ],
    "padded_shortcut": [
        (padded_in_front, "neither before them nor on both sides"),
        (padded_on_both_sides, "neither before them nor on both sides"),
        (tiled, "Yours repeat those that it has"),
        (a_corner, "That is a corner of the image"),
        (lambda x, c, s: padded_by_zeros(x, c, 1), "Only one of the two is done"),
        (lambda x, c, s: x[:, :, ::s, ::s], "Only one of the two is done"),
        (
            lambda x, c, s: padded_by_zeros(x[:, :, s - 1 :, s - 1 :], c, s),
            "The first row and the first column",
        ),
        (
            lambda x, c, s: padded_by_zeros(x, c, s, take=lambda x, s: x[:, :, ::s]),
            "Rows and columns are to be skipped",
        ),
        (lambda x, c, s: padded_by_zeros(x, c, s).swapaxes(2, 3), "shape"),
        (lambda x, c, s: padded_by_zeros(x, c, s)[0], "shape"),
    ],
    "path_shares": [
        (paths_alike, "All paths count alike"),
        (lambda L, s, gain: 2**L * paths_alike(L, s, gain), "A share is a part of all"),
        (
            lambda L, s, gain: np.array(
                [comb(L, k) * (s**2 * gain) ** k for k in range(L + 1)]
            ),
            "A share is a part of all",
        ),
        (
            lambda L, s, gain: (
                np.array([(s**2 * gain) ** k for k in range(L + 1)])
                / sum((s**2 * gain) ** k for k in range(L + 1))
            ),
            "How many choices of k blocks",
        ),
        (
            lambda L, s, gain: shares_by_factor(L, s * gain),
            "factor is scale",
        ),
        (lambda L, s, gain: shares_by_chance(L, s, 1), "Yours are others"),
        (lambda L, s, gain: shares_by_blocks(L, s, gain)[::-1], "begins with the"),
        (lambda L, s, gain: shares_by_blocks(L, s, gain)[1:], "One length is missing"),
        (shares_as_a_list, "list"),
    ],
    "plain_twin": [
        (as_they_came, "below 0 never comes back"),
        (
            twin_with(lambda one, W: [[W, 0 * one], [-W, 0 * one]]),
            "The skip is missing",
        ),
        (
            lambda stem, blocks, head, scale: twin_as()(stem, blocks, head, 1),
            "`scale` has no effect",
        ),
        (
            twin_with(lambda one, W: [[one + W, -one], [one + W, -one]]),
            "The lower half",
        ),
        (
            twin_with(lambda one, W: [[one + W, -one - W], [-one - W, one + W]]),
            "What does m",
        ),
        (
            twin_with(
                lambda one, W: [[one + W, -one], [-one - W, one]],
                lambda V: np.hstack([V, -V]),
            ),
            "The head sees relu(h)",
        ),
        (lambda *net: twin_as()(*net)[1:-1], "All layers are wanted"),
        (
            lambda stem, blocks, head, scale: [stem, *blocks, head],
            "The skip is missing",
        ),
    ],
    "highway_forward": [
        (lambda x, branch, gate: x + gate * branch(x), "That is the lesson's answer"),
        (lambda x, branch, gate: highway(x, branch, 1 - gate), "are exchanged"),
        (lambda x, branch, gate: gate * branch(x), "a part of one of the two"),
    ],
    "norm_start": [
        (lambda layers: norm_started(layers, W=0), "That is the lesson's answer"),
        (lambda layers: norm_started(layers, beta=1), "The last beta is left"),
        (lambda layers: norm_started(layers, gamma=1), "there is still gamma"),
        (lambda layers: norm_started(layers, at=0), "Only the last norm"),
    ],
    "projected_shortcut": [
        (lambda x, c, s, W: padded_by_zeros(x, c, s), "That is the lesson's answer"),
        (lambda x, c, s, W: projected_by_pixels(x, c, 1, W), "The stride has no"),
    ],
}


test_a_right_answer_of_another_form_passes = right_pass(RIGHT)


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def test_what_a_statement_leaves_open_is_varied():
    blocks = inputs("residual_forward")
    assert {x.dtype.kind for x, *_ in blocks} == {"i", "f"}
    assert any((branch(x) == x).all() for x, branch, _ in blocks)
    for sizes in (
        [x.shape for x, *_ in blocks],
        [x.shape for _, x, *_ in inputs("residual_backward")],
    ):
        assert {1, 2, 3} <= {N for N, _ in sizes} & {n for _, n in sizes}
    assert any((x == 0).any() for _, x, *_ in inputs("residual_backward"))
    for name in ("residual_forward", "residual_backward"):
        assert {-1, 0, 1} == {np.sign(scale) for *_, scale in inputs(name)}
    for name in ("variance_after", "path_shares"):
        assert {0, 1, 2, 50} <= {blocks for blocks, *_ in inputs(name)}
        assert {-1, 0, 1} == {np.sign(scale) for _, scale, _ in inputs(name)}
        assert {0, 1, 1 / 6} <= {gain for *_, gain in inputs(name)}
    models = inputs("drop_block")
    assert {1, 2, 3} <= {len(model) - 3 for model, *_ in models}
    assert {True, False} == {model[1].shortcut is None for model, *_ in models}
    assert any(i == len(model) - 4 > 0 for model, i, _ in models)
    assert {1, 2, 3} <= {len(layers) for (layers,) in inputs("zero_start")}
    images = inputs("padded_shortcut")
    assert {1, 2, 3} <= {stride for *_, stride in images}
    assert {0, 1} == {x.shape[2] % 2 for x, *_ in images}
    assert any(x.shape[1] == channels for x, channels, _ in images)
    assert {0, 1, 2} <= {len(blocks) for _, blocks, *_ in inputs("plain_twin")}


def test_the_two_ways_of_a_block_have_an_answer():
    ways = [find("strengths").reference(*case) for case in inputs("strengths")]
    assert {True, False} == {
        bool(np.allclose(found, (1, block.scale)))
        for found, (block, _) in zip(ways, inputs("strengths"), strict=True)
    }
    for block, x in inputs("strengths"):
        angle = np.corrcoef(x.data.ravel(), block.branch(x).data.ravel())[0, 1]
        assert abs(angle) < 0.9999


def test_their_block_says_a_scale_and_does_not_use_it():
    rng, scale = np.random.default_rng(0), 200**-0.5
    branch = nn.Sequential(nn.ReLU(), nn.Linear(6, 6))
    theirs = fixture("11_residual", "TheirResidual")(branch, scale=scale)
    found = find("strengths").reference(theirs, tensor(rng.normal(size=(5, 6))).float())
    assert theirs.scale == scale
    np.testing.assert_allclose(found, (1, 1), atol=1e-5)
    assert f"{scale:.3}" not in repr(theirs)
    assert vars(theirs).keys() == vars(nn.Residual(branch, scale=scale)).keys()
