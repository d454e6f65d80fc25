"""What training needs to know first: which engine is it, and are the examples fit?"""

import numpy as np

from dlcourse import autograd


def engine_of(model):
    """The module whose tensors ``model`` computes with: torch, or dlcourse.autograd.

    Both have ``tensor`` and ``no_grad``, all that the laboratory asks of them.
    Raises TypeError where ``model`` is no Module.
    """
    if isinstance(model, type):
        raise TypeError(f"model expects a Module, got the class: {model.__name__}(...)")
    if not hasattr(model, "named_parameters"):
        raise TypeError(
            f"model expects a Module of dlcourse or torch, got {type(model).__name__}"
        )
    if any(base.__module__.split(".")[0] == "torch" for base in type(model).__mro__):
        import torch

        return torch
    return autograd


def array(values):
    """A NumPy array of an array, list, or Tensor of either engine."""
    return np.asarray(values.detach() if hasattr(values, "detach") else values)


def checked_inputs(x, model, name):
    """``x`` as an array, if ``model`` can be given it.

    Integers are left as they are, for an embedding or a forward() of one's own.

    Raises ValueError where there are no examples, TypeError for a dtype that is not the
    model's, and for integers where the first layer takes floats.
    """
    engine_of(model)  # no Module? Then that is what to say first
    x = array(x)
    if x.ndim == 0 or x.size == 0:
        raise ValueError(f"{name} holds no examples: x has shape {x.shape}")
    if x.dtype.kind not in "iu" or _takes_floats(model):
        _expect_dtype(f"{name}: x", x, model)
    return x


def checked_examples(examples, model, name):
    """The pair ``(x, y)`` as arrays that ``model`` can be trained on; labels int64.

    Raises TypeError where ``examples`` are no pair or of a wrong dtype, ValueError
    where there are none, where x and y differ in number, and for labels below 0.
    """
    if not isinstance(examples, tuple | list) or len(examples) != 2:
        raise TypeError(f"{name} expects a pair (x, y), got {type(examples).__name__}")
    x, y = checked_inputs(examples[0], model, name), array(examples[1])
    if y.ndim == 0 or len(x) != len(y):
        count = len(y) if y.ndim else "a single number"
        raise ValueError(
            f"{name}: x and y differ in number, {len(x)} examples and {count} labels"
        )
    if y.dtype.kind not in "iu":
        _expect_dtype(f"{name}: y", y, model)
        return x, y
    if y.min() < 0:
        raise ValueError(f"{name}: labels start at 0, got {y.min()}")
    return x, y.astype(np.int64)


def check_labels(y, output, name):
    """Compare labels ``y`` (N,) with the model's ``output`` (N, K): 0 to K-1?

    Raises ValueError for labels out of range, TypeError for integers that are no labels
    but targets of the output's own shape. Floats pass.
    """
    if y.dtype.kind != "i":
        return
    if y.ndim == len(output.shape):
        raise TypeError(
            f"{name}: y holds integers in the shape of the model's output, {y.shape}: "
            "targets of a regression are floats, y.astype(np.float32)"
        )
    classes = output.shape[1]
    if y.max() >= classes:
        raise ValueError(
            f"{name}: labels go up to {y.max()}, but the model has {classes} outputs: "
            f"labels expected from 0 to {classes - 1}"
        )


def _takes_floats(model):
    """Whether it is a Sequential that begins with a layer of products."""
    while type(model).__name__ == "Sequential" and len(model):
        model = model[0]
    return type(model).__name__ in ("Linear", "Conv1d", "Conv2d")


def _expect_dtype(what, values, model):
    first = next(iter(model.parameters()), None)
    expected = np.dtype(np.float32) if first is None else array(first).dtype
    if values.dtype == expected:
        return
    scale = " / 255" if values.dtype == np.uint8 else ""
    raise TypeError(
        f"{what} is {values.dtype}, the model's parameters are {expected}: "
        f"use .astype(np.{expected}){scale}"
    )
