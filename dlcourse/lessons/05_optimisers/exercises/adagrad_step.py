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
    elif kind == 2:  # some have had no gradient yet, others get none now
        S, g = S * rng.integers(2, size=S.shape), g * rng.integers(2, size=g.shape)
    return w, S**2, g, float(10 ** rng.uniform(-2, 1)), float(rng.choice([1e-10, 0.1]))


W = np.array([1.0, -2, 3])
TINY = np.array([1e-6, -1e-9, 100])


@exercise(
    section="Deeper: Rates that shrink",
    inputs=_before,
    edge_cases=(
        (W, W**2, np.array([2.0, -1, 4]), 0.1, 1e-10),
        (W, 0 * W, TINY, 0.5, 1e-10),  # the first step
        (W, 0 * W, np.array([0.0, 2, 0]), 1, 1e-10),  # no gradient at all
        (np.array(2.0), np.array(9.0), np.array(-4.0), 0.1, 1e-10),
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
    kept=lambda S: S,
):
    def both(w, S, g, lr, eps):
        more = gathered(S, g)
        return w - lr * step(g, more, S, eps), kept(more)

    return both


adagrad_step.mistake(
    "The step is divided by the sum *before* g is in it: in the first step that is "
    "the root of 0. First S, then the step.",
    old_sum=_by(step=lambda g, S, old, eps: g / (np.sqrt(old) + eps)),
)
adagrad_step.mistake(
    "The root is missing: S has the unit of g squared, so g/S is no pure number.",
    without_root=_by(step=lambda g, S, old, eps: g / (S + eps)),
)
adagrad_step.mistake(
    "eps is inside the root, as in lecture A, or left out. Here it is "
    "added to the root: a small gradient, or none, shows the difference.",
    inside=_by(step=lambda g, S, old, eps: g / np.sqrt(S + eps)),
    left_out=_by(step=lambda g, S, old, eps: g / np.sqrt(S)),
)
adagrad_step.mistake(
    "Your S forgets: that is RMSprop. AdaGrad adds up all the squares, whole.",
    **{f"mean_{b}": _by(lambda S, g, b=b: b * S + (1 - b) * g**2) for b in (0.9, 0.99)},
    last_alone=_by(lambda S, g: g**2),
)
adagrad_step.mistake(
    "S gathers g, or its size: the *squares* are to be added up.",
    not_squared=_by(lambda S, g: S + g),
    sizes=_by(lambda S, g: S + np.abs(g)),
)
adagrad_step.mistake(
    "All entries share one sum, so they share one rate. Each entry has its own: no "
    "`np.sum` is needed.",
    one_for_all=_by(lambda S, g: S + np.sum(g**2)),
    norm_in_the_step=_by(step=lambda g, S, old, eps: g / (np.sqrt(np.sum(S)) + eps)),
)
adagrad_step.mistake(
    "w is right, but you return the root of S. The next step would add squares to it.",
    root_kept=_by(kept=np.sqrt),
)
