import numpy as np

from dlcourse.teach.exercise import exercise


def _problem(rng, n=None, d=None):
    n, d = n or rng.integers(1, 9), d or rng.integers(1, 9)
    w, X, y = rng.normal(size=d), rng.normal(size=(n, d)), 2 * rng.normal(size=n)
    penalty = float(10 ** rng.uniform(-1, 1)) * (rng.integers(4) > 0)
    return w, float(rng.normal()), X, y, penalty, float(10 ** rng.uniform(-2, 0))


@exercise(
    section="Deeper: Ridge by descent",
    inputs=_problem,
    edge_cases=(
        _problem(np.random.default_rng(3), 5, 3),
        (np.array([2.0, -1]), 0.5, np.zeros((3, 2)), np.ones(3), 1.0, 0.25),
    ),
    atol=1e-5,
    returns=("w", "b"),
)
def ridge_step(w, b, X, y, penalty, lr):
    """(w, b) after one step of gradient descent on |X w + b - y|^2 + penalty |w|^2.

    w (d,).   b: a number, which has no penalty.   X (n, d).   y (n,).
    penalty: 0 or more.   |.|^2: the sum of the squares. Both move from the old w and b.
    """
    return _by()(w, b, X, y, penalty, lr)


def _by(
    pull=lambda w: 2 * w,
    fit=lambda error: 2 * error,
    pull_on_b=lambda b: 0,
    on_b=lambda fit, at_new_w: fit.sum(),
    less=lambda lr, penalty: lr * penalty,
):
    def step(w, b, X, y, penalty, lr):
        slope, share = fit(X @ w + b - y), less(lr, penalty)
        new = w - lr * X.T @ slope - share * pull(w)
        return new, b - lr * on_b(slope, fit(X @ new + b - y)) - share * pull_on_b(b)

    return step


ridge_step.mistake(
    "A factor of 2 is missing: a square's slope has it, of the penalty and the error.",
    penalty=_by(lambda w: w),
    error=_by(fit=lambda error: error),
    both=_by(lambda w: w, lambda e: e),
    of_b=_by(on_b=lambda fit, at_new_w: fit.sum() / 2),
)
ridge_step.mistake(
    "b has no penalty: only w is in |w|².",
    b_decayed=_by(pull_on_b=lambda b: 2 * b),
    b_decayed_once=_by(pull_on_b=lambda b: b),
)
ridge_step.mistake(
    "Your penalty is another than |w|², or its value stands where its slope should.",
    norm=_by(lambda w: w / np.linalg.norm(w)),
    value=_by(lambda w: w @ w),
    sizes=_by(np.sign),
)
ridge_step.mistake(
    "A sign is turned: a step goes downhill, the penalty's slope and the error's.",
    grows=_by(lambda w: -2 * w),
    uphill=_by(lambda w: -2 * w, lambda error: -2 * error),
    away=_by(fit=lambda error: -2 * error),
)
ridge_step.mistake(
    "The rate multiplies the whole gradient, the penalty's part, too.",
    without_lr=_by(less=lambda lr, penalty: penalty),
    without_lr_or_2=_by(lambda w: w, less=lambda lr, penalty: penalty),
)
ridge_step.mistake(
    "The squared errors are *summed* here, so no slope is a mean: not w's, nor b's.",
    mean=_by(fit=lambda error: 2 * error / len(error)),
    mean_for_b=_by(on_b=lambda fit, at_new_w: fit.mean()),
)
ridge_step.mistake(
    "b moves by the errors of the *new* w. Both move from the old point.",
    new_w=_by(on_b=lambda fit, at_new_w: at_new_w.sum()),
)
