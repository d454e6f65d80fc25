"""Answers as learners write them to the exercises of lesson 03."""

import numpy as np
import pytest
from learners import in_single_precision, is_told, passes

from dlcourse.lab import rms
from dlcourse.teach.exercise import reference

# ------------------------------------------------------------------- right, another way


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
        z = Z[i, j * pieces : (j + 1) * pieces]
        Y[i, j] = z.max()
        best = np.flatnonzero(z == z.max())
        dZ[i, j * pieces + best] = G[i, j] / len(best)
    return Y, dZ


RIGHT = [
    ("slopes_from_outputs", lambda s, t, r: (s - s**2, (1 - t) * (1 + t), np.sign(r))),
    ("slopes_from_outputs", in_single_precision(reference("slopes_from_outputs"))),
    ("layer_factors", in_single_precision(reference("layer_factors"))),
    ("keeping_scales", lambda: [1.4, 1.1]),
    ("keeping_scales", lambda: np.array([1.4, 1.2])),
    ("dead_units", lambda H: ~H.any(0)),
    ("dead_units", lambda H: H.sum(axis=0) == 0),
    ("dead_units", lambda H: np.array([not column.any() for column in H.T])),
    ("revived_bias", one_by_one),
    ("revived_bias", in_single_precision(reference("revived_bias"))),
    ("culprit", smallest_number),
    ("maxout_both", winner_by_winner),
]


@pytest.mark.parametrize(("name", "f"), RIGHT)
def test_another_way_to_the_right_answer_passes(name, f):
    passes(name, f)


def test_maxouts_gradient_is_the_engines_where_pieces_tie():
    from dlcourse import nn, tensor

    Z, G = np.array([[2.0, 2, -1, 0, 0, 0]]), np.array([[3.0, 6]])
    ours = tensor(Z, requires_grad=True)
    (nn.Maxout(3)(ours) * tensor(G)).sum().backward()
    np.testing.assert_array_equal(reference("maxout_both")(Z, 3, G)[1], ours.grad.data)


def test_relu_without_biases_has_one_answer_to_a_change_of_any_layers_scale():
    """Why the lesson's dL/dW is level: the sum of W dL/dW is the same in all layers."""
    from dlcourse import lab, nn, tensor

    x, y = np.random.default_rng(0).normal(size=(20, 64)), np.arange(20) % 10

    def answers(activation):
        model = lab.plain(activation, 2, 10).double()
        nn.functional.cross_entropy(model(tensor(x)), tensor(y)).backward()
        weights = [p for p in model.parameters() if p.ndim > 1]
        return np.array([(w.data * w.grad.data).sum() for w in weights])

    relu, tanh = answers(nn.ReLU), answers(nn.Tanh)
    np.testing.assert_allclose(relu, relu[0], rtol=1e-9)
    assert np.ptp(tanh) > abs(tanh).max() / 2


# -------------------------------------------------------------- wrong, and what is told


def straight_through_W(G, slope, W):
    before, between, after = ((a**2).mean() ** 0.5 for a in (G, G * slope, G @ W))
    return between / before, after / before


def ratio_by_ratio(G, slope, W):
    dZ = G * slope
    return rms(dZ / G), rms(dZ @ W) / rms(dZ)


def any_sign(X, W, b):
    Z, new = X @ W.T + b, b.copy()
    for j in range(len(b)):
        if (Z[:, j] < 0).all():
            new[j] -= np.median(Z[:, j])
    return new


def judged_after_relu(X, W, b):
    H = np.maximum(X @ W.T + b, 0)
    return b - np.median(H, axis=0) * (H == 0).all(axis=0)


def middle_of_the_sorted(X, W, b):
    Z = np.sort(X @ W.T + b, axis=0)
    return np.where(Z[-1] <= 0, b - Z[len(Z) // 2], b)


def shifted_in_place(X, W, b):
    Z, new = X @ W.T + b, b
    for j in range(len(b)):
        if (Z[:, j] <= 0).all():
            new[j] -= np.median(Z[:, j])
    return new


def else_inside(outputs):
    for number, H in enumerate(outputs, start=1):
        if H.max() == 0:
            return number
        else:
            return 0


def by_its_mean(outputs):
    quiet = [k + 1 for k, H in enumerate(outputs) if H.mean() < 1e-3]
    return quiet[0] if quiet else 0


def no_line_behind_the_loop(outputs):
    for number, H in enumerate(outputs, start=1):
        if (H == 0).all():
            return number


def all_equal_to_zero(outputs):
    for number, H in enumerate(outputs, start=1):
        if H.all() == 0:
            return number
    return 0


def each_winner(Z, pieces, G):
    groups = Z.reshape(len(Z), -1, pieces)
    Y = groups.max(axis=2)
    return Y, ((groups == Y[:, :, None]) * G[:, :, None]).reshape(Z.shape)


def winners_by_argmax(Z, pieces, G):
    groups = Z.reshape(len(Z), -1, pieces)
    return groups.max(2), np.eye(pieces)[groups.argmax(2)] * G[..., None]


def argmax_in_place(Z, pieces, G):
    Y, dZ = winners_by_argmax(Z, pieces, G)
    return Y, dZ.reshape(Z.shape)


def last_winner(Z, pieces, G):
    Y, dZ = argmax_in_place(Z[:, ::-1], pieces, G[:, ::-1])
    return Y[:, ::-1], dZ[:, ::-1]


def from_minus_5(Z, pieces, G):
    Y, dZ = reference("maxout_both")(Z, pieces, G)
    return np.maximum(Y, -5.0), dZ


def near_ties(Z, pieces, G):
    return reference("maxout_both")(np.round(Z, 7), pieces, G)


def shared_by_two(Z, pieces, G):
    groups = Z.reshape(len(Z), -1, pieces)
    Y = groups.max(axis=2, keepdims=True)
    won = groups == Y
    share = won / np.minimum(won.sum(axis=2, keepdims=True), 2)
    return Y[:, :, 0], (share * G[:, :, None]).reshape(Z.shape)


def stops_at_the_last(outputs):
    for number, H in enumerate(outputs, 1):  # noqa: B007
        if not H.any():
            break
    return number


def without_the_bias(X, W, b):
    Z = X @ W.T
    return np.where((Z <= 0).all(axis=0), b - np.median(Z, axis=0), b)


def the_shift(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), -np.median(Z, axis=0), 0)


def nearly_0(outputs):
    return next((k for k, H in enumerate(outputs, 1) if np.allclose(H, 0)), 0)


def mostly_0(outputs):
    return next((k for k, H in enumerate(outputs, 1) if (H == 0).mean() > 0.99), 0)


def squares_that_underflow(outputs):
    return next((k for k, H in enumerate(outputs, 1) if (H**2).sum() == 0), 0)


def judged_by_the_mean(X, W, b):
    Z = X @ W.T + b
    return np.where(Z.mean(axis=0) <= 0, b - np.median(Z, axis=0), b)


def made_of_size_and_std(G, slope, W):
    return rms(slope), len(W) ** 0.5 * W.std()


def right_slopes_and_std(G, slope, W):
    return rms(G * slope) / rms(G), len(W) ** 0.5 * W.std()


def off_for_half(X, W, b):
    middle = np.median(X @ W.T + b, axis=0)
    return np.where(middle <= 0, b - middle, b)


def as_for_a_mean(Z, pieces, G):
    Y, _ = reference("maxout_both")(Z, pieces, G)
    return Y, np.repeat(G / pieces, pieces, axis=1)


TOLD = [
    ("maxout_both", from_minus_5, "wrong"),
    ("maxout_both", near_ties, "wrong"),
    ("maxout_both", shared_by_two, "wrong"),
    ("culprit", nearly_0, "Small is alive"),
    ("culprit", stops_at_the_last, "its own line behind the loop"),
    ("dead_units", lambda H: H.max(axis=0) < 1e-8, "Small is alive"),
    ("revived_bias", without_the_bias, "or take the median without it"),
    ("revived_bias", the_shift, "The living units lost their biases"),
    ("keeping_scales", lambda: (1.3, 1.3), "ReLU's scale is too small"),
    ("keeping_scales", lambda: (1.0, 1.3), "ReLU's scale is too small"),
    (
        "slopes_from_outputs",
        lambda s, t, r: (s - s * s, 1 - t * t, np.minimum(r * 1e9, 1)),
        "ReLU's slope",
    ),
    ("slopes_from_outputs", lambda s, t, r: s - s * s, "One array came back"),
    ("slopes_from_outputs", lambda s, t, r: (s - s * s, 1 - t * t, r > 0), "float"),
    (
        "slopes_from_outputs",
        lambda s, t, r: (s - s * s, 1 / np.cosh(t) ** 2, np.sign(r)),
        "go through them twice",
    ),
    ("layer_factors", lambda G, s, W: (rms(G * s), rms(G * s @ W)), "These are sizes"),
    ("layer_factors", straight_through_W, "G goes through W without the slopes"),
    ("layer_factors", ratio_by_ratio, "first each rms, then divide"),
    ("keeping_scales", lambda: (1.4, 1.5), "gradient more than doubles"),
    ("keeping_scales", lambda: (1.4, 1.3), "gradient more than doubles"),
    ("keeping_scales", lambda: (1.4, 1.0), "A little more"),
    ("keeping_scales", lambda: (1.1, 1.4), "ReLU's comes first"),
    ("keeping_scales", lambda: (1e200, 1e200), "more than doubles"),
    ("keeping_scales", lambda: (1.4, float("nan")), "Return two numbers above 0"),
    ("keeping_scales", lambda: (1.4, -1.2), "Return two numbers above 0"),
    ("keeping_scales", lambda: 1.4, "Return two numbers"),
    ("keeping_scales", lambda: "1.4, 1.2", "Return two numbers"),
    ("keeping_scales", lambda: ("1.4", "1.2"), "Return two numbers"),
    ("keeping_scales", lambda: {"ReLU": 1.4, "tanh": 1.2}, "Return two numbers"),
    ("keeping_scales", lambda: {1.4: "ReLU", 1.2: "tanh"}, "Return two numbers"),
    ("keeping_scales", lambda: print(1.4, 1.2), "as with `print(...)`"),
    ("dead_units", lambda H: H.max(0) < 1e-3, "Small is alive"),
    ("dead_units", lambda H: ~(H >= 0).any(0), "outputs are never below 0"),
    ("dead_units", lambda H: [not h.any() for h in H.T], "`np.array(...)` makes one"),
    ("dead_units", lambda H: (H >= 0).all(0), "Every unit is dead in your answer"),
    ("dead_units", lambda H: np.where(H.max(0) == 0)[0], "the numbers of the dead"),
    ("dead_units", lambda H: np.where(H.max(0) == 0), "the numbers of the dead"),
    ("dead_units", lambda H: H[0] == 0, "wrong in"),
    ("dead_units", lambda H: (H == 0).mean(axis=0) > 0.99, "on for one example alone"),
    ("dead_units", lambda H: (H == 0).mean(axis=0) > 0.999, "on for one"),
    ("dead_units", lambda H: (H[:64] == 0).all(axis=0), "on for one"),
    ("dead_units", lambda H: (H**2).sum(axis=0) == 0, "wrong"),
    ("dead_units", lambda H: (H == 0).mean(axis=0), "which comparison"),
    ("dead_units", lambda H: (H == 0).sum(axis=0), "which comparison"),
    ("dead_units", lambda H: H.sum(axis=0), "which comparison"),
    ("dead_units", lambda H: H.max(axis=0), "which comparison"),
    ("culprit", mostly_0, "nearly all 0, counts as dead"),
    ("culprit", squares_that_underflow, "wrong"),
    ("revived_bias", judged_by_the_mean, "They are alive: leave them"),
    ("layer_factors", made_of_size_and_std, "made of W alone"),
    ("layer_factors", right_slopes_and_std, "the factor of the weights"),
    ("layer_factors", lambda G, s, W: (s.mean(), rms(W)), "wrong"),
    ("revived_bias", off_for_half, "wrong"),
    ("revived_bias", lambda X, W, b: b * ~(X @ W.T + b <= 0).all(axis=0), "wrong"),
    ("maxout_both", as_for_a_mean, "`dZ` is wrong"),
    ("culprit", lambda Hs: [H.any() for H in Hs].count(False), "return the number"),
    ("revived_bias", any_sign, "exactly 0 stays dead"),
    ("revived_bias", judged_after_relu, "take the median after the ReLU?"),
    ("revived_bias", middle_of_the_sorted, "the mean of the two in the middle"),
    ("revived_bias", shifted_in_place, "Changes its input `b` in place"),
    ("culprit", else_inside, "ut it behind the loop"),
    ("culprit", by_its_mean, "Small is alive"),
    ("culprit", no_line_behind_the_loop, "its own line behind the loop"),
    ("culprit", all_equal_to_zero, "asks whether any entry is 0"),
    ("maxout_both", each_winner, "(a tie)"),
    ("maxout_both", lambda *given: each_winner(*given)[::-1], "expected"),
    ("maxout_both", lambda *given: each_winner(*given)[1], "where 2 are asked for"),
    ("maxout_both", last_winner, "`dZ` is wrong"),
    ("maxout_both", argmax_in_place, "(a tie)"),
    ("maxout_both", winners_by_argmax, "`dZ` has shape (1, 2, 3); expected: (1, 6)"),
    ("maxout_both", lambda Z, k, G: Z.reshape(len(Z), -1, k).max(2), "Two arrays"),
]


@pytest.mark.parametrize(("name", "f", "message"), TOLD)
def test_a_wrong_answer_is_told_what_it_needs(name, f, message):
    is_told(name, f, message)


@pytest.mark.parametrize("row", [0, 1, 2, -1])
def test_no_single_example_decides(row):
    is_told("dead_units", lambda H: H[row] == 0, "wrong in")

    def by_one_example(outputs):
        return next((k for k, H in enumerate(outputs, 1) if not H[row].any()), 0)

    is_told("culprit", by_one_example, "wrong")
