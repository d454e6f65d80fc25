"""Right answers to the exercises of lesson 05, in the ways of many learners."""

import math

import numpy as np
import pytest
from learners import in_single_precision, passes

from dlcourse import optim, tensor
from dlcourse.teach.exercise import reference


def length(arrays):
    return np.sqrt(sum(np.sum(a**2) for a in arrays))


def momentum_on_copies(w, v, g, lr, momentum):
    w, v = w.copy(), v.copy()
    v *= momentum
    v += g
    w -= lr * v
    return w, v


def momentum_by_the_optimiser(w, v, g, lr, momentum):
    p = tensor(w.copy(), requires_grad=True)
    optimizer = optim.SGD([p], lr=lr, momentum=momentum or 1e-300)
    optimizer.load_state_dict(
        {**optimizer.state_dict(), "state": {0: {"momentum_buffer": tensor(v)}}}
    )
    p.grad = tensor(g)
    optimizer.step()
    return p.detach().numpy(), momentum * v + g


def adam_with_the_corrections_in_the_rate(w, m, S, g, t, lr, betas, eps):
    m = m + (1 - betas[0]) * (g - m)
    S = S + (1 - betas[1]) * (np.square(g) - S)
    c = math.sqrt(1 - betas[1] ** t)
    return w - lr * c / (1 - betas[0] ** t) * m / (np.sqrt(S) + c * eps), m, S


def adam_in_loops(w, m, S, g, t, lr, betas, eps):
    new = [np.zeros(w.shape) for _ in range(3)]
    for i in np.ndindex(w.shape):
        new[1][i] = betas[0] * m[i] + (1 - betas[0]) * g[i]
        new[2][i] = betas[1] * S[i] + (1 - betas[1]) * g[i] ** 2
        root = math.sqrt(new[2][i] / (1 - betas[1] ** t))
        new[0][i] = w[i] - lr * new[1][i] / (1 - betas[0] ** t) / (root + eps)
    return new


def rate_of_joined_vectors(before, after, gradients):
    b, a, g = (np.concatenate([*map(np.ravel, z)]) for z in (before, after, gradients))
    return np.linalg.norm(a - b) / np.linalg.norm(g)


def rate_by_entries(before, after, gradients):
    moved = slope = 0
    for arrays in zip(before, after, gradients, strict=True):
        for b, a, g in zip(*map(np.ravel, arrays), strict=True):
            moved, slope = moved + (a - b) ** 2, slope + g * g
    return math.sqrt(moved / slope)


def clipped_if_too_long(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    if norm > max_norm:
        gradients = [g / norm * max_norm for g in gradients]
    return gradients


def clipped_by_the_minimum(gradients, max_norm):
    norms = [np.linalg.norm(g) for g in gradients]
    return tuple(g * np.minimum(1, max_norm / np.linalg.norm(norms)) for g in gradients)


def clipped_copies(gradients, max_norm):
    new = [g.copy() for g in gradients]
    for g in new:
        g /= max(1, length(gradients) / max_norm)
    return new


def tuned_by_cases(lr, L, mu):
    for_mu, for_L = 1 - math.sqrt(lr * mu), math.sqrt(lr * L) - 1
    if for_mu >= for_L:
        return for_mu**2
    return for_L**2


def tuned_by_the_pairs_rate(lr, L, mu):
    end = mu if lr < (2 / (L**0.5 + mu**0.5)) ** 2 else L
    return np.array((1 - (lr * end) ** 0.5) ** 2)


def adagrad_on_copies(w, S, g, lr, eps):
    w, S = np.array(w), np.array(S)
    S += g * g
    w -= lr / (S**0.5 + eps) * g
    return [w, S]


def cosine_of_numpy(t, total, warmup, highest):
    up, way = t / max(1, warmup), (t - warmup) / (total - warmup)
    return np.where(t < warmup, highest * up, highest * np.cos(np.pi / 2 * way) ** 2)


def cosine_with_the_end_in_the_line(t, total, warmup, highest):
    if warmup and t <= warmup:
        return t / warmup * highest
    return 0.5 * highest * (1 + math.cos(math.pi / (total - warmup) * (t - warmup)))


def parameter_by_parameter(parameters, gradients, lr, momentum):
    new = []
    for i, w in enumerate(parameters):
        v = 0
        for of_step in gradients:
            v = momentum * v + of_step[i]
            w = w - lr * v
        new.append(w)
    return tuple(new)


def in_place_on_copies(parameters, gradients, lr, momentum):
    new = [w.copy() for w in parameters]
    velocities = [np.zeros_like(w) for w in parameters]
    for of_step in gradients:
        for w, v, g in zip(new, velocities, of_step, strict=True):
            v *= momentum
            v += g
            w -= lr * v
    return new


RIGHT = {
    "momentum_step": [
        momentum_on_copies,
        momentum_by_the_optimiser,
        lambda w, v, g, lr, b: [w - lr * b * v - lr * g, np.add(b * v, g)],
    ],
    "adam_step": [adam_with_the_corrections_in_the_rate, adam_in_loops],
    "rate_used": [rate_of_joined_vectors, rate_by_entries],
    "clipped": [clipped_if_too_long, clipped_by_the_minimum, clipped_copies],
    "tuned_momentum": [
        tuned_by_cases,
        tuned_by_the_pairs_rate,
        lambda lr, L, mu: max(abs(1 - (lr * mu) ** 0.5), abs((lr * L) ** 0.5 - 1)) ** 2,
        lambda lr, L, mu: np.max((1 - np.sqrt(lr * np.array([mu, L]))) ** 2),
    ],
    "adagrad_step": [
        adagrad_on_copies,
        lambda w, S, g, lr, eps: (w - lr * g / (np.hypot(S**0.5, g) + eps), S + g**2),
    ],
    "cosine_rate": [cosine_of_numpy, cosine_with_the_end_in_the_line],
    "after_steps": [parameter_by_parameter, in_place_on_copies],
}


@pytest.mark.parametrize(
    ("name", "f"),
    [
        (name, f)
        for name in RIGHT
        for f in (*RIGHT[name], in_single_precision(reference(name)))
    ],
)
def test_another_way_to_the_right_answer_passes(name, f):
    passes(name, f)
