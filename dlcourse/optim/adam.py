"""Adam, AdamW, and Adam as a lecture prints it."""

import math

import numpy as np

from dlcourse.optim.adaptive import with_decay
from dlcourse.optim.optimizer import Optimizer


class Adam(Optimizer):
    """Momentum and RMSprop together, both corrected for their beginning at 0.

        m <- beta1 m + (1 - beta1) g          v <- beta2 v + (1 - beta2) g^2
        w <- w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    The corrections are numbers, so they can go into the rate and into eps, with
    c = sqrt(1 - beta2^t): w <- w - (lr c / (1 - beta1^t)) m / (sqrt(v) + c eps).
    Source: Kingma and Ba (2015), where section 2 does the same.

    Args:
        betas: the shares of m and of v that are kept at each step.
        eps: keeps the division finite.
        weight_decay: adds weight_decay * w to g.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    def remembered(self, group):
        return "exp_avg", "exp_avg_sq"

    def update(self, runs, group, step):
        beta1, beta2 = group["betas"]
        c = math.sqrt(1 - beta2**step)
        rate, eps = group["lr"] * c / (1 - beta1**step), group["eps"] * c
        for w, g, m, v in runs:
            g = self.decayed(w, g, group)
            t = (1 - beta1) * g  # and then the place of all that passes by
            m *= beta1
            m += t
            np.square(g, out=t)
            t *= 1 - beta2
            v *= beta2
            v += t
            np.sqrt(v, out=t)
            t += eps
            np.divide(m, t, out=t)
            t *= rate
            w -= t

    def decayed(self, w, g, group):
        """Let the weights decay: through the gradient, as an L2 penalty does."""
        return with_decay(g, w, group)


class AdamW(Adam):
    """Adam whose weights decay by themselves: first w <- (1 - lr weight_decay) w.

    In Adam the gradient of an L2 penalty is divided by sqrt(v) like any other, so
    weights with large gradients hardly decay; here all decay alike. Source: Loshchilov
    and Hutter (2019).
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2
    ):
        super().__init__(params, lr, betas, eps, weight_decay)

    def decayed(self, w, g, group):
        w *= 1 - group["lr"] * group["weight_decay"]
        return g


class PrintedAdam(Optimizer):
    """Adam as lecture A prints it, to be run beside the one that its authors meant.

        V_{t+1} = beta1 V_{t-1} + beta1 g_t
        S_t = beta2 S_{t-1} + (1 - beta2) g_t^2
        W_{t+1} = W_t - lr V_t / sqrt(S_t + eps)

    Each of ``misprints`` is one departure; without any, this is :class:`Adam`.

    Args:
        misprints: some of "factor", beta1 g for (1 - beta1) g: a step
            beta1 / (1 - beta1) times too long; "index", V_{t+1} from V_{t-1}: two
            velocities that take turns, and a step that does not know g_t yet;
            "correction", none for the beginning at 0; "eps", inside the root.
    """

    MISPRINTS = ("factor", "index", "correction", "eps")

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, misprints=MISPRINTS
    ):
        if isinstance(misprints, str) or not set(misprints) <= set(self.MISPRINTS):
            raise ValueError(
                f"misprints expects some of {self.MISPRINTS}, got {misprints!r}"
            )
        defaults = {"lr": lr, "betas": betas, "eps": eps, "misprints": misprints}
        super().__init__(params, defaults)

    def remembered(self, group):
        late = ("next_exp_avg",) if "index" in group["misprints"] else ()
        return "exp_avg", "exp_avg_sq", *late

    def update(self, runs, group, step):
        (beta1, beta2), eps, wrong = group["betas"], group["eps"], group["misprints"]
        share = beta1 if "factor" in wrong else 1 - beta1
        c1, c2 = (1, 1) if "correction" in wrong else (1 - beta1**step, 1 - beta2**step)
        for w, g, m, v, *late in runs:
            if late:  # m is V_{t-1} and late is V_t: they move on by one
                m[...], late[0][...] = late[0], beta1 * m + share * g
            else:
                m[...] = beta1 * m + share * g
            v[...] = beta2 * v + (1 - beta2) * (g * g)
            if "eps" in wrong:
                w -= group["lr"] * (m / c1) / np.sqrt(v / c2 + eps)
            else:
                w -= group["lr"] * (m / c1) / (np.sqrt(v / c2) + eps)
