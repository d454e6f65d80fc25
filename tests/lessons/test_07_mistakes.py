"""Right and wrong answers to the exercises of lesson 07, and what is told."""

import numpy as np
import pytest
from learners import is_told

from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find, reference


def bn_by_loops(x, gamma, beta, eps):
    y, x_hat, s = np.empty_like(x), np.empty_like(x), np.empty_like(x[0])
    for c in range(x.shape[1]):
        mean = sum(x[:, c]) / len(x)
        s[c] = (sum((v - mean) ** 2 for v in x[:, c]) / len(x) + eps) ** 0.5
        for n in range(len(x)):
            x_hat[n, c] = (x[n, c] - mean) / s[c]
            y[n, c] = gamma[c] * x_hat[n, c] + beta[c]
    return y, x_hat, s


def bn_by_einsum(x, gamma, beta, eps):
    centred = x - np.einsum("nc->c", x) / len(x)
    s = np.sqrt(np.einsum("nc,nc->c", centred, centred) / len(x) + eps)
    return np.einsum("nc,c->nc", centred, gamma / s) + beta, centred / s, s


def back_as_printed(g, x_hat, s, gamma):
    """The three terms of the paper, over N."""
    n, g = len(g), g * gamma
    return (n * g - g.sum(0) - x_hat * (g * x_hat).sum(0)) / (n * s)


def back_by_jacobian(g, x_hat, s, gamma):
    n = len(g)
    dx = np.empty_like(g)
    for c in range(g.shape[1]):
        h = x_hat[:, c]
        J = (np.eye(n) - 1 / n - np.outer(h, h) / n) / s[c]
        dx[:, c] = J.T @ (gamma[c] * g[:, c])
    return dx


def moments_by_lerp(batches, momentum):
    mean, var = 0.0, 1.0
    for b in batches:
        mean += momentum * (np.mean(b, axis=0) - mean)
        var += momentum * (np.var(b, axis=0, ddof=1) - var)
    return mean, var


def left_by_loop(momentum, steps):
    share = 1.0
    for _ in range(steps):
        share -= share * momentum
    return share


def folded_by_probing(W, b, mean, var, gamma, beta, eps):
    def layer(x):
        z = W @ x if b is None else W @ x + b
        return gamma * (z - mean) / np.sqrt(var + eps) + beta

    at_0 = layer(np.zeros(W.shape[1]))
    return np.stack([layer(e) - at_0 for e in np.eye(W.shape[1])], axis=1), at_0


def normed_by_reshape(x, shape, eps):
    rows = x.reshape(-1, int(np.prod(shape)))
    rows = rows - rows.mean(1, keepdims=True)
    return (rows / np.sqrt((rows**2).mean(1, keepdims=True) + eps)).reshape(x.shape)


def factor_by_average(values, slopes, weights):
    mean = np.average(values, weights=weights)
    var = np.average((values - mean) ** 2, weights=weights)
    return np.sqrt(np.average(slopes**2, weights=weights) / var)


RIGHT = [
    ("bn_forward", bn_by_loops),
    ("bn_forward", bn_by_einsum),
    ("bn_backward", back_as_printed),
    ("bn_backward", back_by_jacobian),
    ("running_moments", moments_by_lerp),
    ("twin_rate", lambda lr, a: lr / (1 / a) ** 2),
    ("start_left", left_by_loop),
    ("start_left", lambda momentum, steps: np.exp(steps * np.log1p(-momentum))),
    ("folded", folded_by_probing),
    ("layer_normed", normed_by_reshape),
    ("gradient_factor", factor_by_average),
]


@pytest.mark.parametrize(("name", "f"), RIGHT)
@pytest.mark.parametrize("seed", [None, 5, 6])
def test_a_right_answer_of_another_form_passes(name, f, seed):
    result = examine(find(name), f, seed)
    assert result.passed, result.text


def centred_in_place(x, gamma, beta, eps):
    x -= x.mean(axis=0)
    s = np.sqrt((x**2).mean(axis=0) + eps)
    return gamma * x / s + beta, x / s, s


def eps_by_heart(x, gamma, beta, eps):
    return reference("bn_forward")(x, gamma, beta, 1e-5)


def forward_in_float32(x, gamma, beta, eps):
    parts = (np.float32(a) for a in (x, gamma, beta, eps))
    return tuple(np.float64(a) for a in reference("bn_forward")(*parts))


def moments_of_all(batches, momentum):
    x = np.concatenate(batches)
    return x.mean(axis=0), x.var(axis=0, ddof=1)


def about_the_running_mean(batches, momentum):
    mean, var = np.zeros(batches[0].shape[1]), np.ones(batches[0].shape[1])
    for x in batches:
        mean = (1 - momentum) * mean + momentum * x.mean(axis=0)
        square = ((x - mean) ** 2).sum(axis=0) / (len(x) - 1)
        var = (1 - momentum) * var + momentum * square
    return mean, var


WRONG = [
    ("bn_forward", centred_in_place, "`x`"),
    ("bn_forward", eps_by_heart, ""),
    ("bn_forward", lambda x, gamma, beta, eps: gamma * x + beta, ""),
    ("bn_forward", lambda *a: reference("bn_forward")(*a)[0], ""),
    ("bn_forward", lambda *a: bn_by_einsum(*a)[::-1], ""),
    ("bn_forward", lambda *a: (*bn_by_einsum(*a)[:2], bn_by_einsum(*a)[2] ** 2), ""),
    ("bn_backward", lambda *a: -back_as_printed(*a), ""),
    (
        "bn_backward",
        lambda g, x_hat, s, gamma: back_as_printed(g, x_hat, s, 1),
        "gamma",
    ),
    (
        "bn_backward",
        lambda g, x_hat, s, gamma: back_as_printed(g, x_hat, s, np.abs(gamma)),
        "",
    ),
    (
        "bn_backward",
        lambda g, x_hat, s, gamma: (
            (g - g.mean() - x_hat * (g * x_hat).mean()) * gamma / s
        ),
        "",
    ),
    ("bn_backward", lambda g, x_hat, s, gamma: g - g.mean(0), ""),
    ("running_moments", moments_of_all, ""),
    ("running_moments", about_the_running_mean, ""),
    ("running_moments", lambda b, m: reference("running_moments")(b, 0.1), ""),
    ("running_moments", lambda b, m: moments_by_lerp(b, m)[::-1], ""),
    ("twin_rate", lambda lr, a: a**2, ""),
    ("twin_rate", lambda lr, a: lr * abs(a), ""),
    ("twin_rate", lambda lr, a: 10 * lr, ""),
    ("start_left", lambda momentum, steps: (1 - momentum) * steps, ""),
    ("start_left", lambda momentum, steps: 1 - momentum**steps, ""),
    ("start_left", lambda momentum, steps: 0.1**steps, ""),
    ("folded", lambda W, b, m, v, gamma, beta, e: (W * gamma[:, None], b), ""),
    ("folded", lambda *a: folded_by_probing(*a)[::-1], ""),
    ("folded", lambda *a: (folded_by_probing(*a)[0].T, folded_by_probing(*a)[1]), ""),
    (
        "folded",
        lambda W, b, m, v, gamma, beta, e: reference("folded")(
            W, b, m, v, gamma, beta, 1e-5
        ),
        "",
    ),
    ("layer_normed", lambda x, shape, eps: x / np.linalg.norm(x), ""),
    ("layer_normed", lambda x, shape, eps: normed_by_reshape(x, shape, 1e-5), ""),
    ("layer_normed", lambda x, shape, eps: x - x.mean(-1, keepdims=True), ""),
    ("gradient_factor", lambda v, s, w: factor_by_average(v, s**2, w), ""),
    ("gradient_factor", lambda v, s, w: np.std(s) / np.std(v), ""),
    ("gradient_factor", lambda v, s, w: 1.2112, ""),
]


@pytest.mark.parametrize(("name", "f", "words"), WRONG)
def test_a_wrong_answer_is_told_what_it_needs(name, f, words):
    is_told(name, f, words)


def test_in_float32_a_right_answer_passes():
    assert examine(find("bn_forward"), forward_in_float32).text
