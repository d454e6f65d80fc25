"""Lesson 03: the exercise ``dead_units``."""

from dlcourse.teach.exercise import exercise


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
