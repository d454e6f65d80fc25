"""What lesson 02 is given to debug, and what its exercises are tried on."""

from copy import deepcopy
from itertools import chain
from math import factorial, prod
from weakref import ref

import numpy as np

from dlcourse import nn, tensor

F = nn.functional


def colleagues_loss(output, target):
    """The loss of the training run that is to be debugged."""
    return F.cross_entropy(output, target, reduction="sum")


# ---------------------------------------- step_lengths and accumulated_step: networks


def network(rng, *losses):
    """A random network, one of the losses, and examples(n) that fit both."""
    inputs, *hidden, outputs = (int(k) for k in rng.integers(2, 5, rng.integers(2, 5)))
    layers, last = [], inputs
    for width in hidden:
        layers += [nn.Linear(last, width, bias=bool(rng.integers(2))), nn.Tanh()]
        last = width
    model = nn.Sequential(*layers, nn.Linear(last, outputs)).double()
    for p in model.parameters():
        p.data[...] = rng.normal(size=p.shape)
    loss_fn = losses[int(rng.integers(len(losses)))]

    def examples(n):
        values, labels = rng.normal(size=(n, outputs)), rng.integers(outputs, size=n)
        y = values if loss_fn is F.mse_loss else labels
        return tensor(rng.normal(size=(n, inputs))), tensor(y)

    if rng.integers(2):  # whoever had the model before left gradients in it
        x, y = examples(3)
        loss_fn(model(x), y).backward()
    return model, loss_fn, examples


def two_steps_watched(f, model, optimizer, loss_fn, parts):
    """The losses of two steps, and the parameters after them."""
    trained, optimizer = deepcopy((model, optimizer))
    sizes = [len(y) for _, y in parts]
    most, seen, outputs, found = max(sizes), [], [], {}
    forward = trained.forward

    def watched(x):
        seen.append(len(x))
        if len(x) > most:
            raise MemoryError("more than one part goes through the model at once")
        if any((out := kept()) is not None and out.edges for kept in outputs):
            # still held, and backward() has not let go of what it was made of
            raise MemoryError("the part before has not gone backward yet")
        outputs.append(ref(out := forward(x)))
        return out

    trained.forward = watched
    for step in (1, 2):
        loss = f(trained, optimizer, loss_fn, parts)
        if loss is None:
            return None
        if hasattr(loss, "backward"):
            raise TypeError("accumulated_step returns the loss as a float: loss.item()")
        found[f"the loss of step {step}"] = loss
        parameters = [p.data.copy() for p in trained.parameters()]
        found[f"the list of parameters after step {step}"] = parameters
    through = min(sum(seen), 2 * sum(sizes))  # by the model as it was given
    return found | {"how many examples went through the model": through}


# ----------------------------------------------------- epoch_batches: what is looked at

EPOCHS = 100  # of each input: chance shows itself only in many


def epochs_inspected(f, n, batch_size, rng):
    """The sizes of the batches of f; raises where another property is missing."""
    twin = deepcopy(rng)
    epochs = _many(f, n, batch_size, rng)
    if epochs[0] is None:
        return None
    first = [*map(len, epochs[0])]
    right = [min(batch_size, n - i) for i in range(0, n, batch_size)]
    if sorted(first) == sorted(right):
        _inspect(epochs, n, right)
        if epochs != _many(f, n, batch_size, twin):
            raise ValueError("a generator of the same seed gives other batches")
    return {"the list of the batches' sizes": np.array(first, int)}


def _many(f, *args):
    """EPOCHS answers of f; of one that is called far away, by one message."""
    if many := getattr(f, "many", None):
        return [*map(_as_lists, many(EPOCHS, *args))]
    return [_as_lists(f(*args)) for _ in range(EPOCHS)]


def _inspect(epochs, n, sizes):
    for epoch in epochs:
        drawn = [*chain(*epoch)]
        if not set(drawn) <= set(range(n)):
            raise ValueError("an index is none of 0, 1, ..., n - 1")
        if len(set(drawn)) < n:
            raise ValueError("an index comes twice in an epoch, another one never")
    if any([*map(len, epoch)] != sizes for epoch in epochs):
        raise ValueError("a batch before the last is shorter than batch_size")
    different = {tuple(map(frozenset, epoch)) for epoch in epochs}
    if len(different) < 0.6 * _to_be_expected(sizes):
        raise ValueError("the batches of different calls are too often the same")


def _as_lists(epoch):
    if epoch is None:
        return None
    if not isinstance(epoch, list):
        kind = type(epoch).__name__
        raise TypeError(f"the batches come in a list, not a {kind}: use list(...)")
    if not all(isinstance(batch, np.ndarray | list) for batch in epoch):
        raise TypeError("each batch is an array: np.array(...) makes one")
    batches = [np.asarray(batch) for batch in epoch]
    if any(b.ndim != 1 or (b.size and b.dtype.kind not in "iu") for b in batches):
        raise TypeError("each batch is an array of whole numbers, with one axis")
    return [batch.tolist() for batch in batches]


def _to_be_expected(sizes):
    """How many of EPOCHS random epochs differ in who is together, and when."""
    possible = min(factorial(sum(sizes)) // prod(map(factorial, sizes)), 10**9)
    return possible * (1 - (1 - 1 / possible) ** EPOCHS)
