"""Lesson 04: the exercise ``unit_variance``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _relu(z):
    return np.maximum(z, 0)


def _stack(rng):
    widths = [int(k) for k in rng.integers(4, 8, size=3)]
    if rng.integers(2):
        widths[1] = widths[0]  # X would fit the second layer as well
    X = rng.normal(size=(12, widths[0]))
    pairs = zip(widths[1:], widths, strict=False)
    scales = rng.uniform(2, 4, size=2)
    return (
        [s * rng.normal(size=pair) for s, pair in zip(scales, pairs, strict=True)],
        X,
    )


@exercise(
    section="When no formula fits: LSUV",
    inputs=_stack,
    returns="the list of rescaled weights",
)
def unit_variance(weights, X):
    """The weights, each divided so that its Z has standard deviation 1.

    weights: list of arrays W (m, n).   X: (N, n).
    Z = H W^T with H = X in the first layer, then H = relu(Z).
    """
    scaled, H = [], X
    for W in weights:
        scaled.append(W / (H @ W.T).std())
        H = np.maximum(H @ scaled[-1].T, 0)
    return scaled


def _divided_by(size):
    """A learner's answer that takes another number, size(Z, W), for the deviation."""

    def rescaled(weights, X):
        scaled, H = [], X
        for W in weights:
            scaled.append(W / size(H @ W.T, W))
            H = _relu(H @ scaled[-1].T)
        return scaled

    return rescaled


@unit_variance.mistake(
    "All layers are measured with the *old* weights below them. Once a layer is "
    "scaled, what reaches the next one has changed: send on what the scaled layer "
    "gives."
)
def not_in_order(weights, X):
    scaled, H = [], X
    for W in weights:
        Z = H @ W.T
        scaled.append(W / Z.std())
        H = _relu(Z)
    return scaled


@unit_variance.mistake(
    "You measured after the ReLU. It is Z, before the activation, that is to have "
    "standard deviation 1."
)
def after_the_relu(weights, X):
    return _divided_by(lambda Z, W: _relu(Z).std())(weights, X)


@unit_variance.mistake(
    "You multiply by the standard deviation where you must divide: a layer that gives "
    "too much needs smaller weights."
)
def the_wrong_way(weights, X):
    return _divided_by(lambda Z, W: 1 / Z.std())(weights, X)


@unit_variance.mistake(
    "Each unit is scaled by itself. LSUV has one number for the whole layer: the "
    "deviation of all entries of Z."
)
def unit_by_unit(weights, X):
    return _divided_by(lambda Z, W: Z.std(axis=0)[:, None])(weights, X)


@unit_variance.mistake(
    "The ReLU between the layers is missing: the next layer sees relu(Z), not Z."
)
def without_relu(weights, X):
    scaled, H = [], X
    for W in weights:
        scaled.append(W / (H @ W.T).std())
        H = H @ scaled[-1].T
    return scaled


@unit_variance.mistake(
    "You divided by the variance. Divide the weights by the standard deviation: Z is "
    "divided by the same number then."
)
def by_the_variance(weights, X):
    return _divided_by(lambda Z, W: Z.var())(weights, X)


@unit_variance.mistake(
    "The weights are divided by the root of the mean square of Z (its rms). The mean "
    "of Z is not 0 here, so this is more than the standard deviation, which is "
    "measured from the mean."
)
def by_the_rms(weights, X):
    return _divided_by(lambda Z, W: np.sqrt(np.mean(Z**2)))(weights, X)


@unit_variance.mistake(
    "Nearly: with `ddof=1` the squares are divided by one less than their number, to "
    "estimate the deviation of a larger population. Here it is that of these very "
    "entries: `Z.std()` as it is."
)
def ddof_one(weights, X):
    return _divided_by(lambda Z, W: Z.std(ddof=1))(weights, X)


@unit_variance.mistake(
    "You divided by the standard deviation of the *weights*. Then W has deviation 1, "
    "and Z has not: measure what the layer gives, Z = H W^T."
)
def by_the_weights(weights, X):
    return _divided_by(lambda Z, W: W.std())(weights, X)


@unit_variance.mistake(
    "You divided by the mean of the absolute values of Z. That is another measure of "
    "its size; asked for is the standard deviation."
)
def by_the_mean_size(weights, X):
    return _divided_by(lambda Z, W: np.abs(Z).mean())(weights, X)


@unit_variance.mistake(
    "You took the deviation of each unit, and their mean then. Take one deviation, "
    "over all entries of Z at once: it has no `axis`."
)
def mean_over_the_units(weights, X):
    return _divided_by(lambda Z, W: Z.std(axis=0).mean())(weights, X)


@unit_variance.mistake(
    "You divided by the root of the standard deviation. `std` has its root already "
    "(`var` has not), and Z is divided by the same number as the weights."
)
def by_the_root(weights, X):
    return _divided_by(lambda Z, W: np.sqrt(Z.std()))(weights, X)


@unit_variance.mistake(
    "Every layer is measured on X. Only the first one sees X: the second sees relu(Z) "
    "of the first. Keep what goes on in a variable of its own, and renew it in each "
    "turn."
)
def measured_on_x(weights, X):
    return [W / (X @ W.T).std() for W in weights]


@unit_variance.mistake(
    "The second layer is measured on X wherever its width allows that. That the shapes "
    "fit proves nothing: the second layer always sees relu(Z) of the first."
)
def measured_on_x_where_it_fits(weights, X):
    scaled, H = [], X
    for W in weights:
        seen = X if W.shape[1] == X.shape[1] else H
        scaled.append(W / (seen @ W.T).std())
        H = _relu(H @ scaled[-1].T)
    return scaled


@unit_variance.mistake(
    "The numbers are right, but the caller's own weights are changed, in place: by `W "
    "/= s`, which works on the array itself, or by `weights[i] = ...`, which works on "
    "the caller's list. Write `W / s`, which is a new array, and append it to a new "
    "list."
)
def in_place(weights, X):
    H = X
    for W in weights:
        W /= (H @ W.T).std()
        H = _relu(H @ W.T)
    return weights
