"""The exercises of lesson 03's first half: the product of slopes and weights."""

from functools import lru_cache

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "03 Activations"


# ------------------------------------------------------------- slopes from the outputs


def _outputs(rng):
    z = rng.normal(scale=1.5, size=(int(rng.integers(2, 6)), 4))
    z[0, 0] = -abs(z[0, 0])  # a ReLU that is off
    return 1 / (1 + np.exp(-z)), np.tanh(z), np.maximum(z, 0)


@exercise(
    LESSON,
    section="The product, taken apart",
    inputs=_outputs,
    returns=("the sigmoid's", "tanh's", "ReLU's"),
)
def slopes_from_outputs(s, t, r):
    """The slopes of sigmoid, tanh and ReLU, from their outputs s, t and r."""
    return s * (1 - s), 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The slope of tanh is 1 - t^2, the square of its output taken from 1, not the "
    "square of (1 - t)."
)
def square_of_the_difference(s, t, r):
    return s * (1 - s), (1 - t) ** 2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "You took the outputs for what goes in: s, t and r have been through their "
    "functions already, so the sigmoid's slope is s (1 - s), and so on."
)
def through_the_function_again(s, t, r):
    again = 1 / (1 + np.exp(-s))
    return again * (1 - again), 1 - np.tanh(t) ** 2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The sigmoid's formula is right for z, but s is its output: e^-z / (1 + e^-z)^2 is "
    "one factor s times another that is made from s as well."
)
def sigmoid_again(s, t, r):
    return np.exp(-s) / (1 + np.exp(-s)) ** 2, 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "tanh is applied twice: t is its output already, so its slope is 1 - t^2."
)
def tanh_again(s, t, r):
    return s * (1 - s), 1 - np.tanh(t) ** 2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "ReLU's slope is 1 everywhere in your answer: every output of a ReLU is at least "
    "0, so >= is always true. It is off where its output is 0."
)
def relu_never_off(s, t, r):
    return s * (1 - s), 1 - t**2, (r >= 0).astype(float)


@slopes_from_outputs.mistake(
    "For ReLU you give its output. Its slope is 1 where it is on, however large the "
    "output, and 0 where it is off."
)
def relu_itself(s, t, r):
    return s * (1 - s), 1 - t**2, r


@slopes_from_outputs.mistake(
    "The sigmoid has tanh's slope in your answer. With 1 - s^2 it would be steepest "
    "far on the left, where it is flat: it is s (1 - s)."
)
def sigmoid_as_tanh(s, t, r):
    return 1 - s**2, 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The sigmoid's and tanh's are exchanged: the order is that of the arguments, the "
    "sigmoid's slope first, then tanh's, then ReLU's."
)
def order_exchanged(s, t, r):
    return 1 - t**2, s * (1 - s), (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "tanh's is 1 - t in your answer: the square is missing. Look at t near -1, where "
    "tanh is flat: 1 - t is largest there."
)
def tanh_without_the_square(s, t, r):
    return s * (1 - s), 1 - t, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The sigmoid's is s (1 + s) in your answer: a sign. Look at s near 1, where the "
    "sigmoid is flat."
)
def sigmoid_with_a_plus(s, t, r):
    return s * (1 + s), 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "One array came back, the sigmoid's slopes: return all three, with commas between "
    "them."
)
def the_first_alone(s, t, r):
    return s * (1 - s)


@slopes_from_outputs.mistake(
    "One array came back, ReLU's slopes: return all three, with commas between them, "
    "and give each its own name."
)
def the_last_alone(s, t, r):
    return (r > 0).astype(float)


# --------------------------------------------------------- through a layer: two factors


def _rms(a):
    return np.sqrt(np.mean(a**2))


def _layer(rng):
    n, inputs, outputs = (int(k) for k in rng.integers(2, 7, size=3))
    return (
        rng.normal(scale=0.1, size=(n, outputs)),
        rng.uniform(0.05, 0.9, size=(n, outputs)),
        rng.normal(size=(outputs, inputs)),
    )


@exercise(
    LESSON,
    section="The product, taken apart",
    inputs=_layer,
    edge_cases=(
        (np.ones((2, 3)), np.full((2, 3), 0.25), np.ones((3, 5))),
        (np.ones((4, 1)), np.full((4, 1), 0.5), np.ones((1, 2))),
    ),
    returns=("the factor of the slopes", "the factor of the weights"),
)
def layer_factors(G, slope, W):
    """By how much slopes and weights of a layer change the size (rms) of G = dL/dH.

    G, slope: (N, m).   W: (m, n).   Returns two numbers.
    """
    dZ = G * slope
    dX = dZ @ W
    return _rms(dZ) / _rms(G), _rms(dX) / _rms(dZ)


@layer_factors.mistake(
    "The second factor is the whole layer's: compare dL/dX with dL/dZ, what the slopes "
    "have left, not with G."
)
def weights_from_the_start(G, slope, W):
    dZ = G * slope
    return _rms(dZ) / _rms(G), _rms(dZ @ W) / _rms(G)


@layer_factors.mistake(
    "Both are turned upside down: on its way back the gradient meets the slopes first, "
    "so it is the size after over the size before."
)
def upside_down(G, slope, W):
    a, b = layer_factors.reference(G, slope, W)
    return 1 / a, 1 / b


@layer_factors.mistake(
    "You took the mean of the slopes and the size of W. The weights' factor is what "
    "happens to dL/dZ in the product with W; each entry is a sum over m units."
)
def sizes_of_the_parts(G, slope, W):
    return slope.mean(), _rms(W)


@layer_factors.mistake(
    "These are the sizes of slope and W themselves. Asked is what each does to the "
    "gradient: the rms after it over the rms before it, once for the slopes, once for "
    "the product with W."
)
def sizes_as_rms(G, slope, W):
    return _rms(slope), _rms(W)


@layer_factors.mistake(
    "You took lengths (the root of the sum of squares). dL/dX and dL/dZ have different "
    "numbers of entries: take the root of the mean."
)
def lengths(G, slope, W):
    norm, dZ = np.linalg.norm, G * slope
    return norm(dZ) / norm(G), norm(dZ @ W) / norm(dZ)


@layer_factors.mistake(
    "The root is missing: these are ratios of mean squares, so both factors are "
    "squared."
)
def without_the_root(G, slope, W):
    a, b = layer_factors.reference(G, slope, W)
    return a**2, b**2


@layer_factors.mistake(
    "The two are exchanged: the slopes' factor comes first, then the weights'."
)
def factors_exchanged(G, slope, W):
    return layer_factors.reference(G, slope, W)[::-1]


@layer_factors.mistake(
    "G goes through W without the slopes: dL/dX is dL/dZ times W, and dL/dZ has the "
    "slopes in it already."
)
def slopes_left_out(G, slope, W):
    return _rms(G * slope) / _rms(G), _rms(G @ W) / _rms(G)


@layer_factors.mistake(
    "The second factor compares G @ W with dL/dZ: what is multiplied by W must be what "
    "you divide by, dL/dZ in both places."
)
def slopes_below_only(G, slope, W):
    dZ = G * slope
    return _rms(dZ) / _rms(G), _rms(G @ W) / _rms(dZ)


@layer_factors.mistake(
    "You took the mean of the absolute values. rms squares the entries, takes the "
    "mean, and then the root."
)
def mean_of_sizes(G, slope, W):
    dZ = G * slope
    sizes = [np.abs(a).mean() for a in (G, dZ, dZ @ W)]
    return sizes[1] / sizes[0], sizes[2] / sizes[1]


@layer_factors.mistake(
    "The root of m times the size of W is what to expect of random gradients; measure "
    "it on this gradient: the rms after the product over the rms before it."
)
def what_to_expect(G, slope, W):
    return _rms(G * slope) / _rms(G), np.sqrt(len(W)) * _rms(W)


@layer_factors.mistake(
    "std takes off the mean before it squares; the size (rms) does not: a gradient "
    "whose entries are all alike is not of size 0."
)
def std_for_rms(G, slope, W):
    dZ = G * slope
    return dZ.std() / G.std(), (dZ @ W).std() / dZ.std()


# ---------------------------------------------------------- the scale that keeps, found


LEAST, MOST = 0.4, 2  # "as near to 1 as you can", on a slider with steps of 0.1
NOT_TWO = "not two numbers"


@lru_cache(maxsize=256)
def _fate(name, scale, depth=30, width=128):
    """What becomes of signal and gradient in 30 such layers."""
    rng = np.random.default_rng(3)
    if not np.isfinite(scale):
        return "gives no finite numbers"
    h, layers = rng.normal(size=(64, width)), []
    for _ in range(depth):
        W = rng.normal(scale=abs(scale) / np.sqrt(width), size=(width, width))
        z = h @ W.T
        h = np.maximum(z, 0) if name == "ReLU" else np.tanh(z)
        layers.append((W, (z > 0) * 1.0 if name == "ReLU" else 1 - h**2, _rms(h)))
    g = rng.normal(size=h.shape)
    before = _rms(g)
    for W, slope, _ in layers[:0:-1]:
        g = (g * slope) @ W
    changes = layers[-1][2] / (layers[0][2] or np.inf), _rms(g) / before
    if min(changes) < LEAST:
        return "shrinks"
    return "grows" if max(changes) > MOST else "keeps"


def _fates(scales):
    answer = scales()
    if answer is None:
        return None
    try:
        if isinstance(answer, str | dict | set) or any(
            isinstance(scale, str) for scale in answer
        ):
            return NOT_TWO
        relu, tanh = (float(scale) for scale in answer)
    except (TypeError, ValueError):
        return NOT_TWO
    return f"ReLU {_fate('ReLU', relu)}, tanh {_fate('tanh', tanh)}"


@exercise(
    LESSON,
    section="Find the scale",
    inputs=lambda rng: (),
    run=_fates,
    returns="what becomes of signal and gradient in 30 layers",
)
def keeping_scales():
    """(scale for ReLU, scale for tanh): 30 layers keep signal and gradient."""
    return 1.4, 1.2


@keeping_scales.mistake(
    "Return two numbers with a comma between them: ReLU's scale first, tanh's second."
)
def one_number():
    return 1.0


@keeping_scales.mistake(
    "With your scale ReLU's signal and gradient shrink to less than half, tanh keeps "
    "them. ReLU switches half of its units off, so it needs larger weights than tanh."
)
def same_for_both():
    return 1.1, 1.1


@keeping_scales.mistake(
    "With your scale ReLU's signal or gradient more than doubles, tanh keeps them. Go "
    "down in steps of 0.1, and look at both panels: ReLU multiplies the scale's error "
    "30 times."
)
def relu_too_large():
    return 2.0, 1.2


@keeping_scales.mistake(
    "ReLU keeps its signal and gradient. With your scale tanh's signal, or its "
    "gradient, shrinks to less than half in 30 layers. A little more."
)
def tanh_too_small():
    return 1.4, 0.58


@keeping_scales.mistake(
    "ReLU keeps its signal and gradient, tanh's gradient more than doubles. Its signal "
    "cannot tell you, it stays below 1: look at the gradient's panel, and go down."
)
def tanh_too_large():
    return 1.4, 2.0


@keeping_scales.mistake(
    "With your scales both shrink to less than half. PyTorch's default is 0.58 on this "
    "slider: both need more."
)
def both_shrink():
    return 0.58, 0.58


@keeping_scales.mistake(
    "ReLU shrinks and tanh grows: are the two exchanged? ReLU's comes first."
)
def exchanged():
    return 1.1, 1.4


@keeping_scales.mistake(
    "ReLU grows and tanh shrinks: ReLU needs the larger scale of the two, but not that "
    "much larger. The first number is ReLU's."
)
def too_far_apart():
    return 2.0, 0.58


@keeping_scales.mistake(
    "With your scales both grow: the gradient more than doubles from the last layer to "
    "the first. Go down."
)
def both_grow():
    return 2.0, 2.0
