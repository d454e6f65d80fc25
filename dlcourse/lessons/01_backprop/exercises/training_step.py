from copy import deepcopy
from operator import setitem

from dlcourse import nn
from dlcourse.teach.exercise import exercise

from ..fixtures import networks_and_batches


def three_steps(training_step, model, optimizer, x, y):
    """The losses of three steps, and the parameters after them."""
    trained, optimizer = deepcopy((model, optimizer))
    losses = [training_step(trained, optimizer, x, y) for _ in range(3)]
    if losses[0] is None:
        return None
    if any(hasattr(loss, "backward") for loss in losses):
        raise TypeError("the loss is returned as a float: loss.item()")
    pairs = zip(trained.parameters(), model.parameters(), strict=True)
    if not (optimizer.state or all((p.data == q.data).all() for p, q in pairs)):
        raise TypeError("the model moves, but not by the optimizer that is given")
    losses = {f"the loss of step {i}": loss for i, loss in enumerate(losses, 1)}
    return losses | {"the model after step 3": trained.state_dict()}


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
    """A step that makes these calls, in this order; a function gets each gradient."""

    def answer(model, optimizer, x, y):
        for name in names:
            if name == "loss":
                loss = nn.functional.cross_entropy(model(x), y)
            elif callable(name):
                for p in model.parameters():
                    name(p.grad)
            else:
                getattr(loss if name == "backward" else optimizer, name)()
        return loss.item()

    return answer


training_step.mistake(
    "Gradients of earlier steps are still there, and backward() adds to them. Which "
    "call forgets them, and does it come before backward(), in the first step, too?",
    gradients_pile_up=calls("loss", "backward", "step"),
    erased_at_the_end=calls("loss", "backward", "step", "zero_grad"),
)
training_step.mistake(
    "Before the first backward() there is no gradient: `p.grad` is None, and None can "
    "hold no zeros. `optimizer.zero_grad()` knows what to do then.",
    filled_with_zeros=calls(lambda g: setitem(g, ..., 0), "loss", "backward", "step"),
)
training_step.mistake(
    "cross_entropy takes the logits and does the softmax itself: yours is done twice.",
    softmax_twice=lambda model, optimizer, x, y: training_step(
        lambda x: nn.functional.softmax(model(x), dim=1), optimizer, x, y
    ),
)
training_step.mistake(
    "The parameters do not move, or one batch late. step() needs gradients: does "
    "backward() run before it, with no zero_grad() in between? And is step() called?",
    erased_before_step=calls("loss", "backward", "zero_grad", "step"),
    late=calls("step", "zero_grad", "loss", "backward"),
    late_after_the_loss=calls("loss", "step", "zero_grad", "backward"),
)
training_step.mistake(
    "The loss is that of the model *after* the step: return the one before it.",
    loss_after_the_step=calls("zero_grad", "loss", "backward", "step", "loss"),
)
