"""PyTorch's samples of functions (op_db) on dlcourse's functions of the same names."""

import functools
import warnings

import torch
from parity import Call, Converter, Entry, Outside, Row, compare, run_ours
from torch.testing._internal.common_methods_invocations import op_db

from dlcourse import autograd
from dlcourse.nn import functional

OPS = {
    op.name + (f".{op.variant_test_name}" if op.variant_test_name else ""): op
    for op in op_db
}


def empty(call):
    return call.args[0].numel() == 0


def unequal(call):
    return call.args[0].shape != call.args[1].shape


def array_exponent(call):
    return isinstance(call.args[1], torch.Tensor)


# What needs a word. All other names that both have run as they are.
TABLE = {
    "div.no_rounding_mode": Entry(autograd.Tensor.__truediv__),
    "pow": Entry(outside={"the exponent is a number": array_exponent}),
    "nn.functional.mse_loss": Entry(
        outside={"PyTorch broadcasts unequal shapes, with a warning": unequal}
    ),
}


def ours(name):
    """dlcourse's function for a name of PyTorch's, or None."""
    if name in TABLE and TABLE[name].ours:
        return TABLE[name].ours
    if name.startswith("nn.functional."):
        return getattr(functional, name.removeprefix("nn.functional."), None)
    found = vars(autograd.Tensor).get(name) or vars(autograd).get(name)
    found = found.fget if isinstance(found, property) else found
    return found if callable(found) else None


def names():
    """The names that both offer."""
    return [name for name in OPS if ours(name)]


def run(name):
    """All of PyTorch's samples for one name: a Row."""
    op, entry, row = OPS[name], TABLE.get(name, Entry()), Row(name)
    function = ours(name)
    for sample in samples(op):
        call = Call((sample.input, *sample.args), sample.kwargs)

        def both(call=call):
            convert = Converter()
            y = run_ours(function, call, convert)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = op(*call.args, **call.kwargs)
            return compare(expected, y, convert.with_gradient())

        row.sample(entry, call, both)
    for bad in errors(op):
        sample = bad.sample_input
        call = Call((sample.input, *sample.args), sample.kwargs)
        run_bad = functools.partial(run_ours, function, call, Converter())
        row.error(entry, call, str(bad.error_regex), run_bad)
    return row


def samples(op):
    """The larger set of samples where PyTorch makes it with gradients."""
    for make in (op.reference_inputs, op.sample_inputs):
        try:
            torch.manual_seed(0)
            return list(
                make("cpu", torch.float64, requires_grad=op.supports_autograd)
            )
        except ValueError:  # where and clamp: not with requires_grad
            continue
    raise Outside("no samples")


def errors(op):
    """PyTorch's error inputs; most operations have none."""
    if op.error_inputs_func is None:
        return []
    torch.manual_seed(0)
    return list(op.error_inputs("cpu"))
