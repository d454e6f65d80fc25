"""Stochastic gradient descent, with momentum."""

from dlcourse.optim.optimizer import Optimizer


class SGD(Optimizer):
    """w <- w - lr * v, with the velocity v <- momentum * v + g.

    Without momentum v is the gradient g. Sutskever et al. (2013) put lr inside v: the
    same as long as lr stays constant.

    Args:
        params: Tensors, or parameter groups.
        lr: the step size, or learning rate.
        momentum: the share of the velocity that is kept at each step.
        dampening: the share of a new gradient that is *not* added to the velocity.
        weight_decay: adds weight_decay * w to g: the gradient of an L2 penalty.
        nesterov: step along g + momentum * v instead of v (Nesterov, 1983).
    """

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False
    ):
        settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        for name, value in settings.items():
            if not value >= 0:
                raise ValueError(f"SGD expects {name} of at least 0, got {value!r}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum above 0 and no dampening")
        super().__init__(
            params, {**settings, "dampening": dampening, "nesterov": nesterov}
        )

    def update(self, parameter, group, state):
        g, momentum = parameter.grad.data, group["momentum"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * parameter.data
        if momentum:
            v = state.get("momentum_buffer")
            if v is None:
                v = g.copy()  # the first step is not dampened
            else:
                v *= momentum
                v += (1 - group["dampening"]) * g
            state["momentum_buffer"] = v
            g = g + momentum * v if group["nesterov"] else v
        parameter.data -= group["lr"] * g
