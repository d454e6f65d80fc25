"""What all optimisers share: the parameters, in groups, and the state kept for each."""

import copy
from collections import defaultdict

import numpy as np

from dlcourse.autograd import Tensor
from dlcourse.checks import expect_flags, expect_in
from dlcourse.optim.blocks import Plan, expect_shape

INTERVALS = {  # of the settings
    **dict.fromkeys(("lr", "lr_decay", "weight_decay", "eps"), "[0, inf)"),
    **dict.fromkeys(("momentum", "initial_accumulator_value"), "[0, inf)"),
    **{"dampening": "(-inf, inf)", "alpha": "[0, inf)", "rho": "[0, 1]"},
}
FLAGS = {"nesterov", "centered"}
ONLY_PYTORCHS = {  # how PyTorch computes, not what: no part of the settings here
    *("foreach", "fused", "capturable", "differentiable", "decoupled_weight_decay"),
    *("amsgrad", "maximize"),  # these two change the numbers: they have to be off
}


class Optimizer:
    """Base of the optimisers; a subclass defines ``update`` and what it remembers.

    Args:
        params: Tensors, or dicts ``{"params": [...], "lr": ...}``: groups with settings
            of their own.
        defaults: the settings of groups that do not give them.

    Attributes:
        param_groups: a list of dicts; changing ``group["lr"]`` takes effect at once.
        state: for each parameter a dict: "step", how many it has taken, and the arrays
            that the method remembers.
    """

    counts_steps = True  # whether PyTorch's state has "step"

    def __init__(self, params, defaults):
        if isinstance(params, Tensor):
            raise TypeError("params expects an iterable of Tensors, got one Tensor")
        params = list(params)
        if not params:
            raise ValueError(
                "the optimiser got no parameters: is the generator already used up?"
            )
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        self._plans = {}  # one for each group, made in the first step
        for group in params if isinstance(params[0], dict) else [{"params": params}]:
            self.add_param_group(group)

    def add_param_group(self, param_group):
        """Update more parameters from now on, with settings of their own."""
        if not isinstance(param_group, dict):
            kind = type(param_group).__name__
            raise TypeError(f"a parameter group is a dict with 'params', got {kind}")
        unknown = param_group.keys() - {"params", *self.defaults}
        if unknown:
            raise ValueError(f"unknown settings {sorted(unknown)} in a parameter group")
        group = {**self.defaults, **param_group, "params": _listed(param_group)}
        self._expect_range(group)
        owned = [*self._parameters(), *group["params"]]
        if len(set(owned)) != len(owned):
            raise ValueError("a parameter appears twice: each is updated once a step")
        self.param_groups.append(group)

    # ------------------------------------------------------- what a method defines

    def remembered(self, group):
        """Names of the arrays that are kept for each parameter."""
        return ()

    def begin(self, name, parameter, group):
        """What the array called ``name`` holds before the first step."""
        return np.zeros(parameter.shape, parameter.dtype)

    def update(self, runs, group, step):
        """Take step number ``step`` (from 1): ``for w, g, *arrays in runs`` change w.

        All are flat NumPy arrays; ``arrays`` come in the order of ``remembered``.
        Change ``w`` and them in place, and only read ``g``.
        """
        raise NotImplementedError

    # -------------------------------------------------------------- what users call

    def step(self):
        """Update every parameter that has a gradient."""
        for i, group in enumerate(self.param_groups):
            ready = [p for p in group["params"] if p.grad is not None]
            names = self.remembered(group)
            plan = self._plans.get(i)
            if plan is None or not plan.fits(ready, names, self.state):
                self._begin(ready, names, group)
                plan = self._plans[i] = Plan(ready, names, self.state)
            settings = {name: _plain(value) for name, value in group.items()}
            for pack in plan.packs:
                step = pack.states[0]["step"] + 1
                self.update(pack.runs(), settings, step)
                for state in pack.states:
                    state["step"] = step
            for p in ready:
                p._version[0] += 1  # the tape must notice

    def zero_grad(self):
        """Forget all gradients: ``backward`` adds to what is there."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def state_dict(self):
        """{"state", "param_groups"} with parameters numbered, in PyTorch's layout."""
        number = {p: i for i, p in enumerate(self._parameters())}
        hidden = set() if self.counts_steps else {"step"}
        return {
            "state": {
                number[p]: {k: _wrapped(state[k]) for k in state.keys() - hidden}
                for p, state in self.state.items()
                if state.keys() - hidden
            },
            "param_groups": [
                {**group, "params": [number[p] for p in group["params"]]}
                for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict):
        """Take over settings and state from the ``state_dict`` of either engine."""
        own = [len(group["params"]) for group in self.param_groups]
        groups = state_dict["param_groups"]
        new = [len(group["params"]) for group in groups]
        if own != new:
            raise ValueError(
                f"parameters per group: {own} here, {new} in the state_dict"
            )
        for name in ("amsgrad", "maximize"):
            if any(group.get(name) for group in groups):
                raise ValueError(f"a state_dict with {name}=True: not offered here")
        parameters, state = list(self._parameters()), defaultdict(dict)
        for i, entries in state_dict["state"].items():
            p = parameters[int(i)]
            state[p] = {k: _unwrapped(v) for k, v in entries.items() if v is not None}
            for name in state[p].keys() - {"step"}:
                expect_shape(f"{name!r} in the state_dict", state[p][name], p)
            state[p]["step"] = int(state[p].get("step", 1))
        for group, loaded in zip(self.param_groups, groups, strict=True):
            for key in loaded.keys() - {"params", *ONLY_PYTORCHS}:
                group[key] = copy.copy(loaded[key])
        self.state = state

    # -------------------------------------------------------------------- inside

    def _parameters(self):
        return (p for group in self.param_groups for p in group["params"])

    def _begin(self, parameters, names, group):
        for p in parameters:
            state = self.state[p]
            missing = [name for name in names if name not in state]
            if missing or "step" not in state:
                state["step"] = 0
            for name in missing:
                state[name] = self.begin(name, p, group)

    def _expect_range(self, group):
        who = type(self).__name__
        for name, value in group.items():
            if name in INTERVALS:
                expect_in(who, name, value, INTERVALS[name])
            elif name in FLAGS:
                expect_flags(who, **{name: value})
            elif name == "betas":
                if not isinstance(value, tuple | list) or len(value) != 2:
                    raise ValueError(
                        f"{who} expects betas to be two numbers, got {value!r}"
                    )
                for beta in value:
                    expect_in(who, name, beta, "[0, 1)")

    def __getstate__(self):
        """Copies and pickles plan anew: a plan's arrays share memory, copies do not."""
        return {**vars(self), "_plans": {}}


def _listed(group):
    if "params" not in group:
        raise ValueError("a parameter group needs 'params'")
    params = group["params"]
    params = [params] if isinstance(params, Tensor) else list(params)
    for p in params:
        if not isinstance(p, Tensor):
            raise TypeError(f"params expects Tensors, got {type(p).__name__}")
        if not p.is_leaf:
            raise ValueError("an optimiser can't change a computed tensor, only leaves")
    return params


def _plain(value):
    """NumPy's numbers as Python's, which leave the dtype of what they multiply."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value


def _wrapped(value):
    return Tensor(value.copy()) if isinstance(value, np.ndarray) else value


def _unwrapped(value):
    return np.asarray(value.detach() if hasattr(value, "detach") else value).copy()
