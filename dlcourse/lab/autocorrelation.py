"""How soon a gradient forgets itself: its autocorrelation along a line of inputs.

A gradient that changes slowly from one input to the next can be followed by steps of
some length; one that resembles white noise cannot (Balduzzi et al., *The shattered
gradients problem*, 2017).
"""

import numpy as np

from dlcourse.lab.examples import array, checked_inputs, engine_of
from dlcourse.nn.measuring import measuring


def autocorrelation(values, lags, *, centred=False):
    """The correlation of a row of values with itself, shifted by each of ``lags``.

    For lag k it is the sum of v_i v_(i+k) over the root of the sums of squares of both
    parts: 1 where nothing changes, about 0 for white noise, never above 1.

    Args:
        values: (n,), or (n, d) for vectors: then products are dot products.
        lags: whole numbers from 0 to n - 1.
        centred: take off the mean first, as statistics has it. By default not: a
            constant gradient is what one hopes for, and has correlation 1, not 0/0.

    Returns an array, one entry for each lag. Raises ValueError for lags out of range,
    for values that are not finite, and where one of the parts is 0 throughout.
    """
    values, lags = np.asarray(values, float), np.atleast_1d(lags)
    if values.ndim not in (1, 2) or len(values) < 2:
        raise ValueError(
            f"autocorrelation expects values (n,) or (n, d), got {values.shape}"
        )
    if lags.dtype.kind not in "iu" or lags.min() < 0 or lags.max() >= len(values):
        raise ValueError(
            f"lags expects whole numbers from 0 to {len(values) - 1}, got "
            f"{lags.tolist()}"
        )
    if not np.isfinite(values).all():
        raise ValueError("autocorrelation expects finite values")
    values = values.reshape(len(values), -1)
    if centred:
        values = values - values.mean(axis=0)
    values = values / (np.abs(values).max() or 1)  # squares of tiny values would be 0
    squares = np.square(values).sum(axis=1)
    found = []
    for lag in lags:
        end = len(values) - lag
        size = np.sqrt(squares[:end].sum() * squares[lag:].sum())
        if not size:
            raise ValueError(
                "autocorrelation: the values are 0"
                + (" once their mean is taken off" if centred else "")
            )
        found.append(np.sum(values[:end] * values[lag:]) / size)
    return np.array(found)


def input_gradients(model, x):
    """d(sum of the outputs)/dx for each example: an array of x's shape (N, ...).

    Where examples do not meet inside the model, row i is the gradient of output i. The
    model may be dlcourse's or torch's; it stays as it is.
    """
    engine, x = engine_of(model), checked_inputs(x, model, "input_gradients")
    inputs = engine.tensor(x, requires_grad=True)
    with measuring(model):
        model(inputs).sum().backward()
    return array(inputs.grad).copy()
