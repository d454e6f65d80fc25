"""Measuring a model: in batches, in evaluation mode, without a tape."""

import numpy as np

from dlcourse.lab.examples import (
    array,
    check_labels,
    checked_examples,
    checked_inputs,
    engine_of,
)
from dlcourse.nn.measuring import measuring

BATCH = 1000  # examples at a time: bounds the memory, changes no result but rounding


def outputs(model, x):
    """What ``model`` answers to each example of ``x``, in evaluation mode: an array.

    Args:
        model: a Module of dlcourse or torch; it stays as it is.
        x: (N, ...), floats of the model's dtype, or integers where it takes them.

    Raises ValueError where there are no examples, TypeError for another dtype.
    """
    return _outputs(model, checked_inputs(x, model, "outputs"))


def _outputs(model, x):
    engine = engine_of(model)
    with measuring(model, training=False), engine.no_grad():
        parts = [
            array(model(engine.tensor(x[i : i + BATCH])))
            for i in range(0, len(x), BATCH)
        ]
    return np.concatenate(parts)


def predict_classes(model, x):
    """The class with the largest output for each example: int64 (N,)."""
    return outputs(model, x).argmax(axis=1).astype(np.int64)


def accuracy(model, x, y):
    """The share, 0 to 1, of the examples x (N, ...) whose class y (N,) is predicted.

    Raises TypeError and ValueError as :func:`fit` does.
    """
    x, y = checked_examples((x, y), model, "accuracy")
    if y.dtype.kind != "i":
        raise TypeError(f"accuracy expects integer labels, got {y.dtype}")
    answers = outputs(model, x)
    check_labels(y, answers, "accuracy")
    return float((answers.argmax(axis=1) == y).mean())


def evaluate(model, x, y, loss_fn, name="evaluate"):
    """(loss, accuracy) of ``model`` over all examples; accuracy None without classes.

    ``name`` is what messages call the examples.
    """
    x, y = checked_examples((x, y), model, name)
    return loss_and_accuracy(model, x, y, loss_fn, name)


def loss_and_accuracy(model, x, y, loss_fn, name=None):
    """As :func:`evaluate`, of arrays that are checked; their labels, with ``name``."""
    answers = _outputs(model, x)
    if name:
        check_labels(y, answers, name)
    tensor = engine_of(model).tensor
    loss = loss_fn(tensor(answers), tensor(y)).item()
    if y.dtype.kind != "i":
        return loss, None
    return loss, float((answers.argmax(axis=1) == y).mean())
