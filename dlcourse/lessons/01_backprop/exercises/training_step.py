from copy import deepcopy

import numpy as np

from dlcourse import nn, optim, tensor
from dlcourse.teach.exercise import exercise


def networks_and_batches(rng):
    model = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
    for p in model.parameters():
        p.data[...] = rng.uniform(-0.5, 0.5, size=p.shape)
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.5)
    n = int(rng.integers(1, 13))
    x = tensor(rng.normal(size=(n, 5)).astype(np.float32))
    y = tensor(rng.integers(3, size=n))
    if rng.random() < 0.5:  # whoever had the model before left gradients in it
        nn.functional.cross_entropy(model(x), y).backward()
    return model, optimizer, x, y


def three_steps(training_step, model, optimizer, x, y):
    """The losses of three steps, and the parameters after them."""
    trained, optimizer = deepcopy((model, optimizer))
    losses = [training_step(trained, optimizer, x, y) for _ in range(3)]
    if losses[0] is None:
        return None
    if any(hasattr(loss, "backward") for loss in losses):
        raise TypeError("training_step returns the loss as a float: loss.item()")
    parameters = [p.data for p in trained.parameters()]
    before = [p.data for p in model.parameters()]
    if not optimizer.state and not all(map(np.array_equal, parameters, before)):
        raise TypeError("training_step moves the model without its optimizer")
    names = [name for name, _ in trained.named_parameters()]
    return {f"the loss of step {i}": loss for i, loss in enumerate(losses, 1)} | {
        "the model after step 3": dict(zip(names, parameters, strict=True))
    }


@exercise(
    section="Ten thousand real digits",
    inputs=networks_and_batches,
    run=three_steps,
    returns="the loss before the step, a float",
)
def training_step(model, optimizer, x, y):
    """The loss before a step on the batch x, y, a float; the model is updated."""
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def calls(*names):
    """A step that makes these calls, in this order."""

    def answer(model, optimizer, x, y):
        for name in names:
            if name == "loss":
                loss = nn.functional.cross_entropy(model(x), y)
            else:
                getattr(loss if name == "backward" else optimizer, name)()
        return loss.item()

    return answer


training_step.mistake(
    "The gradients of earlier steps are still there, and backward() adds to them. "
    "Which call forgets them?",
    gradients_pile_up=calls("loss", "backward", "step"),
)
training_step.mistake(
    "The step forgets the gradients at its end, not at its beginning: what lay there "
    "before the first step is still used.",
    erased_at_the_end=calls("loss", "backward", "step", "zero_grad"),
)
training_step.mistake(
    "cross_entropy takes the logits, as the model gives them, and does the softmax "
    "itself: yours is done twice.",
    softmax_twice=lambda model, optimizer, x, y: training_step(
        lambda x: nn.functional.softmax(model(x), dim=1), optimizer, x, y
    ),
)
training_step.mistake(
    "Nothing is learned: the parameters do not move. step() needs gradients: does "
    "backward() run before it, with no zero_grad() in between? And is step() called?",
    erased_before_step=calls("loss", "backward", "zero_grad", "step"),
)
training_step.mistake(
    "step() comes before backward(), so it uses the gradient of the step before: each "
    "update is one batch late.",
    late=calls("step", "zero_grad", "loss", "backward"),
    late_after_the_loss=calls("loss", "step", "zero_grad", "backward"),
)
training_step.mistake(
    "The model is right, the loss is not: it is that of the model *after* the step. "
    "Return the loss that was computed on the way to the gradient.",
    loss_after_the_step=calls("zero_grad", "loss", "backward", "step", "loss"),
)
training_step.mistake(
    "The parameters move, but not by the optimizer that the function is given. Is a "
    "new one made inside? It has another learning rate, and forgets at every step what "
    "it should remember: use `optimizer`.",
    another_optimizer=lambda model, optimizer, x, y: training_step(
        model, optim.SGD(model.parameters(), lr=0.1), x, y
    ),
)
