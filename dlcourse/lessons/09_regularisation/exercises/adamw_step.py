import numpy as np

from dlcourse.teach.exercise import exercise, reference


def _before(rng):
    w, m, root, g = rng.normal(size=(4, *rng.integers(1, 5, rng.integers(1, 3))))
    t, size = int(rng.choice([1, 2, rng.integers(3, 51)])), 10 ** rng.uniform(-3, 3)
    if t == 1:
        m, root = 0 * w, 0 * w
    lr, decay = float(10 ** rng.uniform(-2, -0.5)), float(10 ** rng.uniform(-1, 0.5))
    return w, size * m, (size * root) ** 2, size * g, t, lr, decay


W, ZERO = np.array([1.0, -2, 3]), np.zeros(3)


@exercise(
    section="Deeper: Decay beside Adam",
    inputs=_before,
    edge_cases=(
        (W, ZERO, ZERO, np.array([0.5, 1, -100]), 1, 0.25, 0.5),
        (W, W / 4, W**2, ZERO, 7, 0.1, 2.0),
        (W, W / 4, W**2, np.array([1.0, 2, -4]), 7, 0.1, 0.0),
    ),
    returns=("w", "m", "S"),
)
def adamw_step(w, m, S, g, t, lr, decay):
    """Step t of AdamW: (w, m, S) after it, new arrays.

    The decay takes the share lr * decay off the *old* w; m and S see nothing of it.
    adam_step(w, m, S, g, t, lr) gives (w, m, S) after Adam's step.
    """
    return _adam(w - lr * decay * w, m, S, g, t, lr)


def _adam(w, m, S, g, t, lr):
    return reference("adam_step")(w, m, S, g, t, lr)


def _after(share):
    def step(w, m, S, g, t, lr, decay):
        new, m, S = _adam(w, m, S, g, t, lr)
        return new - share(lr, decay) * new, m, S

    return step


adamw_step.mistake(
    "That is Adam with an L2 penalty: what is added to g is divided by the root of S.",
    in_g=lambda w, m, S, g, t, lr, d: _adam(w, m, S, g + d * w, t, lr),
    in_g_twice=lambda w, m, S, g, t, lr, d: _adam(w, m, S, g + 2 * d * w, t, lr),
    in_g_with_lr=lambda w, m, S, g, t, lr, d: _adam(w, m, S, g + lr * d * w, t, lr),
)
adamw_step.mistake(
    "The decay without the rate: the share taken off is lr * decay.",
    no_lr=lambda w, m, S, g, t, lr, d: _adam(w - d * w, m, S, g, t, lr),
    no_lr_after=_after(lambda lr, decay: decay),
)
adamw_step.mistake(
    "The weights grow: a sign is turned.",
    grown=lambda w, m, S, g, t, lr, d: _adam(w + lr * d * w, m, S, g, t, lr),
)
adamw_step.mistake(
    "The share is taken off the w *after* Adam's step. Take it off the old one.",
    new_w=_after(lambda lr, decay: lr * decay),
)
adamw_step.mistake(
    "Twice lr * decay: here the share itself is given, no square's slope.",
    twice=lambda w, m, S, g, t, lr, d: _adam(w - 2 * lr * d * w, m, S, g, t, lr),
)
adamw_step.mistake(
    "Decay w alone. m and S, and so g, belong to Adam: leave them as they are.",
    m_decayed=lambda w, m, S, g, t, lr, d: _adam(w, m - lr * d * w, S, g, t, lr),
    w_and_g=lambda w, m, S, g, t, lr, d: _adam(w - lr * d * w, m, S, g + d * w, t, lr),
)
adamw_step.mistake(
    "No decay is in your step.",
    without=lambda w, m, S, g, t, lr, d: _adam(w, m, S, g, t, lr),
)
