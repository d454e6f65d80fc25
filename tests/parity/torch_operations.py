"""PyTorch's samples of functions (op_db) on dlcourse's functions of the same names."""

import functools
import operator
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


# ------------------------------------------------- what samples ask for, as predicates


def unequal(call):
    return call.args[0].shape != call.args[1].shape


def number_first(call):
    return not isinstance(call.args[0], torch.Tensor)


def only_numbers(call):
    return not any(isinstance(x, torch.Tensor) for x in call.args)


def tensor_exponent(call):
    return isinstance(call.args[1], torch.Tensor)


def tensor_bounds(call):
    return any(isinstance(x, torch.Tensor) for x in call.args[1:])


def empty_among_others(call):
    return len({x.ndim for x in call.args[0]}) > 1


def drawn(call):
    return call.kwargs.get("training", True) and 0 < call.kwargs.get("p", 0.5) < 1


def negative_eps(call):
    return call.kwargs.get("eps", 1) < 0


def one_axis(call):
    return call.args[0].ndim == 1


# ----------------------------------------------------------------------- the table

Tensor = autograd.Tensor


def arithmetic(function, **more):
    """An operator of two: numbers alone are Python's, a number may come first."""
    return Entry(
        function,
        skipped={"numbers only, no Tensor": only_numbers},
        excepted={"a number before the operator's sign": number_first},
        **more,
    )


def reflected(function):
    return arithmetic(lambda a, b: function(b, a))


batch_norm = Entry(functional.batch_norm, {"an input of one axis": one_axis})
max_pool = Entry(defaults={"ceil_mode": False, "return_indices": False})

# What needs a word. All other names that both have run as they are.
TABLE = {
    "add": arithmetic(operator.add),
    "sub": arithmetic(operator.sub),
    "mul": arithmetic(operator.mul),
    "div.no_rounding_mode": arithmetic(operator.truediv),
    "true_divide": arithmetic(operator.truediv),
    "pow": arithmetic(
        operator.pow, outside={"an exponent that is no number": tensor_exponent}
    ),
    "__radd__": reflected(operator.add),
    "__rsub__": reflected(operator.sub),
    "__rmul__": reflected(operator.mul),
    "__rdiv__": reflected(operator.truediv),
    "eq": arithmetic(operator.eq),
    "ne": arithmetic(operator.ne),
    "lt": arithmetic(operator.lt),
    "le": arithmetic(operator.le),
    "gt": arithmetic(operator.gt),
    "ge": arithmetic(operator.ge),
    "neg": Entry(operator.neg),
    "mm": Entry(operator.matmul),
    "mv": Entry(operator.matmul),
    "bmm": Entry(operator.matmul),
    "dot": Entry(operator.matmul),
    "where": Entry(lambda x, condition, y: autograd.where(condition, x, y)),
    "clamp": Entry(outside={"bounds that are no numbers": tensor_bounds}),
    "cat": Entry(outside={"an empty Tensor of another shape": empty_among_others}),
    "nn.functional.avg_pool1d": Entry(defaults={"ceil_mode": False}),
    "nn.functional.avg_pool2d": Entry(
        defaults={"ceil_mode": False},
        names=(
            "input",
            "kernel_size",
            "stride",
            "padding",
            "ceil_mode",
            "count_include_pad",
            "divisor_override",
        ),
    ),
    "nn.functional.max_pool1d": max_pool,
    "nn.functional.max_pool2d": max_pool,
    "nn.functional.batch_norm": batch_norm,
    "nn.functional.batch_norm.without_cudnn": batch_norm,
    "nn.functional.dropout": Entry(skipped={"drawn at random": drawn}),
    "nn.functional.dropout2d": Entry(skipped={"drawn at random": drawn}),
    "nn.functional.embedding": Entry(  # its samples turn the order round
        lambda weight, input: functional.embedding(input, weight)
    ),
    "nn.functional.group_norm": Entry(outside={"a negative eps": negative_eps}),
    "nn.functional.interpolate.nearest": Entry(functional.interpolate),
    "nn.functional.upsample_nearest": Entry(functional.interpolate),
    "nn.functional.layer_norm": Entry(outside={"a negative eps": negative_eps}),
    "nn.functional.scaled_dot_product_attention": Entry(defaults={"dropout_p": 0.0}),
    "nn.functional.mse_loss": Entry(
        outside={"PyTorch broadcasts unequal shapes, with a warning": unequal}
    ),
}


def ours(name):
    """dlcourse's function for a name of PyTorch's, or None."""
    if name in TABLE and TABLE[name].ours:
        return TABLE[name].ours
    functions = {name: getattr(functional, name) for name in functional.__all__}
    rooms = (vars(Tensor), vars(autograd), functions)
    if name.startswith("nn.functional."):
        rooms, name = rooms[2:], name.removeprefix("nn.functional.")
    found = next((room[name] for room in rooms if name in room), None)
    found = found.fget if isinstance(found, property) else found
    return found if callable(found) else None


def everything():
    """All of PyTorch's names, sorted."""
    return sorted(OPS)


def run(name):
    """All of PyTorch's samples for one name: a Row."""
    op, entry, row = OPS[name], TABLE.get(name, Entry()), Row(name)
    function = ours(name)
    for sample in samples(op):
        call = Call((sample.input, *sample.args), sample.kwargs).with_leaves()

        def both(call=call):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = op(*call.args, **call.kwargs)
            if expected is NotImplemented:
                raise Outside("PyTorch too leaves it to the other operand")
            convert = Converter()
            named = call.named(entry.names)
            y = run_ours(function, named, convert, entry.defaults.get)
            return compare(expected, y, convert.with_gradient())

        row.sample(entry, call, both)
    for bad in errors(op):
        sample = bad.sample_input
        call = Call((sample.input, *sample.args), sample.kwargs)
        named = call.named(entry.names)
        run_bad = functools.partial(
            run_ours, function, named, Converter(), entry.defaults.get
        )
        row.error(entry, call, str(bad.error_regex), run_bad)
    return row


def samples(op):
    """The larger set of samples where PyTorch makes it with gradients."""
    for make in (op.reference_inputs, op.sample_inputs):
        try:
            torch.manual_seed(0)
            return list(make("cpu", torch.float64, requires_grad=op.supports_autograd))
        except ValueError:  # where and clamp: not with requires_grad
            continue
    raise Outside("no samples")


def errors(op):
    """PyTorch's error inputs; most operations have none."""
    if op.error_inputs_func is None:
        return []
    torch.manual_seed(0)
    return list(op.error_inputs("cpu"))
