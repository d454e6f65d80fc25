import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import alike


def _before(rng):
    w, S, g = alike(rng, 3)
    kind = rng.integers(4)
    if kind == 0:
        S = np.zeros_like(S)  # the first step
    elif kind == 1:
        g *= 10 ** rng.uniform(-8, 4)
    elif kind == 2:  # some had no gradient before, some have none now
        S *= rng.integers(2, size=S.shape)
        g *= rng.integers(2, size=g.shape)
    S *= S
    return w, S, g, float(10 ** rng.uniform(-2, 1)), float(rng.choice([1e-10, 0.1]))


W = np.array([1.0, -2, 3])


@exercise(
    section="Deeper: Rates that shrink",
    inputs=_before,
    edge_cases=(
        (W, W**2, np.array([2.0, -1, 4]), 0.1, 1e-10),
        (W, np.zeros(3), np.array([1e-6, -1e-9, 0]), 0.5, 1e-10),  # the first step
        (W[:, None] * np.ones(2), np.ones((3, 2)), np.full((3, 2), 0.5), 0.25, 1.0),
    ),
    returns=("w", "S"),
)
def adagrad_step(w, S, g, lr, eps=1e-10):
    """One step of AdaGrad: (w, S) after it, new arrays.

    w, S, g: of one shape. S <- S + g^2; then w <- w - lr g / (sqrt(S) + eps).
    """
    return _by()(w, S, g, lr, eps)


def _by(
    gathered=lambda S, g: S + g**2,
    step=lambda g, S, old, eps: g / (np.sqrt(S) + eps),
    kept=lambda S, old: S,
):
    def both(w, S, g, lr, eps):
        more = gathered(S, g)
        return w - lr * step(g, more, S, eps), kept(more, S)

    return both


adagrad_step.mistake(
    "The step is divided by the sum *before* g is in it: first S, then the step.",
    old_sum=_by(step=lambda g, S, old, eps: g / (np.sqrt(old) + eps)),
)
adagrad_step.mistake(
    "Look at the quotient: below is the *root* of S, which has the unit of g. eps is "
    "added to the root (lecture A has it inside): a small gradient, or none, tells.",
    without_root=_by(step=lambda g, S, old, eps: g / (S + eps)),
    inside=_by(step=lambda g, S, old, eps: g / np.sqrt(S + eps)),
    left_out=_by(step=lambda g, S, old, eps: g / np.sqrt(S)),
)
adagrad_step.mistake(
    "S adds up the squares of *all* gradients, whole: yours forgets, as RMSprop does, "
    "or gathers g and not its square.",
    mean=_by(lambda S, g: 0.9 * S + 0.1 * g**2),
    not_squared=_by(lambda S, g: S + g),
)
adagrad_step.mistake(
    "Each entry has a sum of its own, and so its own rate: no `np.sum` is needed.",
    one_for_all=_by(lambda S, g: S + np.sum(g**2)),
)
adagrad_step.mistake(
    "w is right, the other is not S + g^2: it is the old S, or its root.",
    root_kept=_by(kept=lambda S, old: np.sqrt(S)),
    old_kept=_by(kept=lambda S, old: old),
)
