"""Lesson 03: the exercise ``culprit``."""

import numpy as np

from dlcourse.teach.exercise import exercise


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
