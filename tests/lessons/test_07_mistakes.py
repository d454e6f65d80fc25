"""Right and wrong answers to the exercises of lesson 07, and what is told."""

import numpy as np
import pytest
from learners import in_single_precision, inputs, wrong_are_told

from dlcourse import nn, tensor
from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find, reference


def bn(
    mean=lambda x: x.mean(axis=0),
    var=lambda x: ((x - x.mean(axis=0)) ** 2).mean(axis=0),
    root=lambda v, eps: np.sqrt(v + eps),
):
    def forward(x, gamma, beta, eps):
        s = root(var(x), eps)
        x_hat = (x - mean(x)) / s
        return gamma * x_hat + beta, x_hat, s

    return forward


def given(f, change):
    """f, and what it gives, changed."""
    return lambda *inputs: change(*f(*inputs))


def bn_on_a_copy(x, gamma, beta, eps):
    x_hat = x.copy()
    x_hat -= x_hat.mean(axis=0)
    s = np.sqrt(np.square(x_hat).sum(axis=0) / len(x) + eps)
    x_hat /= s
    y = x_hat * gamma
    y += beta
    return [y, x_hat, s]


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


def bn_of_columns(x, gamma, beta, eps):
    centred = [c - np.mean(c) for c in x.T]
    s = np.array([np.hypot(c.std(), eps**0.5) for c in centred])
    x_hat = np.column_stack([c / r for c, r in zip(centred, s, strict=True)])
    return gamma[None] * x_hat + beta[None], x_hat, s


def bn_of_the_engine(x, gamma, beta, eps):
    given = (tensor(np.array(z, x.dtype)) for z in (gamma, beta))
    y = nn.functional.batch_norm(tensor(x), None, None, *given, True, 0.1, eps)
    s = np.sqrt(np.var(x, axis=0) + eps)
    return y.numpy(), (x - x.mean(0)) / s, s


def back(
    mean=lambda z: z.mean(axis=0),
    along=lambda g, h, mean: h * mean(g * h),
    flat=lambda g, mean: mean(g),
):
    def backward(g, x_hat, s, gamma):
        return gamma / s * (g - flat(g, mean) - along(g, x_hat, mean))

    return backward


def back_as_printed(g, x_hat, s, gamma):
    n, g = len(g), g * gamma
    return (n * g - g.sum(0) - x_hat * (g * x_hat).sum(0)) / (n * s)


def back_through_the_graph(g, x_hat, s, gamma):
    centred, d_hat = x_hat * s, g * gamma
    d_var = (d_hat * centred).sum(axis=0) * -0.5 / s**3
    d_mean = -(d_hat / s).sum(axis=0) + d_var * (-2 * centred).mean(axis=0)
    return d_hat / s + d_var * 2 * centred / len(g) + d_mean / len(g)


def back_by_jacobian(g, x_hat, s, gamma):
    n, dx = len(g), np.empty_like(g)
    for c, h in enumerate(x_hat.T):
        J = (np.eye(n) - 1 / n - np.outer(h, h) / n) / s[c]
        dx[:, c] = J.T @ (gamma[c] * g[:, c])
    return dx


def back_on_a_copy(g, x_hat, s, gamma):
    d = np.array(g)
    d *= gamma
    flat, along = d.mean(axis=0), np.average(d * x_hat, axis=0)
    d -= flat
    d -= along * x_hat
    d /= s
    return d


def back_transposed(g, x_hat, s, gamma):
    G, H = g.T * gamma[:, None], x_hat.T
    means = (np.mean(z, axis=1, keepdims=True) for z in (G, G * H))
    flat, along = means
    return ((G - flat - H * along) / s[:, None]).T


def gamma_put_in(g, x_hat, s, gamma):
    g *= gamma
    return back()(g, x_hat, s, 1)


def projected_by_its_own_length(g, x_hat, s, gamma):
    """As if x_hat had the length sqrt(N), which it has but for eps."""
    length = np.maximum((x_hat**2).mean(axis=0), 1e-300)
    return gamma / s * (g - g.mean(0) - x_hat * (g * x_hat).mean(0) / length)


def moments(
    var=lambda x: x.var(axis=0, ddof=1),
    mixed=lambda old, new, m: (1 - m) * old + m * new,
    start=(0.0, 1.0),
):
    def run(batches, momentum):
        mean, v = start
        for x in batches:
            mean, v = mixed(mean, x.mean(axis=0), momentum), mixed(v, var(x), momentum)
        return mean, v

    return run


def moments_by_the_layer(batches, momentum):
    layer = nn.BatchNorm1d(batches[0].shape[1], momentum=momentum).double()
    for x in batches:
        layer(tensor(np.array(x, float)))
    return layer.running_mean.numpy(), layer.running_var.numpy()


def moments_closed(batches, m):
    w = [m * (1 - m) ** k for k in range(len(batches))][::-1]
    pairs = [*zip(w, batches, strict=True)]
    left = (1 - m) ** len(batches)
    return sum(k * x.mean(0) for k, x in pairs), left + sum(
        k * x.var(0, ddof=1) for k, x in pairs
    )


def moments_recursively(batches, m):
    if not batches:
        return 0.0, 1.0
    (mean, var), x = moments_recursively(batches[:-1], m), batches[-1]
    unbiased = x.var(axis=0) * len(x) / (len(x) - 1)
    return mean + m * (x.mean(axis=0) - mean), var + m * (unbiased - var)


def popped(batches, momentum):
    first = batches.pop(0)
    return moments()([first, *batches], momentum)


def returned_too_early(batches, m):
    for x in batches:
        return m * x.mean(axis=0), 1 - m + m * x.var(axis=0, ddof=1)


def about_the_running_mean(batches, momentum):
    mean, var = np.zeros(batches[0].shape[1]), np.ones(batches[0].shape[1])
    for x in batches:
        mean = (1 - momentum) * mean + momentum * x.mean(axis=0)
        square = ((x - mean) ** 2).sum(axis=0) / (len(x) - 1)
        var = (1 - momentum) * var + momentum * square
    return mean, var


def left_by_loop(momentum, steps):
    share = 1.0
    for _ in range(steps):
        share -= share * momentum
    return share


def left_by_a_short_loop(momentum, steps):
    share = 1  # an integer, where the loop is not entered: not what is wrong
    for _ in range(1, steps):
        share *= 1 - momentum
    return share


def left_of_ones(momentum, steps):
    batches = [np.ones((2, 1))] * steps
    return moments()(batches, momentum)[1].item() if steps else 1


def fold(slope=lambda gamma, var, eps: gamma / np.sqrt(var + eps), W=None, b=None):
    """W(W, k) and b(b, mean, beta, k), where they are not the right ones."""
    weight = W or (lambda W, k: np.diag(k) @ W)
    bias = b or (lambda b, mean, beta, k: (b - mean) * k + beta)

    def folded(W, b, mean, var, gamma, beta, eps):
        b = np.zeros(len(W)) if b is None else b
        k = slope(gamma, var, eps)
        return weight(W, k), bias(b, mean, beta, k)

    return folded


def fold_by_probing(W, b, mean, var, gamma, beta, eps):
    def layer(x):
        z = W @ x if b is None else W @ x + b
        return gamma * (z - mean) / np.sqrt(var + eps) + beta

    at_0 = layer(np.zeros(W.shape[1]))
    return np.stack([layer(e) - at_0 for e in np.eye(W.shape[1])], axis=1), at_0


def fold_row_by_row(W, b, mean, var, gamma, beta, eps):
    W, b = W.copy(), np.zeros(len(W)) if b is None else b.copy()
    for i in range(len(W)):
        k = gamma[i] / (var[i] + eps) ** 0.5
        W[i] *= k
        b[i] = beta[i] + k * (b[i] - mean[i])
    return W, b


def fold_where_there_is_a_bias(W, b, mean, var, gamma, beta, eps):
    k = gamma / np.sqrt(var + eps)
    return k[:, None] * W, beta - mean * k if b is None else (b - mean) * k + beta


def fold_beta_where_there_is_no_bias(W, b, mean, var, gamma, beta, eps):
    k = gamma / np.sqrt(var + eps)
    return k[:, None] * W, beta if b is None else (b - mean) * k + beta


def fold_in_place(W, b, mean, var, gamma, beta, eps):
    W *= (gamma / np.sqrt(var + eps))[:, None]
    return W, fold()(W, b, mean, var, gamma, beta, eps)[1]


def fold_with_a_bias(W, b, mean, var, gamma, beta, eps):
    k = gamma / np.sqrt(var + eps)
    return W * k[:, None], (b - mean) * k + beta


def normed(axes, root=lambda v, eps: np.sqrt(v + eps), ddof=0):
    def norm(x, shape, eps):
        over = axes(x, shape)
        v = x.var(axis=over, keepdims=True, ddof=ddof)
        return (x - x.mean(axis=over, keepdims=True)) / root(v, eps)

    return norm


def last_ones(x, shape):
    return tuple(range(-len(shape), 0))


def normed_by_reshape(x, shape, eps):
    rows = x.reshape(-1, int(np.prod(shape)))
    rows = rows - rows.mean(1, keepdims=True)
    return (rows / np.sqrt((rows**2).mean(1, keepdims=True) + eps)).reshape(x.shape)


def normed_by_loops(x, shape, eps):
    y = np.empty(x.shape)
    for i in np.ndindex(x.shape[: x.ndim - len(shape)]):
        y[i] = (x[i] - x[i].mean()) / np.sqrt(x[i].var() + eps)
    return y


def normed_without_keepdims(x, shape, eps):
    over = last_ones(x, shape)
    return (x - x.mean(axis=over)) / np.sqrt(x.var(axis=over) + eps)


def factor_by_average(values, slopes, weights):
    mean = np.average(values, weights=weights)
    var = np.average((values - mean) ** 2, weights=weights)
    return np.sqrt(np.average(slopes**2, weights=weights) / var)


def factor_by_loop(values, slopes, weights):
    triples = [*zip(values, slopes, weights, strict=True)]
    mean = sum(w * v for v, _, w in triples)
    var = sum(w * (v - mean) ** 2 for v, _, w in triples)
    return (sum(w * k * k for _, k, w in triples) / var) ** 0.5


def averaged_by_growing_share(batches, momentum):
    mean, var = 0.0, 1.0
    for k, x in enumerate(batches, 1):
        m = 1 / k if momentum is None else momentum
        mean, var = (
            old + m * (new - old)
            for old, new in ((mean, x.mean(0)), (var, x.var(0, ddof=1)))
        )
    return mean, var


def averaged_onto_the_start(batches, momentum):
    if momentum is not None:
        return moments()(batches, momentum)
    mean, var = 0, 1
    for x in batches:
        mean = mean + x.mean(axis=0) / len(batches)
        var = var + x.var(axis=0, ddof=1) / len(batches)
    return mean, var


RIGHT = {
    "bn_forward": [
        bn(),
        bn(lambda x: np.average(x, axis=0), lambda x: np.std(x, axis=0) ** 2),
        bn(root=lambda v, eps: (v + eps) ** 0.5),
        lambda x, *rest: bn()(x.astype(float), *rest),
        in_single_precision(bn()),
        bn_on_a_copy,
        bn_by_loops,
        bn_by_einsum,
        bn_of_columns,
        bn_of_the_engine,
    ],
    "bn_backward": [
        back(),
        back(lambda z: np.einsum("nc->c", z) / len(z)),
        in_single_precision(back()),
        in_single_precision(back_as_printed),
        back_as_printed,
        back_through_the_graph,
        back_by_jacobian,
        back_on_a_copy,
        back_transposed,
    ],
    "running_moments": [
        moments(),
        moments(lambda x: ((x - x.mean(0)) ** 2).sum(0) / (len(x) - 1)),
        moments(mixed=lambda old, new, m: old - m * (old - new)),
        lambda batches, m: np.stack(moments()(batches, m)),
        in_single_precision(moments()),
        moments_by_the_layer,
        moments_closed,
        moments_recursively,
    ],
    "twin_rate": [
        lambda lr, a: lr * a * a,
        lambda lr, a: lr / (1 / a) ** 2,
        lambda lr, a: np.float32(lr * np.square(a)),
        lambda lr, a: np.exp(np.log(lr) + 2 * np.log(a)),
    ],
    "start_left": [
        left_by_loop,
        left_of_ones,
        lambda momentum, steps: np.exp(steps * np.log1p(-momentum)),
        lambda momentum, steps: np.prod(np.full(steps, 1 - momentum)),
        lambda m, steps: 1 - sum(m * (1 - m) ** k for k in range(steps)),
        lambda momentum, steps: np.float32(1 - momentum) ** np.float32(steps),
    ],
    "folded": [
        fold(),
        fold(W=lambda W, k: (W.T * k).T),
        fold(W=lambda W, k: np.einsum("oi,o->oi", W, k)),
        fold(b=lambda b, mean, beta, k: beta - mean * k + b * k),
        in_single_precision(fold()),
        fold_by_probing,
        fold_row_by_row,
        fold_where_there_is_a_bias,
    ],
    "layer_normed": [
        normed(last_ones),
        normed(lambda x, shape: tuple(x.ndim - 1 - k for k in range(len(shape)))),
        in_single_precision(normed(last_ones)),
        lambda x, shape, eps: np.array([normed(last_ones)(z, shape, eps) for z in x]),
        lambda x, *rest: nn.functional.layer_norm(tensor(x), *rest[:1], eps=rest[1]),
        normed_by_reshape,
        normed_by_loops,
    ],
    "gradient_factor": [
        factor_by_average,
        factor_by_loop,
        in_single_precision(factor_by_average),
        lambda v, k, w: np.sqrt((w * k * k).sum() / ((w * v * v).sum() - (w @ v) ** 2)),
        lambda v, k, w: np.sqrt(w @ k**2 / np.cov(v, aweights=w, ddof=0)),
        lambda v, k, w: (
            np.linalg.norm(w**0.5 * k) / np.linalg.norm(w**0.5 * (v - w @ v))
        ),
    ],
    "averaged_moments": [
        averaged_by_growing_share,
        in_single_precision(averaged_by_growing_share),
    ],
    "twin_decay": [lambda lr, a, decay: [lr * a**2, lr * decay / (lr * a**2)]],
}


def as_array(name, f):
    """The engine's own functions give a Tensor."""

    def g(*inputs):
        answer = f(*inputs)
        return answer.numpy() if hasattr(answer, "numpy") else answer

    return g if name == "layer_normed" else f


@pytest.mark.parametrize(
    ("name", "f"), [(name, as_array(name, f)) for name, fs in RIGHT.items() for f in fs]
)
@pytest.mark.parametrize("seed", [None, 5, 6, 7, 8])
def test_a_right_answer_of_another_form_passes(name, f, seed):
    result = examine(find(name), f, seed)
    assert result.passed, result.text


def centred_in_place(x, gamma, beta, eps):
    x -= x.mean(axis=0)
    s = np.sqrt((x**2).mean(axis=0) + eps)
    return gamma * x / s + beta, x / s, s


def bn_under_two_names(x, gamma, beta, eps):
    _, x_hat, s = bn()(x, gamma, beta, eps)
    y = x_hat
    y *= gamma
    y += beta
    return y, x_hat, s


def only_from_three_on(name, at_two):
    """Right but for two examples."""

    def f(x, *rest):
        return reference(name)(x, *rest) if len(x) > 2 else at_two(x, *rest)

    return f


def with_eps(name, eps):
    return lambda *inputs: reference(name)(*inputs[:-1], eps)


TOLD = {
    "bn_forward": [
        (centred_in_place, "Changes its input `x` in place"),
        (with_eps("bn_forward", 1e-5), "Right for 1 of 17"),
        (with_eps("bn_forward", 0), "is eps outside the root"),
        (bn(root=lambda v, eps: np.sqrt(v) + eps), "is eps outside the root"),
        (bn(root=lambda v, eps: v + eps), "Is the root?"),
        (bn(var=lambda x: ((x - x.mean(0)) ** 2).sum(axis=0)), "where a mean is asked"),
        (bn(var=lambda x: x.var(axis=0, ddof=1)), "You divide by N - 1"),
        (bn(lambda x: x.mean(axis=1), lambda x: x.var(axis=1)), "that is LayerNorm"),
        (bn(np.mean, np.var), "Each column has its own"),
        (bn(np.mean), "Each column has its own"),
        (bn(var=lambda x: (x * x).mean(0) - x.mean(0) ** 2), "First subtract, then"),
        (bn(lambda x: 0), "x_hat still has the mean"),
        (given(bn(), lambda y, h, s: (y, h, s[None])), "`keepdims=`?"),
        (given(bn(), lambda y, h, s: (y, h, s.squeeze())), "Right for 15 of 17"),
        (given(bn(), lambda y, h, s: (y, h, 1 / s)), "`s` is one divided by"),
        (given(bn(), lambda y, h, s: y), "`y`, `x_hat` and `s`"),
        (given(bn(), lambda y, h, s: (y, h)), "has 2 values; expected: 3"),
        (given(bn(), lambda y, h, s: (h, y, s)), "y, x_hat, s, in this order"),
        (given(bn(), lambda y, h, s: (y, s, h)), "y, x_hat, s, in this order"),
        (bn_under_two_names, "changes both: one array"),
        (given(bn(), lambda y, h, s: (h, h, s)), "look at that line"),
        (given(bn(), lambda y, h, s: (y.round(3), h, s)), "by little"),
        (lambda x, g, b, e: bn()(x, abs(g), b, e), "in the last column only"),
        (lambda x, g, b, e: bn()(x, b, g, e), "look at that line"),
        (only_from_three_on("bn_forward", bn(np.mean)), "Right for 16 of 17"),
        (
            bn(root=lambda v, eps: np.where(v > 0, np.sqrt(v + eps), 1)),
            "`s` is wrong in the first entry only",
        ),
    ],
    "bn_backward": [
        (gamma_put_in, "Changes its input `g` in place"),
        (lambda g, h, s, gamma: gamma * g / s, "two more paths"),
        (back(flat=lambda *_: 0), "path through the mean is missing"),
        (back(along=lambda *_: 0), "path through the variance is missing"),
        (back(lambda z: z.sum(axis=0)), "axis 0, not sums"),
        (back(lambda z: z.sum(axis=0) / (len(z) - 1)), "nothing over N - 1"),
        (back(np.mean), "means over the batch stand there"),
        (back(along=lambda g, h, mean: mean(g * h)), "The third term is not"),
        (back(along=lambda g, h, mean: h * mean(g)), "The third term is not"),
        (back(along=lambda g, h, mean: -h * mean(g * h)), "The third term is not"),
        (back(flat=lambda g, mean: -mean(g)), "The result is wrong"),
        (back(lambda z: z.mean(axis=1, keepdims=True)), "over the batch stand there"),
        (back(along=lambda g, h, mean: h * mean(g) * mean(h)), "product of the means"),
        (lambda g, h, s, gamma: back()(gamma * g, h, s, gamma), "gamma g, once"),
        (
            lambda g, h, s, gamma: (
                gamma * (g - g.mean(0)) / s - h * (g * h).mean(0) / s
            ),
            "Where is gamma?",
        ),
        (
            lambda g, h, s, gamma: (
                gamma * g / s - (gamma * g).mean(0) - h * (gamma * g * h).mean(0)
            ),
            "once, to all three terms",
        ),
        (
            lambda g, h, s, gamma: (
                gamma * g - (gamma * g).mean(0) - h * (gamma * g * h).mean(0) / s
            ),
            "once, to all three terms",
        ),
        (lambda g, h, s, gamma: back()(g, h, s, 1), "Where is gamma?"),
        (
            lambda g, h, s, gamma: (
                gamma * g / s - g.mean(0) / s - h * (g * h).mean(0) / s
            ),
            "Where is gamma?",
        ),
        (lambda g, h, s, gamma: back()(g, h, s, abs(gamma)), "in the last column only"),
        (lambda g, h, s, gamma: back()(g, h, s, 1 / gamma), "is infinite in 4 of 12"),
        (lambda g, h, s, gamma: back()(g, h, s**2, gamma), "s is already the root"),
        (lambda g, h, s, gamma: back()(g, h, 1 / s, gamma), "s is already the root"),
        (lambda *a: -back()(*a), "has the opposite sign"),
        (lambda *a: back()(*a) * len(a[0]), "n times too large"),
        (lambda *a: (back()(*a), a[0].sum(0)), "is a list or tuple of 2"),
        (
            lambda *a: (back()(*a), (a[0] * a[1]).sum(0), a[0].sum(0)),
            "is a list or tuple of 3; expected: an array of shape (4, 3)",
        ),
        (projected_by_its_own_length, "The result is wrong"),
        (only_from_three_on("bn_backward", lambda g, *_: 0 * g), "Right for 14 of 16"),
        (lambda g, *_: np.zeros_like(g), "is always 0"),
    ],
    "running_moments": [
        (popped, "Changes its input `batches` in place"),
        (
            moments(mixed=lambda old, new, m: m * old + (1 - m) * new),
            "You read momentum as",
        ),
        (moments(lambda x: x.var(axis=0)), "Your variances are biased"),
        (moments(lambda x: x.std(axis=0, ddof=1)), "kept is the variance"),
        (given(moments(), lambda m, v: (m, v**0.5)), "`var` is the root of"),
        (moments(start=(0.0, 0.0)), "The start is not 0 and 1"),
        (moments(start=(1.0, 0.0)), "The start is not 0 and 1"),
        (moments(start=(1.0, 1.0)), "`mean` is shifted"),
        (moments(mixed=lambda old, new, m: old + m * new), "do not add up to 1"),
        (moments(mixed=lambda old, new, m: (1 - m) * old + new), "do not add up to 1"),
        (lambda batches, m: moments()(batches[-1:], m), "Only one batch is in it"),
        (returned_too_early, "Only one batch is in it"),
        (lambda batches, m: moments()([np.concatenate(batches)], 1), "count alike"),
        (lambda batches, m: moments()(batches, 0.1), "Right for 1 of 16"),
        (lambda batches, m: moments()(batches[::-1], m), "`mean` is wrong"),
        (
            lambda batches, m: moments()(
                [x for x in batches if len(x) == len(batches[0])], m
            ),
            "`mean` is wrong",
        ),
        (moments(lambda x: x.var(ddof=1)), "`var` has shape ()"),
        (given(moments(), lambda m, v: m), "`return mean, var` gives them back"),
        (given(moments(), lambda m, v: (v, m)), "in the other order: mean comes"),
        (given(moments(), lambda m, v: [*zip(m, v, strict=True)]), "has 3 values"),
        (moments(lambda x: x.std(axis=0)), "kept is the variance"),
        (moments(lambda x: x.var(0) * (len(x) - 1) / len(x)), "divide by n - 1"),
        (about_the_running_mean, "`var` is wrong"),
    ],
    "twin_rate": [
        (lambda lr, a: lr, "the gradient is not the same"),
        (lambda lr, a: lr * abs(a), "what has happened to the gradient?"),
        (lambda lr, a: lr / a, "Turned round"),
        (lambda lr, a: lr / a**2, "Turned round"),
        (lambda lr, a: lr * a**3, "Count how often a comes in"),
        (lambda lr, a: lr * 2 * a, "what to the gradient?"),
        (lambda lr, a: lr * a ^ 2, "In Python a power is `**`"),
        (lambda lr, a: a**2, "Right for 1 of 15"),
        (lambda lr, a: lr * max(a, 1 / a) ** 2, "first wrong for `lr` = 0.3 and `a`"),
        (lambda lr, a: (lr * a) ** 2, "Right for 1 of 15"),
        (lambda lr, a: (lr * a**2, lr), "two values where one is asked"),
        (lambda lr, a: 0.1, "is always 0.1"),
    ],
    "start_left": [
        (lambda m, steps: m**steps, "read as Keras does"),
        (lambda m, steps: 1 - (1 - m) ** steps, "The start has the rest"),
        (lambda m, steps: 1 - m * steps, "what is kept is multiplied"),
        (lambda m, steps: max(0, 1 - m * steps), "what is kept is multiplied"),
        (lambda m, steps: np.exp(-m * steps), "rule of thumb"),
        (lambda m, steps: (1 - m) ** (steps - 1), "One step too few or too many"),
        (lambda m, steps: (1 - m) ** (steps + 1), "One step too few or too many"),
        (left_by_a_short_loop, "One step too few or too many"),
        (lambda m, steps: (1 - m) * steps, "The result is wrong"),
        (lambda m, steps: 1 - m**steps, "read as Keras does"),
        (lambda m, steps: 1 / (1 + m * steps), "The result is wrong"),
        (lambda m, steps: 100 * (1 - m) ** steps, "off by a factor, the same for"),
        (lambda m, steps: round((1 - m) ** steps, 3), "The result is wrong"),
        (lambda m, steps: 0.905, "is always 0.905"),
    ],
    "folded": [
        (fold_in_place, "Changes its input `W` in place"),
        (fold_with_a_bias, "'NoneType' and 'float'"),
        (fold(b=lambda b, mean, beta, k: b - mean * k + beta), "The old bias goes"),
        (fold(b=lambda b, mean, beta, k: beta - mean * k), "The old bias goes"),
        (fold(b=lambda b, mean, beta, k: b * k + beta), "running mean is missing"),
        (fold(b=lambda b, mean, beta, k: (b + mean) * k + beta), "has the other sign"),
        (fold(b=lambda b, mean, beta, k: b * k - mean + beta), "but not scaled"),
        (fold(b=lambda b, mean, beta, k: (b - mean) * k), "beta is added last"),
        (fold(b=lambda b, mean, beta, k: (b - mean + beta) * k), "beta is added last"),
        (fold(lambda gamma, var, eps: 1 / np.sqrt(var + eps)), "gamma multiplies"),
        (fold(lambda gamma, var, eps: gamma / np.sqrt(var)), "eps is missing"),
        (fold(lambda gamma, var, eps: gamma / (var + eps)), "You divide by the var"),
        (fold(lambda gamma, var, eps: abs(gamma) / np.sqrt(var + eps)), "`W` is wrong"),
        (fold(W=lambda W, k: W * k), "You scale the columns of W"),
        (fold(W=lambda W, k: W), "`W` is wrong"),
        (given(fold(), lambda W, b: (W.T, b)), "Is it transposed?"),
        (given(fold(), lambda W, b: (b, W)), "`W` has shape (3,)"),
        (given(fold(), lambda W, b: W), "`return W, b` gives them back"),
        (with_eps("folded", 1e-5), "`W` is wrong"),
        (fold_beta_where_there_is_no_bias, "Where there is none, b is 0"),
    ],
    "layer_normed": [
        (normed(lambda x, shape: 0), "You normalise over the batch"),
        (normed(lambda x, shape: None), "all examples together"),
        (normed(lambda x, shape: -1), "the last len(shape)"),
        (
            normed(lambda x, shape: tuple(range(x.ndim - len(shape)))),
            "You normalise over the batch",
        ),
        (normed(lambda x, shape: tuple(range(1, x.ndim))), "the last len(shape)"),
        (normed(lambda x, shape: 1), "The result is wrong"),
        (normed(lambda x, shape: shape), "is out of bounds"),
        (normed(last_ones, ddof=1), "You divide by n - 1"),
        (normed(last_ones, lambda v, eps: np.sqrt(v) + eps), "eps is outside"),
        (normed(last_ones, lambda v, eps: np.sqrt(v)), "eps is outside"),
        (normed(last_ones, lambda v, eps: v + eps), "divide by the variance"),
        (normed(last_ones, lambda v, eps: 1), "The result is wrong"),
        (normed_without_keepdims, "everywhere but on the diagonal"),
        (with_eps("layer_normed", 1e-5), "The result is wrong"),
        (lambda x, *rest: normed_by_reshape(x, *rest)[0], "has shape (2,)"),
        (
            lambda x, shape, eps: x / np.sqrt((x**2).mean(-1, keepdims=True) + eps),
            "The result is wrong",
        ),
    ],
    "gradient_factor": [
        (lambda v, k, w: np.sqrt(w @ k**2 / (w @ v**2)), "BN takes the mean off first"),
        (lambda v, k, w: 1 / factor_by_average(v, k, w), "Turned round"),
        (lambda v, k, w: factor_by_average(v, k, w) ** 2, "take the root"),
        (lambda v, k, w: factor_by_average(v, w @ k + 0 * k, w), "(E f')²"),
        (lambda v, k, w: factor_by_average(v, k - w @ k, w), "nothing is taken off"),
        (lambda v, k, w: np.sqrt((k**2).mean()) / v.std(), "They have probabilities"),
        (lambda v, k, w: np.sqrt(w @ k**2), "what a layer does without BN"),
        (lambda v, k, w: np.sqrt(2 * w @ k**2), "what a layer does without BN"),
        (lambda v, k, w: factor_by_average(v, k**2, w), "The result is wrong"),
        (lambda v, k, w: np.std(k) / np.std(v), "The result is wrong"),
        (
            lambda v, k, w: 2**0.5 * factor_by_loop(v, k, w),
            "BN divides the variance of the weights out",
        ),
        (lambda v, k, w: np.sqrt(w * k**2), "Is a sum or a mean missing?"),
        (lambda v, k, w: 1.2112, "is always 1.211"),
    ],
    "averaged_moments": [
        (moments_recursively, "'NoneType' and 'float'"),
        (
            lambda batches, m: averaged_by_growing_share(batches, m or None),
            "A momentum of 0 is a number",
        ),
        (lambda b, m: moments()(b, 0.1 if m is None else m), "a fixed share"),
        (averaged_onto_the_start, "after one batch, what is kept is what"),
        (
            lambda batches, m: averaged_by_growing_share(batches, None),
            "`mean` is wrong",
        ),
    ],
    "twin_decay": [
        (lambda lr, a, decay: (lr * a**2, decay), "what does the decay do"),
        (lambda lr, a, decay: (lr * a**2, decay * a**2), "what does the decay do"),
        (lambda lr, a, decay: (lr * a, decay / a), "In the rate, a comes once"),
        (lambda lr, a, decay: (decay / a**2, lr * a**2), "in the other order"),
        (lambda lr, a, decay: lr * a**2, "Both, (lr, weight_decay)"),
        (lambda lr, a, decay: (lr * a**2, decay / a**4), "`weight_decay` is wrong"),
    ],
}


test_a_wrong_answer_is_told_what_it_needs = wrong_are_told(TOLD)


def test_what_a_statement_leaves_open_is_varied():
    leading = {x.ndim - len(shape) for x, shape, _ in inputs("layer_normed")}
    assert leading == {1, 2}
    assert len({len(values) for values, *_ in inputs("gradient_factor")}) > 20
    assert {2, 3, 4} < {len(g) for g, *_ in inputs("bn_backward")}
