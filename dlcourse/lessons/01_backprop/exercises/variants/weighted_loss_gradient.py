r"""Rare classes are often given a larger weight. The loss of a batch is then the *sum*
over the examples of

$$-\,c_{y}\, \log p_{y},$$

where $p$ is the softmax of the example's logits, $y$ its label, and $c_y$ the weight of
that class; it is not divided by anything. Write its gradient with respect to the
logits. (Logits of 1000 must not break it.)
"""

import numpy as np

from ..cross_entropy_gradient import cross_entropy_gradient


def _weighted_classes(rng):
    n, k = (int(i) for i in rng.choice(np.arange(2, 6), size=2, replace=False))
    labels = rng.integers(k, size=n)
    labels[:2] = 0, k - 1  # two classes at least
    return rng.normal(scale=2, size=(n, k)), labels, rng.uniform(0.5, 4, size=k)


def _by(weight=lambda c, y: c[y][:, None], over=lambda y: 1, softmax=None):
    def gradient(logits, labels, class_weights):
        p = (softmax or _softmax)(logits)
        error = p - np.eye(p.shape[1])[labels]
        return weight(class_weights, labels) * error / over(labels)

    return gradient


def _softmax(logits, axis=1, shift=True):
    largest = logits.max(axis=axis, keepdims=True) if shift else 0
    e = np.exp(logits - largest)
    return e / e.sum(axis=axis, keepdims=True)


@cross_entropy_gradient.variant(
    "That is the gradient of the lesson's loss: a mean, in which all classes count "
    "alike. This one is a sum, and each example has the weight of its class.",
    public=lambda logits, labels, class_weights: cross_entropy_gradient(logits, labels),
    inputs=_weighted_classes,
    edge_cases=(
        (np.array([[1.0, 0, -1], [2, 2, 2]]), np.array([2, 0]), np.array([3.0, 1, 2])),
        (np.array([[1000.0, 998], [-900, -901]]), np.array([1, 0]), np.array([2.0, 5])),
    ),
)
def weighted_loss_gradient(logits, labels, class_weights):
    """dL/dlogits (N, K) for the sum over the examples of -c_y log p_y.

    logits: (N, K).   labels: (N,).   class_weights: (K,), c of each class.
    """
    return _by()(logits, labels, class_weights)


weighted_loss_gradient.mistake(
    "You divide by the number of examples: here the loss is their sum.",
    mean=_by(over=len),
)
weighted_loss_gradient.mistake(
    "The weights are missing: that is the sum in which all classes count alike.",
    without_weights=_by(lambda c, y: 1),
)
weighted_loss_gradient.mistake(
    "Each *column* is multiplied by its class's weight. An example's weight is that of "
    "its label, and it multiplies the example's whole row, the other classes too.",
    weighted_columns=_by(lambda c, y: c),
)


@weighted_loss_gradient.mistake(
    "The weight belongs to all of p - y; yours multiplies one of the two alone."
)
def weight_on_y_alone(logits, labels, class_weights):
    p = _softmax(logits)
    return p - class_weights[labels][:, None] * np.eye(p.shape[1])[labels]


weighted_loss_gradient.mistake(
    "The sign is turned: it is p - y.",
    turned=lambda z, y, c: -_by()(z, y, c),
)
weighted_loss_gradient.mistake(
    "Logits far from 0 break it: e^1000 is infinite, e^-900 is 0. Subtract the largest "
    "of each row first.",
    overflowing=_by(softmax=lambda z: _softmax(z, shift=False)),
)
weighted_loss_gradient.mistake(
    "The exponentials are summed over the examples. Each row has a sum of its own.",
    over_the_examples=_by(softmax=lambda z: _softmax(z, axis=0)),
)
