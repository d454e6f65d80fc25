"""Lesson 01: the exercise ``training_step``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _training(rng):
    return (
        rng.normal(size=(12, 5)).astype(np.float32),
        rng.integers(3, size=12),
        int(rng.integers(1000)),
    )


def _three_steps(step, x, y, seed):
    """Train a small network with ``step``; return the losses and the parameters."""
    from dlcourse import manual_seed, nn, optim, tensor

    manual_seed(seed)
    model = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    taken, losses = _counted(optimizer), []
    for _ in range(3):
        before = [p.detach().numpy().copy() for p in model.parameters()]
        loss = step(model, optimizer, tensor(x), tensor(y))
        if loss is None:
            return None
        if hasattr(loss, "backward"):
            raise TypeError("training_step returns the loss as a float: loss.item()")
        after = [p.detach().numpy() for p in model.parameters()]
        if not taken and not all(map(np.array_equal, before, after)):
            raise TypeError("training_step moves the model without its optimizer")
        losses.append(loss)
    return {"loss": losses, "model": [p.data for p in model.parameters()]}


def _counted(optimizer):
    """A list that grows with every step of ``optimizer``."""
    taken, step = [], optimizer.step

    def counting(*args, **kwargs):
        taken.append(True)
        return step(*args, **kwargs)

    optimizer.step = counting
    return taken


@exercise(
    section="Ten thousand real digits",
    inputs=_training,
    run=_three_steps,
    returns="the loss before the step, a float",
)
def training_step(model, optimizer, x, y):
    """The loss before a step on the batch x, y, a float; the model is updated."""
    from dlcourse import nn

    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@training_step.mistake(
    "The first step is right and the later ones are not: the gradients of earlier "
    "steps are still there, and backward() adds to them. Which call forgets them?"
)
def gradients_pile_up(model, optimizer, x, y):
    from dlcourse import nn

    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@training_step.mistake(
    "Nothing is learned: the parameters do not move. step() needs gradients: does "
    "backward() run before it, with no zero_grad() in between? And is step() called?"
)
def erased_before_step(model, optimizer, x, y):
    from dlcourse import nn

    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@training_step.mistake(
    "Each update is one batch late: step() comes before backward(), so it uses the "
    "gradient of the step before."
)
def step_too_early(model, optimizer, x, y):
    from dlcourse import nn

    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@training_step.mistake(
    "The model is right, the loss is not: it is that of the model *after* the step. "
    "Return the loss that was computed on the way to the gradient."
)
def loss_after_the_step(model, optimizer, x, y):
    from dlcourse import nn

    training_step.reference(model, optimizer, x, y)
    return nn.functional.cross_entropy(model(x), y).item()


@training_step.mistake(
    "The parameters move, but not by the optimizer that the function is given. Is a "
    "new one made inside? It has another learning rate, and forgets at every step what "
    "it should remember: use `optimizer`."
)
def another_optimizer(model, optimizer, x, y):
    from dlcourse import optim

    another = optim.SGD(model.parameters(), lr=0.1)
    return training_step.reference(model, another, x, y)
