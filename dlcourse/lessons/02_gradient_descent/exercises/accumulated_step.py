from copy import deepcopy

from dlcourse import nn, optim, tensor
from dlcourse.teach.exercise import exercise

F = nn.functional


def _in_parts(rng):
    inputs, width, outputs = (int(k) for k in rng.integers(2, 5, size=3))
    first, last = nn.Linear(inputs, width), nn.Linear(width, outputs)
    model = nn.Sequential(first, nn.Tanh(), last).double()
    for p in model.parameters():
        p.data[...] = rng.normal(size=p.shape)
    momentum = float(rng.choice([0, 0.5]))
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=momentum)
    loss_fn = (F.cross_entropy, F.mse_loss)[int(rng.integers(2))]
    parts = []
    for n in rng.integers(1, 7, size=rng.integers(1, 5)):
        y = rng.normal(size=(n, outputs))
        y = rng.integers(outputs, size=n) if loss_fn is F.cross_entropy else y
        parts.append((tensor(rng.normal(size=(n, inputs))), tensor(y)))
    if rng.integers(2):  # whoever had the model before left gradients in it
        loss_fn(model(parts[0][0]), parts[0][1]).backward()
    return model, optimizer, loss_fn, parts


def _two_steps(f, model, optimizer, loss_fn, parts):
    """The losses of two steps, and the parameters after them."""
    trained, optimizer = deepcopy((model, optimizer))
    most, losses, found = max(len(y) for _, y in parts), [], {}

    def watched(output, target):
        if len(target) > most:
            raise MemoryError("more than one part goes through the model at once")
        if losses and losses[-1].edges:  # backward() lets them go
            raise MemoryError("the part before has not gone backward yet")
        losses.append(loss_fn(output, target))
        return losses[-1]

    for step in (1, 2):
        loss = f(trained, optimizer, watched, parts)
        if loss is None:
            return None
        if hasattr(loss, "backward"):
            raise TypeError("accumulated_step returns the loss as a float: loss.item()")
        found[f"the loss of step {step}"] = loss
        parameters = [p.data.copy() for p in trained.parameters()]
        found[f"the list of parameters after step {step}"] = parameters
    return found


@exercise(
    section="Deeper: More than fits in memory",
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


def _share(y, parts):
    return len(y) / sum(len(y) for _, y in parts)


def _by(
    share=_share,
    calls=("zero_grad", "parts", "step"),
    inside=("backward",),
    told=None,  # each part's share of the loss that is returned, where it is another
    of=slice(None),
):
    """Calls before, in and behind the loop over parts[of]."""

    def step(model, optimizer, loss_fn, parts):
        whole = 0.0
        for call in calls:
            if call != "parts":
                getattr(optimizer, call)()
                continue
            for x, y in parts[of]:
                loss = loss_fn(model(x), y)
                whole += loss.item() * (told or share)(y, parts)
                loss = loss * share(y, parts)
                for name in inside:
                    getattr(loss if name == "backward" else optimizer, name)()
        return whole

    return step


def _alike(y, parts):
    return 1 / len(parts)


accumulated_step.mistake(
    "All parts count alike: each mean is divided by the number of parts, and a part of "
    "one example weighs as much as a part of six. In the mean over all examples each "
    "*example* counts alike.",
    parts_alike=_by(_alike),
    parts_alike_but_for_the_loss=_by(_alike, told=_share),
)
accumulated_step.mistake(
    "The parts' gradients are added up as they are: the step grows with the number of "
    "parts. This lesson has seen what comes of that.",
    summed=_by(lambda y, parts: 1),
    summed_loss_averaged=_by(lambda y, parts: 1, told=_alike),
)
accumulated_step.mistake(
    "The step is right, the loss is not: the parts' means are added up, or averaged as "
    "if all parts were equally long, or only the last one is returned. The parts' "
    "losses make up the whole one's as their gradients do.",
    the_last=_by(told=lambda y, parts: y is parts[-1][1]),
    the_last_weighed=_by(told=lambda y, parts: _share(y, parts) * (y is parts[-1][1])),
    losses_summed=_by(told=lambda y, parts: 1),
    losses_averaged=_by(told=_alike),
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
    training_on_means=_by(
        lambda y, parts: 1, ("parts",), ("zero_grad", "backward", "step"), _share
    ),
)
accumulated_step.mistake(
    "The last part is left out. It is shorter, perhaps, and its examples count.",
    last_dropped=_by(of=slice(-1)),
)
accumulated_step.mistake(
    "What lay in the gradients before is still there, from the step before or from "
    "whoever had the model before you. Which call forgets it, and when?",
    never_forgotten=_by(calls=("parts", "step")),
    forgotten_at_the_end=_by(calls=("parts", "step", "zero_grad")),
)
