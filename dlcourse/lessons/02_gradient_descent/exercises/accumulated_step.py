from copy import deepcopy

import numpy as np

from dlcourse import nn, optim, tensor
from dlcourse.teach.exercise import exercise

F = nn.functional


def _in_parts(rng):
    inputs, width, outputs = (int(k) for k in rng.integers(2, 5, size=3))
    model = nn.Sequential(
        nn.Linear(inputs, width), nn.Tanh(), nn.Linear(width, outputs)
    ).double()
    for p in model.parameters():
        p.data[...] = rng.normal(size=p.shape)
    momentum = float(rng.choice([0, 0.5]))
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=momentum)
    loss_fn = (F.cross_entropy, F.mse_loss)[int(rng.integers(2))]
    parts = []
    for n in rng.integers(1, 7, size=rng.integers(1, 5)):
        y = rng.integers(outputs, size=n)
        if loss_fn is F.mse_loss:
            y = rng.normal(size=(n, outputs))
        parts.append((tensor(rng.normal(size=(n, inputs))), tensor(y)))
    if rng.integers(2):  # whoever had the model before left gradients in it
        loss_fn(model(parts[0][0]), parts[0][1]).backward()
    return model, optimizer, loss_fn, parts


def _watched(loss_fn, model, most):
    """loss_fn, which raises where more is in memory than one part."""
    before = []

    def watching(output, target):
        if len(target) > most:
            raise MemoryError("more than one part goes through the model at once")
        now = [
            None if p.grad is None else p.grad.data.copy() for p in model.parameters()
        ]
        if before and _same(before[-1], now):
            raise MemoryError(
                "a part goes through the model, the last not yet backward"
            )
        before.append(now)
        return loss_fn(output, target)

    return watching


def _same(one, other):
    return all(
        a is b if a is None or b is None else np.array_equal(a, b)
        for a, b in zip(one, other, strict=True)
    )


def _two_steps(f, model, optimizer, loss_fn, parts):
    """The losses of two steps, and the parameters after them."""
    trained, optimizer = deepcopy((model, optimizer))
    most, found = max(len(y) for _, y in parts), {}
    for step in (1, 2):
        loss = f(trained, optimizer, _watched(loss_fn, trained, most), parts)
        if loss is None:
            return None
        if hasattr(loss, "backward"):
            raise TypeError("accumulated_step returns the loss as a float: loss.item()")
        found[f"the loss of step {step}"] = loss
        found[f"the model after step {step}"] = [
            p.data.copy() for p in trained.parameters()
        ]
    return found


@exercise(
    section="Deeper: what a batch needs",
    inputs=_in_parts,
    run=_two_steps,
    returns="the loss of the whole batch before the step, a float",
)
def accumulated_step(model, optimizer, loss_fn, parts):
    """One step on a batch that comes in parts; the loss before it, a float.

    parts: a list of pairs (x, y).   loss_fn(output, target): the mean loss of a part.
    Each part goes through the model and backward before the next one does.
    """
    return _by()(model, optimizer, loss_fn, parts)


def _by(
    share=lambda y, parts: len(y) / sum(len(y) for _, y in parts),
    calls=("zero_grad", "parts", "step"),
    inside=("backward",),
    of=lambda parts: parts,
):
    """Calls before, in and behind the loop; each part's loss has its share."""

    def step(model, optimizer, loss_fn, parts):
        whole = 0.0
        for call in calls:
            if call != "parts":
                getattr(optimizer, call)()
                continue
            for x, y in of(parts):
                loss = loss_fn(model(x), y) * share(y, parts)
                for name in inside:
                    getattr(loss if name == "backward" else optimizer, name)()
                whole += loss.item()
        return whole

    return step


accumulated_step.mistake(
    "All parts count alike: each mean is divided by the number of parts, and a part of "
    "one example weighs as much as a part of six. In the mean over all examples each "
    "*example* counts alike.",
    parts_alike=_by(lambda y, parts: 1 / len(parts)),
)
accumulated_step.mistake(
    "The parts' means are added up as they are: the step grows with the number of "
    "parts. This lesson has seen what comes of that.",
    summed=_by(lambda y, parts: 1),
)
accumulated_step.mistake(
    "You add up the losses of all examples, and do not divide: `loss_fn` gives a mean, "
    "and the whole batch's loss is a mean, too.",
    summed_over_examples=_by(lambda y, parts: len(y)),
)
accumulated_step.mistake(
    "The gradients are forgotten inside the loop: only the last part's are left when "
    "the step comes. backward() adds up: let it.",
    forgotten_inside=_by(calls=("parts", "step"), inside=("zero_grad", "backward")),
)
accumulated_step.mistake(
    "Every part makes a step of its own. The batch is one: all gradients first, then "
    "one step, behind the loop.",
    steps_inside=_by(calls=("zero_grad", "parts"), inside=("backward", "step")),
    plain_training=_by(calls=("parts",), inside=("zero_grad", "backward", "step")),
)
accumulated_step.mistake(
    "The last part is left out. It is shorter, perhaps, and its examples count.",
    last_dropped=_by(of=lambda parts: parts[:-1]),
)
accumulated_step.mistake(
    "What lay in the gradients before is still there, from the step before or from "
    "whoever had the model before you. Which call forgets it, and when?",
    never_forgotten=_by(calls=("parts", "step")),
    forgotten_at_the_end=_by(calls=("parts", "step", "zero_grad")),
)
