"""Adam as the lecture prints it: each misprint alone, and what it does."""

import numpy as np
import pytest
from runs import Run, expect_equal

from dlcourse import optim, tensor


def path(optimizer_of, gradients):
    w = tensor(np.array([1.0]), requires_grad=True)
    optimizer, points = optimizer_of([w]), []
    for g in gradients:
        w.grad = tensor(np.array([g]))
        optimizer.step()
        points.append(w.data.item())
    return np.array(points)


def printed(*misprints, **settings):
    return lambda params: optim.PrintedAdam(params, misprints=misprints, **settings)


RNG = np.random.default_rng(0)
GRADIENTS = RNG.normal(1, 2, 30)


def test_without_misprints_it_is_adam():
    ours = Run("dlcourse", "PrintedAdam", misprints=())
    theirs = Run("torch", "Adam")
    for i in range(50):
        ours.step(i)
        theirs.step(i)
    expect_equal(ours, theirs)


def test_the_factor_alone_is_a_step_nine_times_too_long():
    found = path(printed("factor"), GRADIENTS)
    expected = path(lambda params: optim.Adam(params, lr=9e-3), GRADIENTS)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_index_alone_gives_two_velocities_that_do_not_know_the_gradient():
    points = path(printed("index", "correction"), GRADIENTS)
    other = GRADIENTS.copy()
    other[-1] = -other[-1] * 7  # enters S, but not the direction
    moved = (
        np.diff(points)[-1],
        np.diff(path(printed("index", "correction"), other))[-1],
    )
    assert np.sign(moved[0]) == np.sign(moved[1])
    assert points[0] == 1  # V_1 is still 0
    velocities = [0.0, 0.0]
    s, w = 0.0, 1.0
    for t, g in enumerate(GRADIENTS, start=1):
        s = 0.999 * s + 0.001 * g * g
        velocities.append(0.9 * velocities[t - 1] + 0.1 * g)  # V_{t+1} from V_{t-1}
        w -= 1e-3 * velocities[t] / (np.sqrt(s) + 1e-8)
        assert points[t - 1] == pytest.approx(w, rel=1e-12)


def test_without_correction_the_first_step_is_too_long():
    first = 1 - path(printed("correction"), GRADIENTS)[0]
    assert abs(first) == pytest.approx(1e-3 * 0.1 / np.sqrt(0.001), rel=1e-6)
    assert abs(1 - path(printed(), GRADIENTS)[0]) == pytest.approx(1e-3, rel=1e-6)


def test_as_printed_it_is_the_lectures_formula():
    points = path(lambda params: optim.PrintedAdam(params, eps=1e-3), GRADIENTS)
    velocities, s, w = [0.0, 0.0], 0.0, 1.0
    for t, g in enumerate(GRADIENTS, start=1):
        s = 0.999 * s + 0.001 * g * g
        velocities.append(0.9 * velocities[t - 1] + 0.9 * g)
        w -= 1e-3 / np.sqrt(s + 1e-3) * velocities[t]
        assert points[t - 1] == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize("misprints", ["factor", ("factors",), ("eps", "beta")])
def test_bad_misprints(misprints):
    with pytest.raises(ValueError, match="misprints expects some of"):
        path(lambda params: optim.PrintedAdam(params, misprints=misprints), [])
