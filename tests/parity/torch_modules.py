"""PyTorch's samples of modules (module_db) on dlcourse's modules of the same names."""

import functools
import warnings

import torch
from parity import (
    Call,
    Converter,
    Entry,
    Row,
    compare,
    default_of,
    expect_equal,
    fitted,
    run_ours,
)
from torch.testing._internal.common_modules import ModuleErrorEnum, module_db

from dlcourse import nn

MODULES = {info.name: info for info in module_db}
SETTINGS = {"device": "cpu", "dtype": torch.float64, "requires_grad": True}

TABLE = {}


def ours(name):
    """dlcourse's class for a name of PyTorch's, or None."""
    return getattr(nn, name.removeprefix("nn."), None)


def everything():
    """All of PyTorch's names, sorted."""
    return sorted(MODULES)


def run(name):
    """All of PyTorch's samples for one name, in training and evaluation: a Row."""
    info, entry, row = MODULES[name], TABLE.get(name, Entry()), Row(name)
    for training in (True, False) if info.train_and_eval_differ else (True,):
        torch.manual_seed(0)
        for sample in info.module_inputs_func(info, training=training, **SETTINGS):
            call = _call(sample)
            row.sample(entry, call, lambda c=call, t=training: _both(info, c, t))
        if info.module_error_inputs_func is None:
            continue
        for bad in info.module_error_inputs_func(info, training=training, **SETTINGS):
            call = _call(bad.module_error_input)
            forward = bad.error_on is ModuleErrorEnum.FORWARD_ERROR
            row.error(
                entry,
                call,
                str(bad.error_regex),
                lambda c=call, f=forward: _only_ours(info, c, f),
            )
    return row


def _call(sample):
    """PyTorch's arguments of the forward, and of the constructor before it."""
    made, forward = sample.constructor_input, sample.forward_input
    forward = forward or type(made)()
    call = Call(forward.args, forward.kwargs)
    kwargs = {k: v for k, v in made.kwargs.items() if k not in ("device", "dtype")}
    call.made = Call(made.args, kwargs)
    return call


def _both(info, call, training):
    """Outputs, gradients of inputs and parameters, and buffers after the forward."""
    convert = Converter()
    module = _made(info, call, convert)
    reference = info.module_cls(*call.made.args, **call.made.kwargs).double()
    module.load_state_dict(reference.state_dict())
    reference.train(training)
    module.train(training)
    y = module(
        *convert(call.args),
        **convert(fitted(module.forward, call, info.module_cls.forward)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = reference(*call.args, **call.kwargs)
    parameters = dict(module.named_parameters())
    for key, parameter in parameters.items():
        parameter.name = key
    pairs = [(p, parameters[key]) for key, p in reference.named_parameters()]
    gradients = compare(expected, y, pairs + convert.with_gradient())
    for key, value in module.state_dict().items():
        expect_equal(f"{key} after the forward", reference.state_dict()[key], value)
    return gradients


def _only_ours(info, call, forward):
    convert = Converter()
    module = _made(info, call, convert)
    if forward:
        module(
            *convert(call.args),
            **convert(fitted(module.forward, call, info.module_cls.forward)),
        )


def _made(info, call, convert):
    default = functools.partial(default_of, info.module_cls)
    return run_ours(ours(info.name), call.made, convert, default).double()


def _forward(info, module, call, convert):
    default = functools.partial(default_of, info.module_cls.forward)
    kwargs = fitted(module.forward, call, default)
    return module(*convert(call.args), **convert(kwargs))
