"""Right and wrong answers to the exercises of lesson 08, and what is told."""

from itertools import pairwise

import numpy as np
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import nn, tensor
from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find, reference


def given(f, change):
    """f, and what it gives, changed."""
    return lambda *inputs: change(f(*inputs))


# ------------------------------------------------------------------------ wrong_labels


def spoilt(new=lambda old, move, classes: (old + move) % classes):
    def f(y, chosen, moves, classes):
        wrong = np.array(y)
        wrong[chosen] = new(y[chosen], moves, classes)
        return wrong

    return f


def spoilt_by_loop(y, chosen, moves, classes):
    wrong = y.copy()
    for i, move in zip(chosen, moves, strict=True):
        wrong[i] += move
        if wrong[i] >= classes:
            wrong[i] -= classes
    return wrong


def spoilt_by_a_shift(y, chosen, moves, classes):
    shift = np.zeros_like(y)
    shift[chosen] = moves
    return (y + shift) % classes


def spoilt_by_add_at(y, chosen, moves, classes):
    wrong = y + 0
    np.add.at(wrong, chosen, moves)
    return np.mod(wrong, classes)


def spoilt_where(y, chosen, moves, classes):
    shift = np.zeros(len(y), int)
    shift[chosen] = moves
    moved = y + shift
    return np.where(moved >= classes, moved - classes, moved)


def spoilt_in_place(y, chosen, moves, classes):
    y[chosen] = (y[chosen] + moves) % classes
    return y


def spoilt_under_another_name(y, chosen, moves, classes):
    wrong = y
    wrong[chosen] += moves
    return wrong % classes


def moves_by_index(y, chosen, moves, classes):
    return spoilt()(y, chosen, moves[chosen], classes)


# -------------------------------------------------------------- illness and above_floor


def named(train, validation, good):
    if train <= good and validation <= good:
        return "fits"
    return "overfits" if train <= good else "underfits"


def named_by_table(train, validation, good):
    return {(False, False): "fits", (False, True): "overfits"}.get(
        (train > good, validation > good), "underfits"
    )


def by_gap(train, validation, good):
    return "underfits" if train > good else "overfits" if validation > train else "fits"


def by_wide_gap(train, validation, good):
    if validation - train > good:
        return "overfits"
    return "underfits" if train > good else "fits"


def by_ratio(train, validation, good):
    if train > good:
        return "underfits"
    return "overfits" if validation > 2 * train else "fits"


def overfits_first(train, validation, good):
    if validation > good:
        return "overfits"
    return "underfits" if train > good else "fits"


def strict(train, validation, good):
    if train < good:
        return "fits" if validation < good else "overfits"
    return "underfits"


def overfits_where_training_is_low(train, validation, good):
    if train > good and validation > good:
        return "underfits"
    return "overfits" if validation > good else "fits"


def two_ifs(train, validation, good):
    if train > good:
        word = "underfits"
    if validation > good:
        word = "overfits"
    else:
        word = "fits"
    return word


def said(words):
    right = ("underfits", "overfits", "fits")
    return lambda *losses: words[right.index(named(*losses))]


# --------------------------------------------------------- minimum_norm and ridge_fit


def fit(z=lambda s, limit: np.where(s < limit, 0, 1 / s), limit=None):
    limit = limit or (lambda s, cutoff: cutoff * s.max())

    def f(A, B, cutoff):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        return Vt.T @ np.diag(z(s, limit(s, cutoff))) @ U.T @ B

    return f


def fit_by_parts(A, B, cutoff):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    W = np.zeros((A.shape[1], B.shape[1]))
    for u, size, v in zip(U.T, s, Vt, strict=True):
        if size > cutoff * s[0]:
            W += np.outer(v, u @ B) / size
    return W


def fit_by_rank(A, B, cutoff):
    U, s, Vt = np.linalg.svd(A)
    r = int(np.sum(s / s[0] >= cutoff))
    return Vt[:r].T @ np.linalg.inv(np.diag(s[:r])) @ U.T[:r] @ B


def fit_by_einsum(A, B, cutoff):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    inverse = np.zeros_like(s)
    inverse[s >= cutoff * s[0]] = 1 / s[s >= cutoff * s[0]]
    return np.einsum("rw,r,nr,nd->wd", Vt, inverse, U, B)


def fit_transposed(A, B, cutoff):
    V, s, Ut = np.linalg.svd(A.T, full_matrices=False)
    keep = s >= cutoff * s[0]
    return (V[:, keep] / s[keep]) @ Ut[keep] @ B


def full_and_square_only(A, B, cutoff):
    U, s, Vt = np.linalg.svd(A)
    return Vt.T @ np.diag(np.where(s < cutoff * s[0], 0, 1 / s)) @ U.T @ B


def without_transposing(A, B, cutoff):
    U, s, V = np.linalg.svd(A, full_matrices=False)
    return V @ (U.T @ B / s[:, None])


def divided_by_row(A, B, cutoff):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s >= cutoff * s[0]
    return Vt[keep].T @ (U[:, keep].T @ B / s[keep])


def reduced_to_the_rest(A, B, cutoff):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    s[s < cutoff * s[0]] = np.inf
    return (Vt.T / s) @ (U.T @ B)


def ridge(A, B, lam):
    return np.linalg.inv(A.T @ A + lam * np.identity(A.shape[1])) @ A.T @ B


def ridge_of_examples(A, B, lam):
    return A.T @ np.linalg.solve(A @ A.T + lam * np.eye(len(A)), B)


def ridge_by_rows_of_noughts(A, B, lam):
    w, d = A.shape[1], B.shape[1]
    more = np.vstack([A, lam**0.5 * np.eye(w)]), np.vstack([B, np.zeros((w, d))])
    return np.linalg.lstsq(*more, rcond=None)[0]


def ridge_by_svd(z):
    def f(A, B, lam):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        return (Vt.T * z(s, lam, len(A))) @ U.T @ B

    return f


# ---------------------------------------------------------------------- bias_variance


def two_parts(
    over=lambda K: K - 1, off=lambda v, K: v / K, square=lambda e: (e**2).sum(-1).mean()
):
    def f(fits, y):
        K, mean = len(fits), sum(fits) / len(fits)
        variance = sum(square(one - mean) for one in fits) / over(K)
        return square(mean - y) - off(variance, K), variance

    return f


def parts_by_var(fits, y):
    variance = fits.var(axis=0, ddof=1).sum(axis=1).mean()
    return np.sum((fits.mean(0) - y) ** 2, 1).mean() - variance / len(fits), variance


def parts_by_pairs(fits, y):
    """No model is compared with itself: both are unbiased without a correction."""
    K = len(fits)
    pairs = [(j, k) for j in range(K) for k in range(K) if j != k]
    bias = [((fits[j] - y) * (fits[k] - y)).sum(1).mean() for j, k in pairs]
    apart = [((fits[j] - fits[k]) ** 2).sum(1).mean() / 2 for j, k in pairs]
    return np.mean(bias), np.mean(apart)


def parts_by_einsum(fits, y):
    K, n, _ = fits.shape
    e, b = fits - fits.mean(axis=0, keepdims=True), fits.mean(axis=0) - y
    variance = np.einsum("knd,knd->", e, e) / n / (K - 1)
    return np.einsum("nd,nd->", b, b) / n - variance / K, variance


def parts_by_error(fits, y):
    """The mean error of the single models is bias^2 + variance."""
    variance = parts_by_var(fits, y)[1]
    return ((fits - y) ** 2).sum(axis=2).mean() - variance, variance


def over_examples(fits, y):
    """The bias takes off what the wrong variance has."""
    variance = fits.var(axis=1).sum(axis=1).mean()
    bias = ((fits.mean(axis=0) - y) ** 2).sum(axis=1).mean()
    return bias - variance / len(fits), variance


def centred_in_place(fits, y):
    mean = fits.mean(axis=0)
    fits -= mean
    variance = (fits**2).sum(axis=2).mean(axis=1).sum() / (len(fits) - 1)
    return ((mean - y) ** 2).sum(axis=1).mean() - variance / len(fits), variance


# ---------------------------------------------------------------------------- stop_by


def stop_by_loop(logits, y):
    best, where = len(y) + 1, None
    for k, z in enumerate(logits):
        wrong = sum(
            int(np.argmax(row)) != label for row, label in zip(z, y, strict=True)
        )
        if wrong < best:
            best, where = wrong, k
    return where


def stop_by_late_loop(logits, y):
    best, where = len(y) + 1, None
    for k, z in enumerate(logits):
        if (wrong := (z.argmax(1) != y).sum()) <= best:
            best, where = wrong, k
    return where


def stop_by_a_loop_from_1(logits, y):
    """No moment of which all is wrong is below the share that it begins with."""
    best, where = 1, None
    for k, z in enumerate(logits):
        if (wrong := (z.argmax(1) != y).mean()) < best:
            best, where = wrong, k
    return where


def losses(logits, y):
    F = nn.functional
    return [F.cross_entropy(tensor(z), tensor(y)).item() for z in logits]


# ------------------------------------------------------------------- best_temperature


def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def cross_entropy(z, y):
    return -log_softmax(z)[np.arange(len(y)), y].mean()


def cooled(loss=lambda z, T, y: cross_entropy(z / T, y), best=np.argmin):
    return lambda z, y, Ts: Ts[best([loss(z, T, y) for T in Ts])]


def cooled_by_loop(z, y, temperatures):
    lowest, best = float("inf"), None
    for T in temperatures:
        loss = np.mean(
            [-log_softmax(row / T)[label] for row, label in zip(z, y, strict=True)]
        )
        if loss < lowest:
            lowest, best = loss, T
    return best


def cooled_at_once(z, y, temperatures):
    logs = log_softmax(z[None] / temperatures[:, None, None])
    losses = -logs[:, np.arange(len(y)), y].sum(axis=1)
    return float(temperatures[losses.argmin()])


def cooled_by_the_engine(z, y, temperatures):
    loss = nn.functional.cross_entropy
    return min(temperatures, key=lambda T: loss(tensor(z / T), tensor(y)).item())


def cooled_by_one_hot(z, y, temperatures):
    hot = np.eye(z.shape[1])[y]
    return cooled(lambda z, T, y: -(hot * log_softmax(z / T)).sum())(z, y, temperatures)


def overflowing(z, T, y):
    p = np.exp(z / T) / np.exp(z / T).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()


def overflowing_by_loop(z, y, temperatures):
    lowest, best = np.inf, temperatures[0]
    for T in temperatures:
        if (loss := overflowing(z, T, y)) < lowest:
            lowest, best = loss, T
    return best


def one_maximum(z, T, y):
    """Off all rows the same: what is far below it is 0, and has no log."""
    e = np.exp(z / T - (z / T).max())
    return -np.log(e[np.arange(len(y)), y] / e.sum(axis=1)).mean()


def log_of_softmax(least=0):
    def loss(z, T, y):
        p = np.exp(log_softmax(z / T))[np.arange(len(y)), y]
        return -np.log(p + least).mean()

    return loss


def scaled_on(z, y, temperatures):
    losses = []
    for T in temperatures:
        z = z / T
        losses.append(cross_entropy(z, y))
    return temperatures[np.argmin(losses)]


def scaled_and_left(z, y, temperatures):
    losses = []
    for T in temperatures:
        z /= T
        losses.append(cross_entropy(z, y))
    return temperatures[np.argmin(losses)]


# ------------------------------------------------------------------------------ folds


def parted(blocks, rest=lambda n, held: np.delete(np.arange(n), held)):
    return lambda n, k: [(rest(n, held), held) for held in blocks(n, k)]


def split(n, k):
    return np.array_split(np.arange(n), k)


def folds_by_lists(n, k):
    found, start = [], 0
    for i in range(k):
        stop = start + n // k + (i < n % k)
        held = list(range(start, stop))
        found.append(([j for j in range(n) if j not in held], held))
        start = stop
    return found


def folds_by_masks(n, k):
    of = np.sort(np.arange(n) % k)
    return [(np.flatnonzero(of != i), np.flatnonzero(of == i)) for i in range(k)]


def folds_by_concatenation(n, k):
    blocks = split(n, k)
    return tuple(
        [np.concatenate(blocks[:i] + blocks[i + 1 :]), blocks[i]] for i in range(k)
    )


def folds_yielded(n, k):
    yield from folds_by_masks(n, k)


def folds_of_sets(n, k):
    return [(set(range(n)) - set(held), set(held)) for held in split(n, k)]


def folds_of_ranges(n, k):
    edges = np.linspace(0, n, k + 1).astype(int)
    return [np.arange(a, b) for a, b in pairwise(edges)]


def masks(n, k):
    of = np.sort(np.arange(n) % k)
    return [(of != i, of == i) for i in range(k)]


def turned_rest(n, held):
    """Those behind the block first."""
    return np.r_[held[-1] + 1 : n, 0 : held[0]]


# --------------------------------------------------------------------------- rescaled


def rescaled_by_loop(theta, a):
    new, power = [], 1.0
    for t in theta:
        new.append(t / power)
        power *= a
    return np.array(new)


def rescaled_by_fit(theta, a):
    x = np.linspace(-1, 1, len(theta))
    curve = np.polyval(theta[::-1], x)
    return np.linalg.solve(np.vander(a * x, len(theta), increasing=True), curve)


def rescaled_in_place(theta, a):
    theta /= a ** np.arange(len(theta))
    return theta


def list_of_rescaled(theta, a):
    return [t / a**k for k, t in enumerate(theta)]


RIGHT = {
    "wrong_labels": [
        spoilt(),
        spoilt(
            lambda old, move, c: np.where(old + move < c, old + move, old + move - c)
        ),
        spoilt_by_loop,
        spoilt_by_a_shift,
        spoilt_by_add_at,
        spoilt_where,
    ],
    "illness": [named, named_by_table, said(["UNDERFITS", " overfits", "Fits"])],
    "above_floor": [
        lambda t, v, good, floor: named(t, v, good + floor),
        lambda t, v, good, floor: named_by_table(max(t - floor, 0), v - floor, good),
    ],
    "minimum_norm": [
        fit(),
        in_single_precision(fit()),
        lambda A, B, cutoff: np.linalg.pinv(A, rcond=cutoff) @ B,
        lambda A, B, cutoff: np.linalg.lstsq(A, B, rcond=cutoff)[0],
        fit_by_parts,
        fit_by_rank,
        fit_by_einsum,
        fit_transposed,
        reduced_to_the_rest,
    ],
    "ridge_fit": [
        ridge,
        in_single_precision(ridge),
        ridge_of_examples,
        ridge_by_rows_of_noughts,
        ridge_by_svd(lambda s, lam, n: s / (s**2 + lam)),
        ridge_by_svd(lambda s, lam, n: 1 / (s + lam / np.maximum(s, 1e-30))),
    ],
    "bias_variance": [
        two_parts(),
        in_single_precision(two_parts()),
        given(two_parts(), np.array),
        given(two_parts(), list),
        parts_by_var,
        in_single_precision(parts_by_var),
        parts_by_pairs,
        parts_by_einsum,
        parts_by_error,
        in_single_precision(parts_by_error),
    ],
    "stop_by": [
        stop_by_loop,
        lambda logits, y: np.argmax((logits.argmax(-1) == y[None]).sum(axis=1)),
        lambda logits, y: np.argmin([(z.argmax(1) != y).mean() for z in logits]),
        lambda logits, y: min(
            range(len(logits)), key=lambda k: np.sum(logits[k].argmax(axis=1) != y)
        ),
        in_single_precision(stop_by_loop),
    ],
    "best_temperature": [
        cooled(),
        in_single_precision(cooled()),
        cooled_by_loop,
        cooled_at_once,
        cooled_by_the_engine,
        cooled_by_one_hot,
        lambda z, y, temperatures: cooled()(z, y, np.sort(temperatures)),
        cooled(lambda z, T, y: cross_entropy(log_softmax(z) / T, y)),
        cooled(
            lambda z, T, y: (
                np.logaddexp.reduce(z / T, 1).sum()
                - sum(row[label] / T for row, label in zip(z, y, strict=True))
            )
        ),
    ],
    "folds": [
        parted(split),
        parted(split, lambda n, held: np.r_[0 : held[0], held[-1] + 1 : n]),
        parted(split, lambda n, held: np.array(sorted({*range(n)} - {*held}))),
        folds_by_lists,
        folds_by_masks,
        folds_by_concatenation,
    ],
    "rescaled": [
        rescaled_by_loop,
        rescaled_by_fit,
        in_single_precision(rescaled_by_loop),
        lambda theta, a: theta * (1 / a) ** np.arange(len(theta)),
        lambda theta, a: theta / np.cumprod([1, *[a] * (len(theta) - 1)]),
        lambda theta, a: (
            np.polynomial.Polynomial(theta)(np.polynomial.Polynomial([0, 1 / a])).coef
        ),
        lambda theta, a: theta * np.vander([1 / a], len(theta), increasing=True)[0],
    ],
}


TOLD = {
    "wrong_labels": [
        (spoilt_in_place, "Changes its input `y` in place: the"),
        (spoilt_under_another_name, "Changes its input `y` in place: the"),
        (moves_by_index, "raises `IndexError: index 3 is out"),
        (
            spoilt(lambda old, move, c: old + move),
            "There are labels that no class has:",
        ),
        (
            spoilt(lambda old, move, c: old - move),
            "There are labels that no class has:",
        ),
        (
            spoilt(lambda old, move, c: (old - move) % c),
            "The way is right, the direction is",
        ),
        (spoilt(lambda old, move, c: move), "You put `moves` in the labels'"),
        (spoilt(lambda old, move, c: move % c), "You put `moves` in the labels'"),
        (
            spoilt(lambda old, move, c: (old + move) % (c - 1)),
            "You go round at the wrong number",
        ),
        (
            spoilt(lambda old, move, c: (old + move) % (c + 1)),
            "You go round at the wrong number",
        ),
        (
            spoilt(lambda old, move, c: old + move - c * (old + move > c)),
            "You go round at the wrong number",
        ),
        (
            spoilt(lambda old, move, c: (old + move) * (old + move < c)),
            "You stop at the last class, or at 0",
        ),
        (
            spoilt(lambda old, move, c: (old + move) % 10),
            "You go round at the wrong number",
        ),
        (
            spoilt(lambda old, move, c: np.minimum(old + move, c - 1)),
            "You stop at the last class, or at 0",
        ),
        (spoilt(lambda old, move, c: old + 1), "The result is wrong in 2 of 5"),
        (spoilt(lambda old, move, c: (old + 1) % c), "Each has a move of its own, the"),
        (
            spoilt(lambda old, move, c: (old + move + 1) % c),
            "The result is wrong in 3 of 5",
        ),
        (spoilt(lambda old, move, c: c - 1 - old), "The result is wrong in 2 of 5"),
        (
            lambda y, chosen, moves, c: (y[chosen] + moves) % c,
            "The result has shape (3,);",
        ),
        (
            lambda y, chosen, moves, c: (y + moves) % c,
            "raises `ValueError: operands could",
        ),
        (lambda y, chosen, moves, c: y.copy(), "The result is wrong in 3 of 5"),
        (
            lambda y, chosen, moves, c: spoilt()(y, np.sort(chosen), moves, c),
            "Each has a move of its own, the",
        ),
        (
            lambda y, chosen, moves, c: spoilt()(y, np.arange(len(chosen)), moves, c),
            "The labels that were not chosen",
        ),
        (lambda *a: spoilt()(*a).tolist(), "The result has the right numbers,"),
        (lambda *a: (spoilt()(*a), a[0]), "The result has shape (2, 5);"),
    ],
    "illness": [
        (by_gap, "You look at the gap. A gap is no"),
        (by_wide_gap, "You look at the gap. A gap is no"),
        (by_ratio, "The result is not the right one."),
        (overfits_first, "The order counts: where both losses"),
        (strict, "A loss equal to `good` is good"),
        (overfits_where_training_is_low, "Where the training loss alone is"),
        (two_ifs, "is never returned: after a"),
        (
            lambda t, v, good: "underfits" if t > good else "overfits",
            "three words need both",
        ),
        (
            lambda t, v, good: "underfits" if v > good else "fits",
            "One loss is looked at, and the",
        ),
        (
            lambda t, v, good: "underfits" if t > good else "fits",
            "One loss is looked at, and the",
        ),
        (said(["overfits", "underfits", "fits"]), "Two words are exchanged. Over: it"),
        (
            said(["underfits", "overfits", "is fine"]),
            "The result is none of the options:",
        ),
        (said(["underfit", "overfit", "fit"]), "The result is none of the options:"),
        (said(["underfits", "overfits", None]), "returns None: either no `return` is"),
        (
            lambda *losses: named(*losses) == "fits",
            "The result is True or False; expected: a",
        ),
        (lambda *losses: print(named(*losses)), "returns None: either no `return` is"),
        (lambda *losses: "overfits", "The result is not the right one."),
        (lambda t, v, good: named(v, t, good), "The losses have changed places"),
    ],
    "above_floor": [
        (
            lambda t, v, good, floor: named(t, v, good),
            "That is the rule where all labels",
        ),
        (
            lambda t, v, good, floor: named(t, v, good * floor),
            "The result is not the right one.",
        ),
        (
            lambda t, v, good, floor: named(t, v, floor),
            "`good` is what may come above the",
        ),
        (
            lambda t, v, good, floor: named(t, v, good - floor),
            "The wrong way: with a floor, a",
        ),
        (
            lambda t, v, good, floor: named(t, v - floor, good),
            "The floor is under one of the two",
        ),
        (
            lambda t, v, good, floor: named(t - floor, v, good),
            "The floor is under one of the two",
        ),
        (
            lambda t, v, good, floor: named(abs(t - floor), abs(v - floor), good),
            "Below the floor is not above it: a",
        ),
        (
            lambda t, v, good, floor: strict(t - floor, v - floor, good),
            "A loss that is `good` above the",
        ),
        (
            lambda t, v, good, floor: overfits_first(t, v, good + floor),
            "The order counts: where both losses",
        ),
        (
            lambda t, v, good, floor: (
                "overfits" if t < floor else named(t, v, good + floor)
            ),
            "Below the floor, noise was learned.",
        ),
    ],
    "minimum_norm": [
        (fit(limit=lambda s, cutoff: 0), "Nothing is left out: where singular"),
        (fit(limit=lambda s, cutoff: cutoff), "Your cutoff is absolute. It is a"),
        (
            fit(limit=lambda s, cutoff: cutoff * s.min()),
            "Nothing is left out: where singular",
        ),
        (
            fit(limit=lambda s, cutoff: cutoff * s.mean()),
            "The result is wrong in 1 of 4",
        ),
        (
            fit(lambda s, limit: 1 / np.maximum(s, limit)),
            "Those that are too small are kept,",
        ),
        (
            fit(lambda s, limit: np.where(s < limit, s, 1 / s)),
            "Those that are too small are kept,",
        ),
        (
            fit(lambda s, limit: np.where(s < limit, 0, s)),
            "A takes a direction times s; the",
        ),
        (
            fit(lambda s, limit: np.where(s < limit, 0, 1 / s**2)),
            "A takes a direction times s; the",
        ),
        (
            fit(lambda s, limit: np.where(s < limit, 1 / s, 0)),
            "The small ones are kept, and the",
        ),
        (
            fit(lambda s, limit: s / (s**2 + limit**2)),
            "The result is wrong in every entry.",
        ),
        (fit(lambda s, limit: 1 / (s + limit)), "The result is wrong in every entry."),
        (
            lambda A, B, cutoff: np.linalg.solve(A.T @ A, A.T @ B),
            "AᵀA has the squares of the singular",
        ),
        (
            lambda A, B, cutoff: np.linalg.inv(A.T @ A) @ A.T @ B,
            "AᵀA has the squares of the singular",
        ),
        (
            lambda A, B, cutoff: np.linalg.inv(A.T @ A) @ (A.T @ B),
            "AᵀA has the squares of the singular",
        ),
        (
            lambda A, B, cutoff: np.linalg.pinv(A) @ B,
            "`cutoff` is not used. NumPy has one",
        ),
        (
            lambda A, B, cutoff: np.linalg.pinv(A.T @ A, rcond=cutoff) @ A.T @ B,
            "AᵀA has the squares: a share of",
        ),
        (
            lambda A, B, cutoff: ridge(A, B, cutoff),
            "The result is wrong in every entry.",
        ),
        (
            lambda A, B, cutoff: np.linalg.lstsq(A, B, rcond=cutoff),
            "The result is a list or tuple of 4;",
        ),
        (lambda *a: fit()(*a).T, "The result has shape (2, 7);"),
        (lambda A, B, cutoff: A @ fit()(A, B, cutoff), "The result has shape (5, 3);"),
        (lambda *a: fit()(*a)[:, 0], "The result has shape (3,);"),
        (lambda *a: -fit()(*a), "The result has the opposite sign."),
        (full_and_square_only, "raises `ValueError: matmul: Input"),
        (without_transposing, "V already transposed"),
        (divided_by_row, "The result has shape (4, 2);"),
    ],
    "ridge_fit": [
        (fit(), "That leaves the small ones out, and"),
        (lambda A, B, lam: ridge(A, B, lam**2), "The ridge is squared, rooted or"),
        (lambda A, B, lam: ridge(A, B, len(A) * lam), "Yours is right for the mean of"),
        (lambda A, B, lam: ridge(A, B, 2 * lam), "Yours is right for the mean of"),
        (
            lambda A, B, lam: ridge(A, B, lam / len(A)),
            "The ridge is squared, rooted or",
        ),
        (
            lambda A, B, lam: ridge(A, B, A.shape[1] * lam),
            "The result is wrong in every entry.",
        ),
        (lambda A, B, lam: ridge(A, B, lam / 2), "The ridge is squared, rooted or"),
        (lambda A, B, lam: np.linalg.solve(A.T @ A, A.T @ B), "Ridge is missing."),
        (lambda A, B, lam: ridge(A, B, -lam), "The sign of the ridge is turned: it"),
        (
            lambda A, B, lam: np.linalg.inv(A.T @ A + lam) @ A.T @ B,
            "`A.T @ A + ridge` adds the ridge to",
        ),
        (
            ridge_by_svd(lambda s, lam, n: 1 / (s + lam)),
            "The ridge is added to s. Set the",
        ),
        (
            ridge_by_svd(lambda s, lam, n: 1 / (s**2 + lam)),
            "With a ridge of 0 yours does not",
        ),
        (
            ridge_by_svd(lambda s, lam, n: s**2 / (s**2 + lam)),
            "With a ridge of 0 yours does not",
        ),
        (
            ridge_by_svd(lambda s, lam, n: s / (s**2 + s * lam)),
            "The ridge is added to s. Set the",
        ),
        (lambda A, B, lam: np.linalg.pinv(A) @ B, "Ridge is missing."),
        (lambda A, B, lam: ridge(A, B, lam).T, "The result has shape (2, 3);"),
    ],
    "bias_variance": [
        (centred_in_place, "Changes its input `fits` in place:"),
        (two_parts(lambda K: K), "Your variance divides by K. The"),
        (
            two_parts(lambda K: K, lambda v, K: v / (K - 1)),
            "Your variance divides by K. The",
        ),
        (two_parts(lambda K: K, lambda v, K: 0), "Your variance divides by K. The"),
        (two_parts(off=lambda v, K: 0), "The mean model, too, is off by"),
        (two_parts(off=lambda v, K: v), "The mean model, too, is off by"),
        (two_parts(off=lambda v, K: v / (K - 1)), "The mean model, too, is off by"),
        (two_parts(off=lambda v, K: -v / K), "`bias_squared` is wrong."),
        (two_parts(lambda K: 1), "or the models, only summed."),
        (
            two_parts(square=lambda e: (e**2).mean()),
            "Outputs are averaged, not summed;",
        ),
        (two_parts(square=lambda e: (e**2).sum()), "Outputs are averaged, not summed;"),
        (two_parts(square=lambda e: (e**2).sum(0).mean()), "`bias_squared` is wrong."),
        (
            two_parts(square=lambda e: np.sqrt((e**2).sum(-1)).mean()),
            "`bias_squared` is wrong.",
        ),
        (
            two_parts(square=lambda e: (e.mean(0) ** 2).sum()),
            "First the square, then sum and",
        ),
        (
            two_parts(square=lambda e: (e.sum(-1) ** 2).mean()),
            "First the square, then sum and",
        ),
        (
            two_parts(square=lambda e: np.abs(e).sum(-1).mean()),
            "`bias_squared` is wrong.",
        ),
        (
            given(two_parts(), lambda p: (max(p[0], 0), p[1])),
            "An estimate of 0 has both signs.",
        ),
        (
            given(two_parts(), lambda p: (abs(p[0]), p[1])),
            "`bias_squared` has lost its sign.",
        ),
        (given(two_parts(), lambda p: p[::-1]), "The two are right, in the other"),
        (given(two_parts(), lambda p: p[0]), "One value is returned where 2 are"),
        (given(two_parts(), sum), "One value is returned where 2 are"),
        (
            given(two_parts(), lambda p: (p[0], p[1] ** 0.5)),
            "`variance` is the root of what is",
        ),
        (
            given(two_parts(), lambda p: (p[0] ** 2, p[1])),
            "`bias_squared` is the square of",
        ),
        (
            lambda fits, y: (((fits - y) ** 2).sum(2).mean(), parts_by_var(fits, y)[1]),
            "The first of your two is the error",
        ),
        (
            lambda fits, y: (
                ((fits - y) ** 2).sum(2).mean() - parts_by_var(fits, y)[1] / len(fits),
                parts_by_var(fits, y)[1],
            ),
            "The first of your two is the error",
        ),
        (over_examples, "Your variance is over the examples:"),
        (
            lambda fits, y: (parts_by_var(fits, y)[0], fits.var(1).sum(1).mean()),
            "Your variance is over the examples:",
        ),
        (
            lambda fits, y: (
                parts_by_var(fits, y)[0],
                fits.var(axis=1, ddof=1).sum(axis=1).mean(),
            ),
            "`variance` is NaN: 0/0, inf - inf,",
        ),
        (
            lambda fits, y: (parts_by_var(fits, y)[0], fits.var()),
            "`variance` is wrong.",
        ),
        (
            lambda fits, y: (
                np.sum((fits.mean(0) - y).mean(0) ** 2),
                parts_by_var(fits, y)[1],
            ),
            "`bias_squared` is wrong.",
        ),
        (lambda fits, y: parts_by_var(fits[:2], y), "`bias_squared` is wrong."),
    ],
    "stop_by": [
        (
            lambda logits, y: int(np.argmin(losses(logits, y))),
            "You watch the loss, as the",
        ),
        (stop_by_late_loop, "Of several moments with equally few"),
        (
            lambda logits, y: np.argmax((logits.argmax(2) != y).mean(1)),
            "That is the moment with the most",
        ),
        (
            lambda logits, y: np.argmin((logits.argmax(2) == y).mean(1)),
            "That is the moment with the most",
        ),
        (
            lambda logits, y: np.min((logits.argmax(2) != y).mean(1)),
            "That is a share, or several: asked",
        ),
        (
            lambda logits, y: np.max((logits.argmax(2) == y).mean(1)),
            "That is a share, or several: asked",
        ),
        (
            lambda logits, y: (logits.argmax(2) != y).mean(1),
            "That is a share, or several: asked",
        ),
        (lambda logits, y: stop_by_loop(logits, y) + 1, "Moments are counted from 0."),
        (lambda logits, y: len(logits) - 1, "The surest, or the last: neither"),
        (lambda logits, y: -1, "The result is always -1, whatever"),
        (
            lambda logits, y: logits[stop_by_loop(logits, y)],
            "The result has shape (3, 2);",
        ),
        (
            lambda logits, y: np.argmin((logits.argmax(1) != y).mean(1)),
            "raises `ValueError: operands could",
        ),
        (
            lambda logits, y: np.argmin((logits.argmax(2) != y).mean(0)),
            "Yours is the index of an image:",
        ),
        (
            lambda logits, y: np.argmin(np.abs(logits.argmax(2) - y).sum(1)),
            "A wrong class is one error, however",
        ),
        (stop_by_a_loop_from_1, "returns None: either no `return` is"),
        (
            lambda logits, y: np.argmin((logits.argmax(2) != y).mean()),
            "The result is always 0, whatever",
        ),
        (
            lambda logits, y: logits.max(2).mean(1).argmax(),
            "The surest, or the last: neither",
        ),
        (lambda logits, y: stop_by_loop(logits[::-1], y), "The result is wrong."),
        (
            lambda logits, y: len(logits) - 1 - stop_by_loop(logits[::-1], y),
            "Of several moments with equally few",
        ),
        (
            lambda logits, y: next(
                (
                    k
                    for k in range(len(logits) - 1)
                    if (logits[k + 1].argmax(1) != y).sum()
                    > (logits[k].argmax(1) != y).sum()
                ),
                len(logits) - 1,
            ),
            "You stop where the errors first",
        ),
    ],
    "best_temperature": [
        (scaled_and_left, "Changes its input `logits` in"),
        (scaled_on, "Each T divides what the last T left."),
        (cooled(log_of_softmax()), "A probability that came out as 0"),
        (cooled(log_of_softmax(1e-12)), "A probability that came out as 0"),
        (cooled(log_of_softmax(1e-300)), "A probability that came out as 0"),
        (
            cooled(lambda z, T, y: cross_entropy(z, y) + np.log(T)),
            "or the lowest, for another reason?",
        ),
        (
            cooled(lambda z, T, y: log_of_softmax()(z, 1, y) + np.log(T)),
            "It is the logits that are divided",
        ),
        (cooled(overflowing), "exp overflows, or gives 0, which"),
        (overflowing_by_loop, "exp overflows, or gives 0, which"),
        (cooled(one_maximum), "exp overflows, or gives 0, which"),
        (cooled(lambda z, T, y: cross_entropy(z * T, y)), "You multiply by T. A high"),
        (
            cooled(lambda z, T, y: cross_entropy(z, y) / T),
            "It is the logits that are divided",
        ),
        (
            cooled(lambda z, T, y: cross_entropy(z, y)),
            "What you compare is the same at",
        ),
        (
            cooled(lambda z, T, y: np.mean((z / T).argmax(1) != y)),
            "What you compare is the same at",
        ),
        (cooled(best=np.argmax), "That is the temperature with the"),
        (
            lambda *a: np.argmin([cross_entropy(a[0] / T, a[1]) for T in a[2]]),
            "Asked is the temperature itself,",
        ),
        (
            lambda *a: min(cross_entropy(a[0] / T, a[1]) for T in a[2]),
            "Asked is the temperature itself,",
        ),
        (lambda *a: 1 / cooled()(*a), "The result is one divided by what"),
        (lambda z, y, Ts: Ts[0], "What you compare is the same at"),
        (lambda z, y, Ts: Ts[-1], "The result is wrong."),
        (lambda z, y, Ts: max(Ts), "or the lowest, for another reason?"),
        (lambda z, y, Ts: min(Ts), "or the lowest, for another reason?"),
        (
            lambda z, y, Ts: np.sort(Ts)[
                np.argmin([cross_entropy(z / T, y) for T in Ts])
            ],
            "The result is wrong.",
        ),
        (
            cooled(
                lambda z, T, y: -log_softmax((z / T).T).T[np.arange(len(y)), y].mean()
            ),
            "The result is wrong.",
        ),
        (
            cooled(lambda z, T, y: -log_softmax(z / T)[:, y].mean()),
            "The result is wrong.",
        ),
        (
            cooled(
                lambda z, T, y: (
                    (np.exp(log_softmax(z / T)) - np.eye(z.shape[1])[y]) ** 2
                ).sum()
            ),
            "The result is wrong.",
        ),
        (
            cooled(
                lambda z, T, y: -np.exp(log_softmax(z / T))[np.arange(len(y)), y].mean()
            ),
            "The result is wrong.",
        ),
    ],
    "folds": [
        (
            given(parted(split), lambda p: [(b, a) for a, b in p]),
            "The two of each pair are in the",
        ),
        (
            given(parted(split), lambda p: [b for a, b in p]),
            "Value 0 of the result has 3 values;",
        ),
        (given(parted(split), lambda p: p[0]), "The result has 2 values; expected:"),
        (given(parted(split), lambda p: p[:1]), "The result has 1 value; expected: 3"),
        (given(parted(split), lambda p: p[::-1]), "`[0][0]` of the result"),
        (
            given(parted(split), lambda p: ([a for a, b in p], [b for a, b in p])),
            "The result has 2 values; expected:",
        ),
        (parted(split, turned_rest), "`[1][0]` of the result"),
        (
            parted(split, lambda n, held: np.arange(n)),
            "The held-out ones are trained on,",
        ),
        (
            parted(split, lambda n, held: np.arange(held[0])),
            "`train` stops at the block that is",
        ),
        (
            parted(split, lambda n, held: np.r_[0 : held[0], held[-1] : n]),
            "`[0][0]` of the result",
        ),
        (parted(folds_of_ranges), "The sizes are right, but the larger"),
        (
            parted(lambda n, k: [np.arange(i, n, k) for i in range(k)]),
            "You hold out every k-th. Here a",
        ),
        (
            parted(lambda n, k: np.arange(n // k * k).reshape(k, -1)),
            "Where k does not divide n, the last",
        ),
        (
            parted(lambda n, k: np.array_split(np.random.permutation(n), k)),
            "`[0][0]` of the result is",
        ),
        (
            parted(lambda n, k: np.split(np.arange(n), k)),
            "raises `ValueError: array split",
        ),
        (
            parted(
                lambda n, k: [
                    np.arange(i, min(i + n // k, n)) for i in range(0, n, n // k)
                ]
            ),
            "The result has 4 values; expected:",
        ),
        (
            parted(
                lambda n, k: [
                    np.arange(i * -(-n // k), min(n, (i + 1) * -(-n // k)))
                    for i in range(k)
                ]
            ),
            "Where k does not divide n, the",
        ),
        (
            parted(
                lambda n, k: np.array_split(np.arange(1, n + 1), k),
                lambda n, held: np.setdiff1d(np.arange(1, n + 1), held),
            ),
            "Indices are counted from 0, up to n",
        ),
        (masks, "`[0][0]` of the result"),
        (
            parted(lambda n, k: [n - 1 - b[::-1] for b in split(n, k)[::-1]]),
            "The sizes are right, but the larger",
        ),
        (folds_yielded, "The result is a generator"),
        (folds_of_sets, "`[0][0]` of the result is"),
        (
            lambda n, k: [(a[::-1], b) for a, b in parted(split)(n, k)],
            "`[0][0]` of the result is",
        ),
    ],
    "rescaled": [
        (rescaled_in_place, "Changes its input `theta` in place:"),
        (list_of_rescaled, "The result has the right numbers,"),
        (
            lambda theta, a: theta * a ** np.arange(len(theta)),
            "Turned round: when the inputs grow,",
        ),
        (lambda theta, a: theta / a, "theta_0 belongs to no x: it is the"),
        (lambda theta, a: theta * a, "Turned round: when the inputs grow,"),
        (
            lambda theta, a: theta / a ** np.arange(1, len(theta) + 1),
            "theta_0 belongs to no x: it is the",
        ),
        (
            lambda theta, a: np.r_[theta[:1], theta[1:] / a],
            "One factor for all powers: what",
        ),
        (
            lambda theta, a: theta / abs(a) ** np.arange(len(theta)),
            "A negative a turns the curve's two",
        ),
        (
            lambda theta, a: theta / a ** np.arange(len(theta))[::-1],
            "You count the powers from the",
        ),
        (
            lambda theta, a: (theta / a ** np.arange(len(theta)))[::-1],
            "You count the powers from the",
        ),
        (
            lambda theta, a: theta / (a * np.arange(len(theta))),
            "The result is infinite in the first",
        ),
        (
            lambda theta, a: theta / np.arange(len(theta)) ** a,
            "The result is infinite in the first",
        ),
        (
            lambda theta, a: theta / a ** len(theta),
            "The result is wrong in every entry.",
        ),
        (
            lambda theta, a: theta / a ** (len(theta) - 1),
            "The result is wrong in 3 of 4",
        ),
        (lambda theta, a: theta / a**2, "The result is wrong in 3 of 4"),
        (
            lambda theta, a: np.r_[theta[0], theta[1:] * a ** np.arange(1, len(theta))],
            "Turned round: when the inputs grow,",
        ),
        (lambda theta, a: theta, "The result is wrong in 3 of 4"),
        (
            lambda theta, a: np.sum(theta / a ** np.arange(len(theta))),
            "The result has shape (); expected:",
        ),
    ],
}


test_a_right_answer_of_another_form_passes = right_pass(RIGHT, (None, 5, 6, 7, 8))


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def test_what_a_statement_leaves_open_is_varied():
    fits = {np.sign(A.shape[1] - len(A)) for A, *_ in inputs("minimum_norm")}
    assert fits == {-1, 0, 1}
    low = [np.linalg.matrix_rank(A) < min(A.shape) for A, *_ in inputs("minimum_norm")]
    assert 0.2 < np.mean(low) < 0.7
    assert {B.shape[1] for _, B, _ in inputs("minimum_norm")} >= {1, 2, 3, 4}
    for axis, fewest in enumerate((2, 1, 1)):
        sizes = {fits.shape[axis] for fits, _ in inputs("bias_variance")}
        assert {fewest, fewest + 1, fewest + 2} <= sizes
    assert {len(chosen) for _, chosen, *_ in inputs("wrong_labels")} >= {0, 1, 5}
    assert {classes for *_, classes in inputs("wrong_labels")} == {*range(2, 11)}
    assert {n % k == 0 for n, k in inputs("folds")} == {True, False}
    assert {np.sign(a) for _, a in inputs("rescaled")} == {-1, 1}


def test_loss_and_errors_often_stop_at_different_moments():
    """Or who watches the loss would be right."""
    cases = inputs("stop_by")
    other = [np.argmin(losses(*c)) != reference("stop_by")(*c) for c in cases]
    assert np.mean(other) > 0.4


def test_in_some_runs_every_moment_is_wrong_everywhere():
    wrong = [(z.argmax(2) != y).all() for z, y in inputs("stop_by")]
    assert any(wrong)


def test_some_probabilities_are_0_at_every_temperature():
    """Who takes the log of one, or of one that was cut off, is not right by luck."""
    for f in map(cooled, map(log_of_softmax, (0, 1e-300, 1e-12, 1e-7))):
        for seed in range(20):
            assert not examine(find("best_temperature"), f, seed).passed


def test_all_three_illnesses_are_asked_for():
    for name in ("illness", "above_floor"):
        words = [reference(name)(*case) for case in inputs(name)]
        assert min(words.count(w) for w in ("underfits", "overfits", "fits")) > 50


def test_the_best_temperature_is_best_by_far():
    for logits, y, temperatures in inputs("best_temperature"):
        found = sorted(cross_entropy(logits / T, y) for T in temperatures)
        assert len(found) == 1 or found[1] > 1.01 * found[0]
