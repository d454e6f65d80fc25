"""Where nan and inf come from: the first layer that gave them, and why."""

import numpy as np

from dlcourse.lab.examples import array, engine_of
from dlcourse.nn.measuring import measuring


def first_nonfinite(model, x):
    """The first layer of ``model`` whose output for ``x`` holds nan or inf: a sentence.

    Runs one forward pass. The sentence tells whether the layer's parameters, its input
    or only its output were not finite. None where all outputs are finite.

    Args:
        model: a Module of dlcourse or torch; it stays as it is.
        x: a Tensor of the model's kind, (N, ...).
    """
    found = []

    def watch(name):
        def hook(module, args, output):
            if _count(output)[0]:
                found.append(_blame(name, module, args, output, x))

        return hook

    handles = [
        module.register_forward_hook(watch(name))
        for name, module in model.named_modules()
    ]
    try:
        with (
            measuring(model),
            engine_of(model).no_grad(),
            np.errstate(all="ignore"),
        ):
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else None


def explain(loss, model, x, y, step, data):
    """Why the loss of ``step`` is nan or inf: the text of the error that says so.

    To be asked before the parameters are updated.

    Args:
        loss: the loss, a float.
        model, x, y: the model and the batch, Tensors.
        data: all examples, an array (N, ...): a bad one may have come in earlier steps.
    """
    began = first_nonfinite(model, x)
    if began is None:
        bad, n = _count(y)
        began = (
            f"every layer's output is finite, but {bad} of {n} targets are not"
            if bad
            else "every layer's output is finite: it began in the loss function"
        )
    text = f"step {step}: the loss is {loss}. {began[0].upper()}{began[1:]}"
    rows = np.flatnonzero(~np.isfinite(data.reshape(len(data), -1)).all(axis=1))
    if len(rows):
        text += f". Not finite are {len(rows)} of {len(data)} examples: x[{rows[0]}]"
        text += ", ..." if len(rows) > 1 else ""
    return text


def _blame(name, module, args, output, x):
    kind = type(module).__name__
    began = "it began in " + (f"layer {name!r} ({kind})" if name else f"the {kind}")
    for parameter, values in module.named_parameters():
        bad, n = _count(values)
        if bad and "." not in parameter:  # the layer's own, not one of its parts'
            return (
                f"{began}: {bad} of {n} entries of its parameter {parameter!r} are nan "
                "or inf, from an earlier update: is the learning rate too large?"
            )
    bad, n = _count(args)
    if bad:
        whence = (
            "they are in the examples"
            if _count(x)[0]
            else "a forward() made them on the way to this layer"
        )
        return f"{began}: {bad} of {n} entries of its input are nan or inf: {whence}"
    bad, n = _count(output)
    return (
        f"{began}: {bad} of {n} entries of its output are nan or inf, though its input "
        "and its parameters are finite: it overflowed, divided by 0 or took log(0)"
    )


def _count(values):
    """(how many entries are nan or inf, how many there are), tuples added up."""
    if isinstance(values, tuple | list):
        counts = [_count(value) for value in values]
        return sum(bad for bad, _ in counts), sum(n for _, n in counts)
    entries = array(values)
    if entries.dtype.kind != "f":
        return 0, entries.size
    return int(entries.size - np.isfinite(entries).sum()), entries.size
