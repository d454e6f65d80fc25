import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import relu


def _stack(rng):
    # Widths are often equal: then X would fit a later layer as well.
    widths = [int(k) for k in rng.integers(4, 7, size=int(rng.integers(2, 6)))]
    X = rng.normal(0.3, size=(12, widths[0]))
    pairs = zip(widths[1:], widths, strict=False)
    return [rng.normal(scale=rng.uniform(2, 4), size=pair) for pair in pairs], X


@exercise(
    section="Deeper: When no formula fits: LSUV",
    inputs=_stack,
    returns="the list of rescaled weights",
)
def unit_variance(weights, X):
    """The weights, each divided so that its Z has standard deviation 1.

    weights: list of arrays W (m, n).   X: (N, n).
    Z = H W^T with H = X in the first layer, then H = relu(Z).
    """
    return _by()(weights, X)


def _by(
    size=lambda Z, W, H: Z.std(),
    sees=lambda X, H, W: H,
    hands_on=lambda H, W, scaled: relu(H @ scaled.T),
):
    """Layer by layer: what W sees, by what size it is divided, what it hands on."""

    def rescaled(weights, X):
        scaled, H = [], X
        for W in weights:
            scaled.append(W / size(sees(X, H, W) @ W.T, W, H))
            H = hands_on(H, W, scaled[-1])
        return scaled

    return rescaled


unit_variance.mistake(
    "A layer does not see what the one below sends on: that is relu(Z), with the new "
    "weights, already scaled. Your ReLU is missing, or your weights are the old ones.",
    not_in_order=_by(hands_on=lambda H, W, scaled: relu(H @ W.T)),
    without_relu=_by(hands_on=lambda H, W, scaled: H @ scaled.T),
)
unit_variance.mistake(
    "The weights came back as they were: `W = W / s` gives the name W to a new array, "
    "and `weights` still holds the old one. Append the new ones to a list of your own.",
    as_they_came=lambda weights, X: weights,
)
unit_variance.mistake(
    "Every layer is measured on X. Only the first one sees X: keep what goes on in a "
    "variable of its own.",
    measured_on_x=_by(sees=lambda X, H, W: X),
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
    "X itself goes into the first layer: there is no ReLU before it.",
    relu_of_x=_by(sees=lambda X, H, W: relu(H)),
)
unit_variance.mistake(
    "LSUV has one number for the whole layer: the deviation of all entries of Z at "
    "once, `Z.std()`, with no `axis` and no mean over the units.",
    unit_by_unit=_by(lambda Z, W, H: Z.std(axis=0)[:, None]),
    mean_over_the_units=_by(lambda Z, W, H: Z.std(axis=0).mean()),
)
unit_variance.mistake(
    "Divide by the standard deviation itself, `Z.std()` as it is: it has its root "
    "already, no `ddof`, and is measured from the mean of Z, which is not 0 here.",
    by_the_variance=_by(lambda Z, W, H: Z.var()),
    by_the_rms=_by(lambda Z, W, H: np.sqrt(np.mean(Z**2))),
    ddof_one=_by(lambda Z, W, H: Z.std(ddof=1)),
)


@unit_variance.mistake(
    "The numbers are right, but the caller's own weights are changed: by `W /= s`, "
    "which works on the array itself, or by `weights[i] = ...`. Append `W / s` to a "
    "list of your own."
)
def in_place(weights, X):
    for W, new in zip(weights, unit_variance.reference(weights, X), strict=True):
        W[...] = new
    return weights
