"""The exercises of lesson 04 about many layers: the recursion, looks-linear."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "04 Initialisation"


def _relu(z):
    return np.maximum(z, 0)


# --------------------------------------------------------------- the variance recursion


def _recursion(rng):
    f = (np.tanh, _relu)[int(rng.integers(2))]
    z = rng.normal(size=30)
    return f, float(rng.uniform(1.3, 2)), float(rng.uniform(1.5, 3)), 4, z


@exercise(
    LESSON,
    section="Fifty layers without a network",
    inputs=_recursion,
    edge_cases=(
        (np.tanh, 1.5, 2.0, 1, np.array([-2.0, -0.5, 0.5, 2.0])),
        (_relu, 1.6, 0.5, 3, np.array([-1.5, -0.2, 0.7, 1.1])),
    ),
    returns="the list of q_0 ... q_depth",
)
def recursion(f, gain, q, depth, z):
    """The second moments q_0 = q, q_1, ..., q_depth, a list of depth + 1 numbers.

    q_(l+1) = gain^2 E[f(sqrt(q_l) z)^2], the mean over the entries of z.
    """
    moments = [q]
    for _ in range(depth):
        moments.append(gain**2 * np.mean(f(np.sqrt(moments[-1]) * z) ** 2))
    return moments


def _recursion_with(step):
    def moments(f, gain, q, depth, z):
        found = [q]
        for _ in range(depth):
            found.append(step(f, gain, found[-1], z))
        return found

    return moments


@recursion.mistake(
    "z is multiplied by q itself. A number with second moment q is the *root* of q "
    "times one with second moment 1."
)
def q_for_its_root(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(q * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The gain is not squared. It multiplies the weights; second moments grow by its "
    "square."
)
def gain_not_squared(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain * np.mean(f(q**0.5 * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The gain is missing: the weights multiply what the activation leaves by gain^2."
)
def without_gain(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: np.mean(f(q**0.5 * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "Every layer starts from the first q again: layer l + 1 begins where layer l has "
    "ended."
)
def always_from_the_first(f, gain, q, depth, z):
    return [q] + depth * [gain**2 * np.mean(f(np.sqrt(q) * z) ** 2)]


@recursion.mistake("The list begins with q_1. Put q itself, q_0, in front.")
def without_the_start(f, gain, q, depth, z):
    return recursion.reference(f, gain, q, depth, z)[1:]


@recursion.mistake(
    "You take the mean first and square it then. The mean of the squares is needed: "
    "for tanh the mean is near 0, the squares are not."
)
def square_of_the_mean(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(q**0.5 * z)) ** 2)
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "You used the variance, which takes the mean off. The next layer adds up all of "
    "what f gives, mean included: what counts is E[f^2]. (For tanh they are nearly the "
    "same; compare them for ReLU.)"
)
def variance_of_the_outputs(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.var(f(q**0.5 * z)))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The gain stands inside f. It belongs to the weights *behind* f: they multiply "
    "what f gives. (ReLU lets factors through, so it hides this; tanh does not.)"
)
def gain_inside(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: np.mean(f(gain * q**0.5 * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "q stands outside f, as a factor. f must see numbers of the layer's own size, "
    "sqrt(q) z: a large z saturates tanh, a small one does not. (ReLU lets factors "
    "through, so it hides this.)"
)
def q_outside(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * q * np.mean(f(z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "What f gives is not squared: a *second* moment is the mean of the squares. (The "
    "mean of tanh is near 0, or even below it; then the next root fails.)"
)
def outputs_not_squared(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(np.sqrt(q) * z)))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The q of the layer does not enter: f is given z as it was drawn, with second "
    "moment 1, so that every layer gives the same. First bring z to the layer's size."
)
def q_forgotten(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "Right for tanh, and for tanh only: `np.tanh` is written where the argument `f` "
    "belongs."
)
def always_tanh(f, gain, q, depth, z):
    return recursion.reference(np.tanh, gain, q, depth, z)


@recursion.mistake(
    "Right for ReLU, and for ReLU only: it is written into the formula where the "
    "argument `f` belongs."
)
def always_relu(f, gain, q, depth, z):
    return recursion.reference(_relu, gain, q, depth, z)


@recursion.mistake(
    "q_1 is right. Then you send the same sample on through all layers, f(f(f(z))). "
    "But every entry of the next z is a *sum* over many units, about normal again: "
    "each layer starts from the normal z, brought to its own q. All that is handed on "
    "is q."
)
def one_sample_through_all(f, gain, q, depth, z):
    found, sample = [q], np.sqrt(q) * z
    for _ in range(depth):
        sample = gain * f(sample)
        found.append(np.mean(sample**2))
    return found


# --------------------------------------------------- stretch: ReLUs that look linear


def _matrices(rng):
    widths = rng.integers(2, 5, size=int(rng.integers(3, 6)))
    pairs = zip(widths[1:], widths, strict=False)
    return [rng.normal(size=pair) for pair in pairs], rng.normal(size=(6, widths[0]))


def _output(f, weights, X):
    mirrored = [np.asarray(W, float) for W in f([W.copy() for W in weights])]
    if len(mirrored) != len(weights):
        raise ValueError(
            f"{len(weights)} weights came in, {len(mirrored)} came out: each layer "
            "stays a layer"
        )
    H = X
    for k, W in enumerate(mirrored, start=1):
        if W.ndim != 2 or W.shape[1] != H.shape[1]:
            raise ValueError(
                f"layer {k} is given {H.shape[1]} numbers for each example, but its "
                f"weight has shape {W.shape}"
            )
        H = H @ W.T if k == len(mirrored) else _relu(H @ W.T)
    return H


@exercise(
    LESSON,
    section="Looks linear",
    inputs=_matrices,
    run=_output,
    returns="the network's output",
)
def mirrored(weights):
    """Weights of a ReLU network that computes X W1^T W2^T ... Wk^T, as if without ReLU.

    weights: list of k >= 2 arrays, W1 (n1, n0), W2 (n2, n1), ...; a list of k arrays.
    Every hidden layer becomes twice as wide.
    """
    first, *middle, last = weights
    return [
        np.vstack([first, -first]),
        *(np.block([[W, -W], [-W, W]]) for W in middle),
        np.hstack([last, -last]),
    ]


def _with_middle(blocks):
    def mirror(weights):
        first, *middle, last = weights
        return [
            np.vstack([first, -first]),
            *map(blocks, middle),
            np.hstack([last, -last]),
        ]

    return mirror


@mirrored.mistake(
    "Your network drops every negative number at the first ReLU: these are the "
    "weights as they came. Keep what is below 0 as well, in units of its own."
)
def as_they_came(weights):
    return list(weights)


@mirrored.mistake(
    "The last layer adds the two halves where it must subtract: relu(z) - relu(-z) = "
    "z, but relu(z) + relu(-z) = |z|."
)
def last_adds(weights):
    *hidden, last = mirrored.reference(weights)
    half = last.shape[1] // 2
    return [*hidden, np.hstack([last[:, :half], last[:, :half]])]


@mirrored.mistake(
    "Your network gives 0 for every input. Are both halves of the first layer the "
    "same? Then they cancel later on, and the negative side is lost: one half must be "
    "-W."
)
def same_twice(weights):
    first, *rest = mirrored.reference(weights)
    half = len(first) // 2
    return [np.vstack([first[:half], first[:half]]), *rest]


@mirrored.mistake(
    "The first and the last layer are right. But the hidden layers in the middle "
    "compute the same in both halves, which cancel at the end. The lower half must "
    "compute -z, so that its ReLU keeps the negative side: compare the signs in the "
    "two rows of blocks."
)
def lower_half_forgotten(weights):
    return _with_middle(lambda W: np.block([[W, -W], [W, -W]]))(weights)


@mirrored.mistake(
    "The first and the last layer are right. In the middle, each half goes its own "
    "way: W relu(z) above, W relu(-z) below, and the next ReLU cuts both. Each unit "
    "needs *both* halves of the layer below, to put z together again first."
)
def middle_block_diagonal(weights):
    def blocks(W):
        return np.block([[W, 0 * W], [0 * W, W]])

    return _with_middle(blocks)(weights)


@mirrored.mistake(
    "The first and the last layer are right, and the middle has the idea that its "
    "lower half must be negative. But each half sees only one half of the layer below, "
    "W relu(z) above and -W relu(-z) below: every unit needs both, to put z together "
    "again."
)
def middle_diagonal_with_a_sign(weights):
    def blocks(W):
        return np.block([[W, 0 * W], [0 * W, -W]])

    return _with_middle(blocks)(weights)


@mirrored.mistake(
    "The first and the last layer are right. In the middle, the upper half *adds* what "
    "the two halves below give, relu(z) + relu(-z) = |z|. It must form W z: with which "
    "signs do you get z out of relu(z) and relu(-z)?"
)
def middle_adds(weights):
    return _with_middle(lambda W: np.block([[W, W], [-W, -W]]))(weights)


@mirrored.mistake(
    "[W, -W] in the middle puts z together rightly, and would do for CReLU, which "
    "doubles its outputs by itself. A plain ReLU does not: the layer must compute -z "
    "as well, in as many units more."
)
def middle_as_for_crelu(weights):
    return _with_middle(lambda W: np.hstack([W, -W]))(weights)


@mirrored.mistake(
    "These are the weights for CReLU, which doubles its outputs by itself. A plain "
    "ReLU does not: each hidden layer, the first one too, must compute z *and* -z, in "
    "twice as many units."
)
def all_as_for_crelu(weights):
    first, *others = weights
    return [first, *(np.hstack([W, -W]) for W in others)]
