"""The training loop: what every framework's ``fit`` does, and not more."""

import math
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import numpy as np

from dlcourse.lab.bar import bar
from dlcourse.lab.diagnose import explain
from dlcourse.lab.evaluate import evaluate
from dlcourse.lab.examples import check_labels, checked_examples, engine_of
from dlcourse.lab.statistics import measured, sampling


def train_step(model, x, y, loss_fn, optimizer):
    """One step of training on a batch (x, y); returns the loss before the step."""
    optimizer.zero_grad()
    output = model(x)
    loss = loss_fn(output, y)
    loss.backward()
    optimizer.step()
    return loss.item()


def batches(n, batch_size, seed):
    """Batches of the indices 0 ... n-1 without end: int64 arrays (batch_size,).

    Every epoch is a new permutation; its last batch has what is left over. The same
    seed gives the same batches, whatever engine they are for.
    """
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(n)
        yield from (order[i : i + batch_size] for i in range(0, n, batch_size))


class Validation(NamedTuple):
    """A measurement on the validation set after ``step`` steps; accuracy from 0 to 1.

    The accuracy is None where the targets are no classes.
    """

    step: int
    loss: float
    accuracy: float | None


@dataclass(repr=False)
class History:
    """What happened in a run of :func:`fit`.

    Attributes:
        loss: the loss of each step's batch, before the step.
        validation: a :class:`Validation` after each epoch, and after the last step.
        metrics: for each name given to ``fit``, its value after each step.
        seconds: how long it took, validation included.
        interrupted: whether it was stopped from the keyboard.
    """

    loss: list[float] = field(default_factory=list)
    validation: list[Validation] = field(default_factory=list)
    metrics: dict[str, list] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def steps(self):
        """How many steps were taken."""
        return len(self.loss)

    def __repr__(self):
        parts = [f"{self.steps} step{'s' * (self.steps != 1)}"]
        if self.loss:
            parts.append(f"loss {measured(self.loss[0])} to {measured(self.loss[-1])}")
        if self.validation:
            last = self.validation[-1]
            parts.append(
                f"validation loss {measured(last.loss)}"
                if last.accuracy is None
                else f"validation accuracy {measured(100 * last.accuracy, '%')}"
            )
        parts.append(measured(self.seconds, "s"))
        return f"History: {', '.join(parts)}" + ", interrupted" * self.interrupted


def fit(
    model,
    train,
    loss_fn,
    optimizer,
    *,
    epochs=None,
    steps=None,
    batch_size=64,
    validation=None,
    early_stopping=None,
    seed=0,
    metrics=None,
    progress=True,
):
    """Train ``model`` on mini-batches of ``train``; returns the :class:`History`.

    Args:
        model: a Module of dlcourse or torch; it is changed.
        train: the pair (x, y), arrays: x floats (N, ...) of the model's dtype; y
            labels, integers (N,), or targets, floats (N, ...).
        loss_fn: loss_fn(output, target) -> the mean loss of the batch, a scalar.
        optimizer: an optimiser over the model's parameters.
        epochs, steps: how long, in passes over ``train`` or in batches; one of them.
        batch_size: examples in a batch; the last of an epoch may have fewer.
        validation: a pair (x, y) to measure on after each epoch, and at the end.
        early_stopping: an :class:`EarlyStopping`; it needs ``validation``. The model
            ends with the parameters that were best, and ``epochs`` or ``steps`` say
            when to end at the latest.
        seed: of the order of the examples; the same seed, the same batches.
        metrics: {name: f}; f(model) is kept after every step, when the parameters are
            new and the gradients still there.
        progress: show a bar.

    Ctrl-C (in a notebook: the square) ends it early; what was learned is kept (and
    :func:`over_seeds` ends with it).

    Raises FloatingPointError where the loss is nan or inf: it names the step and the
    layer in which that began, and has the :class:`History` so far as ``history``; the
    parameters are those that gave this loss. Raises TypeError or ValueError for
    arguments that can't work: examples missing, of different number, of a wrong dtype;
    labels out of range; an optimiser of other parameters.
    """
    x, y = checked_examples(train, model, "train")
    if validation is not None:
        validation = checked_examples(validation, model, "validation")
    elif early_stopping is not None:
        raise ValueError("fit: early_stopping needs validation=(x, y) to measure on")
    _expect_owner(optimizer, model)
    batch_size = _at_least_one("batch_size", batch_size)
    epoch_steps = math.ceil(len(x) / batch_size)
    if (epochs is None) == (steps is None):
        raise ValueError(
            f"fit expects epochs or steps, one of them: got {epochs=}, {steps=}"
        )
    if steps is None:
        steps = _at_least_one("epochs", epochs) * epoch_steps
    steps = _at_least_one("steps", steps)

    tensor = engine_of(model).tensor
    history = History(metrics={name: [] for name in metrics or {}})

    def checked_loss(output, target):  # so that train_step stays the bare loop
        if not history.loss:
            check_labels(y, output, "train")
            if validation:
                check_labels(validation[1], output, "validation")
        loss = loss_fn(output, target)
        if not math.isfinite(loss.item()):
            step = history.steps + 1
            raise FloatingPointError(
                explain(loss.item(), model, inputs, target, step, data=x)
            )
        return loss

    def record(loss):
        history.loss.append(loss)
        steps_bar.set_postfix(loss=f"{loss:.3g}", refresh=False)
        for name, metric in (metrics or {}).items():
            history.metrics[name].append(metric(model))
        step = history.steps
        if validation and (step % epoch_steps == 0 or step == steps):
            measurement = evaluate(model, *validation, loss_fn, "validation")
            history.validation.append(Validation(step, *measurement))
            if early_stopping:
                early_stopping.update(model, step, measurement[0])

    started = time.perf_counter()
    model.train()
    steps_bar = bar(
        islice(batches(len(x), batch_size, seed), steps), steps, progress, "step"
    )
    try:
        # NumPy's warnings say less than checked_loss does
        with np.errstate(all="ignore"):
            for batch in steps_bar:
                inputs, targets = tensor(x[batch]), tensor(y[batch])
                loss = train_step(model, inputs, targets, checked_loss, optimizer)
                record(loss)
                if early_stopping and early_stopping.stopped:
                    break
    except KeyboardInterrupt:
        if sampling.get():  # half a run is no value for a sample
            raise
        history.interrupted = True
    except FloatingPointError as error:
        error.history = history
        raise
    finally:
        steps_bar.close()
        history.seconds = time.perf_counter() - started
    if early_stopping:
        early_stopping.restore(model, tensor)
    if history.interrupted:
        print(
            f"Interrupted after step {history.steps} of {steps}: the model keeps what "
            "it has learned."
        )
    return history


def _at_least_one(name, value):
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"fit expects {name} to be an integer, got {value!r}")
    if value < 1:
        raise ValueError(f"fit expects {name} of at least 1, got {value}")
    return int(value)


def _expect_owner(optimizer, model):
    if not hasattr(optimizer, "param_groups"):  # a learner's own: nothing to compare
        return
    own = {id(p) for p in model.parameters()}
    updated = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not own & updated:
        raise ValueError(
            "the optimizer updates none of the model's parameters: was the model made "
            "anew? Then make the optimizer anew too, from model.parameters()"
        )
