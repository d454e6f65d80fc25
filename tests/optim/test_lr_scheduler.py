"""Schedules beside PyTorch's: rates and momenta over 50 steps, also in sequence."""

import copy
import warnings

import numpy as np
import pytest
import torch

from dlcourse import optim, tensor

STEPS = 50


def sequence(s, o):
    parts = [
        s.LinearLR(o, start_factor=0.1, total_iters=8),
        s.CosineAnnealingLR(o, T_max=15, eta_min=0.01),
        s.ExponentialLR(o, 0.9),
        s.StepLR(o, 3),
    ]
    return s.SequentialLR(o, parts, milestones=[8, 23, 40])


SCHEDULES = {
    "lambda": lambda s, o: s.LambdaLR(o, lambda t: 1 / (1 + t)),
    "two lambdas": lambda s, o: s.LambdaLR(o, [lambda t: 0.9**t, lambda t: 2 - t / 50]),
    "step": lambda s, o: s.StepLR(o, 7),
    "milestones": lambda s, o: s.MultiStepLR(o, [3, 20, 20, 41], gamma=0.5),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.95),
    "warm-up": lambda s, o: s.LinearLR(o),
    "linear to 0": lambda s, o: s.LinearLR(o, 1.0, 0.0, 30),
    "linear down": lambda s, o: s.LinearLR(o, 0.7, 0.2, 30),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, STEPS),
    "cosine again": lambda s, o: s.CosineAnnealingLR(o, 12, eta_min=0.003),
    "one cycle": lambda s, o: s.OneCycleLR(o, 0.5, total_steps=STEPS + 1),
    "one cycle, linear": lambda s, o: s.OneCycleLR(
        o,
        [0.5, 2.0],
        total_steps=55,
        pct_start=0.45,
        anneal_strategy="linear",
        base_momentum=0.5,
        max_momentum=0.8,
        div_factor=10,
        final_div_factor=100,
    ),
    "one cycle, falling": lambda s, o: s.OneCycleLR(
        o, 0.5, STEPS, pct_start=0.0, cycle_momentum=False
    ),
    "in sequence": sequence,
    "in sequence at once": lambda s, o: s.SequentialLR(
        o, [s.ExponentialLR(o, 0.5), s.LambdaLR(o, lambda t: 0.7**t)], [1]
    ),
}


def optimizers(name="SGD", **settings):
    """One of each engine, with two groups."""
    ours = [tensor([1.0], requires_grad=True) for _ in range(2)]
    theirs = [torch.ones(1, requires_grad=True) for _ in range(2)]
    for engine, (a, b) in ((optim, ours), (torch.optim, theirs)):
        groups = [{"params": [a], "lr": 0.2}, {"params": [b]}]
        yield getattr(engine, name)(groups, lr=0.05, **settings)


def of_both(make, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own, about its own parts
        return [
            (o, make(s, o))
            for o, s in zip(
                optimizers(**settings),
                (optim.lr_scheduler, torch.optim.lr_scheduler),
                strict=True,
            )
        ]


def settings_now(optimizer):
    names = ("lr", "momentum", "betas")
    return [[group.get(name) for name in names] for group in optimizer.param_groups]


def expect_same(runs, steps=STEPS, between=lambda i, optimizer: None):
    histories = []
    for optimizer, scheduler in runs:
        history = [settings_now(optimizer)]
        for i in range(steps):
            between(i, optimizer)
            optimizer.step()
            scheduler.step()
            history.append(settings_now(optimizer))
            assert scheduler.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
        histories.append(history)
    ours, theirs = histories
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert [flat(group) for group in a] == [
            pytest.approx(flat(group), rel=1e-10, abs=1e-15) for group in b
        ], f"step {i}"
    return ours


def flat(values):
    return [x for v in values if v is not None for x in np.atleast_1d(v)]


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize(
    "settings", [{"name": "SGD", "momentum": 0.9}, {"name": "Adam"}], ids=str
)
def test_rates_are_pytorchs(make, settings):
    history = expect_same(of_both(make, **settings), 49)
    assert len({group[0][0] for group in history}) > 1


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
def test_a_rate_changed_by_hand(make):
    def halve(i, optimizer):
        if i == 10:
            for group in optimizer.param_groups:
                group["lr"] /= 2

    expect_same(of_both(make, momentum=0.5), 20, halve)


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
def test_a_schedule_goes_on_from_its_state(make):
    (optimizer, first), (other, reference) = of_both(make, momentum=0.5)
    other.step()  # or PyTorch warns
    for _ in range(10):
        first.step()
        reference.step()
    (second_optimizer, second), _ = of_both(make, momentum=0.5)
    second_optimizer.load_state_dict(optimizer.state_dict())
    second.load_state_dict(first.state_dict())
    for _ in range(30):
        second.step()
        reference.step()
    assert second.get_last_lr() == pytest.approx(reference.get_last_lr(), rel=1e-10)
    first.step()
    assert first.last_epoch == 11  # nothing is shared


@pytest.mark.parametrize("name", ["step", "milestones", "exponential", "cosine"])
def test_a_schedule_goes_on_from_pytorchs_state(name):
    (_, ours), (optimizer, theirs) = of_both(SCHEDULES[name])
    optimizer.step()  # or PyTorch warns
    for _ in range(10):
        theirs.step()
    ours.load_state_dict(theirs.state_dict())
    ours.optimizer.load_state_dict(optimizer.state_dict())
    for _ in range(15):
        ours.step()
        theirs.step()
    assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-10)


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
def test_a_copied_schedule_moves_its_own_optimiser(make):
    (optimizer, scheduler), _ = of_both(make, momentum=0.9)
    scheduler.step()
    before = settings_now(optimizer)
    its_optimizer, twin = copy.deepcopy((optimizer, scheduler))
    for _ in range(9):
        twin.step()
    assert settings_now(optimizer) == before != settings_now(its_optimizer)
    for _ in range(9):
        scheduler.step()
    assert settings_now(optimizer) == settings_now(its_optimizer)


def test_two_schedules_at_once_multiply():
    def both(s, o):
        class Both:
            parts = s.ExponentialLR(o, 0.9), s.StepLR(o, 5), s.CosineAnnealingLR(o, 20)

            def step(self):
                for part in self.parts:
                    part.step()

            def get_last_lr(self):
                return self.parts[-1].get_last_lr()

        return Both()

    expect_same(of_both(both))


# ------------------------------------------------------------------- on a plateau

PLATEAUS = [
    {},
    {"patience": 2, "factor": 0.5},
    {"patience": 0, "threshold": 0.1, "threshold_mode": "abs"},
    {"mode": "max", "patience": 1, "threshold": 0.05},
    {"mode": "max", "patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
    {"patience": 1, "cooldown": 3, "factor": 0.7},
    {"patience": 1, "min_lr": [0.03, 0.001], "factor": 0.3},
    {"patience": 0, "eps": 0.02, "factor": 0.5},
    {"patience": 0, "factor": 0.0},
]


@pytest.mark.parametrize("settings", PLATEAUS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_a_plateau(settings, seed):
    rng = np.random.default_rng(seed)
    metrics = np.exp(-np.arange(STEPS) / 10) + rng.uniform(0, 0.3, STEPS) + 0.2
    metrics[[17, 18]] = np.nan, np.inf
    if settings.get("mode") == "max":
        metrics = 2 - metrics
    runs = of_both(lambda s, o: s.ReduceLROnPlateau(o, **settings))
    for value in metrics:
        for _, scheduler in runs:
            scheduler.step(tensor(value) if scheduler is runs[0][1] else value)
        ours, theirs = (settings_now(o) for o, _ in runs)
        assert ours == [pytest.approx(group) for group in theirs]
    (_, ours), (_, theirs) = runs
    assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr())
    for key in ("best", "num_bad_epochs", "cooldown_counter", "last_epoch"):
        assert ours.state_dict()[key] == theirs.state_dict()[key]
    if settings.get("patience", 10) < 3 and not settings.get("eps"):
        assert ours.get_last_lr()[0] < 0.2


# ---------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda s, o: s.StepLR("SGD", 3), TypeError, "StepLR expects an optimiser"),
        (lambda s, o: s.OneCycleLR(None, 1, 9), TypeError, "expects an optimiser"),
        (lambda s, o: s.LambdaLR(None, abs), TypeError, "expects an optimiser"),
        (lambda s, o: s.ReduceLROnPlateau(0), TypeError, "expects an optimiser"),
        (lambda s, o: s.StepLR(o, 0), ValueError, "step_size to be at least 1"),
        (lambda s, o: s.CosineAnnealingLR(o, 1.5), TypeError, "T_max to be an int"),
        (lambda s, o: s.LinearLR(o, 0.0), ValueError, r"start_factor in \(0"),
        (lambda s, o: s.LinearLR(o, 0.5, 1.1), ValueError, "end_factor in"),
        (lambda s, o: s.LambdaLR(o, [abs]), ValueError, "lr_lambda expects a value"),
        (
            lambda s, o: s.OneCycleLR(o, 1.0, 0),
            ValueError,
            "total_steps to be at least",
        ),
        (
            lambda s, o: s.OneCycleLR(o, [1.0], 9),
            ValueError,
            "max_lr expects a value for each of 2 parameter groups, got 1",
        ),
        (
            lambda s, o: s.OneCycleLR(o, 1.0, 9, pct_start=2.0),
            ValueError,
            r"pct_start in \[0, 1\]",
        ),
        (
            lambda s, o: s.OneCycleLR(o, 1.0, 9, anneal_strategy="cosine"),
            ValueError,
            "anneal_strategy to be 'cos' or 'linear', got 'cosine'",
        ),
        (
            lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3)], [4]),
            ValueError,
            "one milestone fewer than schedulers, got 1 and 1",
        ),
        (
            lambda s, o: s.SequentialLR(o, [s.ReduceLROnPlateau(o)], []),
            ValueError,
            "not in sequence",
        ),
        (
            lambda s, o: s.SequentialLR(o, [s.StepLR(next(optimizers()), 3)], []),
            ValueError,
            "schedulers of one optimiser",
        ),
        (lambda s, o: s.ReduceLROnPlateau(o, "low"), ValueError, "mode to be 'min'"),
        (
            lambda s, o: s.ReduceLROnPlateau(o, factor=1.0),
            ValueError,
            r"factor in \[0, 1\)",
        ),
        (
            lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="no"),
            ValueError,
            "threshold_mode to be",
        ),
        (lambda s, o: s.LRScheduler(o), NotImplementedError, "defines no rate"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make(optim.lr_scheduler, next(optimizers()))


def test_momentum_that_cannot_cycle():
    optimizer = next(optimizers("Adagrad"))
    with pytest.raises(ValueError, match="Adagrad has no momentum"):
        optim.lr_scheduler.OneCycleLR(optimizer, 1.0, 10)


def test_a_cycle_ends():
    scheduler = optim.lr_scheduler.OneCycleLR(next(optimizers()), 1.0, 10)
    for _ in range(10):
        scheduler.step()
    with pytest.raises(ValueError, match="step 11 of a cycle of 10 steps"):
        scheduler.step()
