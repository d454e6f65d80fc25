"""The exercises of lesson 04's second half: fans, LSUV."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "04 Initialisation"


def _relu(z):
    return np.maximum(z, 0)


# ---------------------------------------------------------- debug this: fans exchanged


def _shape(rng):
    few = int(rng.integers(2, 200))
    many = few + int(rng.integers(1, 200))
    return ((few, many) if rng.integers(2) else (many, few),)


@exercise(
    LESSON,
    section="Debug this: fine for a year",
    inputs=_shape,
    edge_cases=(((64, 64),), ((64, 128),), ((10, 64),), ((128, 64),)),
    returns="the standard deviation",
)
def he_std(shape):
    """He's standard deviation for a weight of this shape, (m, n), before a ReLU."""
    _, fan_in = shape
    return np.sqrt(2 / fan_in)


@he_std.mistake(
    "This is the colleague's function again: right for square weights, wrong for all "
    "others. In Y = X W^T the weight is (m, n): which of the two counts the inputs?"
)
def fans_swapped(shape):
    return np.sqrt(2 / shape[0])


@he_std.mistake(
    "That is the variance. The colleague's network asks for the standard deviation, "
    "its root."
)
def variance(shape):
    return 2 / shape[1]


@he_std.mistake(
    "You took the mean of both fans: that is Xavier's compromise, times the factor of "
    "ReLU. It is right for square weights only."
)
def compromise(shape):
    return np.sqrt(4 / sum(shape))


@he_std.mistake("ReLU's factor of two is missing: He's variance is 2 over the fan-in.")
def without_two(shape):
    return np.sqrt(1 / shape[1])


@he_std.mistake(
    "Two mistakes. It is the colleague's fan: which entry of (m, n) counts the inputs "
    "of a unit? And it is the variance, where the standard deviation is asked for."
)
def variance_of_the_wrong_fan(shape):
    return 2 / shape[0]


@he_std.mistake(
    "The fan is the right one, but it stands outside the root. The *variance* is 2 "
    "over the fan-in: take the root of all of it."
)
def root_of_two_only(shape):
    return np.sqrt(2) / shape[1]


@he_std.mistake(
    "You divide by the number of all weights. A unit adds up one term for each of its "
    "*inputs*, however many units there are beside it: only one of the two numbers "
    "counts."
)
def by_the_product(shape):
    return np.sqrt(2 / (shape[0] * shape[1]))


@he_std.mistake(
    "You take the larger of the two, which is the fan-in for some shapes only. The "
    "place decides, not the size: in Y = X W^T, which axis of W meets the inputs?"
)
def larger_fan(shape):
    return np.sqrt(2 / max(shape))


@he_std.mistake(
    "You take the smaller of the two, which is the fan-in for some shapes only. The "
    "place decides, not the size: in Y = X W^T, which axis of W meets the inputs?"
)
def smaller_fan(shape):
    return np.sqrt(2 / min(shape))


@he_std.mistake(
    "This is Xavier's rule: a compromise between both directions, for a layer without "
    "activation. He's looks at the inputs only, and makes up for ReLU."
)
def xavier(shape):
    return np.sqrt(2 / sum(shape))


@he_std.mistake(
    "This is the *bound* of the uniform distribution that has He's deviation. Asked "
    "for is the deviation itself (exercise 2 has the factor between the two)."
)
def uniform_form(shape):
    return np.sqrt(6 / shape[1])


# -------------------------------------------------------------------------------- LSUV


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
    LESSON,
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
