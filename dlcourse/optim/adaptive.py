"""A step size for each parameter, from the gradients that it has seen.

All divide the gradient by the root of a sum or mean of its squares, so a step hardly
depends on how large the gradients are. PyTorch adds eps outside the root, except in
Adadelta; where a paper or a lecture has it inside, the step differs while the mean is
not large against eps.
"""

import numpy as np

from dlcourse.optim.optimizer import Optimizer


class Adagrad(Optimizer):
    """w <- w - lr g / (sqrt(S) + eps), with the sum of squares S <- S + g^2.

    S only grows, so the rate lr / sqrt(S) only shrinks. Source: Duchi, Hazan and Singer
    (2011).

    Args:
        lr_decay: in step t the rate is lr / (1 + (t - 1) lr_decay).
        weight_decay: adds weight_decay * w to g.
        initial_accumulator_value: what S begins with.
        eps: keeps the division finite.
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
    ):
        defaults = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay}
        defaults |= {"initial_accumulator_value": initial_accumulator_value, "eps": eps}
        super().__init__(params, defaults)

    def remembered(self, group):
        return ("sum",)

    def begin(self, name, parameter, group):
        value = group["initial_accumulator_value"]
        return np.full(parameter.shape, value, parameter.dtype)

    def update(self, runs, group, step):
        rate = group["lr"] / (1 + (step - 1) * group["lr_decay"])
        for w, g, total in runs:
            g = with_decay(g, w, group)
            total += g * g
            root = np.sqrt(total)
            root += group["eps"]
            w -= rate * g / root


class RMSprop(Optimizer):
    """w <- w - lr g / (sqrt(S) + eps), with the mean S <- alpha S + (1 - alpha) g^2.

    The mean forgets, so the rate stays alive. Source: Hinton, Coursera lecture 6e
    (2012); centred: Graves (2013).

    Args:
        alpha: the share of the mean that is kept at each step.
        eps: keeps the division finite.
        weight_decay: adds weight_decay * w to g.
        momentum: gives the quotient a velocity, as in SGD.
        centered: subtract the square of the mean gradient from S: the variance of g.
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
    ):
        defaults = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        defaults |= {"momentum": momentum, "centered": centered}
        super().__init__(params, defaults)

    def remembered(self, group):
        names = ("square_avg",)
        names += ("momentum_buffer",) if group["momentum"] else ()
        return names + (("grad_avg",) if group["centered"] else ())

    def update(self, runs, group, step):
        alpha, momentum = group["alpha"], group["momentum"]
        for w, g, square, *others in runs:
            g = with_decay(g, w, group)
            square *= alpha
            square += (1 - alpha) * (g * g)
            variance = square
            if group["centered"]:
                mean = others[-1]
                mean += (1 - alpha) * (g - mean)
                variance = square - mean * mean
            root = np.sqrt(variance)
            root += group["eps"]
            v = g / root
            if momentum:
                others[0] *= momentum
                others[0] += v
                v = others[0]
            w -= group["lr"] * v


class Adadelta(Optimizer):
    """w <- w - lr d, with d = g sqrt(D + eps) / sqrt(S + eps).

    S and D are running means of g^2 and of d^2: the step has the unit of w, and lr can
    be 1. Source: Zeiler (2012).

    Args:
        lr: a factor on the step.
        rho: the share of both means that is kept at each step.
        eps: inside both roots; it sets the size of the first steps.
        weight_decay: adds weight_decay * w to g.
    """

    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0):
        defaults = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    def remembered(self, group):
        return "square_avg", "acc_delta"

    def update(self, runs, group, step):
        rho, eps = group["rho"], group["eps"]
        for w, g, square, steps in runs:
            g = with_decay(g, w, group)
            square *= rho
            square += (1 - rho) * (g * g)
            d = np.sqrt(steps + eps)
            d /= np.sqrt(square + eps)
            d *= g
            steps *= rho
            steps += (1 - rho) * (d * d)
            w -= group["lr"] * d


def with_decay(g, w, group):
    """The gradient of the loss and of the penalty weight_decay / 2 * w^2."""
    return g + group["weight_decay"] * w if group["weight_decay"] else g
