"""Lesson 01: the exercise ``cross_entropy_gradient``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _classification(rng):
    n, k = (int(i) for i in rng.integers(2, 6, size=2))
    labels = rng.integers(k, size=n)
    return rng.normal(scale=2, size=(n, k)), labels


def _softmax(logits, axis=1):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@exercise(
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
