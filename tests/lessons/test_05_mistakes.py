"""Wrong answers to the exercises of lesson 05, and what is told."""

import numpy as np
from learners import wrong_are_told

from dlcourse.teach.exercise import reference


def length(arrays):
    return np.sqrt(sum(np.sum(a**2) for a in arrays))


def stepped_in_place(w, v, g, lr, momentum):
    v *= momentum
    v += g
    return w - lr * v, v


def second_name(w, v, g, lr, momentum):
    new = v
    new *= momentum
    new += g
    return w - lr * new, new


def adam(first, second, quotient=lambda m, S, eps: m / (np.sqrt(S) + eps), b=0.9):
    """first(m, beta1, t) and second(S, beta2, t): the corrected means."""

    def step(w, m, S, g, t, lr, betas, eps):
        m = betas[0] * m + (1 - betas[0]) * g
        S = betas[1] * S + (1 - betas[1]) * g**2
        means = first(m, betas[0], t), second(S, betas[1], t)
        return w - lr * quotient(*means, eps), m, S

    return step


def right(z, beta, t):
    return z / (1 - beta**t)


def at_the_defaults(w, m, S, g, t, lr, betas, eps):
    return reference("adam_step")(w, m, S, g, t, lr, (0.9, 0.999), eps)


def names_used_again(w, m, S, g, t, lr, betas, eps):
    m = (betas[0] * m + (1 - betas[0]) * g) / (1 - betas[0] ** t)
    S = (betas[1] * S + (1 - betas[1]) * g**2) / (1 - betas[1] ** t)
    return w - lr * m / (np.sqrt(S) + eps), m, S


def as_printed(w, m, S, g, t, lr, betas, eps):
    m = betas[0] * m + betas[0] * g
    S = betas[1] * S + (1 - betas[1]) * g**2
    return w - lr * m / np.sqrt(S + eps), m, S


def last_quotient(before, after, gradients):
    for b, a, g in zip(before, after, gradients, strict=True):
        quotient = np.linalg.norm(a - b) / np.linalg.norm(g)
    return quotient


def lists_taken_off(before, after, gradients):
    return length(after - before) / length(gradients)


def rate_of(moved):
    return lambda b, a, g: moved([y - x for x, y in zip(b, a, strict=True)], g)


def scaled(factor):
    return lambda gs, most: [g * factor(length(gs), most) for g in gs]


def name_given_again(gradients, max_norm):
    for g in gradients:
        g = g * min(1, max_norm / length(gradients))
    return gradients


def halved_in_place(gradients, max_norm):
    for g in gradients:
        g *= 0.5
    return gradients


def only_where_long(gradients, max_norm):
    if length(gradients) >= max_norm:
        return [g * max_norm / length(gradients) for g in gradients]


def one_by_one(gradients, max_norm):
    norms = [np.linalg.norm(g) for g in gradients]
    pairs = zip(gradients, norms, strict=True)
    return [g * max_norm / n if n >= max_norm else g for g, n in pairs]


def tuned(of=max, share=lambda root: root**2, root=np.sqrt):
    """The window's two demands, one of them, and the momentum that follows."""
    return lambda lr, L, mu: share(of(1 - root(lr * mu), root(lr * L) - 1))


def adagrad(S_of=lambda S, g: S + g**2, by=lambda S, eps: np.sqrt(S) + eps):
    def step(w, S, g, lr, eps):
        S = S_of(S, g)
        return w - lr * g / by(S, eps), S

    return step


def cosine(down, up=lambda t, warmup: t / warmup):
    def rate(t, total, warmup, highest):
        if t < warmup:
            return highest * up(t, warmup)
        return highest * down(t, total, warmup)

    return rate


def line_from_zero(t, total, warmup, highest):
    return highest * min(t / warmup, reference("cosine_rate")(t, total, warmup, 1))


def not_held_at_its_top(t, total, warmup, highest):
    share = (t - warmup) / (total - warmup)
    rise = t / warmup if warmup else 1
    return highest * min(rise, (1 + np.cos(np.pi * share)) / 2)


def one_velocity(parameters, gradients, lr, momentum):
    new, v = [w.copy() for w in parameters], 0
    for of_step in gradients:
        for i, g in enumerate(of_step):
            v = momentum * v + g
            new[i] -= lr * v
    return new


def one_array_many_names(parameters, gradients, lr, momentum):
    new = [w.copy() for w in parameters]
    velocities = [np.zeros_like(parameters[0])] * len(new)
    for of_step in gradients:
        for i, g in enumerate(of_step):
            velocities[i] *= momentum
            velocities[i] += g
            new[i] = new[i] - lr * velocities[i]
    return new


def never_stored(parameters, gradients, lr, momentum):
    new, velocities = list(parameters), [np.zeros_like(w) for w in parameters]
    for of_step in gradients:
        for i, g in enumerate(of_step):
            v = momentum * velocities[i] + g
            new[i] = new[i] - lr * v
    return new


def returned_too_early(parameters, gradients, lr, momentum):
    for of_step in gradients:
        return [w - lr * g for w, g in zip(parameters, of_step, strict=True)]


def from_the_start(parameters, gradients, lr, momentum):
    velocities = [0] * len(parameters)
    for of_step in gradients:
        pairs = zip(velocities, of_step, strict=True)
        velocities = [momentum * v + g for v, g in pairs]
        new = [w - lr * v for w, v in zip(parameters, velocities, strict=True)]
    return new


def names_moved(parameters, gradients, lr, momentum):
    new = list(parameters)
    for of_step in gradients:
        for w, g in zip(new, of_step, strict=True):
            w = w - lr * g
    return new


def list_changed(parameters, gradients, lr, momentum):
    parameters[:] = reference("after_steps")(parameters, gradients, lr, momentum)
    return parameters


TOLD = {
    "momentum_step": [
        (stepped_in_place, "Changes its input `v` in place"),
        (second_name, "`new = old` is none, only a second name for it"),
        (lambda w, v, g, lr, b: (w - lr * v, b * v + g), "along the old one"),
        (lambda w, v, g, lr, b: (w - lr * (b * v + g), v), "return the new one"),
        (lambda w, v, g, lr, b: (b * v + g, w - lr * (b * v + g)), "w comes first"),
        (lambda w, v, g, lr, b: (w + lr * (b * v - g), b * v - g), "A sign is turned"),
        (lambda w, v, g, lr, b: (w - b * v - lr * g, b * v + lr * g), "rate is in the"),
        (lambda w, v, g, lr, b: (w - lr * g, b * v + g), "along g alone"),
        (lambda w, v, g, lr, b: (w + lr * (b * v + g), b * v + g), "A sign is turned"),
        (
            lambda w, v, g, lr, b: (w - lr * (b * v + g - b * g), b * v + g - b * g),
            "Your velocity is an average",
        ),
        (lambda w, v, g, lr, b: (b * w - lr * g, b * v + g), "wrong in every entry"),
        (lambda w, v, g, lr, b: w - lr * (b * v + g), "`return w, v` gives them back"),
    ],
    "adam_step": [
        (as_printed, "as lecture A prints it"),
        (adam(lambda z, *_: z, lambda z, *_: z), "is missing, or is not that of"),
        (adam(right, lambda z, *_: z), "is missing, or is not that of step t"),
        (adam(*[lambda z, b, t: z / (1 - b)] * 2), "is missing, or is not that of"),
        (adam(*[lambda z, b, t: right(z, b, np.float64(t - 1))] * 2), "share beta**t"),
        (adam(*[lambda z, b, t: right(z, b, t + 1)] * 2), "is not that of step t"),
        (names_used_again, "they would be so again"),
        (adam(right, right, lambda m, S, eps: m / np.sqrt(S + eps)), "the quotient"),
        (adam(right, right, lambda m, S, eps: m / (S + eps)), "Look at the quotient"),
        (adam(*[lambda z, b, t: z * (1 - b**t)] * 2), "`w` is wrong in"),
        (adam(*[lambda z, b, t: z / (1 - b ^ t)] * 2), "In Python a power is `**`"),
        (at_the_defaults, "`w` is wrong in every entry"),
    ],
    "rate_used": [
        (last_quotient, "Only one of the arrays counts"),
        (
            lambda b, a, g: abs(length(a) - length(b)) / length(g),
            "not the difference of the lengths",
        ),
        (rate_of(lambda d, g: length(d) / (length(g) + 1e-6)), "The result is wrong"),
        (lists_taken_off, "unsupported operand type(s) for -: 'list' and 'list'"),
        (rate_of(lambda d, g: length(d) ** 2 / length(g) ** 2), "A root is missing"),
        (rate_of(lambda d, g: length(d[:1]) / length(g[:1])), "Only one of the arrays"),
        (rate_of(lambda d, g: length(g) / length(d)), "or upside down"),
        (rate_of(lambda d, g: length(d)), "it is the step's alone"),
        (lambda b, a, g: reference("rate_used")(b, a, b), "over that of the weights"),
        (
            rate_of(lambda d, g: sum(map(np.linalg.norm, d)) / length(g)),
            "The result is wrong",
        ),
        (
            rate_of(
                lambda d, g: sum(map(np.linalg.norm, d)) / sum(map(length, zip(g)))
            ),
            "All arrays together are one long vector",
        ),
    ],
    "clipped": [
        (name_given_again, "only gives the name g to a new array"),
        (halved_in_place, "rather than `a -= b`"),
        (only_where_long, "either no `return` is reached"),
        (one_by_one, "the direction changes"),
        (lambda gs, most: [np.clip(g, -most, most) for g in gs], "direction changes"),
        (scaled(lambda norm, most: most / norm), "Clipping only ever shortens"),
        (scaled(lambda norm, most: most / max(most, norm**2)), "not the length of"),
        (scaled(lambda norm, most: 1 / norm if norm >= most else 1), "to the length 1"),
        (
            scaled(lambda norm, most: min(1, most / (norm + 1e-6))),
            "PyTorch adds a tiny number",
        ),
        (lambda gs, most: min(1, most / length(gs)), "a number; expected: a list"),
        (lambda gs, most: np.concatenate([g.ravel() for g in gs]), "5 values"),
    ],
    "tuned_momentum": [
        (tuned(of=lambda flat, steep: flat), "must hold L as well"),
        (tuned(of=lambda flat, steep: steep), "must hold mu as well"),
        (tuned(of=min), "the larger is needed"),
        (tuned(share=lambda root: root), "give the root of the momentum"),
        (tuned(root=lambda a: a), "The roots are missing"),
        (
            lambda lr, L, mu: ((L**0.5 - mu**0.5) / (L**0.5 + mu**0.5)) ** 2,
            "the tuned pair's momentum",
        ),
        (
            lambda lr, L, mu: (4 / (L**0.5 + mu**0.5) ** 2, tuned()(lr, L, mu)),
            "expected: a number",
        ),
        (lambda lr, L, mu: tuned()(lr, mu, L), "Only one end is in the window"),
        (lambda lr, L, mu: 0.9, "always 0.9"),
    ],
    "adagrad_step": [
        (
            lambda w, S, g, lr, eps: (w - lr * g / (np.sqrt(S) + eps), S + g**2),
            "before g is in it",
        ),
        (adagrad(by=lambda S, eps: np.sqrt(S + eps)), "Look at the quotient"),
        (adagrad(by=lambda S, eps: S + eps), "Look at the quotient"),
        (adagrad(lambda S, g: 0.9 * S + 0.1 * g**2), "yours forgets, as RMSprop does"),
        (adagrad(lambda S, g: S + g), "and not its square"),
        (adagrad(lambda S, g: S + g @ g if g.ndim == 1 else S + np.sum(g**2)), "a sum"),
        (
            lambda w, S, g, lr, eps: (adagrad()(w, S, g, lr, eps)[0], S),
            "it is the old S",
        ),
        (adagrad(by=lambda S, eps: np.sqrt(S) + 1e-10), "`w` is wrong"),
        (adagrad(by=lambda S, eps: -np.sqrt(S) - eps), "`w` is wrong"),
        (adagrad(lambda S, g: S.__iadd__(g**2)), "Changes its input `S` in place"),
    ],
    "cosine_rate": [
        (cosine(lambda t, n, k: (1 + np.cos(np.pi * t / n)) / 2), "its own clock"),
        (cosine(lambda t, n, k: (1 + np.cos(np.pi * (t - k) / n)) / 2), "own clock"),
        (cosine(lambda t, n, k: (1 + np.cos(180 * (t - k) / (n - k))) / 2), "radians"),
        (cosine(lambda t, n, k: 1 + np.cos(np.pi * (t - k) / (n - k))), "and halved"),
        (cosine(lambda t, n, k: np.cos(np.pi / 2 * (t - k) / (n - k))), "Another way"),
        (
            cosine(lambda t, n, k: (1 + np.cos(np.pi * (t - k) / (n - k - 1))) / 2),
            "Off by one",
        ),
        (
            lambda t, n, k, highest: highest * (1 + np.cos(np.pi * t / n)) / 2,
            "The warm-up is missing",
        ),
        (line_from_zero, "raises `ZeroDivisionError"),
        (not_held_at_its_top, "The result is wrong"),
        (lambda t, n, k, highest: [highest] * n, "expected: a number"),
        (cosine(lambda t, n, k: 1 - (t - k) / (n - k)), "The result is wrong"),
    ],
    "after_steps": [
        (one_velocity, "One velocity serves all the parameters"),
        (one_array_many_names, "One velocity serves all the parameters"),
        (never_stored, "Nothing is remembered from step to step"),
        (returned_too_early, "Only one step counts"),
        (from_the_start, "Only one step counts"),
        (names_moved, "only gives the name w to a new array"),
        (list_changed, "Changes its input `parameters` in place"),
        (lambda ws, gs, lr, b: [w.tolist() for w in ws], "only gives the name"),
    ],
}


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)
