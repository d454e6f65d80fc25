"""What all optimisers share: the parameters, in groups, and the state kept for each."""

import copy

import numpy as np

from dlcourse.autograd import Tensor, no_grad


class Optimizer:
    """Base of the optimisers; a subclass defines ``update(parameter, group, state)``.

    Args:
        params: Tensors, or dicts ``{"params": [...], "lr": ...}``: groups with settings
            of their own.
        defaults: the settings of groups that do not give them.

    Attributes:
        param_groups: a list of dicts; changing ``group["lr"]`` takes effect at once.
        state: for each parameter, what the method remembers of it.
    """

    def __init__(self, params, defaults):
        if isinstance(params, Tensor):
            raise TypeError("params expects an iterable of Tensors, got one Tensor")
        params = list(params)
        if not params:
            raise ValueError(
                "the optimiser got no parameters: is the generator already used up?"
            )
        groups = params if isinstance(params[0], dict) else [{"params": params}]
        unknown = {key for group in groups for key in group} - {"params", *defaults}
        if unknown:
            raise ValueError(f"unknown settings {sorted(unknown)} in a parameter group")
        self.param_groups = [{**defaults, **g, "params": _listed(g)} for g in groups]
        self.state = {}
        owned = [p for group in self.param_groups for p in group["params"]]
        if len(set(owned)) != len(owned):
            raise ValueError("a parameter appears twice: each is updated once a step")

    def update(self, parameter, group, state):
        """Change ``parameter.data``; ``state`` is what is remembered of it."""
        raise NotImplementedError

    @no_grad()
    def step(self):
        """Update every parameter that has a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.update(parameter, group, self.state.setdefault(parameter, {}))
                    parameter._version[0] += 1  # the tape must notice

    def zero_grad(self):
        """Forget all gradients: ``backward`` adds to what is there."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def state_dict(self):
        """{"state", "param_groups"} with parameters numbered, in PyTorch's layout."""
        number = {p: i for i, p in enumerate(self._parameters())}
        return {
            "state": {
                number[p]: {k: _wrapped(v) for k, v in state.items()}
                for p, state in self.state.items()
                if state
            },
            "param_groups": [
                {**group, "params": [number[p] for p in group["params"]]}
                for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict):
        """Take over settings and state from the ``state_dict`` of either engine."""
        own = [len(group["params"]) for group in self.param_groups]
        new = [len(group["params"]) for group in state_dict["param_groups"]]
        if own != new:
            raise ValueError(
                f"parameters per group: {own} here, {new} in the state_dict"
            )
        for group, loaded in zip(
            self.param_groups, state_dict["param_groups"], strict=True
        ):
            known = group.keys() & loaded.keys() - {"params"}
            group.update({key: copy.copy(loaded[key]) for key in known})
        parameters = list(self._parameters())
        self.state = {
            parameters[int(i)]: {k: _unwrapped(v) for k, v in state.items()}
            for i, state in state_dict["state"].items()
        }

    def _parameters(self):
        return (p for group in self.param_groups for p in group["params"])


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


def _wrapped(value):
    return Tensor(value.copy()) if isinstance(value, np.ndarray) else value


def _unwrapped(value):
    return np.asarray(value.detach()).copy() if hasattr(value, "detach") else value
