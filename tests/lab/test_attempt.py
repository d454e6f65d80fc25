"""attempt: runs that may diverge, and how they ended."""

import numpy as np
import pytest
from engines import CLASSES, examples, network, run

from dlcourse import lab


def tried(engine, lr=0.2, train=None, loss_fn=None, outputs=CLASSES, **options):
    model = network(engine, outputs)
    return lab.attempt(
        model,
        train or examples(),
        loss_fn or engine.nn.CrossEntropyLoss(),
        engine.optim.SGD(model.parameters(), lr=lr),
        **{"steps": 30, "batch_size": 16, "progress": False} | options,
    )


def test_a_run_that_ends_well_is_that_of_fit(engine):
    _, history = run(engine, steps=30)
    got = tried(engine)
    assert got.loss == history.loss
    assert not got.diverged
    assert got.end_loss() == pytest.approx(np.mean(history.loss[-20:]))
    assert got.end_loss(last=3) == pytest.approx(np.mean(history.loss[-3:]))


def test_a_run_that_diverges_counts_as_one_that_guesses(engine):
    cross_entropy = engine.nn.CrossEntropyLoss()

    def steep(output, y):
        return cross_entropy(output**9, y)

    got = tried(engine, lr=1e6, loss_fn=steep)
    assert got.diverged
    assert got.steps < 30
    assert got.end_loss() == pytest.approx(np.log(CLASSES))
    assert repr(got).endswith("diverged")


def test_targets_that_are_no_labels_have_no_loss_of_guessing(engine):
    x = examples().x
    options = {"train": (x, x[:, :1].copy()), "loss_fn": engine.nn.MSELoss()}
    options |= {"lr": 1e9, "outputs": 1}
    with pytest.raises(FloatingPointError):
        tried(engine, **options)
    assert tried(engine, guess=1.5, **options).end_loss() == 1.5


def test_a_run_that_was_too_short_has_no_such_end(engine):
    with pytest.raises(ValueError, match="a run of 5 steps: expected 1 to 5"):
        tried(engine, steps=5).end_loss()
