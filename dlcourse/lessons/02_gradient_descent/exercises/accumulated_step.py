from dlcourse import nn, optim
from dlcourse.teach.exercise import exercise

from ..fixtures import network, two_steps_watched

F = nn.functional


def _in_parts(rng):
    model, loss_fn, examples = network(rng, F.cross_entropy, F.mse_loss)
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=rng.choice([0, 0.5]))
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
    """
    return _by()(model, optimizer, loss_fn, parts)


def _alike(y, parts):
    return 1 / len(parts)


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


accumulated_step.mistake(
    "In the mean over all examples each *example* counts alike. All parts count alike "
    "in yours (but a part has more or fewer), or: The parts' gradients are added up as "
    "they are, or each one is a sum over its examples now.",
    parts_alike=_by(_alike),
    summed=_by(lambda y, parts: 1),
    summed_loss_averaged=_by(lambda y, parts: 1, _alike),
    summed_examples_and_loss=_by(lambda y, parts: len(y)),
)
accumulated_step.mistake(
    "The step is right, the loss is not: weigh the mean of *every* part, by its size.",
    losses_summed=_by(told=lambda y, parts: 1),
    losses_averaged=_by(told=_alike),
    the_last=_by(told=lambda y, parts: y is parts[-1][1]),
    the_last_weighed=_by(told=lambda y, parts: _share(y, parts) * (y is parts[-1][1])),
)
accumulated_step.mistake(
    "Every part makes a step of its own. All gradients first, then one step.",
    steps_inside=_by(inside="backward step", behind=""),
    plain_training=_by(lambda y, parts: 1, _share, "", "zero_grad backward step", ""),
)
accumulated_step.mistake(
    "Which call forgets gradients, and when? Inside the loop: only the last part's are "
    "left. Or nowhere, and what lay there before the step is still there.",
    forgotten_inside=_by(before="", inside="zero_grad backward"),
    never_forgotten=_by(before=""),
)
