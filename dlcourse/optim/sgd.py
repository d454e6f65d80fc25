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

    counts_steps = False

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False
    ):
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum above 0 and no dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        super().__init__(params, defaults)

    def remembered(self, group):
        return ("momentum_buffer",) if group["momentum"] else ()

    def update(self, runs, group, step):
        lr, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
        share = 1 if step == 1 else 1 - group["dampening"]  # the first one is whole
        for w, g, *velocity in runs:
            if decay:
                g = g + decay * w
            if velocity:
                (v,) = velocity
                v *= momentum
                v += g if share == 1 else share * g
                g = g + momentum * v if group["nesterov"] else v
            w -= lr * g
