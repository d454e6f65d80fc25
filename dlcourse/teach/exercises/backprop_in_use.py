"""The exercises of lesson 01's second half: the loss, the training step, the tent."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "01 Backprop"


# -------------------------------------------------------------- softmax, cross-entropy


def _classification(rng):
    n, k = (int(i) for i in rng.integers(2, 6, size=2))
    labels = rng.integers(k, size=n)
    return rng.normal(scale=2, size=(n, k)), labels


def _softmax(logits, axis=1):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@exercise(
    LESSON,
    section="Which loss? The one whose slope survives",
    inputs=_classification,
    edge_cases=[
        (np.array([[1.0, 0.0, -1.0], [0.5, 1000.0, -1000.0]]), np.array([2, 0]))
    ],
)
def cross_entropy_gradient(logits, labels):
    """dL/dlogits (N, K) for the mean cross-entropy of softmax(logits), labels (N,)."""
    gradient = _softmax(logits)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


@cross_entropy_gradient.mistake(
    "Every entry is N times too large: the loss is a mean over N examples, so each "
    "example's gradient is divided by N."
)
def without_the_mean(logits, labels):
    return len(labels) * cross_entropy_gradient.reference(logits, labels)


@cross_entropy_gradient.mistake(
    "The labels themselves are taken off. y is a row with a single 1, in the place "
    "that the label names: np.eye(K)[labels]."
)
def labels_for_rows(logits, labels):
    return (_softmax(logits) - labels[:, None]) / len(labels)


@cross_entropy_gradient.mistake("The sign is turned: it is p - y, not y - p.")
def y_minus_p(logits, labels):
    return -cross_entropy_gradient.reference(logits, labels)


@cross_entropy_gradient.mistake(
    "This is p / N: the 1 of the right class has not been taken off."
)
def without_y(logits, labels):
    return _softmax(logits) / len(labels)


@cross_entropy_gradient.mistake(
    "The softmax runs over the examples. Each row is one example: its probabilities "
    "must sum to 1 along axis 1."
)
def softmax_over_examples(logits, labels):
    gradient = _softmax(logits, axis=0)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


@cross_entropy_gradient.mistake(
    "Divided by all N K entries: the mean of the loss runs over the N examples only."
)
def divided_by_all(logits, labels):
    return cross_entropy_gradient.reference(logits, labels) / logits.shape[1]


@cross_entropy_gradient.mistake(
    "e^1000 is infinite, and inf / inf is NaN: a network that is sure of itself would "
    "break the training. The hint below the exercise has the cure."
)
def overflowing(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


def _minus_labels(p, labels):
    return (p - np.eye(p.shape[1])[labels]) / len(labels)


@cross_entropy_gradient.mistake(
    "All rows share one sum of exponentials, so that the whole table sums to 1. Each "
    "row is one example and has its own sum: axis=1, keepdims=True."
)
def one_sum_for_all(logits, labels):
    e = np.exp(logits - logits.max())
    return _minus_labels(e / e.sum(), labels)


@cross_entropy_gradient.mistake(
    "The largest logit is taken off row by row, but `e.sum()` runs over the whole "
    "table. Give each row its own sum: axis=1, keepdims=True."
)
def one_sum_for_all_rows(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return _minus_labels(e / e.sum(), labels)


@cross_entropy_gradient.mistake(
    "The 1 is taken off one class too early: the labels run from 0 to K-1, as Python's "
    "indices do, so nothing is to be subtracted from them."
)
def labels_from_one(logits, labels):
    return _minus_labels(_softmax(logits), labels - 1)


@cross_entropy_gradient.mistake(
    "`p[:, labels]` means these columns in *every* row. You want one entry of each "
    "row: p[np.arange(len(labels)), labels]."
)
def whole_columns(logits, labels):
    gradient = _softmax(logits)
    gradient[:, labels] -= 1
    return gradient / len(labels)


@cross_entropy_gradient.mistake(
    "You use the sigmoid, one class at a time. Among K classes the probabilities of a "
    "row must sum to 1: softmax."
)
def sigmoid_for_softmax(logits, labels):
    return _minus_labels(0.5 * (1 + np.tanh(logits / 2)), labels)


# ----------------------------------------------------- debug this: the loss that climbs


def _training(rng):
    return (
        rng.normal(size=(12, 5)).astype(np.float32),
        rng.integers(3, size=12),
        int(rng.integers(1000)),
    )


def _three_steps(step, x, y, seed):
    """Train a small network with ``step``; return the losses and the parameters."""
    from dlcourse import manual_seed, nn, optim, tensor

    manual_seed(seed)
    model = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    taken, losses = _counted(optimizer), []
    for _ in range(3):
        before = [p.detach().numpy().copy() for p in model.parameters()]
        loss = step(model, optimizer, tensor(x), tensor(y))
        if loss is None:
            return None
        if hasattr(loss, "backward"):
            raise TypeError("training_step returns the loss as a float: loss.item()")
        after = [p.detach().numpy() for p in model.parameters()]
        if not taken and not all(map(np.array_equal, before, after)):
            raise TypeError("training_step moves the model without its optimizer")
        losses.append(loss)
    return {"loss": losses, "model": [p.data for p in model.parameters()]}


def _counted(optimizer):
    """A list that grows with every step of ``optimizer``."""
    taken, step = [], optimizer.step

    def counting(*args, **kwargs):
        taken.append(True)
        return step(*args, **kwargs)

    optimizer.step = counting
    return taken


@exercise(
    LESSON,
    section="Ten thousand real digits",
    inputs=_training,
    run=_three_steps,
    returns="the loss before the step, a float",
)
def training_step(model, optimizer, x, y):
    """The loss before a step on the batch x, y, a float; the model is updated."""
    from dlcourse import nn

    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@training_step.mistake(
    "The first step is right and the later ones are not: the gradients of earlier "
    "steps are still there, and backward() adds to them. Which call forgets them?"
)
def gradients_pile_up(model, optimizer, x, y):
    from dlcourse import nn

    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@training_step.mistake(
    "Nothing is learned: the parameters do not move. step() needs gradients: does "
    "backward() run before it, with no zero_grad() in between? And is step() called?"
)
def erased_before_step(model, optimizer, x, y):
    from dlcourse import nn

    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@training_step.mistake(
    "Each update is one batch late: step() comes before backward(), so it uses the "
    "gradient of the step before."
)
def step_too_early(model, optimizer, x, y):
    from dlcourse import nn

    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@training_step.mistake(
    "The model is right, the loss is not: it is that of the model *after* the step. "
    "Return the loss that was computed on the way to the gradient."
)
def loss_after_the_step(model, optimizer, x, y):
    from dlcourse import nn

    training_step.reference(model, optimizer, x, y)
    return nn.functional.cross_entropy(model(x), y).item()


@training_step.mistake(
    "The parameters move, but not by the optimizer that the function is given. Is a "
    "new one made inside? It has another learning rate, and forgets at every step what "
    "it should remember: use `optimizer`."
)
def another_optimizer(model, optimizer, x, y):
    from dlcourse import optim

    another = optim.SGD(model.parameters(), lr=0.1)
    return training_step.reference(model, another, x, y)


# ------------------------------------------------------------------- stretch: the tent


def _point(rng):
    return (round(float(rng.uniform(0, 1)), 2),)


def _run_network(weights, x):
    given = weights()
    if given is None:
        return None
    W1, b1, W2, b2 = (np.asarray(part, dtype=float) for part in given)
    for name, part, shape in (
        ("W1", W1, (2, 1)),
        ("b1", b1, (2,)),
        ("W2", W2, (1, 2)),
        ("b2", b2, (1,)),
    ):
        if part.shape != shape:
            raise ValueError(f"{name} expects shape {shape}, got {part.shape}")
    return (np.maximum([x] @ W1.T + b1, 0) @ W2.T + b2).item()


@exercise(
    LESSON,
    section="Deep against wide",
    inputs=_point,
    edge_cases=[(0.0,), (0.25,), (0.5,), (0.75,), (1.0,)],
    run=_run_network,
    returns="(W1, b1, W2, b2), nested lists of numbers",
)
def tent_weights():
    """(W1 (2, 1), b1 (2,), W2 (1, 2), b2 (1,)) of two ReLUs that make the tent."""
    return [[1], [1]], [0, -0.5], [[2, -4]], [0]


@tent_weights.mistake(
    "After the bend your function is flat: the second unit must turn the slope from +2 "
    "to -2, a change of -4."
)
def flat_after_the_bend():
    return [[1], [1]], [0, -0.5], [[2, -2]], [0]


@tent_weights.mistake(
    "There is no bend at 1/2: the second unit is relu(x + 1/2), which is never off for "
    "x above 0. For a bend at 1/2 the bias is -1/2."
)
def bend_at_minus_half():
    return [[1], [1]], [0, 0.5], [[2, -4]], [0]


@tent_weights.mistake(
    "The shape is right but half as high: at 1/2 the tent is 1, so the slope is 2."
)
def half_as_high():
    return [[1], [1]], [0, -0.5], [[1, -2]], [0]


@tent_weights.mistake("The tent hangs upside down: first up, then down.")
def upside_down():
    return [[1], [1]], [0, -0.5], [[-2, 4]], [0]


@tent_weights.mistake(
    "After the bend it climbs twice as fast: both units push up. The second unit must "
    "take off the first one's slope of 2, and 2 more: its weight in W2 is -4."
)
def both_up():
    return [[1], [1]], [0, -0.5], [[2, 2]], [0]


@tent_weights.mistake(
    "The second unit wakes at x = 1, the end of the interval: it is relu(x - 1). The "
    "bend is at 1/2."
)
def bend_at_one():
    return [[1], [1]], [0, -1], [[2, -4]], [0]


@tent_weights.mistake(
    "Both units bend at 0, so the sum has no bend at 1/2: a unit relu(x + b) bends "
    "where x + b = 0. One of them needs another bias."
)
def without_bias():
    return [[1], [1]], [0, 0], [[2, -4]], [0]
