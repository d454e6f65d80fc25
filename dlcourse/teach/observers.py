"""What is the matter with one wrong value: the observers, from plain to fine.

Each looks at a value over all trials (a Leaf) and gives the rest of a sentence that
begins with the value's name, or None. What they say is true of *every* trial, so that a
chance agreement on one input misleads nobody; an observer that speaks of one trial only
leaves it in ``leaf.about``, and the learner is given its inputs. No expected value is
told.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dlcourse.teach.answers import agreement, close

__all__ = ["OBSERVERS", "STRUCTURAL", "Leaf"]


@dataclass
class Leaf:
    """One returned value over the trials: arrays (or text) of answer and reference."""

    exercise: object
    trials: list
    answers: list
    expected: list
    about: object = None  # the trial that was spoken of, where it was one

    def wrong(self):
        """The (trial, answer, expected) whose numbers differ."""
        each = zip(self.trials, self.answers, self.expected, strict=True)
        return [t for t in each if not close(*t[1:], *self.tolerance)]

    @property
    def tolerance(self):
        return self.exercise.rtol, self.exercise.atol

    @property
    def numerous(self):
        """One number alone is some multiple of any other: it proves nothing."""
        return sum(e.size for e in self.expected) > 1

    def equals(self, images):
        """Whether every answer has the shape and the numbers of its image."""
        return all(
            a.shape == image.shape and np.all(agreement(a, image, *self.tolerance))
            for a, image in zip(self.answers, images, strict=True)
        )


def of_words(leaf):
    """Another word than the reference's."""
    leaf.about, answer, expected = leaf.wrong()[0]
    if not isinstance(expected, str):
        return None
    options = leaf.exercise.choices
    if options and not any(close(answer, option, 0, 0) for option in options):
        return f"is none of the options: {', '.join(map(repr, options))}"
    return "is not the right one" if options else "is another text than expected"


def of_shape(leaf):
    """Another shape, and where it may come from."""
    misshapen = [t for t in leaf.wrong() if t[1].shape != t[2].shape]
    if not misshapen:
        return None
    # A single number in brackets may be the sum of one entry that was forgotten.
    telling = [t for t in misshapen if t[1].size > 1] or misshapen
    leaf.about, a, e = telling[0]
    return f"has shape {a.shape}; expected: {e.shape}{_cause(a.shape, e.shape)}"


def _cause(shape, wanted):
    size = int(np.prod(wanted))
    if not wanted and set(shape) == {1}:
        return ". It is one number in brackets, where a plain number is wanted"
    if not wanted:
        return ". Is a sum or a mean missing?"
    if not shape:
        return (
            ". Is a sum or a mean taken over all axes, instead of one, or one entry "
            "returned instead of all?"
        )
    if shape == wanted[::-1]:
        return ". Is it transposed?"
    if [n for n in shape if n != 1] == [n for n in wanted if n != 1]:
        return ". An axis of length 1 is missing or one too many (`keepdims=`?)"
    if shape == (size, size):
        return ". Has an (n,) met an (n, 1)? They broadcast to (n, n)"
    return ""


def of_finiteness(leaf):
    """NaN or infinity where the reference is finite."""
    for trial, a, e in leaf.wrong():
        for name, cause, test in (
            ("NaN", "0/0, inf/inf, inf - inf, or log of a negative number", np.isnan),
            ("infinite", "x/0, log(0), or exp of a large number", np.isinf),
        ):
            bad = test(a) & np.isfinite(e)
            if bad.any():
                leaf.about = trial
                return f"is {name}{_place(bad)}: {cause}?"
    return None


def of_constants(leaf):
    """The same number everywhere, whatever the input."""
    values = np.concatenate([a.ravel() for a in leaf.answers])
    if values.size > 1 and np.all(values == values[0]):
        return f"is always {values[0]:.4g}, whatever the input"
    return None


def of_kind(leaf):
    """Whole numbers where the reference has fractions."""
    for trial, a, e in leaf.wrong():
        if a.dtype.kind in "iu" and e.dtype.kind == "f" and np.any(e != np.round(e)):
            leaf.about = trial
            return (
                f"is of dtype {a.dtype}: fractions were cut off. Start from floats "
                "(`1.0`, `np.zeros(n)`)"
            )
    return None


RELATIONS = {
    "has the opposite sign": lambda e: -e,
    "has lost its sign": np.abs,
    "is transposed": lambda e: e.T,
    "is in reversed order": lambda e: e[::-1],
    "has its columns in reversed order": lambda e: e[..., ::-1],
    "is the square of what is expected: is a root missing?": np.square,
    "is the root of what is expected": np.sqrt,
    "is one divided by what is expected": lambda e: 1 / e,
    "is the logarithm of what is expected": np.log,
    "is the exponential of what is expected: is a log missing?": np.exp,
    "is one minus what is expected": lambda e: 1 - e,
}


def of_relation(leaf):
    """A simple function of what is expected."""
    if not leaf.numerous:
        return None
    if leaf.expected[0].dtype == bool:
        if leaf.equals([~e for e in leaf.expected]):
            return "is True where False is expected, and False where True is"
        return None
    for sentence, transform in RELATIONS.items():
        with np.errstate(all="ignore"):
            images = [
                transform(e) if e.ndim or "order" not in sentence else e
                for e in leaf.expected
            ]
        if leaf.equals(images):
            return sentence

    def ordered(arrays):
        return [np.sort(x, axis=None) for x in arrays]

    if Leaf(leaf.exercise, [], ordered(leaf.answers), []).equals(
        ordered(leaf.expected)
    ):
        return "has the right numbers in another order"
    return None


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


def of_factor(leaf):
    """A factor: the same for every input, or one that follows the input's size."""
    ratios, trials = [], []
    for a, e, trial in zip(leaf.answers, leaf.expected, leaf.trials, strict=True):
        if a.shape != e.shape or not np.isfinite(e).all() or "c" in a.dtype.kind:
            return None
        length = np.vdot(e, e).astype(float)
        ratio = float(np.vdot(e.astype(float), a) / length) if length else 0.0
        if not np.all(agreement(a, e * ratio, *leaf.tolerance)):
            return None
        if length:
            ratios.append(ratio)
            trials.append(trial)
    if not leaf.numerous or not ratios or np.allclose(ratios, 1, rtol=1e-2):
        return None
    if np.allclose(ratios, ratios[0], rtol=1e-6):
        return f"is {_times(ratios[0])}"
    for name, lengths in _lengths(leaf.exercise.given, trials):
        for sentence, factor in FACTORS.items():
            with np.errstate(all="ignore"):
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
    if min(e.size for e in leaf.expected) > 1:
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
    size = Fraction(ratio).limit_denominator(12)
    if abs(float(size) - ratio) > 1e-6 * abs(ratio):
        words = f"{abs(ratio):.4g} times what is expected"
    elif abs(size.numerator) == 1:
        words = f"{size.denominator} times too small"
    elif size.denominator == 1:
        words = f"{abs(size.numerator)} times too large"
    else:
        words = f"{abs(size)} of what is expected"
    return words + (", and has the opposite sign" if ratio < 0 else "")


def of_offset(leaf):
    """The same amount too much in every entry."""
    if not leaf.numerous or leaf.expected[0].dtype == bool:
        return None
    shifts = [
        a.astype(float) - e for a, e in zip(leaf.answers, leaf.expected, strict=True)
    ]
    first = next((s.flat[0] for s in shifts if s.size), 0.0)
    if leaf.equals([e + first for e in leaf.expected]):
        return f"is {abs(first):.4g} too {'large' if first > 0 else 'small'} everywhere"
    same = [
        e + s.mean() if e.size else e
        for e, s in zip(leaf.expected, shifts, strict=True)
    ]
    if min(e.size for e in leaf.expected) > 1 and leaf.equals(same):
        return "is shifted: the same number was added to every entry"
    return None


def of_place(leaf):
    """Where the wrong entries are."""
    leaf.about, a, e = leaf.wrong()[0]
    near = _near(leaf)
    if not e.ndim:
        return f"is wrong{near}"
    return f"is wrong{_place(~agreement(a, e, *leaf.tolerance))}{near}"


def _near(leaf):
    """Digits that are right in every trial, where some are."""
    with np.errstate(all="ignore"):
        error = max(
            float(np.max(np.abs(a.astype(float) - e) / np.max(np.abs(e))))
            for _, a, e in leaf.wrong()
        )
    if not 1e-12 < error < 1e-2:
        return ""
    return f", by little: about {int(-np.log10(error))} digits are right"


def _place(bad):
    """Which entries of a mask: all, a row, a column, the diagonal, or the first."""
    if bad.ndim == 0:
        return ""
    if bad.all():
        return " in every entry"
    rest = bad.copy()
    for axis, name in enumerate(("row", "column") if bad.ndim == 2 else ("entry",)):
        for index, which in ((0, "first"), (-1, "last")):
            line = (slice(None),) * axis + (index,)
            rest[...] = bad
            rest[line] = False
            if bad[line].all() and not rest.any():
                return f" in the {which} {name} only"
    if bad.ndim == 2 and bad.shape[0] == bad.shape[1]:
        diagonal = np.eye(len(bad), dtype=bool)
        if np.array_equal(bad, diagonal):
            return " on the diagonal only"
        if np.array_equal(bad, ~diagonal):
            return " everywhere but on the diagonal"
    first = ", ".join(str(int(i)) for i in np.argwhere(bad)[0])
    return f" in {int(bad.sum())} of {bad.size} entries, the first at [{first}]"


STRUCTURAL = (of_words, of_shape, of_finiteness, of_constants)
OBSERVERS = (*STRUCTURAL, of_kind, of_relation, of_factor, of_offset, of_place)
