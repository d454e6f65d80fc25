"""Right and wrong answers to the exercises of lesson 09, and what is told."""

import numpy as np
from learners import in_single_precision, inputs, right_pass, wrong_are_told

from dlcourse import nn, tensor
from dlcourse.teach.exercise import reference


def given(f, change):
    """f, and what it gives, changed."""
    return lambda *inputs: change(f(*inputs))


# ----------------------------------------------------------------------------- stop_at


def stop_by_count(losses, patience, worse=lambda x, best: x >= best, begin=1):
    best = count = 0
    for i in range(begin, len(losses)):
        count = count + 1 if worse(losses[i], losses[best]) else 0
        best = best if count else i
        if count >= patience:
            break
    return best


def stop_by_while(losses, patience):
    i, lowest, wait, kept = 0, np.inf, 0, 0
    while i < len(losses) and wait < patience:
        if losses[i] < lowest:
            lowest, kept, wait = losses[i], i, 0
        else:
            wait += 1
        i += 1
    return np.int64(kept)


def stop_by_argmin(losses, patience):
    for t in range(len(losses)):
        if t - (k := int(np.argmin(losses[: t + 1]))) >= patience:
            return k
    return int(np.argmin(losses))


def stop_by_the_lecture(losses, patience):
    for t in range(1, len(losses)):
        if losses[t] > losses[t - 1]:
            return t - 1
    return len(losses) - 1


def stop_in_total(losses, patience):
    best = count = 0
    for i, loss in enumerate(losses[1:], 1):
        if loss < losses[best]:
            best = i
        else:
            count += 1
        if count >= patience:
            break
    return best


def stop_returning_the_end(losses, patience):
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best >= patience:
            return i
    return best


def stop_returning_inside(losses, patience):
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best >= patience:
            return best


def stop_by_rises(losses, patience):
    count = 0
    for i in range(1, len(losses)):
        count = count + 1 if losses[i] > losses[i - 1] else 0
        if count >= patience:
            return int(np.argmin(losses[: i + 1]))
    return int(np.argmin(losses))


def stop_sorted(losses, patience):
    losses.sort()
    return 0


# -------------------------------------------------------------------------- ridge_step


def ridge(w, b, X, y, penalty, lr):
    error = X @ w + b - y
    return (1 - 2 * lr * penalty) * w - 2 * lr * X.T @ error, b - 2 * lr * error.sum()


def ridge_by_loop(w, b, X, y, penalty, lr):
    slope, slope_of_b = 2 * penalty * w, 0
    for x, target in zip(X, y, strict=True):
        error = sum(x * w) + b - target
        slope, slope_of_b = slope + 2 * error * x, slope_of_b + 2 * error
    return [w - lr * slope, b - lr * slope_of_b]


def ridge_on_a_copy(w, b, X, y, penalty, lr):
    new, error = w.copy(), np.einsum("nd,d->n", X, w) + b - y
    new -= 2 * lr * (error @ X + penalty * w)
    return new, b - 2 * lr * np.sum(error)


def ridge_with_ones(w, b, X, y, penalty, lr, of_b=0):
    Z, v = np.c_[X, np.ones(len(X))], np.r_[w, b]
    weights = np.r_[np.full(len(w), penalty), of_b * penalty]
    v = v - 2 * lr * (Z.T @ (Z @ v - y) + weights * v)
    return v[:-1], v[-1]


def ridge_in_place(w, b, X, y, penalty, lr):
    error = X @ w + b - y
    w -= 2 * lr * (X.T @ error + penalty * w)
    return w, b - 2 * lr * error.sum()


def ridge_one_after_another(w, b, X, y, penalty, lr):
    w = ridge(w, b, X, y, penalty, lr)[0]
    return w, b - 2 * lr * (X @ w + b - y).sum()


# ---------------------------------------------------------------------- soft_threshold


def soft_by_loop(w, t):
    v = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        if w[i] > t:
            v[i] = w[i] - t
        elif w[i] < -t:
            v[i] = w[i] + t
    return v


def soft_on_a_copy(w, t):
    v = w.copy()
    v[np.abs(w) <= t] = 0
    v[w > t] -= t
    v[w < -t] += t
    return v


def soft_in_place(w, t):
    w[np.abs(w) < t] = 0
    return w - t * np.sign(w)


# ----------------------------------------------------------------------------- dropout


def drop(x, g, p, mask, training):
    if not training:
        return x.copy(), g.copy()
    k = 1 / (1 - p) if p < 1 else 0
    return np.where(mask, k * x, 0), np.where(mask, k * g, 0)


def drop_on_copies(x, g, p, mask, training):
    y, dx = x.copy(), g.copy()
    if training:
        for z in (y, dx):
            z[~mask] = 0
            z /= max(1 - p, 1e-12)
    return [y, dx]


def drop_by_loops(x, g, p, mask, training):
    if not training:
        return x, g
    y, dx = np.zeros(x.shape), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        if mask[i]:
            y[i], dx[i] = x[i] / (1 - p), g[i] / (1 - p)
    return y, dx


def drop_by_einsum(x, g, p, mask, training):
    k = mask * np.float64(1 / (1 - p) if p < 1 else 0) if training else x * 0 + 1
    return np.einsum("nc,nc->nc", x, k), np.einsum("nc,nc->nc", g, k)


def drop_by_the_engine(x, g, p, mask, training):
    given = tensor(x, requires_grad=True)
    y = nn.functional.dropout(given, p, training, mask=mask)
    (y * tensor(g)).sum().backward()
    return y.detach().numpy(), given.grad.numpy()


def when_training(f):
    """f(x, g, p, mask) in training, nothing done in evaluation."""
    return lambda x, g, p, mask, training: f(x, g, p, mask) if training else (x, g)


def drop_in_place(x, g, p, mask, training):
    if training:
        x *= mask
    return drop(x, g, p, mask, training)


# ---------------------------------------------------------------------- dropout_faults


def out(layer, rows=60):
    return layer(tensor(np.ones((rows, 80)))).numpy()


def evaluated(layer):
    return out(layer.eval())


def trained(layer):
    return out(layer.train())


def alike(y):
    return (y == y[0]).all()


def faults_by_two_calls(layer):
    differ = (evaluated(layer) != out(layer)).any()
    y = trained(layer)
    return bool(differ), bool(all((row == y[0]).all() for row in y))


def faults_of_noise(layer):
    x = np.random.default_rng(0).normal(size=(100, 30)) + 9
    drops = not np.array_equal(layer.eval()(tensor(x)).numpy(), x)
    kept = layer.train()(tensor(x)).numpy() != 0
    return drops, len(np.unique(kept, axis=0)) == 1


def faults_by_zeros(layer):
    y = trained(layer)
    return evaluated(layer).min() == 0, np.ptp(y, axis=0).max() == 0


# -------------------------------------------------------------------------- adamw_step


def adam(*inputs):
    return reference("adam_step")(*inputs)


def adamw_in_full(w, m, S, g, t, lr, decay):
    w, m, S = w * (1 - lr * decay), 0.9 * m + 0.1 * g, 0.999 * S + 0.001 * g * g
    root = np.sqrt(S / (1 - 0.999**t)) + 1e-8
    return w - lr * m / (1 - 0.9**t) / root, m, S


def adamw_after(w, m, S, g, t, lr, decay):
    new, m, S = adam(w, m, S, g, t, lr)
    return new - lr * decay * w, m, S


def adamw_off_the_new(w, m, S, g, t, lr, decay):
    new, m, S = adam(w, m, S, g, t, lr)
    return (1 - lr * decay) * new, m, S


def adamw_in_place(w, m, S, g, t, lr, decay):
    w *= 1 - lr * decay
    return adam(w, m, S, g, t, lr)


# ---------------------------------------------------------------------- geometric_mean


def shares(mean, axis=1):
    return mean / mean.sum(axis=axis, keepdims=True)


def mean_by_loop(P, weights):
    mean = np.ones(P.shape[1:])
    for p, weight in zip(P, weights, strict=True):
        mean = mean * p**weight
    return shares(mean)


def mean_by_logs(P, weights):
    logs = np.einsum("k,knc->nc", weights, np.log(P))
    return shares(np.exp(logs - logs.max(axis=1, keepdims=True)))


def mean_transposed(P, weights):
    return shares((P.T**weights).prod(axis=-1).T)


# ------------------------------------------------------------------------------- shift


def shift_by_loop(images, by):
    moved, (_, h, w) = np.zeros_like(images), images.shape
    for i, (down, right) in enumerate(by):
        for r, c in np.ndindex(h, w):
            if 0 <= r - down < h and 0 <= c - right < w:
                moved[i, r, c] = images[i, r - down, c - right]
    return moved


def shift_padded(images, by, mode="constant"):
    _, h, w = images.shape
    moved = []
    for image, move in zip(images, by, strict=True):
        down, right = np.clip(move, (-h, -w), (h, w))
        wide = np.pad(image, ((h, h), (w, w)), mode)
        moved.append(wide[h - down : 2 * h - down, w - right : 2 * w - right])
    return np.stack(moved)


def shift_rolled(images, by):
    moved = images.copy()
    for image, (down, right) in zip(moved, by, strict=True):
        image[...] = np.roll(image, (down, right), (0, 1))
        image[: max(down, 0)] = image[:, : max(right, 0)] = 0
        if down < 0:
            image[down:] = 0
        if right < 0:
            image[:, right:] = 0
    return moved


def shift_by_roll(images, by):
    pairs = zip(images, by, strict=True)
    return np.stack([np.roll(image, move, (0, 1)) for image, move in pairs])


def shift_below_0_too(images, by):
    moved, (_, h, w) = np.zeros_like(images), images.shape
    for i, (down, right) in enumerate(by):
        for r, c in np.ndindex(h, w):
            if r - down < h and c - right < w:
                moved[i, r, c] = images[i, r - down, c - right]
    return moved


# ------------------------------------------------------------------ what they are told

RIGHT = {
    "stop_at": [
        stop_by_count,
        stop_by_while,
        stop_by_argmin,
        in_single_precision(stop_by_argmin),
    ],
    "ridge_step": [
        ridge,
        ridge_by_loop,
        ridge_on_a_copy,
        ridge_with_ones,
        in_single_precision(ridge),
    ],
    "soft_threshold": [
        soft_by_loop,
        soft_on_a_copy,
        lambda w, t: w - np.clip(w, -t, t),
        lambda w, t: np.where(w > t, w - t, np.where(w < -t, w + t, 0)),
        lambda w, t: np.maximum(w - t, 0) + np.minimum(w + t, 0),
        in_single_precision(soft_on_a_copy),
    ],
    "dropout": [
        drop,
        drop_on_copies,
        drop_by_loops,
        drop_by_einsum,
        drop_by_the_engine,
        in_single_precision(drop),
    ],
    "dropout_faults": [faults_by_two_calls, faults_of_noise, faults_by_zeros],
    "adamw_step": [
        adamw_in_full,
        adamw_after,
        lambda w, m, S, g, t, lr, d: adam((1 - lr * d) * w, m, S, g, t, lr),
        in_single_precision(adamw_after),
    ],
    "geometric_mean": [
        mean_by_loop,
        mean_by_logs,
        mean_transposed,
        in_single_precision(mean_by_loop),
    ],
    "shift": [
        shift_by_loop,
        shift_padded,
        shift_rolled,
        in_single_precision(shift_by_loop),
    ],
}

TOLD = {
    "stop_at": [
        (lambda x, p: int(np.argmin(x)), "You look at all losses."),
        (stop_by_the_lecture, "You stop as soon as a loss is higher"),
        (stop_in_total, "You count in total."),
        (stop_returning_the_end, "That is where training ends."),
        (stop_returning_inside, "returns None: either no"),
        (stop_by_rises, "Yours compares with the last loss."),
        (stop_sorted, "Changes its input `losses` in"),
        (lambda x, p: stop_by_count(x, p, begin=0), "The first loss counts"),
        (lambda x, p: stop_by_count(x, p + 1), "One too many or one too few"),
        (lambda x, p: stop_by_count(x, p, lambda a, b: a > b), "A loss equal to"),
        (lambda x, p: x[stop_by_count(x, p)], "cannot be interpreted as an integer"),
        (lambda x, p: len(x) - 1, "The result is wrong."),
        (lambda x, p: float(stop_by_count(x, p)), "'float' object cannot be inter"),
        (
            lambda x, p: max(0, stop_by_count([1000, *x], p) - 1),
            "Your best starts with a number",
        ),
    ],
    "ridge_step": [
        (ridge_in_place, "Changes its input `w` in place"),
        (ridge_one_after_another, "b moves by the errors of the new w"),
        (lambda *a: ridge_with_ones(*a, of_b=1), "b has no penalty"),
        (given(ridge, lambda r: r[0]), "One value is returned where 2"),
        (given(ridge, lambda r: r[::-1]), "`w` has shape ()"),
        (
            lambda w, b, X, y, k, lr: ridge(w, b, X, y, k / 2, lr),
            "A factor of 2 is missing",
        ),
        (
            lambda w, b, X, y, k, lr: ridge(w, b, X, y, k, lr / 2),
            "A factor of 2 is missing",
        ),
        (lambda w, b, X, y, k, lr: ridge(w, b, X, y, -k, lr), "A sign is turned"),
        (lambda w, b, X, y, k, lr: ridge(w, b, X, y, k, -lr), "A sign is turned"),
        (
            lambda w, b, X, y, k, lr: ridge(w, b, X, y, k * len(y), lr / len(y)),
            "The squared errors are summed here",
        ),
        (
            lambda w, b, X, y, k, lr: ridge(w, b, X, y, k / lr, lr),
            "The rate multiplies the whole",
        ),
        (
            lambda w, b, X, y, k, lr: ridge(w, b, X, y, k / np.linalg.norm(w) / 2, lr),
            "Your penalty is another than",
        ),
        (
            lambda w, b, X, y, k, lr: (
                ridge(w, b, X, y, 0, lr)[0] - lr * k * np.sign(w),
                ridge(w, b, X, y, 0, lr)[1],
            ),
            "Your penalty is another than",
        ),
    ],
    "soft_threshold": [
        (soft_in_place, "Changes its input `w` in place"),
        (lambda w, t: np.where(np.abs(w) > t, w, 0), "What is above t stays"),
        (lambda w, t: np.maximum(np.abs(w) - t, 0), "The sign is lost"),
        (lambda w, t: np.maximum(w - t, 0), "Negative entries all become 0"),
        (lambda w, t: np.where(abs(w) > t, w - t, 0), "Negative entries move the"),
        (lambda w, t: w - t * np.sign(w), "Small entries go past 0"),
        (lambda w, t: np.where(w > 0, w - t, w + t), "Small entries go past 0"),
        (lambda w, t: np.clip(w, -t, t), "Small entries stay as they are"),
        (lambda w, t: w / (1 + t), "All entries become smaller by a"),
        (lambda w, t: soft_on_a_copy(w, t / 2), "By how much do the large"),
        (lambda w, t: -soft_on_a_copy(w, t), "The result has the opposite sign"),
        (lambda w, t: w * np.maximum(1 - t / np.abs(w), 0), "The result is NaN"),
        (lambda w, t: np.sign(w) * max(abs(w) - t, 0), "raises `ValueError: The truth"),
    ],
    "dropout": [
        (drop_in_place, "Changes its input `x` in place"),
        (when_training(lambda x, g, p, m: (x * m, g * m)), "In training, what is kept"),
        (
            when_training(lambda x, g, p, m: (x * m / (1 - p), g * m / (1 - p))),
            "`y` is NaN in every entry",
        ),
        (lambda x, g, p, m, _: drop(x, g, p, m, True), "In evaluation nothing is"),
        (lambda x, g, p, m, _: (x * m, g * m), "In evaluation nothing is"),
        (lambda x, g, *z: (drop(x, g, *z)[0], g), "y is right. But dL/dx is"),
        (lambda x, g, *z: (drop(x, g, *z)[0],) * 2, "`dx` is wrong"),
        (
            lambda x, g, *z: (y := drop(x, g, *z)[0], g * y),
            "y is right. But dL/dx is",
        ),
        (
            lambda x, g, p, m, on: drop(x, g, p, m & (x != 0), on),
            "y is right. But dL/dx is",
        ),
        (
            lambda x, g, p, m, on: (
                drop(x, g, p, m, on and p < 1) if on else (x * (p < 1), g * (p < 1))
            ),
            "`y` is",
        ),
        (lambda x, g, p, m, on: drop(x, g, p, ~m, on), "The mask is True where"),
        (
            lambda x, g, p, m, on: drop(x, g, p, m[:1] | (m & False), on),
            "All examples get the mask",
        ),
        (given(drop, lambda r: r[0]), "One value is returned where 2"),
        (
            when_training(
                lambda x, g, p, m: [z * m / p if p else 0 * z for z in (x, g)]
            ),
            "p is the share that is dropped",
        ),
    ],
    "dropout_faults": [
        (
            lambda layer: (
                (evaluated(layer) != 1).any(),
                np.array_equal(trained(layer), out(layer)),
            ),
            "`one_mask` is never True with you",
        ),
        (
            lambda layer: (
                (evaluated(layer) != 1).any(),
                (lambda y: (y == y[:, :1]).all())(trained(layer)),
            ),
            "`one_mask` is never True with you",
        ),
        (
            lambda layer: ((evaluated(layer) != 1).any(), alike(out(layer))),
            "The layer is still in evaluation",
        ),
        (
            lambda layer: ((out(layer) != 1).any(), alike(trained(layer))),
            "Whether it drops is to be seen in",
        ),
        (
            lambda layer: (
                (evaluated(layer) != 1).any(),
                alike(out(layer.train(), rows=1)),
            ),
            "`one_mask` is always True with you",
        ),
        (
            lambda layer: ((evaluated(layer) == 1).all(), alike(trained(layer))),
            "True and False are exchanged",
        ),
        (
            lambda layer: (
                (evaluated(layer) != 1).any(),
                alike(layer.train()(tensor(np.random.random((60, 80)))).numpy()),
            ),
            "rows of a random x",
        ),
        (
            lambda layer: (layer.in_evaluation, layer.one_mask),
            "has no attribute 'in_evaluation'",
        ),
        (given(faults_of_noise, lambda r: r[::-1]), "The two are in the other order"),
        (given(faults_of_noise, lambda r: r[0]), "One value is returned where 2"),
        (lambda layer: (layer(np.ones((5, 5))) != 1, False), "raises `TypeError"),
    ],
    "adamw_step": [
        (adamw_in_place, "Changes its input `w` in place"),
        (adamw_off_the_new, "The share is taken off the w after"),
        (lambda w, m, S, g, t, lr, d: adam(w, m, S, g + d * w, t, lr), "That is Adam"),
        (lambda w, m, S, g, t, lr, d: adam(w, m, S, g, t, lr), "No decay is in"),
        (lambda w, m, S, g, t, lr, d: adam(w - d * w, m, S, g, t, lr), "The decay wit"),
        (
            lambda w, m, S, g, t, lr, d: adam(w + lr * d * w, m, S, g, t, lr),
            "The weights grow",
        ),
        (
            lambda w, m, S, g, t, lr, d: adam(w - 2 * lr * d * w, m, S, g, t, lr),
            "Twice lr * decay",
        ),
        (given(adamw_after, lambda r: r[0]), "One value is returned where 3"),
    ],
    "geometric_mean": [
        (lambda P, w: np.prod(P ** w[:, None, None], axis=0), "The classes do not add"),
        (lambda P, w: np.einsum("k,knc->nc", w, P), "That is the arithmetic mean"),
        (lambda P, w: P.mean(axis=0), "That is the arithmetic mean"),
        (lambda P, w: mean_by_loop(P, 0 * w + 1 / len(w)), "All members count alike"),
        (lambda P, w: shares(np.prod(P, axis=0)), "The weights are the exponents"),
        (
            lambda P, w: shares(np.prod(P * w[:, None, None], axis=0)),
            "The weights are the exponents",
        ),
        (lambda P, w: mean_by_logs(np.where(P > 0, P, 1), w), "One member gives 0"),
        (
            lambda P, w: shares(np.prod(P ** w[:, None, None], axis=0), 0),
            "Normalised over the wrong axis",
        ),
        (lambda P, w: mean_by_logs(P + 1e-12, w), "One member gives 0"),
        (
            lambda P, w: np.einsum("k,knc->nc", w, np.log(P)),
            "The result is infinite in",
        ),
    ],
    "shift": [
        (shift_by_roll, "What leaves on one side comes in"),
        (lambda x, by: shift_padded(x, by, "edge"), "The edge is repeated"),
        (lambda x, by: shift_by_loop(x, by[:, ::-1]), "Rows and columns are"),
        (lambda x, by: shift_by_loop(x, -by), "The wrong way"),
        (lambda x, by: shift_by_loop(x, by[:1].repeat(len(by), 0)), "All images move"),
        (lambda x, by: shift_by_loop(x, by * [1, 0]), "Only one of the two moves"),
        (shift_below_0_too, "The result is wrong in 4 of 12"),
        (lambda x, by: x, "The result is wrong in every entry"),
    ],
}


test_a_right_answer_of_another_form_passes = right_pass(RIGHT)


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def test_what_a_statement_leaves_open_is_varied():
    assert {1, 2, 3} <= {len(losses) for losses, _ in inputs("stop_at")}
    assert {patience for _, patience in inputs("stop_at")} == {*range(1, 10)}
    assert {penalty == 0 for *_, penalty, _ in inputs("ridge_step")} == {True, False}
    assert {w.ndim for w, _ in inputs("soft_threshold")} == {1, 2, 3}
    drops = [(p in (0, 1) and p, on) for _, _, p, _, on in inputs("dropout")]
    assert {(0, True), (1, True), (1, False)} <= set(drops)
    assert {P.shape[2] for P, _ in inputs("geometric_mean")} == {*range(2, 10)}
    assert {1, 2, 3} <= {len(images) for images, _ in inputs("shift")}
