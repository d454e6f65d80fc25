from operator import add, iadd

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import lists_of_arrays


def _run(rng):
    parameters, *gradients = lists_of_arrays(rng, int(rng.integers(2, 8)))
    if rng.integers(2):  # a parameter without gradient stays where it is
        still = rng.integers(len(parameters))
        for of_step in gradients:
            of_step[still][...] = 0
    momentum = float(rng.choice([0, 0.9, rng.uniform(0.1, 0.95)]))
    return parameters, gradients, float(10 ** rng.uniform(-2, 0)), momentum


TWO = [np.array([1.0, -1]), np.array([2.0, 3])]
STEPS = [[k * np.array([1.0, 2]), np.zeros(2)] for k in (1, 3, -2)]


@exercise(
    section="Deeper: State that is shared",
    inputs=_run,
    edge_cases=(
        (TWO, STEPS, 0.1, 0.9),  # the second has no gradient
        (TWO, [of_step[::-1] for of_step in STEPS], 0.1, 0.9),
        (TWO, STEPS[:1], 0.5, 0.5),
        ([np.ones((1, 3)), np.ones(2)], [[np.ones((1, 3)), np.ones(2)]] * 3, 1, 0.5),
    ),
    returns="a list of arrays",
)
def after_steps(parameters, gradients, lr, momentum):
    """The parameters after the steps with momentum, a list of new arrays.

    gradients[k][i]: of parameter i in step k. Each parameter has its own velocity.
    """
    return _by()(parameters, gradients, lr, momentum)


def _by(owner=lambda i: i, begins=lambda k: k == 0, onward=True, add=add):
    """Parameter i uses velocity owner(i); all are 0 before a step k that begins."""

    def after(parameters, gradients, lr, momentum):
        now, v = [np.array(w) for w in parameters], {}
        for k, of_step in enumerate(gradients):
            if begins(k):
                v.clear()
            for i, g in enumerate(of_step):
                v[owner(i)] = add(momentum * v.get(owner(i), 0), g)
                start = now[i] if onward else parameters[i]
                now[i] = start - lr * v[owner(i)]
        return now

    return after


after_steps.mistake(
    "One velocity serves all the parameters: what one has gathered moves the next. "
    "(`[np.zeros(3)] * 2` is *one* array under two names.)",
    one_for_all=_by(lambda i: 0),
    one_array=_by(lambda i: 0, add=iadd),
    one_in_each_step=_by(lambda i: 0, lambda k: True),
)
after_steps.mistake(
    "Nothing is remembered from step to step: there is no velocity, or it is made anew "
    "in each, or not stored. Make them before the loops, and store what you get.",
    forgotten=_by(begins=lambda k: True),
)
after_steps.mistake(
    "Only one step counts. Go on from where the last one ended, up to the last step.",
    from_the_start=_by(onward=False),
    the_first=lambda ws, gradients, lr, share: _by()(ws, gradients[:1], lr, share),
)
after_steps.mistake(
    "Nothing moves: `w = w - ...` in a loop only gives the name w to a new array.",
    nothing_moves=lambda parameters, gradients, lr, momentum: parameters,
)
