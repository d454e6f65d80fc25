"""The exercises of lesson 03's second half: dead units."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "03 Activations"


# -------------------------------------------------------------------- dead units, found


def _relu_outputs(rng):
    n, m = int(rng.integers(5, 9)), int(rng.integers(4, 7))
    H = rng.uniform(0.1, 1, size=(n, m)) * (rng.uniform(size=(n, m)) < 0.6)
    H[0] = rng.uniform(0.1, 1, size=m)  # nobody is dead yet
    H[1:, :2] = 0  # on for one example only: alive
    H[0, 1] = 1e-4  # and be it ever so little
    dead = 2 + int(rng.integers(m - 2))
    H[:, dead] = 0
    H[2] = 0  # an example for which all are off
    return (H,)


@exercise(
    LESSON,
    section="Dead units",
    inputs=_relu_outputs,
    returns="True or False for each unit",
)
def dead_units(H):
    """Which units are 0 for every example: H (N, m), the answer (m,) of booleans."""
    return (H == 0).all(axis=0)


@dead_units.mistake(
    "You mark units that are off for *some* example. That is a ReLU's daily life; dead "
    "is off for all of them."
)
def off_for_some(H):
    return (H == 0).any(axis=0)


@dead_units.mistake(
    "You look along the rows: that finds examples for which all units are off. Units "
    "are columns: axis 0 runs over the examples."
)
def silent_examples(H):
    return (H == 0).all(axis=1)


@dead_units.mistake("This is the opposite: True for the units that are alive.")
def alive(H):
    return (H != 0).any(axis=0)


@dead_units.mistake(
    "A share is a good summary, but here each unit gets its own True or False."
)
def share(H):
    return (H == 0).all(axis=0).mean()


@dead_units.mistake(
    "A unit that is on for one example alone counts as dead in your answer: one "
    "example is enough to bring it a gradient."
)
def nearly_off(H):
    return (H == 0).mean(axis=0) >= 1 - 1 / len(H)


@dead_units.mistake(
    "A unit whose outputs are small counts as dead in your answer. Small is alive: its "
    "slope is 1 where it is on. Dead is exactly 0, for every example."
)
def small(H):
    return H.max(axis=0) < 1e-3


@dead_units.mistake(
    "You find no dead unit at all. Do you look for outputs below 0? A ReLU's outputs "
    "are never below 0: where it is off they are 0."
)
def below_zero(H):
    return (H < 0).all(axis=0)


# ------------------------------------------------------------------ dead units, revived


def _dead_layer(rng):
    n, k, m = 2 * int(rng.integers(3, 6)) + 1, int(rng.integers(2, 5)), 6
    X = rng.integers(1, 65, size=(n, k)) / 64
    W, b = rng.normal(size=(m, k)), rng.normal(scale=0.3, size=m)
    W[0], W[3] = -abs(W[0]), -abs(W[3])  # without b both look dead; 3 is alive
    W[1] = abs(W[1])  # without b it looks alive, and is dead
    W[5] = rng.integers(1, 9, size=k) / 4  # eighths and the like: no rounding
    product = X @ W.T
    for unit in (0, 1):  # two are dead, the others on for somebody
        b[unit] = -product[:, unit].max() - rng.uniform(0.5, 2)
    for unit in range(2, 5):
        b[unit] = rng.uniform(0.1, 0.5) - product[:, unit].max()
    b[2] = rng.uniform(0.1, 0.3) - product[:, 2].min()  # one is on for everybody
    b[5] = -product[:, 5].max()  # and of one the largest z is exactly 0: dead
    return X, W, b


@exercise(LESSON, section="Dead units", inputs=_dead_layer)
def revived_bias(X, W, b):
    """Biases (m,) with which each dead unit of relu(X W^T + b) is on for half of X.

    A dead unit's Z has median 0 afterwards; the other biases stay as they are.
    """
    Z = X @ W.T + b
    dead = (Z <= 0).all(axis=0)
    return np.where(dead, b - np.median(Z, axis=0), b)


@revived_bias.mistake(
    "The sign is turned: a dead unit's Z are all below 0, so their median is negative "
    "and must be taken *off* the bias."
)
def wrong_way(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b + np.median(Z, axis=0), b)


@revived_bias.mistake(
    "You changed the biases of all units. Those that are alive have learned something: "
    "leave them."
)
def all_units(X, W, b):
    return b - np.median(X @ W.T + b, axis=0)


@revived_bias.mistake(
    "The new bias is minus the median of Z, but Z holds the old bias already: shift "
    "the old bias by it."
)
def old_bias_forgotten(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), -np.median(Z, axis=0), b)


@revived_bias.mistake(
    "You used the largest Z: then the best example comes just to 0, where ReLU's slope "
    "is still 0. Half of the examples are on if the median comes to 0."
)
def only_the_largest(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b - Z.max(axis=0), b)


@revived_bias.mistake(
    "The bias of a dead unit is set to 0. That may or may not wake it: it depends on "
    "its weights and the examples."
)
def set_to_zero(X, W, b):
    return np.where((X @ W.T + b <= 0).all(axis=0), 0, b)


@revived_bias.mistake(
    "You took the mean: half of the examples lie above the median, not above the mean."
)
def mean_of_z(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b - Z.mean(axis=0), b)


@revived_bias.mistake(
    "A unit whose largest z is exactly 0 stays dead in your answer: at 0 ReLU's output "
    "is 0, and so is its slope. Dead is z <= 0 for every example."
)
def below_zero_only(X, W, b):
    Z = X @ W.T + b
    return np.where((Z < 0).all(axis=0), b - np.median(Z, axis=0), b)


@revived_bias.mistake(
    "np.median(Z) without an axis is one number for all units. Each unit needs the "
    "median of its own column: axis 0 runs over the examples."
)
def one_median_for_all(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b - np.median(Z), b)


@revived_bias.mistake(
    "The biases came back as they were. Did you take the median after the ReLU? There "
    "a dead unit is 0 for every example, and so is its median: take that of z, before."
)
def median_after_relu(X, W, b):
    return b.copy()


@revived_bias.mistake(
    "You moved units that are off for *some* example: `any`. They are alive; dead is "
    "off for `all` of them."
)
def off_for_any(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).any(axis=0), b - np.median(Z, axis=0), b)


@revived_bias.mistake(
    "You decide who is dead without the bias. Look at z = X W^T + b: it is the bias "
    "that keeps a dead unit below 0, or lifts a living one above."
)
def judged_without_b(X, W, b):
    product = X @ W.T
    dead = (product <= 0).all(axis=0)
    return np.where(dead, b - np.median(product + b, axis=0), b)


# --------------------------------------------- debug this: all dead, and who began it?


def silent_network():
    """Twenty layers of ReLU whose loss does not move: the one to be debugged."""
    from dlcourse import manual_seed, nn, no_grad

    manual_seed(7)
    layers = []
    for _ in range(20):
        linear = nn.Linear(64, 64)
        nn.init.normal_(linear.weight, 0, np.sqrt(2 / 64))
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    with no_grad():
        layers[2 * 12].bias[...] = -25.0
    return nn.Sequential(*layers, nn.Linear(64, 10))


def _layers_of(rng, dead_from, depth, constant=False):
    outputs = []
    for k in range(depth):
        H = rng.uniform(0.1, 1, size=(6, 4)) * (rng.uniform(size=(6, 4)) < 0.6)
        H[0] = rng.uniform(0.1, 1, size=4)
        H[1, :3] = 0
        if k % 3 == 0:
            H *= 1e-6  # a weak layer is no dead layer,
        elif k % 3 == 1:
            H[:, int(rng.integers(4))] = 0  # nor is one with a dead unit,
        else:
            H[2] = 0  # or with an example for which all are off
        if dead_from and k + 1 >= dead_from:
            H[:] = 0.5 if constant and k + 1 > dead_from else 0
        outputs.append(H)
    return (outputs,)


def _outputs_by_layer(rng):
    depth = int(rng.integers(3, 7))
    dead_from = int(rng.integers(0, depth + 1))
    return _layers_of(rng, dead_from, depth, constant=bool(rng.integers(2)))


@exercise(
    LESSON,
    section="Dead units",
    inputs=_outputs_by_layer,
    edge_cases=(
        _layers_of(np.random.default_rng(1), 3, 5),
        _layers_of(np.random.default_rng(2), 0, 4),
        _layers_of(np.random.default_rng(3), 2, 4, constant=True),
    ),
    returns="the layer's number, counted from 1; 0 if there is none",
)
def culprit(outputs):
    """The first layer (1, 2, ...) all of whose units are dead; 0 if there is none.

    outputs: a list with one array (N, m) for each layer, in order.
    """
    for number, H in enumerate(outputs, start=1):
        if (H == 0).all():
            return number
    return 0


@culprit.mistake(
    "One too low: either you count from 0 (the first layer is number 1), or you name "
    "the last layer that is alive. Asked is the dead one itself."
)
def counted_from_zero(outputs):
    return max(culprit.reference(outputs) - 1, 0)


@culprit.mistake(
    "You name the last dead layer. It may be dead only because nothing reaches it: who "
    "was the first?"
)
def the_last(outputs):
    dead = [k for k, H in enumerate(outputs, start=1) if (H == 0).all()]
    return dead[-1] if dead else 0


@culprit.mistake(
    "You name the first layer with *a* dead unit. A few dead units do no harm: the "
    "others pass the signal on. All of them must be dead."
)
def any_unit(outputs):
    for number, H in enumerate(outputs, start=1):
        if (H == 0).all(axis=0).any():
            return number
    return 0


@culprit.mistake(
    "Where no layer is dead you answer 1: np.argmax of nothing but False is 0. That "
    "case needs its own answer, 0."
)
def argmax_of_nothing(outputs):
    return culprit.reference(outputs) or 1


@culprit.mistake(
    "You count the dead layers. The answer is the number of the first of them."
)
def how_many(outputs):
    return sum(bool((H == 0).all()) for H in outputs)


@culprit.mistake(
    "A layer whose outputs are small counts as dead in your answer. Small is alive: it "
    "passes on its gradient. Dead is exactly 0."
)
def weak(outputs):
    for number, H in enumerate(outputs, start=1):
        if H.mean() < 1e-3:
            return number
    return 0


@culprit.mistake(
    "Your loop ends at the first layer, whatever it finds: does `return 0` stand "
    "inside it? Nobody is known to be innocent before the last layer was seen: put it "
    "behind the loop."
)
def returned_too_early(outputs):
    return int((outputs[0] == 0).all())


@culprit.mistake(
    "Where no layer is dead you answer -1. Read the docstring again: which number "
    "stands for none?"
)
def minus_one_for_none(outputs):
    return culprit.reference(outputs) or -1


@culprit.mistake(
    "You name the first layer with an *example* for which all units are off: `all` "
    "along the rows. Dead is off for every unit and every example, the whole array."
)
def silent_example(outputs):
    for number, H in enumerate(outputs, start=1):
        if (H == 0).all(axis=1).any():
            return number
    return 0


@culprit.mistake(
    "You return a list of all dead layers. The first of them began it: return that one "
    "number."
)
def all_of_them(outputs):
    return [k for k, H in enumerate(outputs, start=1) if (H == 0).all()]
