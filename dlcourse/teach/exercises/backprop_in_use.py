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
    LESSON, section="Which loss? The one whose slope survives", inputs=_classification
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
    losses = []
    for _ in range(3):
        loss = step(model, optimizer, tensor(x), tensor(y))
        if hasattr(loss, "backward"):
            raise TypeError("training_step returns the loss as a float: loss.item()")
        losses.append(loss)
    return losses, [p.data for p in model.parameters()]


@exercise(
    LESSON, section="Ten thousand real digits", inputs=_training, run=_three_steps
)
def training_step(model, optimizer, x, y):
    """One step on the batch x, y: the loss as a float; the model is updated."""
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
    "Nothing is learned: the parameters do not move. Are the gradients still there "
    "when step() looks for them?"
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


# ------------------------------------------------------------------- stretch: the tent


def _points(rng):
    return (np.sort(rng.uniform(0, 1, size=(40, 1)), axis=0),)


def _run_network(weights, x):
    W1, b1, W2, b2 = (np.asarray(part, dtype=float) for part in weights())
    for name, part, shape in (
        ("W1", W1, (2, 1)),
        ("b1", b1, (2,)),
        ("W2", W2, (1, 2)),
        ("b2", b2, (1,)),
    ):
        if part.shape != shape:
            raise ValueError(f"{name} expects shape {shape}, got {part.shape}")
    return np.maximum(x @ W1.T + b1, 0) @ W2.T + b2


@exercise(LESSON, section="Deep against wide", inputs=_points, run=_run_network)
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
