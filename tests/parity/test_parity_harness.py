"""The harness sees what is wrong: values, gradients, shapes, silent numbers."""

import numpy as np
import pytest
import torch
from parity import Call, Converter, Entry, Row, compare, run_ours

from dlcourse import tensor
from dlcourse.autograd import record


def result_of(ours, entry=None):
    """The row of one sample, torch.tanh's, and of one error input."""
    row, entry = Row("tanh"), entry or Entry()
    x = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
    call = Call((x,), {})

    def both():
        convert = Converter()
        y = run_ours(ours, call, convert)
        return compare(torch.tanh(x), y, convert.with_gradient())

    row.sample(entry, call, both)
    row.error(entry, call, "PyTorch's message", lambda: ours(tensor([[1.0]])))
    return row


def tanh(x, factor=1.0, slope=1.0, expect_vector=True, dtype=None):
    if expect_vector and x.ndim != 1:
        raise ValueError("tanh expects a vector here")
    y = np.tanh(x.data)
    out = (factor * y).astype(dtype or y.dtype)
    return record("tanh", out, (x, lambda g: slope * g * (1 - y * y)))


def test_what_is_right_passes():
    row = result_of(tanh)
    assert (row.equal, row.gradients, row.errors, row.failures) == (1, 1, 1, [])


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda x: tanh(x, factor=1 + 1e-8), "the result is off by 1.0e-08"),
        (lambda x: tanh(x, slope=-1), "the gradient of input 0 is off"),
        (lambda x: tanh(x, slope=1 + 1e-8), "the gradient of input 0 is off"),
        (lambda x: tanh(x).reshape(-1, 1), "expected float64 (5,)"),
        (lambda x: tanh(x, dtype=np.float32), "float32 (5,), expected float64"),
        (lambda x: tanh(x).detach(), "result 0 has no gradient"),
        (lambda x: tanh(x).data, "is a ndarray, expected a Tensor"),
        (lambda x: tanh(x, expect_vector=False), "no error, PyTorch's"),
    ],
    ids=["value", "sign", "slope", "shape", "dtype", "detached", "array", "silence"],
)
def test_what_is_wrong_fails(fault, message):
    failures = result_of(fault).failures
    assert len(failures) == 1
    assert message in failures[0]


def test_outside_must_raise():
    outside = Entry(outside={"vectors": lambda call: True})
    (failure,) = result_of(tanh, outside).failures
    assert "is said to be outside (vectors), runs" in failure

    def refuses(x):
        raise ValueError("no vectors")

    row = result_of(refuses, outside)
    assert (row.equal, row.outside["vectors"], row.failures) == (0, 1, [])
    assert len(result_of(refuses).failures) == 1


def test_an_argument_that_is_absent_is_outside_unless_it_says_nothing():
    for value, equal in ((None, 1), (2, 0)):
        row = Row("relu")
        call = Call((), {"inplace": value})
        row.sample(Entry(), call, lambda c=call: run_ours(lambda: None, c, Converter()))
        assert row.equal == equal
        assert row.outside["argument inplace"] == 1 - equal
