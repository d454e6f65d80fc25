import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import alike


def _before(rng):
    w, m, root, g = alike(rng, 4)
    t = int(rng.choice([1, 2, 3, rng.integers(4, 50), 10_000]))
    if t == 1:
        m, root = np.zeros_like(w), np.zeros_like(w)
    betas = [(0.9, 0.999), (0.9, 0.99), (0.0, 0.999), (0.5, 0.9)][rng.integers(4)]
    lr, eps = float(10 ** rng.uniform(-2, 1)), float(rng.choice([1e-8, 0.1, 3]))
    return w, m, np.square(root, out=root), g, t, lr, betas, eps


W, USUAL = np.array([1.0, -2, 3]), ((0.9, 0.999), 1e-8)
EDGES = (
    (W, *np.zeros((2, 3)), np.array([0.5, 0, -100]), 1, 1.0, *USUAL),
    (W, W / 4, W**2, np.array([1.0, 2, -4]), 7, 0.5, (0.9, 0.99), 0.1),
    (np.array(2.0), np.array(0.3), np.array(0.5), np.array(-1.0), 2, 0.5, *USUAL),
)


@exercise(section="Adam: both", inputs=_before, edge_cases=EDGES, returns=tuple("wmS"))
def adam_step(w, m, S, g, t, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """Step number t = 1, 2, ... of Adam: (w, m, S) after it, new arrays.

    w, m, S, g: of one shape. m and S: the running means of g and g^2, not corrected.
    """
    return _by()(w, m, S, g, t, lr, betas, eps)


def _by(
    left=lambda b1, b2, t: (b1**t, b2**t),  # of the beginnings of m and of S
    along=lambda m, S, g, eps: m / (np.sqrt(S) + eps),
    share=lambda beta: 1 - beta,
    kept=lambda means, corrected: means,
):
    def step(w, m, S, g, t, lr, betas, eps):
        m = betas[0] * m + share(betas[0]) * g
        S = betas[1] * S + (1 - betas[1]) * g**2
        first, second = left(*betas, t)
        corrected = np.divide(m, 1 - first), np.divide(S, 1 - second)
        return w - lr * along(*corrected, g, eps), *kept((m, S), corrected)

    return step


def _inside(m, S, g, eps):
    return m / np.sqrt(S + eps)


adam_step.mistake(
    "g enters m with beta1, as lecture A prints it. In a mean the shares add up to 1.",
    factor=_by(share=lambda beta: beta),
    printed=_by(lambda b1, b2, t: (0, 0), _inside, lambda beta: beta),
)
adam_step.mistake(
    "The correction for the beginning at 0 is missing, or is not that of step t: the "
    "share beta**t of the beginning is left, with m's own beta and with S's own.",
    uncorrected=_by(lambda b1, b2, t: (0, 0)),
    m_alone=_by(lambda b1, b2, t: (b1**t, 0)),
    S_alone=_by(lambda b1, b2, t: (0, b2**t)),
    both_by_beta1=_by(lambda b1, b2, t: (b1**t, b1**t)),
    without_power=_by(lambda b1, b2, t: (b1, b2)),
    from_zero=_by(lambda b1, b2, t: (b1 ** (t - 1), b2 ** (t - 1))),
    from_two=_by(lambda b1, b2, t: (b1 ** (t + 1), b2 ** (t + 1))),
)
adam_step.mistake(
    "w is right. The m and S that you return are corrected: they would be so again.",
    corrected_kept=_by(kept=lambda means, corrected: corrected),
)
adam_step.mistake(
    "Look at the quotient: above m, below the *root* of S; eps is added to the root.",
    inside=_by(along=_inside),
    left_out=_by(along=lambda m, S, g, eps: m / np.sqrt(S)),
    along_g=_by(along=lambda m, S, g, eps: g / (np.sqrt(S) + eps)),
    without_root=_by(along=lambda m, S, g, eps: m / (S + eps)),
)
