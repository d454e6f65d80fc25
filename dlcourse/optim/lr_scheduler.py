"""Schedules: how the rate lr of an optimiser's groups changes from step to step.

Each scheduler has ``step()``, to be called after the optimiser's, ``get_last_lr()``
and ``state_dict()``. Most compute the rate from the one before, as PyTorch does, so
that two on one optimiser multiply, and a rate set by hand is kept; t counts the steps
of the scheduler, 0 when it is made.
"""

import math
from bisect import bisect_right
from collections import Counter

from dlcourse.checks import expect_in, expect_one_of, expect_sizes
from dlcourse.optim.optimizer import Optimizer


class LRScheduler:
    """Base of the schedulers; a subclass defines ``rate``, or ``get_lr`` as in PyTorch.

    Attributes:
        base_lrs: the rates of the groups at the beginning.
        last_epoch: t, the number of steps taken.
    """

    def __init__(self, optimizer):
        self._expect_optimizer(optimizer)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.optimizer = optimizer
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = -1
        self.step()

    def rate(self, t, lr, base):
        """A group's rate in step t, from its rate ``lr`` before and the first, base."""
        raise NotImplementedError(f"{type(self).__name__} defines no rate()")

    def get_lr(self):
        """The rate in step ``last_epoch`` of each group."""
        groups = zip(self.optimizer.param_groups, self.base_lrs, strict=True)
        return [self.rate(self.last_epoch, g["lr"], base) for g, base in groups]

    def step(self):
        """Go on to the next step's rate."""
        self.last_epoch += 1
        self._set(self.get_lr())

    def begin_again(self):
        """Go back to step 0, whatever came before."""
        self._set(self.base_lrs)
        self.last_epoch = -1
        self.step()

    def _set(self, rates):
        self._last_lr = list(rates)
        for group, lr in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = lr

    def get_last_lr(self):
        """The rate of each group."""
        return self._last_lr

    def state_dict(self):
        """All that the schedule knows but the optimiser, and functions."""
        return {
            key: list(value) if isinstance(value, list) else value
            for key, value in vars(self).items()
            if key not in ("optimizer", "lr_lambdas")
        }

    def load_state_dict(self, state_dict):
        """Take over a ``state_dict``; the optimiser's own has its rates."""
        vars(self).update(
            {key: value for key, value in state_dict.items() if key in vars(self)}
        )

    def _for_each_group(self, name, value, optimizer):
        """A list of values, as it is, or one value again and again."""
        self._expect_optimizer(optimizer)
        groups = len(optimizer.param_groups)
        if not isinstance(value, list | tuple):
            return [value] * groups
        if len(value) != groups:
            raise ValueError(
                f"{name} expects a value for each of {groups} parameter groups, "
                f"got {len(value)}"
            )
        return list(value)

    def _expect_optimizer(self, optimizer):
        if not isinstance(optimizer, Optimizer):
            who, kind = type(self).__name__, type(optimizer).__name__
            raise TypeError(f"{who} expects an optimiser, got {kind}")


class LambdaLR(LRScheduler):
    """base * lr_lambda(t); one function, or a list with one for each group."""

    def __init__(self, optimizer, lr_lambda):
        self.lr_lambdas = self._for_each_group("lr_lambda", lr_lambda, optimizer)
        super().__init__(optimizer)

    def get_lr(self):
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * f(self.last_epoch) for base, f in pairs]


class StepLR(LRScheduler):
    """lr <- lr * gamma at every multiple of ``step_size``."""

    def __init__(self, optimizer, step_size, gamma=0.1):
        expect_sizes("StepLR", step_size=step_size)
        expect_in("StepLR", "gamma", gamma, "[0, inf)")
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def rate(self, t, lr, base):
        return lr * self.gamma if t and t % self.step_size == 0 else lr


class MultiStepLR(LRScheduler):
    """lr <- lr * gamma at each of the steps ``milestones``."""

    def __init__(self, optimizer, milestones, gamma=0.1):
        expect_in("MultiStepLR", "gamma", gamma, "[0, inf)")
        milestones = list(milestones)
        for t in milestones:
            expect_sizes("MultiStepLR", milestones=t)
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer)

    def rate(self, t, lr, base):
        return lr * self.gamma ** self.milestones[t]


class ExponentialLR(LRScheduler):
    """lr <- lr * gamma at every step."""

    def __init__(self, optimizer, gamma):
        expect_in("ExponentialLR", "gamma", gamma, "[0, inf)")
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, t, lr, base):
        return lr * self.gamma if t else lr


class LinearLR(LRScheduler):
    """Warm-up: base times a factor that goes from start_factor to end_factor in
    ``total_iters`` steps, along a line.

    The rate is multiplied by the ratio of two neighbouring factors.
    """

    def __init__(self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5):
        expect_in("LinearLR", "start_factor", start_factor, "(0, 1]")
        expect_in("LinearLR", "end_factor", end_factor, "[0, 1]")
        expect_sizes("LinearLR", total_iters=total_iters)
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = total_iters
        super().__init__(optimizer)

    def factor(self, t):
        rise = self.end_factor - self.start_factor
        return self.start_factor + rise * t / self.total_iters

    def rate(self, t, lr, base):
        if t == 0:
            return lr * self.start_factor
        return lr * self.factor(t) / self.factor(t - 1) if t <= self.total_iters else lr


class CosineAnnealingLR(LRScheduler):
    """From base to eta_min along half a cosine, in ``T_max`` steps (and back again).

        eta_min + (base - eta_min) (1 + cos(pi t / T_max)) / 2

    Source: Loshchilov and Hutter (2017), without the restarts.
    """

    def __init__(self, optimizer, T_max, eta_min=0.0):
        expect_sizes("CosineAnnealingLR", T_max=T_max)
        expect_in("CosineAnnealingLR", "eta_min", eta_min, "[0, inf)")
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def rate(self, t, lr, base):
        def height(t):
            return (1 + math.cos(math.pi * t / self.T_max)) / 2

        if t == 0:
            return lr
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:  # from the lowest point: 0 / 0
            return lr + (base - self.eta_min) * height(self.T_max - 1)
        return self.eta_min + (lr - self.eta_min) * height(t) / height(t - 1)


class OneCycleLR(LRScheduler):
    """Up to ``max_lr``, then down to nearly nothing; the momentum goes the other way.

    From max_lr / div_factor up in the first ``pct_start`` of the steps, then down to
    the first rate / final_div_factor. Source: Smith and Topin (2019).

    Args:
        max_lr: the highest rate; a list has one for each group.
        total_steps: the cycle's length.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: move ``momentum``, or beta1 of ``betas``, from max_momentum to
            base_momentum and back.
    """

    def __init__(
        self,
        optimizer,
        max_lr,
        total_steps,
        *,
        pct_start=0.3,
        anneal_strategy="cos",
        cycle_momentum=True,
        base_momentum=0.85,
        max_momentum=0.95,
        div_factor=25.0,
        final_div_factor=1e4,
    ):
        self.max_lrs = self._for_each_group("max_lr", max_lr, optimizer)
        expect_sizes("OneCycleLR", total_steps=total_steps)
        expect_in("OneCycleLR", "pct_start", pct_start, "[0, 1]")
        expect_in("OneCycleLR", "base_momentum", base_momentum, "[0, 1]")
        expect_in("OneCycleLR", "max_momentum", max_momentum, "[0, 1]")
        expect_in("OneCycleLR", "div_factor", div_factor, "(0, inf)")
        expect_in("OneCycleLR", "final_div_factor", final_div_factor, "(0, inf)")
        for highest in self.max_lrs:
            expect_in("OneCycleLR", "max_lr", highest, "[0, inf)")
        strategies = "cos", "linear"
        expect_one_of("OneCycleLR", "anneal_strategy", anneal_strategy, strategies)
        self.total_steps, self.cycle_momentum = total_steps, cycle_momentum
        self.peak, self.strategy = pct_start * total_steps - 1, anneal_strategy
        self.momenta = max_momentum, base_momentum
        self.final_div_factor = final_div_factor
        if cycle_momentum and not optimizer.defaults.keys() & {"momentum", "betas"}:
            raise ValueError(
                f"cycle_momentum=True, but {type(optimizer).__name__} has no momentum"
            )
        for group, highest in zip(optimizer.param_groups, self.max_lrs, strict=True):
            group["initial_lr"] = highest / div_factor
        super().__init__(optimizer)

    def between(self, t, first, highest, last):
        """From first over highest to last, at step t."""
        end = self.total_steps - 1
        if t <= self.peak:
            start, stop, share = first, highest, t / self.peak if self.peak else 1
        else:
            start, stop, share = highest, last, (t - self.peak) / (end - self.peak)
        if self.strategy == "linear":
            return start + (stop - start) * share
        return stop + (start - stop) * (1 + math.cos(math.pi * share)) / 2

    def get_lr(self):
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"step {t} of a cycle of {self.total_steps} steps")
        momentum = self.between(t, *self.momenta, self.momenta[0])
        for group in self.optimizer.param_groups if self.cycle_momentum else ():
            if "betas" in group:
                group["betas"] = momentum, *group["betas"][1:]
            else:
                group["momentum"] = momentum
        return [
            self.between(t, base, highest, base / self.final_div_factor)
            for base, highest in zip(self.base_lrs, self.max_lrs, strict=True)
        ]


class SequentialLR(LRScheduler):
    """Several schedulers in turn: the next one begins at each of ``milestones``.

    The first rates are those before any of them; each begins from there, not from where
    the last one ended.
    """

    def __init__(self, optimizer, schedulers, milestones):
        schedulers, milestones = list(schedulers), list(milestones)
        if len(schedulers) != len(milestones) + 1:
            raise ValueError(
                "SequentialLR expects one milestone fewer than schedulers, got "
                f"{len(milestones)} and {len(schedulers)}"
            )
        for t in milestones:
            expect_sizes("SequentialLR", milestones=t)
        for scheduler in schedulers:
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError("ReduceLROnPlateau steps by a metric: not in sequence")
            if getattr(scheduler, "optimizer", None) is not optimizer:
                raise ValueError("SequentialLR expects schedulers of one optimiser")
        self.optimizer = optimizer
        self.schedulers, self.milestones = schedulers, milestones
        self.begin_again()

    def begin_again(self):
        self.last_epoch = 0
        self._current().begin_again()

    def _current(self):
        return self.schedulers[bisect_right(self.milestones, self.last_epoch)]

    def step(self):
        self.last_epoch += 1
        if self.last_epoch in self.milestones:
            self._current().begin_again()
        else:
            self._current().step()

    def get_last_lr(self):
        return self._current().get_last_lr()

    def state_dict(self):
        return {
            "last_epoch": self.last_epoch,
            "schedulers": [scheduler.state_dict() for scheduler in self.schedulers],
        }

    def load_state_dict(self, state_dict):
        self.last_epoch = state_dict["last_epoch"]
        for own, loaded in zip(self.schedulers, state_dict["schedulers"], strict=True):
            own.load_state_dict(loaded)


class ReduceLROnPlateau(LRScheduler):
    """lr <- lr * factor when ``patience`` steps in a row brought nothing better.

    ``step(metrics)`` takes the quantity that should fall (``mode`` "min") or rise
    ("max"). Better means by more than ``threshold``, relative to the best so far
    (``threshold_mode`` "rel") or not ("abs"). After a reduction, ``cooldown`` steps
    are not counted. A change of at most ``eps`` is not made.
    """

    def __init__(
        self,
        optimizer,
        mode="min",
        factor=0.1,
        patience=10,
        threshold=1e-4,
        threshold_mode="rel",
        cooldown=0,
        min_lr=0,
        eps=1e-8,
    ):
        self.min_lrs = self._for_each_group("min_lr", min_lr, optimizer)
        who, modes = "ReduceLROnPlateau", ("rel", "abs")
        expect_in(who, "factor", factor, "[0, 1)")
        counts = {"patience": patience, "cooldown": cooldown}
        for name, value in (counts | {"threshold": threshold, "eps": eps}).items():
            expect_in(who, name, value, "[0, inf)")
        for lowest in self.min_lrs:
            expect_in(who, "min_lr", lowest, "[0, inf)")
        expect_one_of(who, "mode", mode, ("min", "max"))
        expect_one_of(who, "threshold_mode", threshold_mode, modes)
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.eps = cooldown, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0
        self.optimizer = optimizer
        self._set(group["lr"] for group in optimizer.param_groups)

    def step(self, metrics):
        current = float(metrics)
        self.last_epoch += 1
        self.num_bad_epochs += 1
        if self._is_better(current):
            self.best, self.num_bad_epochs = current, 0
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        rates = [group["lr"] for group in self.optimizer.param_groups]
        if self.num_bad_epochs > self.patience:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
            rates = map(self._reduced, rates, self.min_lrs)
        self._set(rates)

    def _is_better(self, current):
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "abs":
            return sign * current < sign * self.best - self.threshold
        return sign * current < sign * self.best * (1 - sign * self.threshold)

    def _reduced(self, lr, lowest):
        reduced = max(lr * self.factor, lowest)
        return reduced if lr - reduced > self.eps else lr
