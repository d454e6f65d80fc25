"""Observers of a wrong value that is the right one times, or plus, something.

A factor or an offset is named where it has a name: a small whole number, a length of
the inputs, a sign. Any other would give the answer away to somebody who divides.
"""

from fractions import Fraction

import numpy as np

from dlcourse.teach.answers import agreement

__all__ = ["of_factor", "of_offset"]

SMALL = 12  # the largest whole number that is named
PART = 4  # the largest part of a fraction that is: 3/4 of what is expected

FACTORS = {
    "{n} times too large": lambda n: n,
    "{n} times too small": lambda n: 1 / n,
    "√{n} times too large": lambda n: n**0.5,
    "√{n} times too small": lambda n: n**-0.5,
    "{n}² times too large": lambda n: n**2,
    "{n}² times too small": lambda n: n**-2.0,
    "too large by the factor {n}/({n} - 1)": lambda n: n / (n - 1),
    "too small by the factor ({n} - 1)/{n}": lambda n: (n - 1) / n,
}


def of_factor(value):
    """A factor: the same for every input, or one that follows the input's size."""
    ratios, trials = [], []
    for a, e, trial in zip(value.answers, value.expected, value.trials, strict=True):
        if a.shape != e.shape or not np.isfinite(e).all() or a.dtype.kind in "bc":
            return None
        length = np.vdot(e, e).astype(float)
        ratio = float(np.vdot(e.astype(float), a) / length) if length else 0.0
        if not np.all(agreement(a, e * ratio, *value.tolerance)):
            return None
        if length:
            ratios.append(ratio)
            trials.append(trial)
    if not value.telling or not ratios or np.allclose(ratios, 1, rtol=1e-2):
        return None
    if np.allclose(ratios, 0, rtol=0, atol=1e-12):
        return "is 0 for every input, and should not be"
    if np.allclose(ratios, ratios[0], rtol=1e-6, atol=0):
        return f"is {_times(ratios[0])}"
    if np.allclose(np.abs(ratios), 1, rtol=1e-6, atol=0):
        return "has the opposite sign for some inputs, and is right for the others"
    if np.all(np.isclose(ratios, 1, rtol=1e-6) | (np.array(ratios) == 0)):
        return "is 0 for some inputs, and right for the others"
    for name, lengths in _lengths(value.exercise.given, trials):
        for sentence, factor in FACTORS.items():
            if np.allclose(ratios, factor(lengths), rtol=1e-6):
                return f"is {sentence.format(n='n')}, where n is {name}"
        for follows in (lengths, 1 / lengths):
            if np.ptp(lengths) and np.allclose(
                ratios / follows, ratios[0] / follows[0], rtol=1e-6
            ):
                return (
                    f"is off by a factor that follows {name}: does a fixed number "
                    "stand where that length belongs?"
                )
    if min(e.size for e in value.expected) > 1:
        return (
            "has the right direction but not the right length: each input's answer is "
            "off by a factor of its own"
        )
    return None


def _lengths(parameters, trials):
    """Every length in the inputs: (its name, the lengths over the trials)."""
    for i, name in enumerate(parameters):
        inputs = [trial.inputs[i] for trial in trials]
        shapes = [getattr(x, "shape", None) or _length_of(x) for x in inputs]
        axes = min(map(len, shapes), default=0)
        for axis in range(axes):
            yield (
                f"`{name}.shape[{axis}]`"
                if hasattr(inputs[0], "shape")
                else f"`len({name})`",
                np.array([shape[axis] for shape in shapes], float),
            )
        if axes > 1:
            yield f"`{name}.size`", np.array([float(np.prod(s)) for s in shapes])


def _length_of(value):
    return (len(value),) if isinstance(value, list | tuple | str | dict) else ()


def _times(ratio):
    size = Fraction(abs(ratio)).limit_denominator(SMALL)
    exact = abs(float(size) - abs(ratio)) <= 1e-6 * abs(ratio)
    if exact and size.numerator == 1:
        words = f"{size.denominator} times too small"
    elif exact and size.denominator == 1 and size <= SMALL:
        words = f"{size} times too large"
    elif exact and max(size.numerator, size.denominator) <= PART:
        words = f"{size} of what is expected"
    else:
        words = "off by a factor, the same for every input"
    return words + ", and has the opposite sign" * (ratio < 0)


def of_offset(value):
    """The same amount too much in every entry."""
    expected = value.expected
    if not value.telling or any(
        e.dtype.kind not in "iuf" or not e.size for e in expected
    ):
        return None
    shifts = [
        np.mean(a.astype(float) - e)
        for a, e in zip(value.answers, expected, strict=True)
    ]
    if not value.equals([e + s for e, s in zip(expected, shifts, strict=True)]):
        return None
    if np.allclose(shifts, shifts[0], rtol=1e-6, atol=0):
        size, side = abs(shifts[0]), "large" if shifts[0] > 0 else "small"
        if round(size) <= SMALL and abs(size - round(size)) < 1e-6 * size:
            return f"is {round(size)} too {side} everywhere"
        return f"is too {side}, by the same amount everywhere"
    if min(e.size for e in expected) > 1:
        return "is shifted: the same number was added to every entry"
    return None
