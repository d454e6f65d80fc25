"""A run that may diverge, and how it ended: what a comparison of steps is made of."""

import math
from dataclasses import dataclass

import numpy as np

from dlcourse.lab.examples import array
from dlcourse.lab.fit import History, fit


@dataclass(repr=False)
class Attempt(History):
    """The :class:`History` of a run that was allowed to diverge.

    Attributes, beside those of a History:
        diverged: whether the loss became nan or inf; ``loss`` ends before that.
        guess: what such a run counts as, the loss of guessing.
    """

    diverged: bool = False
    guess: float = math.nan

    def end_loss(self, last=20):
        """The mean loss of the ``last`` steps; of a run that diverged, ``guess``.

        Raises ValueError where the run was shorter.
        """
        if self.diverged:
            return self.guess
        if not 1 <= last <= self.steps:
            raise ValueError(
                f"end_loss(last={last}) of a run of {self.steps} steps: expected 1 to "
                f"{self.steps}"
            )
        return float(np.mean(self.loss[-last:]))

    def __repr__(self):
        return super().__repr__() + ", diverged" * self.diverged


def attempt(model, train, loss_fn, optimizer, *, guess=None, **options):
    """:func:`fit` for runs that may diverge: no error, but an :class:`Attempt`.

    A step size that is too large is a result, too, when step sizes are compared: it
    counts as one that has learned nothing.

    Args:
        model, train, loss_fn, optimizer, options: as of :func:`fit`.
        guess: the loss that a run counts as when it diverges; by default ln K for the K
            classes among the labels, the cross-entropy of guessing.

    Raises what ``fit`` raises, but for the FloatingPointError; that one too where the
    targets are no labels and ``guess`` is not given.
    """
    try:
        history, diverged = fit(model, train, loss_fn, optimizer, **options), False
    except FloatingPointError as error:
        history, diverged = error.history, True
        if guess is None:
            labels = array(train[1])
            if labels.dtype.kind not in "iu":
                raise
            guess = math.log(len(np.unique(labels)))
    guess = math.nan if guess is None else float(guess)
    return Attempt(**vars(history), diverged=diverged, guess=guess)
