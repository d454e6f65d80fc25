"""Early stopping: when it ends a run, and what it leaves."""

import numpy as np
import pytest
from engines import ENGINES, examples, network, parameters, run

from dlcourse import lab


def told(losses, **options):
    """The step at which it stops, and the stopper, for validation losses in a row."""
    stopper = lab.EarlyStopping(**options)
    model = network(ENGINES["dlcourse"])
    for step, loss in enumerate(losses, 1):
        if stopper.update(model, step, loss):
            return step, stopper
    return None, stopper


@pytest.mark.parametrize("patience, stop", [(1, 3), (2, 6), (3, 7), (4, None)])
def test_patience(patience, stop):
    step, stopper = told([3, 2, 2.5, 1, 1.5, 1.2, 1.1], patience=patience)
    assert step == stop and stopper.stopped == (stop is not None)
    assert stopper.best_loss == (2 if patience == 1 else 1)


def test_a_loss_that_is_hardly_lower_is_not_lower():
    step, stopper = told([1, 0.95, 0.91], patience=2, min_delta=0.1)
    assert step == 3 and stopper.best_step == 1


def test_fit_ends_and_keeps_the_best_parameters(engine):
    model = network(engine)
    seen = []
    stopper = lab.EarlyStopping(patience=2)
    validation = (examples(seed=1).x, (examples(seed=1).y + 1) % 3)  # it gets worse
    _, history = run(
        engine,
        model=model,
        steps=60,
        batch_size=40,
        validation=validation,
        early_stopping=stopper,
        metrics={"weights": lambda m: seen.append(parameters(m))},
    )
    assert stopper.stopped and history.steps == stopper.best_step + 2 < 60
    losses = [v.loss for v in history.validation]
    assert stopper.best_loss == min(losses)
    for name, values in parameters(model).items():
        np.testing.assert_array_equal(values, seen[stopper.best_step - 1][name])


def test_a_second_run_starts_anew(engine):
    """The first one's best is lower than all that the second will see."""
    options = {"steps": 60, "batch_size": 40}
    stopper = lab.EarlyStopping(patience=2)
    run(engine, early_stopping=stopper, validation=examples(), **options)
    lowest = stopper.best_loss
    worse = (examples(seed=1).x, (examples(seed=1).y + 1) % 3)
    options["validation"] = worse
    model, history = run(engine, early_stopping=stopper, **options)
    assert min(v.loss for v in history.validation) > lowest
    fresh = lab.EarlyStopping(patience=2)
    expected_model, expected = run(engine, early_stopping=fresh, **options)
    assert history.loss == expected.loss and history.steps > 1
    assert vars(stopper).keys() == vars(fresh).keys()
    assert (stopper.best_step, stopper.best_loss, stopper.stopped) == (
        fresh.best_step, fresh.best_loss, fresh.stopped
    )  # fmt: skip
    for name, values in parameters(expected_model).items():
        np.testing.assert_array_equal(parameters(model)[name], values)


def test_bad_arguments(engine):
    with pytest.raises(ValueError, match="early_stopping needs validation"):
        run(engine, early_stopping=lab.EarlyStopping())
    with pytest.raises(ValueError, match="patience expects an integer from 1, got 0"):
        lab.EarlyStopping(patience=0)
    with pytest.raises(ValueError, match="min_delta expects at least 0"):
        lab.EarlyStopping(min_delta=-1)


def test_a_run_that_never_measured_keeps_its_own_parameters(engine):
    stopper = lab.EarlyStopping(patience=2)
    options = {"early_stopping": stopper, "validation": examples(seed=1), "steps": 60}
    run(engine, **options)

    def interrupted(output, target):
        raise KeyboardInterrupt

    model = network(engine)
    before = parameters(model)
    run(engine, model=model, loss_fn=interrupted, **options)
    for name, values in before.items():
        np.testing.assert_array_equal(parameters(model)[name], values)
