"""The training loop: what every framework's ``fit`` does, and not more."""

import math
import time
from dataclasses import dataclass, field
from itertools import islice
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from dlcourse.lab.bar import bar
from dlcourse.lab.diagnose import explain
from dlcourse.lab.evaluate import loss_and_accuracy
from dlcourse.lab.examples import check_labels, checked_examples, engine_of
from dlcourse.lab.statistics import measured, sampling
from dlcourse.nn.measuring import measuring


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
        order = rng.permutation(n).astype(np.int64, copy=False)
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
    before_step=None,
    after_step=None,
    progress=True,
):
    """Train ``model`` on mini-batches of ``train``; returns the :class:`History`.

    Args:
        model: a Module of dlcourse or torch; it is changed.
        train: the pair (x, y), arrays: x floats (N, ...) of the model's dtype, or
            integers for a model that takes them; y labels, integers (N,), or targets,
            floats (N, ...).
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
        before_step: f(model), called in every step when the gradients are there and
            nothing is updated yet: to clip or mask them, or to look.
        after_step: f(model), called right after the update, before ``metrics`` and
            validation: for a schedule, ``lambda model: scheduler.step()``, or to put
            weights back where they must be.
        progress: show a bar.

    Ctrl-C (in a notebook: the square) ends it early; what was learned is kept (and
    :func:`over_seeds` ends with it). A step whose metrics it cut off is not counted.

    Raises FloatingPointError where the loss is nan or inf: it names the step and the
    layer in which that began; the parameters are those that gave this loss. This and
    every other error during training has the :class:`History` so far as ``history``.
    Raises TypeError or ValueError for arguments that can't work: examples missing, of
    different number, of a wrong dtype; labels out of range; an optimiser of other
    parameters; a last batch of one example for a model that can't train on one.
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
    for name, hook in (("before_step", before_step), ("after_step", after_step)):
        if hook is not None and not callable(hook):
            raise TypeError(f"fit expects {name} to be f(model), got {hook!r}")
    if steps >= epoch_steps:
        _expect_last_batch_to_do(model, x, batch_size)

    tensor = engine_of(model).tensor
    history = History(metrics={name: [] for name in metrics or {}})

    def checked_loss(output, target):  # so that train_step stays the bare loop
        if not history.loss:
            check_labels(y, output, "train")
            if validation:
                check_labels(validation[1], output, "validation")
        loss = loss_fn(output, target)
        if not math.isfinite(loss.item()):
            n = history.steps + 1
            raise FloatingPointError(
                explain(loss.item(), model, inputs, target, n, data=x)
            )
        return loss

    def step():
        if before_step:
            before_step(model)
        optimizer.step()
        if after_step:
            after_step(model)

    hooked = SimpleNamespace(zero_grad=optimizer.zero_grad, step=step)

    def record(loss):
        steps_bar.set_postfix(loss=f"{loss:.3g}", refresh=False)
        values = {name: metric(model) for name, metric in (metrics or {}).items()}
        for name, value in values.items():
            history.metrics[name].append(value)
        history.loss.append(loss)  # last: what an interrupt leaves is cut to its length
        n = history.steps
        if validation and (n % epoch_steps == 0 or n == steps):
            measurement = loss_and_accuracy(model, *validation, loss_fn)
            history.validation.append(Validation(n, *measurement))
            if early_stopping:
                early_stopping.update(model, n, measurement[0])

    started = time.perf_counter()
    if early_stopping:
        early_stopping.begin()
    model.train()
    steps_bar = bar(
        islice(batches(len(x), batch_size, seed), steps), steps, progress, "step"
    )
    try:
        # NumPy's warnings say less than checked_loss does
        with np.errstate(all="ignore"):
            for batch in steps_bar:
                inputs, targets = tensor(x[batch]), tensor(y[batch])
                loss = train_step(model, inputs, targets, checked_loss, hooked)
                record(loss)
                if early_stopping and early_stopping.stopped:
                    break
    except KeyboardInterrupt:
        if sampling.get():  # half a run is no value for a sample
            raise
        history.interrupted = True
    except Exception as error:
        error.history = history
        raise
    finally:
        steps_bar.close()
        for values in history.metrics.values():
            del values[history.steps :]
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


def _expect_last_batch_to_do(model, x, batch_size):
    """Some models, such as those with batch norm, can't be trained on one example."""
    last = len(x) % batch_size or batch_size
    if last > 1 or not any("BatchNorm" in type(m).__name__ for m in model.modules()):
        return
    engine = engine_of(model)
    with measuring(model, training=True), engine.no_grad():
        model(engine.tensor(x[:2]))  # what is wrong with two is something else
        try:
            model(engine.tensor(x[:1]))
        except ValueError as error:
            raise ValueError(
                f"train: {len(x)} examples in batches of {batch_size} leave one for "
                f"the last batch, and this model can't train on one alone ({error}): "
                "change batch_size, or leave one example out"
            ) from error


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
