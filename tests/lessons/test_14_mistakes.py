"""Right and wrong answers to the exercises of lesson 14, and what is told."""

import numpy as np
import pytest
import torch
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import compress, manual_seed, nn, optim, tensor
from dlcourse.teach import fixture
from dlcourse.teach.exercise import find

# ------------------------------------------------------------------------ global_masks


def masks_plain(weights, share):
    sizes = np.concatenate([abs(w).ravel() for w in weights])
    stays = np.ones(len(sizes), dtype=bool)
    stays[np.argsort(sizes, kind="stable")[: round(share * len(sizes))]] = False
    out, at = [], 0
    for w in weights:
        out.append(stays[at : at + w.size].reshape(w.shape))
        at += w.size
    return out


def masks_by_a_sorted_list(weights, share):
    entries = [
        (abs(x), i, j) for i, w in enumerate(weights) for j, x in enumerate(w.ravel())
    ]
    goes = {(i, j) for _, i, j in sorted(entries)[: round(share * len(entries))]}
    return [
        np.array([(i, j) not in goes for j in range(w.size)]).reshape(w.shape)
        for i, w in enumerate(weights)
    ]


def masks_by_ranks(weights, share):
    flat = np.hstack([np.ravel(w) ** 2 for w in weights])
    ranks = np.empty(len(flat), int)
    ranks[np.argsort(flat, kind="mergesort")] = np.arange(len(flat))
    masks = np.split(
        ranks >= round(share * len(flat)), np.cumsum([w.size for w in weights])[:-1]
    )
    return [m.reshape(w.shape) for m, w in zip(masks, weights, strict=True)]


def masks_one_by_one(weights, share):
    left = [[abs(x) for x in w.flat] for w in weights]
    for _ in range(round(share * sum(w.size for w in weights))):
        i = min(range(len(left)), key=lambda i: min(left[i]))
        left[i][left[i].index(min(left[i]))] = float("inf")
    return [
        np.isfinite(sizes).reshape(w.shape)
        for sizes, w in zip(left, weights, strict=True)
    ]


def masks_by_a_partition(weights, share):
    """Which of two equal ones goes is left to chance."""
    flat = np.concatenate([abs(w).ravel() for w in weights])
    k = round(share * len(flat))
    stays = np.ones(len(flat), bool)
    stays[np.argsort(-flat, kind="stable")[::-1][:k]] = False
    ends = np.cumsum([w.size for w in weights])[:-1]
    return [
        m.reshape(w.shape) for m, w in zip(np.split(stays, ends), weights, strict=True)
    ]


def masks_of_kept_sorted(weights, share):
    flat = np.concatenate([abs(w).ravel() for w in weights])
    limit = np.sort(flat)[::-1][: len(flat) - round(share * len(flat))]
    limit = limit[-1] if len(limit) else np.inf
    return [abs(w) >= limit for w in weights]


# ------------------------------------------------------------------------- masked_step


def step_plain(w, grad, velocity, mask, lr, momentum, weight_decay):
    g = grad + weight_decay * w
    velocity = momentum * velocity + g
    w = w - lr * velocity
    return w * mask, velocity * mask


def step_of_what_is_left(w, grad, velocity, mask, lr, momentum, weight_decay):
    new_w, new_v = np.zeros_like(w), np.zeros_like(w)
    new_v[mask] = momentum * velocity[mask] + grad[mask] + weight_decay * w[mask]
    new_w[mask] = w[mask] - lr * new_v[mask]
    return new_w, new_v


def step_masked_first(w, grad, velocity, mask, lr, momentum, weight_decay):
    """All three under the mask: so nothing is left that could move."""
    w, grad, velocity = w * mask, grad * mask, velocity * mask
    velocity = momentum * velocity + grad + weight_decay * w
    return w - lr * velocity, velocity


def step_by_where(w, grad, velocity, mask, lr, momentum, weight_decay):
    v = np.where(mask, momentum * velocity + grad + weight_decay * w, 0)
    return np.where(mask, w - lr * v, 0), v


def step_in_place(w, grad, velocity, mask, lr, momentum, weight_decay):
    velocity *= momentum
    velocity += grad + weight_decay * w
    w -= lr * velocity
    return w * mask, velocity * mask


def step_of_torch(w, grad, velocity, mask, lr, momentum, weight_decay):
    w, velocity = torch.tensor(w * mask), torch.tensor(velocity * mask)
    velocity = momentum * velocity + torch.tensor(grad * mask) + weight_decay * w
    return (w - lr * velocity).numpy(), velocity.numpy()


def step_decay_after_the_step(w, grad, velocity, mask, lr, momentum, weight_decay):
    velocity = momentum * velocity + grad
    w = w - lr * velocity
    return w * (1 - lr * weight_decay) * mask, velocity * mask


# ----------------------------------------------------------------------- without_units


def units_plain(W1, b1, W2, keep):
    places = W2.shape[1] // len(keep)
    return W1[keep], b1[keep], W2[:, np.repeat(keep, places)]


def units_by_shape(W1, b1, W2, keep):
    blocks = W2.reshape(len(W2), len(keep), -1)[:, keep]
    return W1[keep], b1[keep], blocks.reshape(len(W2), -1)


def units_by_lists(W1, b1, W2, keep):
    places = W2.shape[1] // W1.shape[0]
    stays = [i for i, yes in enumerate(keep) if yes]
    columns = [i * places + p for i in stays for p in range(places)]
    return np.array([W1[i] for i in stays]), b1[stays], W2[:, columns]


def units_deleted(W1, b1, W2, keep):
    gone = np.flatnonzero(~keep)
    places = W2.shape[1] // len(b1)
    read = (gone[:, None] * places + np.arange(places)).ravel()
    return np.delete(W1, gone, 0), np.delete(b1, gone), np.delete(W2, read, 1)


def units_nearest(W1, b1, W2, keep):
    """As if all units of a place stood together."""
    blocks = W2.reshape(len(W2), -1, len(keep))[:, :, keep]
    return W1[keep], b1[keep], blocks.reshape(len(W2), -1)


# ------------------------------------------------------------------------ stored_bytes


def bytes_plain(rows, columns, kept, bits, index_bits):
    dense = rows * columns * bits / 8
    csr = kept * (bits + index_bits) / 8 + 4 * (rows + 1)
    return dense, csr, kept * bits / 8 + rows * columns / 8


def bytes_in_bits(rows, columns, kept, bits, index_bits):
    n = rows * columns
    starts = 32 * (rows + 1)
    bits = [n * bits, kept * (bits + index_bits) + starts, kept * bits + n]
    return tuple(np.array(bits) / 8)


def bytes_by_density(rows, columns, kept, bits, index_bits):
    n, density = rows * columns, kept / (rows * columns)
    csr = n * density * (bits / 8 + index_bits / 8) + (rows + 1) * 4
    return [n * bits / 8, csr, n * (density * bits + 1) / 8]


# ------------------------------------------------------------------------------- moved


def moved_plain(before, after):
    pairs = []
    for b, a in zip(before, after, strict=True):
        gone = b == 0
        back = np.mean(a[gone] != 0) if gone.any() else 0.0
        lost = np.mean(a[~gone] == 0) if (~gone).any() else 0.0
        pairs.append((back, lost))
    return pairs


def moved_by_counting(before, after):
    found = []
    for b, a in zip(before, after, strict=True):
        zero = back = other = lost = 0
        for x, y in zip(b.flat, a.flat, strict=True):
            if x == 0:
                zero, back = zero + 1, back + (y != 0)
            else:
                other, lost = other + 1, lost + (y == 0)
        found.append((back / max(zero, 1), lost / max(other, 1)))
    return found


def moved_by_nonzero(before, after):
    return [
        (
            np.count_nonzero(a * (b == 0)) / max((b == 0).sum(), 1),
            1 - np.count_nonzero(a * (b != 0)) / np.count_nonzero(b)
            if b.any()
            else 0.0,
        )
        for b, a in zip(before, after, strict=True)
    ]


# --------------------------------------------------------------------- weight_saliency


def saliency_plain(w, gradients):
    return w**2 * (gradients**2).mean(axis=0)


def saliency_batch_by_batch(w, gradients):
    total = np.zeros(w.shape)
    for g in gradients:
        total += np.square(w * g)
    return total / len(gradients)


def saliency_by_einsum(w, gradients):
    return np.einsum("b...,b...->...", gradients, gradients) / len(gradients) * w * w


def saliency_by_spread(w, gradients):
    return w**2 * (gradients.var(axis=0) + gradients.mean(axis=0) ** 2)


# ------------------------------------------------------------------------- csr_product


def dense_of(values, columns, starts, n):
    W = np.zeros((len(starts) - 1, n))
    for j in range(len(starts) - 1):
        for k in range(starts[j], starts[j + 1]):
            W[j, columns[k]] = values[k]
    return W


def product_by_the_matrix(values, columns, starts, x, bias):
    return x @ dense_of(values, columns, starts, x.shape[1]).T + bias


def product_by_rows(values, columns, starts, x, bias):
    y = np.tile(bias, (len(x), 1))
    for j in range(len(bias)):
        for k in range(starts[j], starts[j + 1]):
            y[:, j] += values[k] * x[:, columns[k]]
    return y


def product_by_add_at(values, columns, starts, x, bias):
    rows = np.repeat(np.arange(len(bias)), np.diff(starts))
    y = np.zeros((len(bias), len(x)))
    np.add.at(y, rows, (x[:, columns] * values).T)
    return y.T + bias


def product_by_sums(values, columns, starts, x, bias):
    """Differences of running sums."""
    sums = np.cumsum(x[:, columns] * values, axis=1)
    sums = np.concatenate([np.zeros((len(x), 1)), sums], axis=1)
    return sums[:, starts[1:]] - sums[:, starts[:-1]] + bias


def product_reduced(values, columns, starts, x, bias):
    """By reduceat, where a row is filled."""
    y = np.zeros((len(x), len(bias)))
    filled = np.diff(starts) > 0
    if filled.any():
        each = x[:, columns] * values
        y[:, filled] = np.add.reduceat(each, starts[:-1][filled], axis=1)
    return y + bias


# ----------------------------------------------------------------------------- rewound


def round_plain(start, trained, masks, share):
    left = np.concatenate([m.ravel() for m in masks])
    sizes = np.concatenate([abs(t).ravel() for t in trained])
    places = np.flatnonzero(left)
    goes = places[
        np.argsort(sizes[places], kind="stable")[: round(share * len(places))]
    ]
    left = left.copy()
    left[goes] = False
    new = np.split(left, np.cumsum([m.size for m in masks])[:-1])
    new = [m.reshape(old.shape) for m, old in zip(new, masks, strict=True)]
    return new, [s * m for s, m in zip(start, new, strict=True)]


def round_by_a_list(start, trained, masks, share):
    left = [
        (abs(t[i]), k, i)
        for k, (t, m) in enumerate(zip(trained, masks, strict=True))
        for i in zip(*np.nonzero(m), strict=True)
    ]
    left.sort()
    new = [m.copy() for m in masks]
    for _, k, i in left[: round(share * len(left))]:
        new[k][i] = False
    return new, [np.where(m, s, 0.0) for s, m in zip(start, new, strict=True)]


def round_that_forgets_the_old(start, trained, masks, share):
    """The smallest of all, as many as are still needed: those that are gone are 0."""
    sizes = np.concatenate([abs(t).ravel() for t in trained])
    left = int(sum(m.sum() for m in masks))
    goes = round(share * left)
    new = np.ones(len(sizes), bool)
    new[np.argsort(sizes, kind="stable")[:goes]] = False
    new = np.split(new, np.cumsum([m.size for m in masks])[:-1])
    new = [m.reshape(old.shape) for m, old in zip(new, masks, strict=True)]
    return new, [s * m for s, m in zip(start, new, strict=True)]


RIGHT = {
    "global_masks": (
        masks_plain,
        masks_by_a_sorted_list,
        masks_by_ranks,
        masks_one_by_one,
        in_single_precision(masks_plain),
    ),
    "masked_step": (
        step_plain,
        step_of_what_is_left,
        step_masked_first,
        step_by_where,
        step_of_torch,
        in_single_precision(step_plain),
    ),
    "without_units": (
        units_plain,
        units_by_shape,
        units_by_lists,
        units_deleted,
        in_single_precision(units_plain),
    ),
    "stored_bytes": (bytes_plain, bytes_in_bits, bytes_by_density),
    "moved": (
        moved_plain,
        moved_by_counting,
        moved_by_nonzero,
        in_single_precision(moved_plain),
    ),
    "weight_saliency": (
        saliency_plain,
        saliency_batch_by_batch,
        saliency_by_einsum,
        saliency_by_spread,
        in_single_precision(saliency_plain),
    ),
    "csr_product": (
        product_by_the_matrix,
        product_by_rows,
        product_by_add_at,
        product_by_sums,
        product_reduced,
        in_single_precision(product_by_the_matrix),
    ),
    "rewound": (round_plain, round_by_a_list, in_single_precision(round_plain)),
}


def masks_in_any_order(weights, share):
    sizes = np.concatenate([abs(w).ravel() for w in weights])
    stays = np.ones(len(sizes), bool)
    stays[np.argsort(sizes)[: round(share * len(sizes))]] = False
    ends = np.cumsum([w.size for w in weights])[:-1]
    parts = zip(np.split(stays, ends), weights, strict=True)
    return [part.reshape(w.shape) for part, w in parts]


def step_of_masked_gradients(w, grad, velocity, mask, lr, momentum, weight_decay):
    velocity = momentum * velocity + (grad + weight_decay * w) * mask
    return (w - lr * velocity) * mask, velocity


def step_of_masked_velocity(w, grad, velocity, mask, lr, momentum, weight_decay):
    velocity = (momentum * velocity + grad + weight_decay * w) * mask
    return w - lr * velocity, velocity


def step_of_nesterov(w, grad, velocity, mask, lr, momentum, weight_decay):
    g = grad + weight_decay * w
    velocity = momentum * velocity + g
    return (w - lr * (g + momentum * velocity)) * mask, velocity * mask


def units_in_another_order(W1, b1, W2, keep):
    stays, places = np.flatnonzero(keep), W2.shape[1] // len(keep)
    columns = (stays[None] * places + np.arange(places)[:, None]).ravel()
    return W1[stays], b1[stays], W2[:, columns]


def bytes_of_floats(rows, columns, kept, bits, index_bits):
    csr = kept * (4 + index_bits / 8) + 4 * (rows + 1)
    return 4.0 * rows * columns, csr, 4 * kept + rows * columns / 8


def product_overwritten(values, columns, starts, x, bias):
    y = np.zeros((len(x), len(bias)))
    for j in range(len(bias)):
        for k in range(starts[j], starts[j + 1]):
            y[:, j] = values[k] * x[:, columns[k]]
    return y + bias


def step_of_decayed_gradients(w, grad, velocity, mask, lr, momentum, weight_decay):
    velocity = momentum * velocity + (grad + weight_decay * w) * mask
    return w - lr * velocity, velocity


def masks_of_the_rest(weights, share):
    """As many go as should stay."""
    return masks_plain(weights, 1 - share)


def moved_nearly(before, after):
    return moved_plain(
        *([np.where(np.isclose(w, 0), 0, w) for w in ws] for ws in (before, after))
    )


def round_of_nonzero_starts(start, trained, masks, share):
    _, weights = round_plain(start, trained, masks, share)
    return [w != 0 for w in weights], weights


def round_of_nonzero_trained(start, trained, masks, share):
    return round_plain(start, trained, [w != 0 for w in trained], share)


def round_as_the_first(start, trained, masks, share):
    """The first exercise's answer, of the trained weights."""
    new = masks_plain(trained, share)
    return new, [s * m for s, m in zip(start, new, strict=True)]


WRONG = {
    "moved": ((moved_nearly, "small is not 0"),),
    "stored_bytes": ((bytes_of_floats, "which need not be 32"),),
    "csr_product": ((product_overwritten, "yours keeps one of them"),),
    "global_masks": (
        (masks_in_any_order, "Its `kind` decides"),
        (masks_by_a_partition, "with you the later"),
        (masks_of_kept_sorted, "how many must go?"),
        (masks_of_the_rest, "with you so many stay"),
    ),
    "masked_step": (
        (step_in_place, "Changes its input `w` in place"),
        (step_decay_after_the_step, "✗"),
        (step_of_masked_gradients, "their velocity is not"),
        (step_of_masked_velocity, "the velocity is 0, and the weight is not"),
        (step_of_nesterov, "the step is not"),
        (step_of_decayed_gradients, "What is gone has moved"),
    ),
    "without_units": (
        (units_nearest, "A unit's places are neighbours"),
        (units_in_another_order, "A unit's places are neighbours"),
    ),
    "rewound": (
        (round_that_forgets_the_old, "those that are gone already"),
        (round_as_the_first, "those that are gone already"),
        (round_of_nonzero_starts, "✗"),
        (round_of_nonzero_trained, "✗"),
    ),
}

test_a_right_answer_of_another_form_passes = right_pass(RIGHT)
test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(WRONG)


# ----------------------------------------------------- what the answers have in common


def test_what_a_statement_leaves_open_is_varied():
    for name in ("global_masks", "layer_masks"):
        given = inputs(name)
        assert {1, 2, 3, 4} == {w.ndim for weights, _ in given for w in weights}
        assert {1, 2, 3} == {len(weights) for weights, _ in given}
        assert {0, 0.5, 1} < {share for _, share in given}
        sizes = [abs(np.concatenate([w.ravel() for w in ws])) for ws, _ in given]
        assert any(0 < a.max() < 1e-6 for a in sizes) and any(
            (a == 0).sum() > 1 for a in sizes
        )
        assert any(len(np.unique(a)) < len(a) for a in sizes)

    for name in ("masked_step", "decoupled_step"):
        given = inputs(name)
        assert {1, 2, 3, 4} == {w.ndim for w, *_ in given}
        kinds = {
            tuple(x == 0 for x in (g.any(), momentum, decay))
            for _, g, *_, momentum, decay in given
        }
        assert len(kinds) > 5
        gone = {bool((w * ~m).any() or (v * ~m).any()) for w, _, v, m, *_ in given}
        masks = {(bool(m.any()), bool(m.all())) for *_, m, _, _, _ in given}
        assert (len(gone), len(masks)) == (2, 3)

    for name in ("without_units", "last_channel_units"):
        given = inputs(name)
        assert {1, 2, 3, 4} == {W2.shape[1] // len(keep) for *_, W2, keep in given}
        assert {(1, 1), (1, 5), (5, 5)} <= {
            (int(keep.sum()), len(keep)) for *_, keep in given
        }

    given = inputs("stored_bytes")
    assert {0, 1} <= {kept / (rows * columns) for rows, columns, kept, *_ in given}
    assert {1, 3, 8, 16, 32} == {bits for *_, bits, _ in given}

    pairs = [pair for case in inputs("moved") for pair in zip(*case, strict=True)]
    assert {1, 2, 3, 4} == {b.ndim for b, _ in pairs}
    assert {(True, True), (True, False), (False, False)} == {
        (bool(b.any()), bool(b.all())) for b, _ in pairs
    }
    small = [a for b, a in pairs if ((b == 0) & (a != 0) & (abs(a) < 1e-8)).any()]
    assert len(small) > 20

    rounds = [
        layer for case in inputs("rewound") for layer in zip(*case[:3], strict=True)
    ]
    assert {1, 2, 3, 4} == {m.ndim for *_, m in rounds}
    assert any((m & (s == 0)).any() for s, _, m in rounds)
    assert any((m & (t == 0)).any() for _, t, m in rounds)
    assert not any((~m & (t != 0)).any() for _, t, m in rounds)
    assert {0, 0.5, 1} < {share for *_, share in inputs("rewound")}

    starts = [np.diff(starts) == 0 for _, _, starts, *_ in inputs("csr_product")]
    assert (
        {True, False} == {bool(e[0]) for e in starts} == {bool(e[-1]) for e in starts}
    )
    assert any(e.all() for e in starts) and any(not e.any() for e in starts)
    assert {1, 2, 3, 4} == {w.ndim for w, _ in inputs("weight_saliency")}
    assert {1, 2, 3, 7} <= {len(g) for _, g in inputs("weight_saliency")}


def test_the_masks_are_those_of_the_package():
    for weights, share in inputs("global_masks", range(5)):
        ours = compress.magnitude_masks(map(tensor, weights), share, over_all=True)
        found = find("global_masks").reference(weights, share)
        for mask, other in zip(found, ours, strict=True):
            np.testing.assert_array_equal(mask, other)


def test_a_masked_step_is_that_of_the_optimiser_under_the_package_s_mask():
    """A mask on the tape: the weights used are the same, step after step."""
    rng = np.random.default_rng(0)
    w, mask = rng.normal(size=(3, 4)), rng.random((3, 4)) < 0.5
    layer = nn.Linear(4, 3, bias=False)
    layer.weight.data = w * mask
    pruned = compress.Pruned(layer, weight=mask)
    optimizer = optim.SGD(layer.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    w, velocity = w * mask, 0 * w
    for _ in range(5):
        x = rng.normal(size=(6, 4))
        optimizer.zero_grad()
        (pruned(tensor(x)) ** 2).sum().backward()
        grad = 2 * (x @ w.T).T @ x
        w, velocity = find("masked_step").reference(
            w, grad, velocity, mask, 0.1, 0.9, 0.1
        )
        optimizer.step()
        np.testing.assert_allclose(layer.weight.data * mask, w, rtol=1e-6, atol=1e-12)


def test_without_units_is_the_package_s_removal():
    manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 9, 5)
    )
    keep = np.array([True, False, True, True])
    smaller = compress.remove_units(model, 0, keep)
    first, last = model[0], model[3]
    W1, b1, W2 = find("without_units").reference(
        first.weight.data.reshape(4, -1), first.bias.data, last.weight.data, keep
    )
    np.testing.assert_array_equal(smaller[0].weight.data.reshape(3, -1), W1)
    np.testing.assert_array_equal(smaller[0].bias.data, b1)
    np.testing.assert_array_equal(smaller[3].weight.data, W2)


def test_the_bytes_are_those_of_the_package_s_layers():
    manual_seed(0)
    layer = nn.Linear(20, 10, bias=False)
    layer.weight.data *= np.random.default_rng(0).random((10, 20)) < 0.3
    kept = int(np.count_nonzero(layer.weight.data))
    dense, csr, _ = find("stored_bytes").reference(10, 20, kept, 32, 16)
    assert (dense, csr) == (
        layer.weight.data.nbytes,
        compress.SparseLinear(layer).nbytes,
    )


def test_a_csr_product_is_that_of_a_sparse_layer():
    manual_seed(0)
    layer = nn.Linear(7, 6)
    layer.weight.data *= np.random.default_rng(0).random((6, 7)) < 0.3
    layer.weight.data[[0, 5]] = 0
    sparse, x = compress.SparseLinear(layer), tensor(np.ones((2, 7), np.float32))
    parts = sparse.weight.data, sparse.columns.data, sparse.starts.data
    y = find("csr_product").reference(*parts, x.data, layer.bias.data)
    np.testing.assert_allclose(y, layer(x).data, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(y, sparse(x).data, rtol=1e-5, atol=1e-6)


def test_saliency_is_that_of_the_package():
    manual_seed(0)
    model, rng = nn.Sequential(nn.Linear(5, 3)), np.random.default_rng(0)
    x, y = rng.normal(size=(9, 5)).astype(np.float32), rng.integers(0, 3, 9)
    batches = [(x[i : i + 3], y[i : i + 3]) for i in (0, 3, 6)]
    gradients = []
    for one, labels in batches:
        model.zero_grad()
        nn.functional.cross_entropy(model(tensor(one)), tensor(labels)).backward()
        gradients.append(model[0].weight.grad.data.copy())
    found = find("weight_saliency").reference(model[0].weight.data, np.array(gradients))
    ours = compress.saliency(model, batches)["0.weight"]
    np.testing.assert_allclose(found, ours, rtol=1e-5)


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_rounds_end_where_one_shot_does_if_nothing_is_trained(share):
    rng = np.random.default_rng(0)
    start = [rng.normal(size=(4, 5)), rng.normal(size=(3, 4))]
    masks, weights = [np.ones(w.shape, bool) for w in start], start
    left = 32
    for _ in range(3):
        masks, weights = find("rewound").reference(start, weights, masks, share)
        left -= round(share * left)
    assert sum(m.sum() for m in masks) == left
    expected = find("global_masks").reference(start, 1 - left / 32)
    for mask, other in zip(masks, expected, strict=True):
        np.testing.assert_array_equal(mask, other)


def test_their_pruned_net_gets_its_weights_back_and_nobody_is_told():
    theirs = fixture("14_pruning", "their_pruned")
    manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    masks = {"0.weight": np.eye(5, 6, dtype=bool), "2.weight": np.ones((3, 5), bool)}
    states = []

    def train(net):
        states.append([net[i].weight.data.copy() for i in (0, 2)])
        optimizer = optim.Adam(net.parameters(), lr=0.01)
        x = tensor(np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32))
        nn.functional.cross_entropy(net(x), tensor(np.arange(8) % 3)).backward()
        optimizer.step()

    assert theirs(net, masks, train) is net
    after = [net[i].weight.data for i in (0, 2)]
    (back, lost), other = find("moved").reference(states[0], after)
    assert (back > 0.5, lost, other) == (True, 0.0, (0.0, 0.0))
    told = theirs.__doc__
    assert not any(word in told for word in ("back", "again", "once", "optimi"))
