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
    "This is p, or p / N: the 1 of the right class has not been taken off. Or it was, "
    "but `p / N - y` divides only p by N. Brackets: (p - y) / N.",
    without_y=lambda z, y: softmax(z) / len(y),
    p_alone=lambda z, y: softmax(z),
    p_alone_divided=lambda z, y: minus_y(softmax(z) / len(y), y) * len(y),
)
cross_entropy_gradient.mistake(
    "That is the sigmoid of each logit by itself, or p - y with its slope p (1 - p).",
    sigmoid=lambda z, y: minus_y(0.5 + 0.5 * np.tanh(z / 2), y),
    times_a_slope=lambda z, y: minus_y(p := softmax(z), y) * p * (1 - p),
)
cross_entropy_gradient.mistake(
    "You take off labels, or the 1 of a class next to the right one (from 0 to K-1).",
    labels_as_column=lambda z, y: (softmax(z) - y[:, None]) / len(y),
    labels_as_row=lambda z, y: (softmax(z) - y) / len(y),
    labels_from_one=lambda z, y: minus_y(softmax(z), y - 1),
)
cross_entropy_gradient.mistake(
    "`p[:, labels]` are columns in *every* row, `p[labels]` whole rows: index both.",
    whole_columns=less_one_at(lambda labels: (slice(None), labels)),
    whole_rows=less_one_at(lambda labels: labels),
)
cross_entropy_gradient.mistake(
    "Each row is one example and has a sum of its own: axis=1, keepdims=True (without "
    "that an (N,) is laid along the rows). You sum over the examples, or over all.",
    axis_lost=lambda z, y: minus_y(softmax(z, axis=1), y),
    softmax_over_examples=lambda z, y: minus_y(softmax(z.T).T, y),
    one_sum=lambda z, y: minus_y(softmax(z, np.max, axis=None), y),
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
