from functools import lru_cache

import numpy as np

from dlcourse.lab import rms
from dlcourse.teach.exercise import exercise


@lru_cache(maxsize=256)
def _fate(name, scale, depth=30, width=128):
    """What becomes of signal and gradient in 30 such layers."""
    if not 0 < scale < np.inf:
        raise ValueError(scale)
    rng = np.random.default_rng(3)
    h, layers = rng.normal(size=(64, width)), []
    for _ in range(depth):
        W = rng.normal(scale=scale / np.sqrt(width), size=(width, width))
        z = h @ W.T
        h = np.maximum(z, 0) if name == "ReLU" else np.tanh(z)
        layers.append((W, (z > 0) * 1.0 if name == "ReLU" else 1 - h**2, rms(h)))
    first = g = rng.normal(size=h.shape)
    for W, slope, _ in layers[:0:-1]:
        g = (g * slope) @ W
    changes = layers[-1][2] / (layers[0][2] or np.inf), rms(g) / rms(first)
    if np.min(changes) < 0.4:  # "as near to 1 as you can", in steps of 0.1
        return "shrinks"
    return "keeps" if np.max(changes) <= 2 else "grows"  # what overflows is NaN


def _fates(f):
    if (answer := f()) is None:
        return None
    try:
        relu, tanh = () if isinstance(answer, dict | set) else answer  # in order
        return f"ReLU {_fate('ReLU', relu)}, tanh {_fate('tanh', tanh)}"
    except (TypeError, ValueError):
        return "no two scales"


@exercise(
    section="Find the scale",
    inputs=lambda rng: (),
    run=_fates,
    returns="two numbers, ReLU's scale and tanh's",
)
def keeping_scales():
    """(scale for ReLU, scale for tanh): 30 layers keep signal and gradient."""
    return 1.4, 1.2


keeping_scales.mistake(
    "Return two numbers above 0, with a comma between them: ReLU's scale, then tanh's.",
    one_number=lambda: 1.0,
)
keeping_scales.mistake(
    "With your scale ReLU's signal and gradient shrink to less than half. ReLU "
    "switches half of its units off, so it needs larger weights than tanh.",
    same_for_both=lambda: (1.1, 1.1),
    both_shrink=lambda: (0.58, 0.58),
)
keeping_scales.mistake(
    "With your scale ReLU's signal or gradient more than doubles. Go down in steps of "
    "0.1, and look at both panels: ReLU multiplies the scale's error 30 times.",
    relu_too_large=lambda: (2.0, 1.2),
    both_grow=lambda: (2.0, 2.0),
    too_far_apart=lambda: (2.0, 0.58),
)
keeping_scales.mistake(
    "ReLU's scale is too small: its signal and gradient shrink to less than half. "
    "tanh's is too large: its gradient more than doubles (the signal stays below 1). "
    "If you have exchanged them: ReLU's comes first.",
    exchanged=lambda: (1.1, 1.4),
)
keeping_scales.mistake(
    "ReLU keeps its signal and gradient. tanh's signal, or its gradient, shrinks to "
    "less than half in 30 layers. A little more.",
    tanh_too_small=lambda: (1.4, 0.58),
)
keeping_scales.mistake(
    "ReLU keeps its signal and gradient, tanh's gradient more than doubles. Its signal "
    "cannot tell you, it stays below 1: look at the gradient's panel, and go down.",
    tanh_too_large=lambda: (1.4, 2.0),
)
