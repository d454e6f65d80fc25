"""One call on both engines: converted, run, compared; and a row of what came out.

A sample is *equal* where values and gradients are PyTorch's to RTOL, *outside* where it
asks for what dlcourse leaves out (then dlcourse must raise: never a number in silence),
and a *failure* otherwise.
"""

import contextlib
import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

import dlcourse

RTOL = 1e-9
ROUNDING = 1e-13  # what may be left of a gradient that is 0
RAISED = (ValueError, TypeError, RuntimeError, IndexError, NotImplementedError)


class Outside(Exception):
    """This sample asks for something that dlcourse does not offer."""


class Failure(Exception):
    """The engines differ."""


@dataclass(frozen=True)
class Entry:
    """How a name of PyTorch's is met.

    Attributes:
        ours: the callable; None for dlcourse's own of the same name.
        outside: {reason: predicate of a Call}: samples that dlcourse refuses.
        skipped: the same, for samples that can't be compared (drawn at random).
        excepted: the same, for error inputs of PyTorch's that dlcourse takes.
        defaults: PyTorch's, of arguments that we lack, where its signature hides them.
        names: PyTorch's of its arguments, where our order has gaps.
    """

    ours: Callable | None = None
    outside: Mapping = field(default_factory=dict)
    skipped: Mapping = field(default_factory=dict)
    excepted: Mapping = field(default_factory=dict)
    defaults: Mapping = field(default_factory=dict)
    names: tuple = ()


@dataclass
class Call:
    """What PyTorch's sample passes; ``made`` is what made the module, if it is one."""

    args: tuple
    kwargs: dict
    made: "Call | None" = None

    def with_leaves(self):
        """The same call, where each Tensor that requires a gradient is a leaf.

        Some of PyTorch's samples are views of one, and get no gradient themselves.
        """
        leaves = {}

        def leaf(x):
            if type(x) in (list, tuple):
                return type(x)(map(leaf, x))
            if isinstance(x, torch.Tensor) and x.requires_grad:
                return leaves.setdefault(id(x), x.detach().requires_grad_())
            return x

        kwargs = {name: leaf(x) for name, x in self.kwargs.items()}
        return Call(leaf(tuple(self.args)), kwargs, self.made)

    def named(self, names):
        """The same call with these names for the positional arguments."""
        named = dict(zip(names, self.args, strict=False))
        return Call(self.args[len(named) :], named | self.kwargs, self.made)

    def __str__(self):
        texts = [_brief(x) for x in self.args]
        texts += [f"{name}={_brief(x)}" for name, x in self.kwargs.items()]
        made = f"{self.made} called with " if self.made else ""
        return f"{made}({', '.join(texts)})"


@dataclass
class Row:
    """What came out for one name of PyTorch's."""

    name: str
    equal: int = 0
    gradients: int = 0
    errors: int = 0
    outside: Counter = field(default_factory=Counter)
    excepted: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)

    def sample(self, entry, call, compare):
        """Count one sample; ``compare()`` says whether gradients were compared too."""
        for reason, holds in entry.skipped.items():
            if holds(call):
                self.outside[reason] += 1
                return
        reason = next((r for r, holds in entry.outside.items() if holds(call)), None)
        try:
            gradients = compare()
        except Outside as left_out:
            self.outside[str(left_out)] += 1
        except Failure as failure:
            self.failures.append(f"{call}: {failure}")
        except Exception as error:
            if reason and isinstance(error, RAISED) and str(error):
                self.outside[reason] += 1
            else:
                self.failures.append(f"{call}: {type(error).__name__}: {error}")
        else:
            if reason:
                self.failures.append(f"{call}: is said to be outside ({reason}), runs")
            self.equal += 1
            self.gradients += bool(gradients)

    def error(self, entry, call, expected, run):
        """Count one error input: where PyTorch raises, ``run()`` must."""
        for reason, holds in entry.excepted.items():
            if holds(call):
                self.excepted[reason] += 1
                return
        try:
            run()
        except Outside as left_out:
            self.outside[f"{left_out}, in an error input"] += 1
        except RAISED as error:
            self.errors += 1
            if not str(error):
                self.failures.append(f"{call}: {type(error).__name__} without a word")
        except Exception as error:
            self.failures.append(f"{call}: {type(error).__name__}: {error}")
        else:
            self.failures.append(f"{call}: no error, PyTorch's: {expected}")


class Converter:
    """PyTorch's arguments as dlcourse's; remembers the pairs that have gradients."""

    def __init__(self):
        self.pairs = {}

    def __call__(self, x):
        if isinstance(x, torch.Tensor):
            if id(x) not in self.pairs:
                self.pairs[id(x)] = x, self._tensor(x)
            return self.pairs[id(x)][1]
        if isinstance(x, torch.Size):
            return tuple(x)
        if type(x) in (list, tuple):
            return type(x)(map(self, x))
        if isinstance(x, dict):
            return {key: self(value) for key, value in x.items()}
        if isinstance(x, torch.dtype):
            return np.dtype(str(x).removeprefix("torch."))
        return x

    def _tensor(self, x):
        if x.dtype in (torch.bfloat16, torch.float16) or x.is_complex():
            raise Outside(f"dtype {str(x.dtype).removeprefix('torch.')}")
        return dlcourse.tensor(x.detach().numpy(), requires_grad=x.requires_grad)

    def with_gradient(self):
        """The pairs (PyTorch's, ours) of inputs that require a gradient."""
        return [(x, y) for x, y in self.pairs.values() if x.requires_grad]


def fitted(function, call, default=lambda name: None):
    """``call``'s kwargs without those that name PyTorch's default for what we lack.

    Raises Outside where an argument that says more is one that ``function`` lacks.
    """
    parameters = inspect.signature(function).parameters.values()
    kinds = {p.kind for p in parameters}
    kwargs = dict(call.kwargs)
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        for name in sorted(kwargs.keys() - {p.name for p in parameters}):
            if kwargs.pop(name) not in (None, default(name)):
                raise Outside(f"argument {name}")
    if inspect.Parameter.VAR_POSITIONAL not in kinds:
        room = sum(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters)
        if len(call.args) > room:
            raise Outside(f"a positional argument no. {room + 1}")
    return kwargs


def default_of(theirs, name):
    """PyTorch's default of an argument; None where its signature can't be read."""
    makers = inspect.getmro(theirs) if isinstance(theirs, type) else (theirs,)
    for maker in makers:
        with contextlib.suppress(TypeError, ValueError):
            parameters = inspect.signature(maker).parameters
            if name in parameters:
                return parameters[name].default
    return None


def run_ours(function, call, convert, default=lambda name: None):
    """``function`` of dlcourse on PyTorch's arguments, converted."""
    kwargs = fitted(function, call, default)
    return function(*convert(tuple(call.args)), **convert(kwargs))


def compare(theirs, ours, pairs):
    """Raise Failure where values, or gradients of ``pairs``, differ.

    Returns whether there were gradients. Each result is weighted with random numbers.
    """
    theirs, ours = flattened(theirs), flattened(ours)
    if len(theirs) != len(ours):
        raise Failure(f"{len(ours)} results, expected {len(theirs)}")
    for i, (a, b) in enumerate(zip(theirs, ours, strict=True)):
        expect_equal(f"result {i}" if len(ours) > 1 else "the result", a, b)
    differentiable = [
        i for i, y in enumerate(theirs) if getattr(y, "requires_grad", False)
    ]
    if not pairs or not differentiable:
        return False
    rng = np.random.default_rng(0)
    seeds = {i: rng.uniform(-1, 1, theirs[i].shape) for i in differentiable}
    expected = torch.autograd.grad(
        [theirs[i] for i in differentiable],
        [x for x, _ in pairs],
        [torch.tensor(g, dtype=theirs[i].dtype) for i, g in seeds.items()],
        allow_unused=True,
    )
    for i, g in seeds.items():
        if not ours[i].requires_grad:
            raise Failure(f"result {i} has no gradient")
        ours[i].backward(
            dlcourse.tensor(np.asarray(g, ours[i].dtype)),
            retain_graph=i != differentiable[-1],
        )
    for n, ((x, y), gradient) in enumerate(zip(pairs, expected, strict=True)):
        gradient = torch.zeros_like(x) if gradient is None else gradient
        grad = dlcourse.tensor(np.zeros_like(y.data)) if y.grad is None else y.grad
        name = getattr(y, "name", "") or f"input {n}"
        # PyTorch's slope at nan is 0 here and nan there: left out.
        unsettled = sum(np.isnan(z.data) for _, z in pairs if z.shape == y.shape) > 0
        if unsettled.any():
            gradient = gradient.masked_fill(torch.tensor(unsettled), 0)
            grad = dlcourse.tensor(np.where(unsettled, 0, grad.data))
        expect_equal(f"the gradient of {name}", gradient, grad)
    return True


def expect_equal(what, theirs, ours):
    """One shape, one dtype; equal to RTOL of the largest entry, or both rounding."""
    if isinstance(theirs, bool | int | float) and type(ours) is type(theirs):
        theirs = torch.from_numpy(np.asarray(theirs))  # a float is float64 so
        ours = dlcourse.tensor(np.asarray(ours))
    if not isinstance(ours, dlcourse.autograd.Tensor):
        raise Failure(f"{what} is a {type(ours).__name__}, expected a Tensor")
    a, b = theirs.detach().resolve_neg().numpy(), ours.data
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        raise Failure(f"{what}: {b.dtype} {b.shape}, expected {a.dtype} {a.shape}")
    if a.dtype.kind != "f":
        if not np.array_equal(a, b):
            raise Failure(f"{what} differs")
        return
    finite = np.isfinite(a)
    rtol = RTOL if a.dtype == np.float64 else 1e-5
    largest = np.abs(a[finite]).max(initial=0)
    if not np.array_equal(np.where(finite, 0, a), np.where(finite, 0, b), True):
        raise Failure(f"{what}: not finite in other places than PyTorch's")
    error = np.abs(np.where(finite, a - b, 0)).max(initial=0)
    if not error <= max(rtol * largest, ROUNDING):
        raise Failure(f"{what} is off by {error / largest if largest else error:.1e}")


def flattened(x):
    """The Tensors in nested results, in order; None is left out."""
    if isinstance(x, list | tuple):
        return [y for part in x for y in flattened(part)]
    return [] if x is None else [x]


def _brief(x):
    if isinstance(x, torch.Tensor):
        return f"{tuple(x.shape)}" + ("" if x.is_floating_point() else f" {x.dtype}")
    if isinstance(x, list | tuple) and any(isinstance(y, torch.Tensor) for y in x):
        return f"[{', '.join(map(_brief, x))}]"
    return repr(x).removeprefix("torch.")
