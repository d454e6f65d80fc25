import numpy as np

from dlcourse import nn, tensor
from dlcourse.teach.exercise import exercise

from ..fixtures import HandmadeDropout


def _layer(rng):
    p = float(rng.choice([0.1, rng.uniform(0.1, 0.9), 0.9]))
    if rng.integers(4) == 0:
        return (nn.Dropout(p),)
    return (HandmadeDropout(p, *(bool(fault) for fault in rng.integers(2, size=2))),)


@exercise(
    section="Debug this: two answers to one digit",
    inputs=_layer,
    edge_cases=(
        *((HandmadeDropout(0.5, on, one),) for on, one in np.ndindex(2, 2)),
        (HandmadeDropout(0.5, True, False).eval(),),
        (nn.Dropout(0.1).eval(),),
    ),
    trials=30,
    returns=("drops_in_evaluation", "one_mask"),
)
def dropout_faults(layer):
    """(drops_in_evaluation, one_mask): of a dropout layer, each True or False.

    layer: a module with p from 0.1 to 0.9, in either mode, which `layer.train()` and
    `layer.eval()` set; `layer(x)` takes and gives a tensor (N, C). N, C and the numbers
    in x are your choice.
    drops_in_evaluation: whether eval() leaves it on, so that y is not x.
    one_mask: whether in training all rows of a batch lose the same entries.
    """
    return _drops(layer), _alike(layer.train())


def _ones(layer):
    return layer(tensor(np.ones((64, 64)))).numpy()


def _drops(layer, mode=nn.Module.eval):
    mode(layer)
    return bool((_ones(layer) != 1).any())


def _alike(layer):
    y = _ones(layer)
    return bool((y == y[0]).all())


dropout_faults.mistake(
    "Whether it drops is to be seen in evaluation: `layer.eval()` comes before.",
    no_mode=lambda layer: (_drops(layer, lambda _: None), _alike(layer.train())),
    training=lambda layer: (_drops(layer, nn.Module.train), _alike(layer)),
    no_modes=lambda layer: (_drops(layer, lambda _: None), _alike(layer)),
)
dropout_faults.mistake(
    "The layer is still in evaluation when you compare rows: there all of them may be "
    "alike since nothing is dropped. `layer.train()` comes before.",
    no_train=lambda layer: (_drops(layer), _alike(layer)),
    modes_turned=lambda layer: (_drops(layer, nn.Module.train), _alike(layer.eval())),
)
dropout_faults.mistake(
    "`one_mask` is never True with you. Two calls differ in any case, and columns, and "
    "rows of a random x: compare *where* the rows of one call are 0.",
    never=lambda layer: (_drops(layer), False),
)
dropout_faults.mistake(
    "`one_mask` is always True with you. Some entries are alike by chance, one row is "
    "like itself, one seed draws twice alike: take *all* entries of many rows.",
    some=lambda layer: (_drops(layer), True),
)
dropout_faults.mistake(
    "True and False are exchanged: True says that the fault is there.",
    both_turned=lambda layer: (not _drops(layer), not _alike(layer.train())),
    first_turned=lambda layer: (not _drops(layer), _alike(layer.train())),
    second_turned=lambda layer: (_drops(layer), not _alike(layer.train())),
)
dropout_faults.mistake(
    "The two are in the other order.",
    swapped=lambda layer: dropout_faults.reference(layer)[::-1],
)
