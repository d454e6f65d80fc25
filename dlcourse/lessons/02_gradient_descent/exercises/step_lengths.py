from copy import deepcopy

import numpy as np

from dlcourse import nn, tensor
from dlcourse.teach.exercise import exercise

F = nn.functional


def _probe(rng):
    n = int(rng.integers(3, 10))
    inputs, *hidden, outputs = (int(k) for k in rng.integers(2, 5, rng.integers(2, 5)))
    layers, last = [], inputs
    for width in hidden:
        layers += [nn.Linear(last, width, bias=bool(rng.integers(2))), nn.Tanh()]
        last = width
    model = nn.Sequential(*layers, nn.Linear(last, outputs)).double()
    for p in model.parameters():
        p.data[...] = rng.normal(size=p.shape)
    loss_fn = (F.cross_entropy, _summed, F.mse_loss)[int(rng.integers(3))]
    x, y = tensor(rng.normal(size=(n, inputs))), tensor(rng.integers(outputs, size=n))
    if loss_fn is F.mse_loss:
        y = tensor(rng.normal(size=(n, outputs)))
    if rng.integers(2):  # whoever had the model before left gradients in it
        loss_fn(model(x), y).backward()
    sizes = [int(s) for s in rng.permutation(n)[: rng.integers(1, 5)] + 1]
    return model, loss_fn, x, y, sizes


def _summed(output, target):
    return F.cross_entropy(output, target, reduction="sum")


def _measured(f, model, loss_fn, x, y, sizes):
    """The lengths; raises where the model does not stay as it was."""
    twin = deepcopy(model)
    lengths = f(twin, loss_fn, x, y, sizes)
    if any(
        not np.array_equal(p.data, q.data)
        for p, q in zip(model.parameters(), twin.parameters(), strict=True)
    ):
        raise TypeError("step_lengths moves the model's parameters")
    return lengths


@exercise(
    section="Debug this: it trained with 16",
    inputs=_probe,
    run=_measured,
    edge_cases=tuple(
        (*_probe(np.random.default_rng(k))[:4], sizes)
        for k, sizes in enumerate([[2, 3, 1], [3, 1], [1, 2, 3]])
    ),
    any_sequence=True,
    returns="a list with a number for each of the sizes",
)
def step_lengths(model, loss_fn, x, y, sizes):
    """The gradient's length |g| on the first s examples, for each s in sizes: a list.

    Of all parameters together.   loss_fn(output, target): the loss of a batch.
    """
    return _by()(model, loss_fn, x, y, sizes)


def _length(gradients):
    return sum((g**2).sum() for g in gradients) ** 0.5


def _by(
    size=lambda gradients, s: _length(gradients),
    batch=lambda z, s: z[:s],
    forgets=("before", "before"),
):
    """size(gradients, s) for each s; when the first size forgets, and all others."""

    def lengths(model, loss_fn, x, y, sizes):
        found = []
        for s, when in zip(sizes, forgets[:1] + forgets[1:] * len(sizes), strict=False):
            if when == "before":
                model.zero_grad()
            loss_fn(model(batch(x, s)), batch(y, s)).backward()
            found.append(size([p.grad.data for p in model.parameters()], s))
        return found

    return lengths


step_lengths.mistake(
    "The gradients pile up: backward() adds to what lies there, from the sizes before "
    "or from whoever had the model before you. With that any loss seems to grow. "
    "Forget them before *each* size.",
    never_forgotten=_by(forgets=("never", "never")),
    forgotten_once=_by(forgets=("before", "never")),
    forgotten_at_the_end=_by(forgets=("never", "before")),
)
step_lengths.mistake(
    "You add the lengths of the parameters' gradients, or average them. All of them "
    "together are one long vector: add the *squares* of all entries, then one root.",
    lengths_added=_by(lambda gs, s: sum(_length([g]) for g in gs)),
    lengths_averaged=_by(lambda gs, s: np.mean([_length([g]) for g in gs])),
)
step_lengths.mistake(
    "That is the square of the length: the root is missing.",
    squared=_by(lambda gs, s: _length(gs) ** 2),
)
step_lengths.mistake(
    "Not all parameters count: the first alone, the last, or all but the biases. Add "
    "the squares of *all* of them (`+=`, in a loop); the root comes behind the loop.",
    without_biases=_by(lambda gs, s: _length([g for g in gs if g.ndim > 1])),
    the_first=_by(lambda gs, s: _length(gs[:1])),
    the_last=_by(lambda gs, s: _length(gs[-1:])),
)
step_lengths.mistake(
    "That is another measure: absolute values, their largest, or a mean square. A "
    "length is the root of the *sum* of the squares.",
    absolute=_by(lambda gs, s: sum(abs(g).sum() for g in gs)),
    largest=_by(lambda gs, s: max(abs(g).max() for g in gs)),
    rms=_by(lambda gs, s: _length(gs) / sum(g.size for g in gs) ** 0.5),
    mean_square=_by(lambda gs, s: _length(gs) ** 2 / sum(g.size for g in gs)),
)
step_lengths.mistake(
    "Every size got the same batch, all of x. The batch of s examples is the first s "
    "rows of x *and* of y.",
    always_all=_by(batch=lambda z, s: z),
)
step_lengths.mistake(
    "You divide by s, or multiply. Take the gradient as `loss_fn` gives it: whether it "
    "has been divided already is what you want to find out.",
    divided=_by(lambda gs, s: _length(gs) / s),
    divided_by_the_root=_by(lambda gs, s: _length(gs) / s**0.5),
    multiplied=_by(lambda gs, s: _length(gs) * s),
)
