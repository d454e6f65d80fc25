"""Early stopping: end when the validation loss has not fallen for a while."""

import math

from dlcourse.lab.examples import array


class EarlyStopping:
    """Stop after ``patience`` measurements in a row without a new lowest loss.

    Give it to :func:`fit`, which asks it after each validation and ends with the best
    parameters, not with the last. (Prechelt, *Early stopping, but when?*, 1998.)

    Args:
        patience: how many measurements to wait. With 1 the first that is no better ends
            the run: a noisy curve then ends far too early.
        min_delta: by how much a loss must be lower to count as lower.

    Attributes: ``best_step`` and ``best_loss``, of the parameters that are kept;
    ``stopped``, whether it ended the run. All are of the latest run.
    """

    def __init__(self, patience=5, min_delta=0.0):
        if patience != int(patience) or patience < 1:
            raise ValueError(f"patience expects an integer from 1, got {patience!r}")
        if not min_delta >= 0:
            raise ValueError(f"min_delta expects at least 0, got {min_delta!r}")
        self.patience, self.min_delta = int(patience), min_delta
        self.begin()

    def begin(self):
        """Forget what was before; :func:`fit` begins with it."""
        self.best_step, self.best_loss, self.stopped = 0, math.inf, False
        self._waited, self._best = 0, None

    def update(self, model, step, loss):
        """Take note of a validation ``loss``; returns whether it is time to stop."""
        if loss < self.best_loss - self.min_delta:
            self.best_step, self.best_loss, self._waited = step, loss, 0
            state = model.state_dict()
            self._best = {name: array(value).copy() for name, value in state.items()}
        else:
            self._waited += 1
        self.stopped = self._waited >= self.patience
        return self.stopped

    def restore(self, model, tensor):
        """Put the best parameters back; ``tensor`` makes a Tensor of the model's."""
        if self._best is not None:
            model.load_state_dict({k: tensor(v) for k, v in self._best.items()})

    def __repr__(self):
        return f"EarlyStopping(patience={self.patience}, min_delta={self.min_delta})"
