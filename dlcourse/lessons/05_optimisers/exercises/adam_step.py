import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import alike


def _before(rng):
    w, m, root, g = alike(rng, 4)
    t = int(rng.choice([1, 2, 3, rng.integers(4, 50), 10_000]))
    if t == 1:
        m, root = np.zeros_like(w), np.zeros_like(w)
    betas = [(0.9, 0.999), (0.9, 0.99), (0.0, 0.999), (0.5, 0.9)][rng.integers(4)]
    eps = float(rng.choice([1e-8, 0.1, 3]))
    return w, m, root**2, g, t, float(10 ** rng.uniform(-2, 1)), betas, eps


W, NONE, USUAL = np.array([1.0, -2, 3]), np.zeros(3), ((0.9, 0.999), 1e-8)
EDGES = (
    (W, NONE, NONE, np.array([0.5, -1e-3, 100]), 1, 1.0, *USUAL),
    (W, NONE, NONE, np.array([2.0, 0, -1]), 1, 1.0, *USUAL),  # one g is 0
    (W, W / 4, W**2, np.array([1.0, 2, -4]), 7, 0.5, (0.9, 0.99), 0.1),
    (np.array(2.0), np.array(0.3), np.array(0.5), np.array(-1.0), 2, 0.5, *USUAL),
    (W, W, W**2, W[::-1] / 2, 10_000, 1.0, *USUAL),  # hardly any correction is left
    (np.ones((2, 1)), *np.ones((2, 2, 1)), -np.ones((2, 1)), 3, 1, (0.0, 0.5), 1.0),
)


@exercise(section="Adam: both", inputs=_before, edge_cases=EDGES, returns=tuple("wmS"))
def adam_step(w, m, S, g, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """Step number t = 1, 2, ... of Adam: (w, m, S) after it, new arrays.

    w, m, S, g: of one shape. m and S: the running means of g and g^2, not corrected.
    """
    return _by()(w, m, S, g, t, lr, betas, eps)


def _by(
    left=lambda b1, b2, t: (b1**t, b2**t),
    along=lambda m, S, g, eps: m / (np.sqrt(S) + eps),
    share=lambda beta: 1 - beta,
    kept=lambda means, corrected: means,
):
    """left: the shares of the beginning that the corrections take m and S to have."""

    def step(w, m, S, g, t, lr, betas, eps):
        m = betas[0] * m + share(betas[0]) * g
        S = betas[1] * S + (1 - betas[1]) * g**2
        first, second = left(*betas, t)
        corrected = np.divide(m, 1 - first), np.divide(S, 1 - second)
        return w - lr * along(*corrected, g, eps), *kept((m, S), corrected)

    return step


adam_step.mistake(
    "g enters m with beta1 (so lecture A prints it), or whole. In a mean the two "
    "shares add up to 1.",
    factor=_by(share=lambda beta: beta),
    printed=_by(
        lambda b1, b2, t: (0, 0),
        lambda m, S, g, eps: m / np.sqrt(S + eps),
        lambda beta: beta,
    ),
    whole=_by(share=lambda beta: 1),
)
adam_step.mistake(
    "The correction for the beginning at 0 is missing, for m, for S or for both: after "
    "the first step m is only (1 - beta1) g.",
    uncorrected=_by(lambda b1, b2, t: (0, 0)),
    m_alone=_by(lambda b1, b2, t: (b1**t, 0)),
    S_alone=_by(lambda b1, b2, t: (0, b2**t)),
)
adam_step.mistake(
    "One correction serves for both, or they are exchanged: m forgets with beta1, S "
    "with beta2.",
    both_by_beta1=_by(lambda b1, b2, t: (b1**t, b1**t)),
    both_by_beta2=_by(lambda b1, b2, t: (b2**t, b2**t)),
    exchanged=_by(lambda b1, b2, t: (b2**t, b1**t)),
)
adam_step.mistake(
    "The correction is another step's. What is left of the beginning after step t is "
    "beta**t, and t is 1 in the first step.",
    without_power=_by(lambda b1, b2, t: (b1, b2)),
    from_zero=_by(lambda b1, b2, t: (b1 ** (t - 1), b2 ** (t - 1))),
    one_ahead=_by(lambda b1, b2, t: (b1 ** (t + 1), b2 ** (t + 1))),
)
adam_step.mistake(
    "w is right, but you return the *corrected* m and S: the next step would correct "
    "them again. Give the corrected ones other names.",
    corrected_kept=_by(kept=lambda means, corrected: corrected),
)
adam_step.mistake(
    "eps is inside the root, or left out. It is added to the root.",
    inside=_by(along=lambda m, S, g, eps: m / np.sqrt(S + eps)),
    left_out=_by(along=lambda m, S, g, eps: m / np.sqrt(S)),
)
adam_step.mistake(
    "The numerator is g, as in RMSprop: Adam moves along m.",
    without_momentum=_by(along=lambda m, S, g, eps: g / (np.sqrt(S) + eps)),
)
adam_step.mistake(
    "S is a mean of *squares*: g is measured by its root.",
    without_root=_by(along=lambda m, S, g, eps: m / (S + eps)),
)
