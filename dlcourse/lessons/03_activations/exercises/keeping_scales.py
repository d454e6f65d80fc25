"""Lesson 03: the exercise ``keeping_scales``."""

from functools import lru_cache

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import _rms

LEAST, MOST = 0.4, 2  # "as near to 1 as you can", on a slider with steps of 0.1


NOT_TWO = "not two numbers"


@lru_cache(maxsize=256)
def _fate(name, scale, depth=30, width=128):
    """What becomes of signal and gradient in 30 such layers."""
    rng = np.random.default_rng(3)
    if not np.isfinite(scale):
        return "gives no finite numbers"
    h, layers = rng.normal(size=(64, width)), []
    for _ in range(depth):
        W = rng.normal(scale=abs(scale) / np.sqrt(width), size=(width, width))
        z = h @ W.T
        h = np.maximum(z, 0) if name == "ReLU" else np.tanh(z)
        layers.append((W, (z > 0) * 1.0 if name == "ReLU" else 1 - h**2, _rms(h)))
    g = rng.normal(size=h.shape)
    before = _rms(g)
    for W, slope, _ in layers[:0:-1]:
        g = (g * slope) @ W
    changes = layers[-1][2] / (layers[0][2] or np.inf), _rms(g) / before
    if min(changes) < LEAST:
        return "shrinks"
    return "grows" if max(changes) > MOST else "keeps"


def _fates(scales):
    answer = scales()
    if answer is None:
        return None
    try:
        if isinstance(answer, str | dict | set) or any(
            isinstance(scale, str) for scale in answer
        ):
            return NOT_TWO
        relu, tanh = (float(scale) for scale in answer)
    except (TypeError, ValueError):
        return NOT_TWO
    return f"ReLU {_fate('ReLU', relu)}, tanh {_fate('tanh', tanh)}"


@exercise(
    section="Find the scale",
    inputs=lambda rng: (),
    run=_fates,
    returns="what becomes of signal and gradient in 30 layers",
)
def keeping_scales():
    """(scale for ReLU, scale for tanh): 30 layers keep signal and gradient."""
    return 1.4, 1.2


@keeping_scales.mistake(
    "Return two numbers with a comma between them: ReLU's scale first, tanh's second."
)
def one_number():
    return 1.0


@keeping_scales.mistake(
    "With your scale ReLU's signal and gradient shrink to less than half, tanh keeps "
    "them. ReLU switches half of its units off, so it needs larger weights than tanh."
)
def same_for_both():
    return 1.1, 1.1


@keeping_scales.mistake(
    "With your scale ReLU's signal or gradient more than doubles, tanh keeps them. Go "
    "down in steps of 0.1, and look at both panels: ReLU multiplies the scale's error "
    "30 times."
)
def relu_too_large():
    return 2.0, 1.2


@keeping_scales.mistake(
    "ReLU keeps its signal and gradient. With your scale tanh's signal, or its "
    "gradient, shrinks to less than half in 30 layers. A little more."
)
def tanh_too_small():
    return 1.4, 0.58


@keeping_scales.mistake(
    "ReLU keeps its signal and gradient, tanh's gradient more than doubles. Its signal "
    "cannot tell you, it stays below 1: look at the gradient's panel, and go down."
)
def tanh_too_large():
    return 1.4, 2.0


@keeping_scales.mistake(
    "With your scales both shrink to less than half. PyTorch's default is 0.58 on this "
    "slider: both need more."
)
def both_shrink():
    return 0.58, 0.58


@keeping_scales.mistake(
    "ReLU shrinks and tanh grows: are the two exchanged? ReLU's comes first."
)
def exchanged():
    return 1.1, 1.4


@keeping_scales.mistake(
    "ReLU grows and tanh shrinks: ReLU needs the larger scale of the two, but not that "
    "much larger. The first number is ReLU's."
)
def too_far_apart():
    return 2.0, 0.58


@keeping_scales.mistake(
    "With your scales both grow: the gradient more than doubles from the last layer to "
    "the first. Go down."
)
def both_grow():
    return 2.0, 2.0
