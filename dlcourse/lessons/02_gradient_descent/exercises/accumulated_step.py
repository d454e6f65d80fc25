from dlcourse import nn, optim
from dlcourse.teach.exercise import exercise

from ..fixtures import network, two_steps_watched

F = nn.functional


def _in_parts(rng):
    model, loss_fn, examples = network(rng, F.cross_entropy, F.mse_loss)
    momentum = float(rng.choice([0, 0.5]))
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=momentum)
    sizes = rng.integers(1, 7, size=rng.integers(1, 5))
    return model, optimizer, loss_fn, [examples(int(n)) for n in sizes]


@exercise(
    section="Deeper: More than fits in memory",
    inputs=_in_parts,
    run=two_steps_watched,
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


def _by(share=_share, told=None, before="zero_grad", inside="backward", behind="step"):
    """Calls before, in and behind the loop; told: the shares of the loss returned."""

    def step(model, optimizer, loss_fn, parts):
        def call(names, loss=None):
            for name in names.split():
                getattr(loss if name == "backward" else optimizer, name)()

        whole = 0.0
        call(before)
        for x, y in parts:
            loss = loss_fn(model(x), y)
            whole += loss.item() * (told or share)(y, parts)
            call(inside, loss * share(y, parts))
        call(behind)
        return whole

    return step


def _alike(y, parts):
    return 1 / len(parts)


accumulated_step.mistake(
    "All parts count alike: each mean is divided by the number of parts. In the mean "
    "over all examples each *example* counts alike, and a part has more or fewer.",
    parts_alike=_by(_alike),
)
accumulated_step.mistake(
    "The parts' gradients are added up as they are: the step grows with the number of "
    "parts. This lesson has seen what comes of that.",
    summed=_by(lambda y, parts: 1),
    summed_loss_averaged=_by(lambda y, parts: 1, _alike),
)
accumulated_step.mistake(
    "Each part's gradient is a sum over its examples now. The batch's is their mean: "
    "divide by how many examples there are in all.",
    summed_examples=_by(lambda y, parts: len(y), _share),
    summed_examples_and_loss=_by(lambda y, parts: len(y)),
)
accumulated_step.mistake(
    "The step is right, the loss is not: the parts' means are added up, averaged as if "
    "all parts were equally long, or only the last is returned. Weigh all, by size.",
    losses_summed=_by(told=lambda y, parts: 1),
    losses_averaged=_by(told=_alike),
    the_last=_by(told=lambda y, parts: y is parts[-1][1]),
    the_last_weighed=_by(told=lambda y, parts: _share(y, parts) * (y is parts[-1][1])),
)
accumulated_step.mistake(
    "The gradients are forgotten inside the loop: only the last part's are left.",
    forgotten_inside=_by(before="", inside="zero_grad backward"),
)
accumulated_step.mistake(
    "Every part makes a step of its own. The batch is one: all gradients first, then "
    "one step, behind the loop.",
    steps_inside=_by(inside="backward step", behind=""),
    shared_training=_by(before="", inside="zero_grad backward step", behind=""),
    plain_training=_by(lambda y, parts: 1, _share, "", "zero_grad backward step", ""),
)
accumulated_step.mistake(
    "What lay in the gradients before is still there, from the step before or from "
    "whoever had the model before you. Which call forgets it, and when?",
    never_forgotten=_by(before=""),
)
