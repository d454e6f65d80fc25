"""Answers as learners write them, to the exercises of lessons 03 and 04."""

import numpy as np
import pytest

from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find


def one_by_one(X, W, b):
    new = list(b)
    for j, w in enumerate(W):
        z = X @ w + b[j]
        if z.max() <= 0:
            new[j] -= np.median(z)
    return np.array(new)


def smallest_number(outputs):
    dead = [k for k, H in enumerate(outputs, 1) if not H.any()]
    return min(dead, default=0)


def winner_by_winner(Z, pieces, G):
    Y, dZ = np.zeros(G.shape), np.zeros(Z.shape)
    for i, j in np.ndindex(*G.shape):
        k = j * pieces + Z[i, j * pieces : (j + 1) * pieces].argmax()
        Y[i, j], dZ[i, k] = Z[i, k], G[i, j]
    return Y, dZ


RIGHT = {
    "dead_units": lambda H: ~H.any(0),
    "revived_bias": one_by_one,
    "culprit": smallest_number,
    "keeping_scales": lambda: [1.4, 1.1],
    "maxout_both": winner_by_winner,
}


@pytest.mark.parametrize("name", RIGHT)
def test_another_way_to_the_right_answer_passes(name):
    result = examine(find(name), RIGHT[name])
    assert result.passed, result.text


def in_the_callers_list(weights, X):
    H = X
    for i in range(len(weights)):
        weights[i] = weights[i] / np.std(H @ weights[i].T)
        H = np.maximum(0, H @ weights[i].T)
    return weights


def always_by_x(weights, X):
    rescaled = []
    for W in weights:
        Z = X @ W.T
        rescaled.append(W / Z.std())
        H = np.maximum(Z, 0)  # noqa: F841
    return rescaled


def halves_alike(weights):
    first, *middle, last = weights
    middle = [np.block([[W, W], [W, W]]) for W in middle]
    return [np.vstack([first, -first]), *middle, np.hstack([last, -last])]


def printed_above_the_stub(std):
    print(3**0.5 * std)
    raise NotImplementedError


def one_sample(f, gain, q, depth, z):
    x, qs = z * q**0.5, [q]
    while len(qs) <= depth:
        x = f(x) * gain
        qs.append((x**2).mean())
    return qs


def else_inside(outputs):
    for number, H in enumerate(outputs, start=1):
        if H.max() == 0:
            return number
        else:
            return 0


def by_its_mean(outputs):
    quiet = [k + 1 for k, H in enumerate(outputs) if H.mean() < 1e-3]
    return quiet[0] if quiet else 0


def judged_after_relu(X, W, b):
    H = np.maximum(X @ W.T + b, 0)
    return b - np.median(H, axis=0) * (H == 0).all(axis=0)


def any_sign(X, W, b):
    Z, new = X @ W.T + b, b.copy()
    for j in range(len(b)):
        if (Z[:, j] < 0).all():
            new[j] -= np.median(Z[:, j])
    return new


def winners_by_argmax(Z, pieces, G):
    groups = Z.reshape(len(Z), -1, pieces)
    return groups.max(2), np.eye(pieces)[groups.argmax(2)] * G[..., None]


def straight_through_W(G, slope, W):
    before, between, after = ((a**2).mean() ** 0.5 for a in (G, G * slope, G @ W))
    return between / before, after / before


TOLD = [
    ("dead_units", lambda H: H.mean(0) < 0.01, "Small is alive"),
    ("dead_units", lambda H: H.max(0) < 1e-3, "Small is alive"),
    ("dead_units", lambda H: ~(H >= 0).any(0), "outputs are never below 0"),
    ("revived_bias", any_sign, "exactly 0 stays dead"),
    ("revived_bias", judged_after_relu, "take the median after the ReLU?"),
    ("culprit", else_inside, "put it behind the loop"),
    ("culprit", by_its_mean, "Small is alive"),
    ("keeping_scales", lambda: (1.4, 1.5), "gradient more than doubles"),
    ("keeping_scales", lambda: (1.4, 1.3), "gradient more than doubles"),
    ("keeping_scales", lambda: (1.4, 1.0), "A little more"),
    ("keeping_scales", lambda: (1.1, 1.4), "ReLU's comes first"),
    ("keeping_scales", lambda: 1.4, "Return two numbers"),
    ("keeping_scales", lambda: "1.4, 1.2", "Return two numbers"),
    ("keeping_scales", lambda: ("1.4", "1.2"), "Return two numbers"),
    ("keeping_scales", lambda: {"ReLU": 1.4, "tanh": 1.2}, "Return two numbers"),
    ("keeping_scales", lambda: {1.4: "ReLU", 1.2: "tanh"}, "Return two numbers"),
    ("keeping_scales", lambda: print(1.4, 1.2), "is a `return` missing?"),
    ("slopes_from_outputs", lambda s, t, r: s - s * s, "One array came back"),
    ("layer_factors", straight_through_W, "G goes through W without the slopes"),
    ("maxout_both", winners_by_argmax, "reshape dZ to Z's shape"),
    ("maxout_both", lambda Z, k, G: Z.reshape(len(Z), -1, k).max(2), "One array"),
    ("uniform_bound", printed_above_the_stub, "stops at `raise NotImplementedError`"),
    ("uniform_bound", lambda std: print(3**0.5 * std), "is a `return` missing?"),
    ("unit_variance", in_the_callers_list, "or by `weights[i] = ...`"),
    ("unit_variance", always_by_x, "Every layer is measured on X"),
    ("mirrored", halves_alike, "the same in both halves"),
    ("recursion", one_sample, "you send the same sample on"),
    ("he_std", lambda s: (2 / max(s)) ** 0.5, "You take the larger of the two"),
    ("gain_from", lambda h: (len(h) / (h**2).sum()) ** 0.5, "all entries: `h.size`"),
]


@pytest.mark.parametrize(("name", "f", "message"), TOLD)
def test_a_learners_wrong_answer_is_told_what_it_needs(name, f, message):
    result = examine(find(name), f)
    assert result.verdict in ("known mistake", "wrong")
    assert message in result.text
