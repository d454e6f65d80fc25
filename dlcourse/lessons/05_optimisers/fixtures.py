"""What lesson 05 is given to debug, and what its exercises are tried on."""

import numpy as np

from dlcourse import lab, nn, optim, tensor


def colleagues_training(epochs=6, watch=None):
    """The training run that is to be debugged; the mean loss of each epoch.

    watch(before, after, gradients), lists of arrays, is called after each batch.
    """
    x, y = lab.load_digits().standardised().train
    model = lab.plain(nn.ReLU, depth=1, width=32, seed=0)
    optimizer = optim.SGD(model.parameters(), lr=0.3)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.1)
    batches, means = lab.batches(len(x), 32, seed=0), []
    for _ in range(epochs):
        losses = []
        for batch in (next(batches) for _ in range(44)):
            before = [p.data.copy() for p in model.parameters()]
            data = tensor(x[batch]), tensor(y[batch])
            loss_fn = nn.functional.cross_entropy
            losses.append(lab.train_step(model, *data, loss_fn, optimizer))
            scheduler.step()
            if watch:
                after = [p.data.copy() for p in model.parameters()]
                watch(before, after, [p.grad.data for p in model.parameters()])
        means.append(sum(losses) / len(losses))
    return means


# ------------------------------------------------------------ the exercises: inputs


def any_shape(rng):
    """From a number to three axes, with one entry or many, and seldom square."""
    return tuple(int(n) for n in rng.integers(1, 5, size=rng.integers(4)))


def alike(rng, count):
    """``count`` random arrays of one shape, each of a size of its own."""
    shape = any_shape(rng)
    return [
        np.array(rng.normal(size=shape) * rng.uniform(0.3, 3)) for _ in range(count)
    ]


def lists_of_arrays(rng, count):
    """``count`` lists of random arrays, of the same shapes: in a list all alike, or all
    different, so that none is broadcast to another's."""
    shape, number = any_shape(rng), int(rng.integers(1, 5))
    shapes = [shape] * number
    if rng.integers(3):
        shapes = [(*shape[1:], 2 + int(k)) for k in rng.permutation(number)]
    return [[np.array(rng.normal(size=s)) for s in shapes] for _ in range(count)]
