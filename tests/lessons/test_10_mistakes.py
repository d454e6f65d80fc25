"""Right and wrong answers to the exercises of lesson 10, and what is told."""

from math import prod

import numpy as np
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import nn, tensor
from dlcourse.teach.exercise import find

F = nn.functional


# ------------------------------------------------------------------------- correlate2d


def corr_by_places(x, k, turn=1, room=1):
    (H, W), (kh, kw) = x.shape, k.shape
    y = np.zeros((H - kh + room, W - kw + room))
    for i, j in np.ndindex(y.shape):
        y[i, j] = (x[i : i + kh, j : j + kw] * k[::turn, ::turn]).sum()
    return y


def corr_by_four_loops(x, k, like=float, add=True, square=False):
    (H, W), (kh, kw) = x.shape, k.shape
    y = np.zeros((H - kh + 1, W - kw + 1), like or x.dtype)
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            for a in range(kh):
                for b in range(kh if square else kw):
                    new = x[i + a, j + b] * k[a, b]
                    y[i, j] = y[i, j] + new if add else new
    return y


def corr_by_entries(x, k):
    h, w = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    return sum(k[a, b] * x[a : a + h, b : b + w] for a, b in np.ndindex(k.shape))


def corr_by_lists(x, k):
    (H, W), (kh, kw) = x.shape, k.shape
    return np.array(
        [
            [np.sum(x[i : i + kh, j : j + kw] * k) for j in range(W - kw + 1)]
            for i in range(H - kh + 1)
        ]
    )


def corr_in_place(x, k):
    x *= 2
    return corr_by_places(x / 2, k)


def corr_by_the_engine(x, k):
    return F.conv2d(*(tensor(np.float64(a)[None, None]) for a in (x, k)))[0, 0]


# -------------------------------------------------------------- weights_and_connections


def counted(C, D, kernel, image):
    weights = D * (C * prod(kernel) + 1)
    return weights, weights * (image[0] - kernel[0] + 1) * (image[1] - kernel[1] + 1)


def counted_by_shapes(C, D, kernel, image):
    weight, bias = np.zeros((D, C, *kernel)), np.zeros(D)
    y = corr_by_places(np.zeros(image), np.zeros(kernel))
    return weight.size + bias.size, (weight.size + bias.size) * y.size


def counted_by_layers(C, D, kernel, image):
    shared = nn.Conv2d(C, D, kernel).parameters()
    unshared = nn.LocallyConnected2d(C, D, kernel, image).parameters()
    return tuple(sum(prod(p.shape) for p in all_) for all_ in (shared, unshared))


# ------------------------------------------------------------------------------ im2col


def rows_by_places(x, kh, kw):
    (H, W), found = x.shape, []
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            found.append(x[i : i + kh, j : j + kw].flatten())
    return np.array(found)


def rows_by_columns(x, kh, kw):
    h, w = x.shape[0] - kh + 1, x.shape[1] - kw + 1
    shifted = [x[a : a + h, b : b + w].ravel() for a, b in np.ndindex(kh, kw)]
    return np.stack(shifted, axis=1)


def rows_by_indices(x, kh, kw):
    i, j = np.indices((x.shape[0] - kh + 1, x.shape[1] - kw + 1)).reshape(2, -1, 1)
    a, b = np.indices((kh, kw)).reshape(2, 1, -1)
    return x[i + a, j + b]


def rows_as_read(x, kh, kw, places="C", within="C"):
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw))
    places = windows if places == "C" else windows.swapaxes(0, 1)
    return np.array([w.ravel(within) for w in places.reshape(-1, kh, kw)])


# --------------------------------------------------------------------- conv1d_backward


def back_by_places(g, x, w, turn=1, db=np.sum, add=True):
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for i in range(g.shape[1]):
        part = g[:, i : i + 1] * w[::turn]
        dx[:, i : i + len(w)] = part + dx[:, i : i + len(w)] * add
        dw += g[:, i] @ x[:, i : i + len(w)]
    return dx, dw, db(g)


def back_by_numpy(g, x, w):
    dx = np.array([np.convolve(row, w) for row in g])
    pairs = zip(x, g, strict=True)
    return dx, sum(np.correlate(a, b, "valid") for a, b in pairs), g.sum()


def back_by_matrix(g, x, w):
    n, k = x.shape[1], len(w)
    A = sum(w[a] * np.eye(n - k + 1, n, a) for a in range(k))
    dA = g.T @ x
    return g @ A, np.array([np.trace(dA, a) for a in range(k)]), g.sum()


def back_in_place(g, x, w):
    g *= 2
    return back_by_places(g / 2, x, w)


def changed(f, **parts):
    """f, with some of dx, dw, db changed."""

    def given(*args):
        found = dict(zip(("dx", "dw", "db"), f(*args), strict=True))
        return tuple(
            parts.get(name, lambda v, *_: v)(v, *args) for name, v in found.items()
        )

    return given


# ------------------------------------------------------------------- max_pool_backward


def pool_by_argmax(g, x, size, stride, corner=True, add=True):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(g.shape):
        r, c = i * stride, j * stride
        a, b = divmod(int(x[r : r + size, c : c + size].argmax()), size)
        at = (r + a, c + b) if corner else (a, b)
        dx[at] = g[i, j] + dx[at] * add
    return dx


def pool_by_search(g, x, size, stride, begin=-np.inf, better=lambda a, b: a > b):
    dx = np.zeros_like(x)
    for i in range(g.shape[0]):
        for j in range(g.shape[1]):
            most, at = begin, None
            for r in range(i * stride, i * stride + size):
                for c in range(j * stride, j * stride + size):
                    if better(x[r, c], most):
                        most, at = x[r, c], (r, c)
            if at:
                dx[at] += g[i, j]
    return dx


def pool_by_the_engine(g, x, size, stride):
    leaf = tensor(x[None, None], requires_grad=True)
    y = F.max_pool2d(leaf, size, stride)
    (y * tensor(g[None, None])).sum().backward()
    return leaf.grad.data[0, 0]


def pool_to_all(g, x, size, stride, share=1):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(g.shape):
        part = np.s_[i * stride : i * stride + size, j * stride : j * stride + size]
        ties = x[part] == x[part].max()
        dx[part] += g[i, j] * ties / (ties.sum() if share != 1 else 1)
    return dx


# -------------------------------------------------------------------- first_difference


def outputs(net, x):
    found = [x]
    for layer in net:
        found.append(layer(found[-1]))
    return [np.array(each.data) for each in found[1:]]


def parted_by_lists(ours, theirs, x):
    pairs = zip(outputs(ours, x), outputs(theirs, x), strict=True)
    alike = [np.allclose(a, b, rtol=0, atol=1e-4) for a, b in pairs]
    return alike.index(False) if False in alike else len(alike)


def parted_by_while(ours, theirs, x):
    a, b, i = x, x, 0
    while i < len(ours):
        a, b = ours[i](a), theirs[i](b)
        if abs(a.detach().numpy() - b.detach().numpy()).max() > 1e-4:
            break
        i += 1
    return i


def parted_fed_alike(ours, theirs, x):
    for i in range(len(ours)):
        a, b = ours[i](x), theirs[i](x)
        if np.any(np.abs(a.data - b.data) > 1e-4):
            return np.int64(i)
        x = a
    return len(ours)


def parted(differ, none=len, plus=0):
    def find_it(ours, theirs, x):
        pairs = zip(outputs(ours, x), outputs(theirs, x), strict=True)
        for i, pair in enumerate(pairs):
            if differ(*pair):
                return i + plus
        return none(ours)

    return find_it


def far(a, b):
    return np.abs(a - b).max() > 1e-4


# --------------------------------------------------------- output_size, receptive_field


def length(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def length_by_counting(size, kernel, stride, padding, dilation):
    places, at = 0, -padding
    while at + dilation * (kernel - 1) <= size + padding - 1:
        places, at = places + 1, at + stride
    return places


def field_by_jumps(layers):
    strides = [stride for _, stride, _ in layers]
    steps = [d * (k - 1) * prod(strides[:i]) for i, (k, _, d) in enumerate(layers)]
    return 1 + sum(steps)


def field_backwards(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + dilation * (kernel - 1) + 1
    return field


def field_by_sets(layers):
    seen = {0}
    for kernel, stride, dilation in layers[::-1]:
        seen = {at * stride + dilation * a for at in seen for a in range(kernel)}
    return max(seen) - min(seen) + 1


def pixels_that_count(layers):
    seen = {0}
    for kernel, stride, dilation in layers[::-1]:
        seen = {at * stride + dilation * a for at in seen for a in range(kernel)}
    return len(seen)


def field(layers, early=False, step=lambda jump, s: jump * s, size=1):
    jump = 1
    for kernel, stride, dilation in layers:
        jump = step(jump, stride) if early else jump
        size += dilation * (kernel - 1) * jump
        jump = jump if early else step(jump, stride)
    return size


# ---------------------------------------------------------------------- circulant_part


def nearest_by_shifts(A):
    n = len(A)
    return np.mean([np.roll(A, (k, k), (0, 1)) for k in range(n)], axis=0)


def nearest_by_numbers(A):
    n, C = len(A), np.zeros(A.shape)
    for d in range(n):
        places = [((j + d) % n, j) for j in range(n)]
        for i, j in places:
            C[i, j] = sum(A[at] for at in places) / n
    return C


def nearest_by_waves(A):
    W = np.fft.fft(np.eye(len(A))) / len(A) ** 0.5
    return (W.conj().T @ np.diag(np.diag(W @ A @ W.conj().T)) @ W).real


def nearest_toeplitz(A):
    n, C = len(A), np.zeros(A.shape)
    for d in range(-n + 1, n):
        C += np.diag([np.trace(A, d) / (n - abs(d))] * (n - abs(d)), d)
    return C


# ---------------------------------------------------------------------------- variants


def full_by_padding(x, k, turn=-1):
    edges = [(n - 1, n - 1) for n in k.shape]
    return corr_by_places(np.pad(x, edges), k, turn)


def full_by_entries(x, k):
    wide = [
        np.pad(x, [(a, h - a - 1), (b, w - b - 1)]) * k[a, b]
        for h, w in [k.shape]
        for a, b in np.ndindex(k.shape)
    ]
    return np.sum(wide, axis=0)


def linked(C, D, kernel, image, table):
    places = counted(1, 1, kernel, image)[1] // counted(1, 1, kernel, image)[0]
    weights = sum(row.sum() * prod(kernel) + 1 for row in table)
    return weights, weights * places


def seen_by_sets(layers, i):
    seen = {i}
    for kernel, stride, padding in layers[::-1]:
        seen = {at * stride - padding + a for at in seen for a in range(kernel)}
    return min(seen), max(seen)


def seen_from_the_input(layers, i):
    """The first output's first pixel, how far outputs are apart, and the size."""
    first, jump, size = 0, 1, 1
    for kernel, stride, padding in layers:
        first -= padding * jump
        size += (kernel - 1) * jump
        jump *= stride
    return first + i * jump, first + i * jump + size - 1


# ------------------------------------------------------------------ what they are told

RIGHT = {
    "correlate2d": [
        corr_by_places,
        corr_by_four_loops,
        corr_by_entries,
        corr_by_lists,
        in_single_precision(corr_by_places),
    ],
    "weights_and_connections": [counted, counted_by_shapes, counted_by_layers],
    "im2col": [
        rows_by_places,
        rows_by_columns,
        rows_by_indices,
        rows_as_read,
        in_single_precision(rows_by_places),
    ],
    "conv1d_backward": [
        back_by_places,
        back_by_numpy,
        back_by_matrix,
        in_single_precision(back_by_places),
    ],
    "max_pool_backward": [
        pool_by_argmax,
        pool_by_search,
        pool_by_the_engine,
        in_single_precision(pool_by_argmax),
    ],
    "first_difference": [parted_by_lists, parted_by_while, parted_fed_alike],
    "output_size": [
        length,
        length_by_counting,
        lambda n, k, s, p, d: len(range(0, n + 2 * p - d * (k - 1), s)),
    ],
    "receptive_field": [field, field_by_jumps, field_backwards, field_by_sets],
    "circulant_part": [
        nearest_by_shifts,
        nearest_by_numbers,
        nearest_by_waves,
        in_single_precision(nearest_by_shifts),
    ],
    "full_convolution": [full_by_padding, full_by_entries],
    "linked_weights_and_connections": [linked],
    "seen_pixels": [seen_by_sets, seen_from_the_input],
}

TOLD = {
    "correlate2d": [
        (lambda x, k: corr_by_places(x, k, -1), "The kernel is turned"),
        (lambda x, k: corr_by_places(x, k, room=0), "The last row and the last"),
        (lambda x, k: corr_by_four_loops(x, k, None), "The result is of dtype int64"),
        (lambda x, k: corr_by_four_loops(x, k, add=False), "The products are to be"),
        (lambda x, k: corr_by_four_loops(x, k, square=True), "need not be square"),
        (lambda x, k: corr_by_places(x, k).T, "Rows and columns of the result"),
        (lambda x, k: corr_by_places(x, k) / k.size, "The products are to be"),
        (lambda x, k: corr_by_places(x, k[::-1]), "Only one of the kernel's"),
        (corr_by_the_engine, "The result is a Tensor of shape"),
        (corr_in_place, "Changes its input `x` in place"),
        (lambda x, k: corr_by_places(x, k).tolist(), "list"),
        (lambda x, k: np.pad(x, 9), "The result has shape"),
    ],
    "weights_and_connections": [
        (lambda C, D, k, n: (C * D * prod(k), 0), "`weights` is wrong"),
        (lambda *a: counted(1, *a[1:]), "looks at all input channels"),
        (lambda C, D, *sizes: counted(1, C * D, *sizes), "Each kernel has a bias"),
        (
            lambda *a: (counted(*a)[0], counted(*a)[1] // counted(*a)[0]),
            "how often one weight is used",
        ),
        (
            lambda C, D, k, n: (counted(C, D, k, n)[0] - D + 1, counted(C, D, k, n)[1]),
            "A bias counts once per output channel",
        ),
        (lambda *a: counted(*a)[::-1], "The two are in the other order"),
        (lambda *a: counted(*a)[:1] * 2, "Your two counts are equal"),
        (lambda *a: counted(*a)[1:] * 2, "Your two counts are equal"),
        (
            lambda C, D, k, n: counted(C, D, k, [n[0] + k[0] - 1, n[1] + k[1] - 1]),
            "At how many places does",
        ),
        (
            lambda C, D, k, n: (
                C * D * prod(k),
                C * D * prod(k) * (n[0] - k[0] + 1) * (n[1] - k[1] + 1),
            ),
            "The biases are missing",
        ),
        (lambda *a: counted(*a)[0], "One value is returned where 2"),
    ],
    "im2col": [
        (lambda x, a, b: rows_by_places(x, a, b).T, "Yours are columns"),
        (lambda x, a, b: rows_as_read(x, a, b, "F"), "The rows are in another"),
        (lambda x, a, b: rows_as_read(x, a, b, "C", "F"), "you read down its columns"),
        (lambda x, a, b: rows_by_places(x, a, b)[:, ::-1], "The windows are turned"),
        (
            lambda x, a, b: rows_by_places(x[:-1], a, b).reshape(-1, a * b),
            "The last window of each",
        ),
        (lambda x, a, b: rows_by_places(x, b, a), "The result"),
        (lambda x, a, b: rows_by_places(x, a, b)[None], "The result has shape"),
    ],
    "conv1d_backward": [
        (lambda *a: back_by_places(*a, turn=-1), "the kernel lies the wrong way"),
        (lambda *a: back_by_places(*a, add=False), "A pixel lies in several"),
        (lambda *a: back_by_places(*a, db=lambda g: g.sum(axis=0)), "b is one number"),
        (lambda *a: back_by_places(*a, db=np.mean), "No mean is taken over"),
        (
            changed(
                back_by_places,
                dw=lambda dw, g, x, w: dw / len(g),
                db=lambda db, g, x, w: db / len(g),
            ),
            "No mean is taken over",
        ),
        (changed(back_by_places, dw=lambda dw, *_: dw[::-1]), "dw is turned"),
        (
            changed(
                back_by_places,
                dx=lambda dx, g, x, w: np.array(
                    [np.convolve(row, w, "same") for row in g]
                ),
            ),
            "`dx` has shape",
        ),
        (
            changed(
                back_by_places,
                dw=lambda dw, g, x, w: g[:, -1] @ x[:, g.shape[1] - 1 :],
            ),
            "dw: only one place counts",
        ),
        (back_in_place, "Changes its input `g` in place"),
        (lambda *a: back_by_places(*a)[:2], "The result has 2 values"),
    ],
    "max_pool_backward": [
        (pool_to_all, "Where entries are equal, each"),
        (lambda *a: pool_to_all(*a, share=0), "Where entries are equal, each"),
        (lambda *a: pool_by_search(*a, begin=0), "begins at 0"),
        (lambda g, x, *a: pool_by_argmax(g, np.maximum(x, 0), *a), "begins at 0"),
        (lambda g, *a: pool_by_argmax(np.ones_like(g), *a), "the slope of y alone"),
        (lambda g, x, *a: pool_by_argmax(g.T, x.T, *a).T, "rows and columns are"),
        (lambda *a: pool_by_argmax(*a, corner=False), "The index counts within"),
        (lambda *a: pool_by_argmax(*a, add=False), "An entry may be the largest"),
        (
            lambda *a: pool_by_search(*a, better=lambda a, b: a >= b),
            "Of equal entries you take the last",
        ),
        (lambda g, x, size, stride: pool_by_argmax(g, x, size, size), "raises"),
        (lambda g, x, size, stride: g, "The result has shape"),
    ],
    "first_difference": [
        (parted(lambda a, b: abs(a.sum() - b.sum()) > 1e-4), "Entries that change"),
        (parted(lambda a, b: abs(a.mean() - b.mean()) > 1e-4), "Entries that change"),
        (parted(lambda a, b: (a != b).any()), "Differences below 1e-4"),
        (parted(lambda a, b: far(np.sort(a, None), np.sort(b, None))), "Entries that"),
        (parted(lambda a, b: not np.allclose(a, b)), "Differences below 1e-4"),
        (parted(lambda a, b: (a - b).max() > 1e-4), "A difference may be negative"),
        (parted(lambda a, b: abs(a - b).mean() > 1e-4), "One entry of one example"),
        (parted(lambda a, b: ((a - b) ** 2).max() > 1e-4), "One entry of one example"),
        (parted(lambda a, b: far(a[0], b[0])), "One entry of one example"),
        (parted(lambda a, b: a.shape != b.shape), "Equal shapes, or equal"),
        (parted(far, plus=1), "You count from 1"),
        (parted(far, none=lambda net: -1), "Where no layer differs"),
        (parted(far, none=lambda net: None), "None"),
        (
            lambda ours, theirs, x: (
                len(ours) - 1 if far(ours(x).data, theirs(x).data) else len(ours)
            ),
            "where the last difference is seen",
        ),
    ],
    "output_size": [
        (lambda n, k, s, p, d: -((d * (k - 1) + 1 - n - 2 * p) // s) + 1, "round down"),
        (lambda n, k, s, p, d: length(n, k, s, p, d) - 1, "One place is missing"),
        (lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1, "How many pixels does a"),
        (lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1, "at both ends"),
        (lambda n, k, s, p, d: (n + 2 * p - k) // s + 1, "The dilation has no"),
        (lambda n, k, s, p, d: length(n, k, s, 0, d), "The padding has no effect"),
        (lambda n, k, s, p, d: length(n, k, 1, p, d), "The stride has no effect"),
        (
            lambda n, k, s, p, d: round((n + 2 * p - d * (k - 1) - 1) / s) + 1,
            "round down",
        ),
        (
            lambda n, k, s, p, d: (n + 2 * p - k - d * (k - 1)) // s + 1,
            "How many pixels does a",
        ),
        (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1)) // s, "The stride divides"),
        (
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1,
            "Places are whole",
        ),
    ],
    "receptive_field": [
        (lambda layers: prod(k for k, _, _ in layers), "Kernels do not multiply"),
        (lambda layers: field(layers, early=True), "own stride comes too early"),
        (lambda layers: field(layers, step=lambda jump, s: s), "Steps multiply"),
        (lambda layers: field(layers, step=lambda jump, s: jump + s), "Steps multiply"),
        (
            lambda layers: (
                1
                + sum(
                    d * (k - 1) * prod(s * e for _, s, e in layers[:i])
                    for i, (k, _, d) in enumerate(layers)
                )
            ),
            "Dilation spreads its own",
        ),
        (lambda layers: field(layers, step=lambda jump, s: 1), "The strides have no"),
        (lambda layers: field([(k, s, 1) for k, s, _ in layers]), "The dilation is"),
        (lambda layers: field(layers, size=0), "Without layers one pixel"),
        (lambda layers: field(layers[::-1]), "you go through it from the other"),
        (pixels_that_count, "The result is wrong"),
    ],
    "circulant_part": [
        (lambda A: len(A) * nearest_by_shifts(A), "A sum of entries"),
        (lambda A: nearest_by_shifts(A).T, "It is turned"),
        (lambda A: nearest_by_shifts(A)[:, 0], "Those are the n numbers"),
        (nearest_toeplitz, "The diagonals go on round"),
        (lambda A: nearest_by_shifts(A[::-1])[::-1], "run the other way"),
        (lambda A: np.full(A.shape, A.mean()), "Means of whole columns"),
        (lambda A: A, "The result"),
    ],
    "full_convolution": [
        (corr_by_places, "That is the lesson's answer"),
        (lambda x, k: full_by_padding(x, k, 1), "turned once too often"),
    ],
    "linked_weights_and_connections": [
        (lambda C, D, k, n, t: counted(C, D, k, n), "You count all links"),
        (lambda *a: linked(*a[:4], a[4][a[4].any(axis=1)]), "without a link still"),
    ],
    "seen_pixels": [
        (lambda layers, i: field(layers), "That is the lesson's answer"),
        (lambda layers, i: seen_by_sets(layers[::-1], i), "Begin with the output"),
        (
            lambda layers, i: seen_by_sets([(k, s, 0) for k, s, _ in layers], i),
            "The padding moves the first",
        ),
        (
            lambda layers, i: seen_from_the_input(
                [(k, s, p * s) for k, s, p in layers], i
            ),
            "does not stretch it",
        ),
    ],
}


test_a_right_answer_of_another_form_passes = right_pass(RIGHT)


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def test_what_a_statement_leaves_open_is_varied():
    pairs = inputs("correlate2d")
    assert {x.dtype.kind for x, _ in pairs} == {"i", "f"}
    assert any(x.shape == k.shape != (1, 1) for x, k in pairs)
    assert any(k.shape == (1, 1) != x.shape for x, k in pairs)
    assert {1, 2, 3} <= {n for x, k in pairs for n in (*x.shape, *k.shape)}
    layers = inputs("weights_and_connections")
    assert any(kernel == image for *_, kernel, image in layers)
    assert {1, 8} <= {n for C, D, *_ in layers for n in (C, D)}
    shapes = {
        (len(x) == 1, len(w) == 1, g.shape[1] == 1)
        for g, x, w in inputs("conv1d_backward")
    }
    assert len(shapes) == 8
    pools = inputs("max_pool_backward")
    assert any(x.max() < 0 for _, x, *_ in pools)
    assert {np.sign(size - stride) for *_, size, stride in pools} == {-1, 0, 1}
    parts = [find("first_difference").reference(*a) for a in inputs("first_difference")]
    assert {0, 1, 2, 3, 4} <= set(parts)
    assert {5, 6} & set(parts)
    assert {0, 1} <= {padding for *_, padding, _ in inputs("output_size")}
    assert {0, 1, 6} <= {len(layers) for (layers,) in inputs("receptive_field")}
    assert {1, 2, 7} <= {len(A) for (A,) in inputs("circulant_part")}


def test_a_flatten_that_reads_channels_last_only_changes_the_order():
    ours, theirs, x = inputs("first_difference", [0])[1]
    a, b = outputs(ours, x)[3], outputs(theirs, x)[3]
    assert find("first_difference").reference(ours, theirs, x) == 3
    np.testing.assert_allclose(np.sort(a), np.sort(b), atol=1e-9)
