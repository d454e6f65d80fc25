"""Penalties on large weights, and the proximal step that makes weights exactly 0."""

import numpy as np

from dlcourse.checks import expect_in


def penalty(parameters, p=2):
    """sum |w|^p over all weights w: a term for the loss, a Tensor with its gradient.

    p = 2 is ridge regression and, with SGD, weight decay: adding lambda / 2 times it to
    the loss adds lambda * w to the gradient, as ``weight_decay=lambda`` does. p = 1 is
    the lasso. For p < 1 the slope at 0 is infinite: there PyTorch's gradient is NaN and
    so is this one.
    """
    expect_in("penalty", "p", p, "(0, inf)")
    terms = [(w * w if p == 2 else w.abs() ** p).sum() for w in parameters]
    if not terms:
        raise ValueError("penalty got no parameters: is the generator already used up?")
    return sum(terms[1:], start=terms[0])


def soft_threshold_(parameters, threshold):
    """w <- sign(w) max(|w| - threshold, 0), in place: the proximal step of the lasso.

    Gradient steps on lambda |w| overshoot 0 for ever and leave small weights; a step on
    the loss alone, then this with threshold lr * lambda, leaves exact zeros (ISTA,
    Daubechies, Defrise and De Mol, 2004). With momentum or Adam the step is no longer
    that of a gradient, and neither is the guarantee.
    """
    expect_in("soft_threshold_", "threshold", threshold, "[0, inf]")
    for w in parameters:
        w.data -= np.clip(w.data, -threshold, threshold)
        w._version[0] += 1  # the tape must notice
