import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import relu


def _stack(rng):
    widths = rng.integers(4, 7, size=rng.integers(2, 6))  # X often fits later layers
    X = rng.normal(0.3, size=(12, widths[0]))
    pairs = zip(widths[1:], widths, strict=False)
    return [rng.normal(scale=rng.uniform(2, 4), size=pair) for pair in pairs], X


@exercise(
    section="Deeper: When no formula fits: LSUV",
    inputs=_stack,
    returns="the list of rescaled weights",
)
def unit_variance(weights, X):
    """The weights (m, n), each divided so that Z = H W^T has standard deviation 1."""
    return _by()(weights, X)


def _by(
    size=lambda Z, W, H: Z.std(),
    hands_on=lambda H, W, scaled: relu(H @ scaled.T),
):
    """Layer by layer: by what size W is divided, and what it hands on."""

    def rescaled(weights, X):
        scaled, H = [], X
        for W in weights:
            scaled.append(W / size(H @ W.T, W, H))
            H = hands_on(H, W, scaled[-1])
        return scaled

    return rescaled


unit_variance.mistake(
    "The first layer sees X, each other relu(Z) of the one below, with its new, scaled "
    "weights. Is a ReLU missing, or one too many? Or are the weights the old ones?",
    relu_of_x=lambda weights, X: unit_variance(weights, relu(X)),
    not_in_order=_by(hands_on=lambda H, W, scaled: relu(H @ W.T)),
    without_relu=_by(hands_on=lambda H, W, scaled: H @ scaled.T),
)
unit_variance.mistake(
    "The weights came back as they were: `W = W / s` gives the name W to a new array, "
    "and `weights` still holds the old one. Append the new ones to a list of your own.",
    as_they_came=lambda weights, X: weights,
)
unit_variance.mistake(
    "Every layer is measured on X: keep what the one below sends on in a variable.",
    measured_on_x=_by(hands_on=lambda H, W, scaled: H),
)
unit_variance.mistake(
    "What is to have standard deviation 1 is Z = H W^T, what the layer gives before "
    "the activation: you measured relu(Z), or H, what comes in.",
    after_the_relu=_by(lambda Z, W, H: relu(Z).std()),
    by_what_comes_in=_by(lambda Z, W, H: H.std()),
)
unit_variance.mistake(
    "It is upside down: a Z that is too large becomes larger. Divide W by `Z.std()`.",
    the_wrong_way=_by(lambda Z, W, H: 1 / Z.std()),
)
unit_variance.mistake(
    "Divide by `Z.std()` as it is, one number a layer: no `axis`, no `ddof`, no mean "
    "over units, no variance; and not by the rms, since the mean of Z is not 0 here.",
    unit_by_unit=_by(lambda Z, W, H: Z.std(axis=0)[:, None]),
    mean_over_the_units=_by(lambda Z, W, H: Z.std(axis=0).mean()),
    by_the_variance=_by(lambda Z, W, H: Z.var()),
    by_the_rms=_by(lambda Z, W, H: np.sqrt(np.mean(Z**2))),
    ddof_one=_by(lambda Z, W, H: Z.std(ddof=1)),
)


@unit_variance.mistake(
    "The numbers are right, but the caller's weights are changed, by `W /= s` or by "
    "`weights[i] = ...`. Append `W / s` to a list of your own."
)
def in_place(weights, X):
    weights[:] = unit_variance(weights, X)
    return weights
