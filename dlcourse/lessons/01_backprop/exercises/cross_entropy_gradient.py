import numpy as np

from dlcourse.teach.exercise import exercise


def classification(rng):
    # N and K differ, so that a forgotten keepdims= never fits by chance.
    n, k = (int(i) for i in rng.choice(np.arange(2, 6), size=2, replace=False))
    return rng.normal(scale=2, size=(n, k)), rng.integers(k, size=n)


@exercise(
    section="Which loss? The one whose slope survives",
    inputs=classification,
    edge_cases=[
        (np.array([[1.0, 0.0, -1.0], [2.0, 2.0, 2.0]]), np.array([2, 0])),
        (np.array([[0.5, -0.5, 1.0, 0.0]]), np.array([2])),
        (np.array([[1.0, 0], [1000, 998], [-900, -901]]), np.array([1, 1, 0])),
        (np.array([[0.0, 2000], [1000, -1000], [2000, 0]]), np.array([0, 1, 0])),
    ],
)
def cross_entropy_gradient(logits, labels):
    """dL/dlogits (N, K) for the mean cross-entropy of softmax(logits), labels (N,)."""
    return minus_y(softmax(logits), labels)


def minus_y(p, labels):
    return (p - np.eye(p.shape[1])[labels]) / len(labels)


def softmax(logits, largest=lambda z: z.max(axis=1, keepdims=True), **over):
    e = np.exp(logits - largest(logits))
    return e / e.sum(**over or {"axis": 1, "keepdims": True})


def less_one_at(place):
    def answer(logits, labels):
        p = softmax(logits)
        p[place(labels)] -= 1
        return p / len(labels)

    return answer


cross_entropy_gradient.mistake(
    "This is p, or p / N: the 1 of the right class has not been taken off.",
    without_y=lambda z, y: softmax(z) / len(y),
    p_alone=lambda z, y: softmax(z),
)
cross_entropy_gradient.mistake(
    "`p / N - y` divides only p by N. Brackets: (p - y) / N.",
    p_alone_divided=lambda z, y: minus_y(softmax(z) / len(y), y) * len(y),
)
cross_entropy_gradient.mistake(
    "That is the sigmoid of each logit by itself. The p of a softmax are shares of one "
    "row: exponentials, divided by their sum.",
    sigmoid=lambda z, y: minus_y(0.5 + 0.5 * np.tanh(z / 2), y),
)
cross_entropy_gradient.mistake(
    "The labels themselves are taken off, or a class next to the right one. y is a row "
    "with a single 1, in the place that the label, from 0 to K-1, names.",
    labels_as_column=lambda z, y: (softmax(z) - y[:, None]) / len(y),
    labels_as_row=lambda z, y: (softmax(z) - y) / len(y),
    labels_from_one=lambda z, y: minus_y(softmax(z), y - 1),
)
cross_entropy_gradient.mistake(
    "`p[:, labels]` means these columns in *every* row, and `p[labels]` whole rows. "
    "You want one entry of each row: index rows *and* columns.",
    whole_columns=less_one_at(lambda labels: (slice(None), labels)),
    whole_rows=less_one_at(lambda labels: labels),
)
cross_entropy_gradient.mistake(
    "The exponentials are summed over the examples, or over the whole table. Each row "
    "is one example and has a sum of its own: axis=1, keepdims=True.",
    softmax_over_examples=lambda z, y: minus_y(softmax(z.T).T, y),
    one_sum=lambda z, y: minus_y(softmax(z, np.max, axis=None), y),
    one_sum_of_shifted=lambda z, y: minus_y(softmax(z, axis=None), y),
)
cross_entropy_gradient.mistake(
    "An (N, K) meets an (N,), and NumPy lines shapes up from the right: K against N. "
    "Keep the axis that a sum or a maximum runs over: keepdims=True.",
    axis_lost=lambda z, y: minus_y(softmax(z, axis=1), y),
)
cross_entropy_gradient.mistake(
    "Logits far from 0 break it: e^1000 is infinite, e^-900 is 0, and clipped logits "
    "are equal. The hint has the cure: subtract the *largest*, of each *row*.",
    overflowing=lambda z, y: minus_y(softmax(z, lambda z: 0), y),
    one_maximum=lambda z, y: minus_y(softmax(z, np.max), y),
    clipped=lambda z, y: cross_entropy_gradient(np.clip(z, -500, 500), y),
    less_the_mean=lambda z, y: minus_y(softmax(z, lambda z: z.mean(1)[:, None]), y),
    less_the_smallest=lambda z, y: minus_y(softmax(z, lambda z: z.min(1)[:, None]), y),
    less_the_first=lambda z, y: minus_y(softmax(z, lambda z: z[:, :1]), y),
)
cross_entropy_gradient.mistake(
    "p (1 - p) is the slope of a sigmoid. That of the softmax is in p - y already.",
    times_a_slope=lambda z, y: minus_y(p := softmax(z), y) * p * (1 - p),
)
