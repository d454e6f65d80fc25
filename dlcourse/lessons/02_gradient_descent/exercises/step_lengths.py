from copy import deepcopy

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import F, colleagues_loss, network


def _probe(rng, sizes=None):
    losses = F.cross_entropy, colleagues_loss, F.mse_loss
    model, loss_fn, examples = network(rng, *losses)
    n = int(rng.integers(3, 10))
    some = [int(s) for s in rng.permutation(n)[: rng.integers(1, 5)] + 1]
    return model, loss_fn, *examples(n), sizes or some


def _measured(f, model, loss_fn, x, y, sizes):
    """The lengths; raises where the model does not stay as it was."""
    twin = deepcopy(model)
    lengths = f(twin, loss_fn, x, y, sizes)
    pairs = zip(model.parameters(), twin.parameters(), strict=True)
    if not all(np.array_equal(p.data, q.data) for p, q in pairs):
        raise TypeError("step_lengths moves the model's parameters")
    return lengths


@exercise(
    section="Debug this: it trained with 16",
    inputs=_probe,
    run=_measured,
    edge_cases=tuple(
        _probe(np.random.default_rng(k), sizes)
        for k, sizes in enumerate([[2, 3, 1], [3, 1], [1, 2, 3]])
    ),
    any_sequence=True,
    returns="a list with a number for each of the sizes",
)
def step_lengths(model, loss_fn, x, y, sizes):
    """|g|, of all parameters together, on the first s examples, for each s in sizes."""
    return _by()(model, loss_fn, x, y, sizes)


def _length(gradients):
    return sum((g**2).sum() for g in gradients) ** 0.5


def _by(size=_length, batch=lambda z, s: z[:s], forgets=(True, True)):
    """size(gradients) for each s; whether the first size forgets, and all others."""

    def lengths(model, loss_fn, x, y, sizes):
        found = []
        for s in sizes:
            if forgets[len(found) > 0]:
                model.zero_grad()
            loss_fn(model(batch(x, s)), batch(y, s)).backward()
            found.append(size([p.grad.data for p in model.parameters()]))
        return found

    return lengths


step_lengths.mistake(
    "The gradients pile up: backward() adds to what lies there, from the sizes before "
    "or from whoever had the model before you. Forget them before *each* size.",
    never_forgotten=_by(forgets=(False, False)),
    forgotten_once=_by(forgets=(True, False)),
    forgotten_at_the_end=_by(forgets=(False, True)),
)
step_lengths.mistake(
    "All gradients together are one long vector: add the *squares* of all entries of "
    "all of them, then one root. You add or average lengths. Or: Not all parameters "
    "count, but the first alone, the last, or all but the biases.",
    lengths_added=_by(lambda gs: sum(_length([g]) for g in gs)),
    lengths_averaged=_by(lambda gs: np.mean([_length([g]) for g in gs])),
    the_first=_by(lambda gs: _length(gs[:1])),
    the_last=_by(lambda gs: _length(gs[-1:])),
    without_biases=_by(lambda gs: _length([g for g in gs if g.ndim > 1])),
)
step_lengths.mistake(
    "Every size got the same batch, all of x. The batch of s examples is the first s "
    "rows of x *and* of y.",
    always_all=_by(batch=lambda z, s: z),
)
