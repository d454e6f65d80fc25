import numpy as np

from dlcourse.teach.exercise import exercise

ONE_OF_2000 = np.zeros((2000, 2))
ONE_OF_2000[-1, 1] = 0.5  # off for more than 99.9 %, and alive


def _relu_outputs(rng):
    n, m = int(rng.integers(5, 9)), int(rng.integers(4, 7))
    H = rng.uniform(0.1, 1, size=(n, m)) * (rng.uniform(size=(n, m)) < 0.6)
    H[1:, :2] = 0  # on for one example only: alive,
    H[0, :2] = 1, 1e-30  # and be it ever so little
    H[:, 2] = 0  # dead
    H[1:, 3] = rng.uniform(0.1, 1, size=n - 1)  # nearly always on
    if rng.integers(2):
        H[0, 3] = 0.5  # always on
    else:
        H[1] = 0  # an example for which all are off
    H = rng.permutation(rng.permutation(H), axis=1)
    return (H.astype(rng.choice([np.float32, float])),)  # 1e-30 squared may be 0


@exercise(
    section="Dead units",
    inputs=_relu_outputs,
    edge_cases=(
        (np.array([[0.0, 2], [0.5, 3], [0, 1]]),),
        (np.ones((3, 2)),),
        (np.zeros((2, 3)),),
        (ONE_OF_2000,),
    ),
    returns="True or False for each unit",
)
def dead_units(H):
    """Which units are 0 for every example: H (N, m), the answer (m,) of booleans."""
    return (H == 0).all(axis=0)


dead_units.mistake(
    "You mark units that are off for *some* example. That is a ReLU's daily life; dead "
    "is off for all of them.",
    off_for_some=lambda H: (H == 0).any(axis=0),
)
dead_units.mistake(
    "You look along the rows: that finds examples for which all units are off. Units "
    "are columns: axis 0 runs over the examples.",
    silent_examples=lambda H: (H == 0).all(axis=1),
)
dead_units.mistake(
    "You return the numbers of the dead units, as `np.where` and `np.flatnonzero` give "
    "them. What you give to `np.where` is the answer already: True or False for each "
    "unit.",
    where=lambda H: np.where((H == 0).all(axis=0)),
    numbers=lambda H: np.flatnonzero((H == 0).all(axis=0)),
)
dead_units.mistake(
    "One number or truth for the whole layer: each unit gets its own True or False. "
    "Did you forget `axis=`, or take the mean of what was right?",
    no_axis=lambda H: (H == 0).all(),
    share=lambda H: (H == 0).all(axis=0).mean(),
    how_many=lambda H: (H == 0).all(axis=0).sum(),
)
dead_units.mistake(
    "A unit that is on for one example alone counts as dead in your answer: one "
    "example is enough to bring it a gradient.",
    nearly_off=lambda H: (H == 0).sum(axis=0) >= len(H) - 1,
    more_than_99_percent=lambda H: (H == 0).mean(axis=0) > 0.99,
)
dead_units.mistake(
    "A unit whose outputs are small counts as dead in your answer. Small is alive: its "
    "slope is 1 where it is on. Dead is exactly 0, for every example.",
    small=lambda H: H.max(axis=0) < 1e-3,
)
dead_units.mistake(
    "You find no dead unit at all. Do you look for outputs below 0? A ReLU's outputs "
    "are never below 0: where it is off they are 0.",
    below_zero=lambda H: (H < 0).all(axis=0),
)
dead_units.mistake(
    "Every unit is dead in your answer, whatever H is. A ReLU's outputs are at least "
    "0, all of them: does your test hold for those that are on, too?",
    at_least_zero=lambda H: (H >= 0).all(axis=0),
)
