"""What is the matter with one wrong value: the observers, from plain to fine.

Each looks at a value over all trials (a Value) and gives the rest of a sentence that
begins with the value's name, or None. What they say is true of *every* trial, so that a
chance agreement on one input misleads nobody; an observer that speaks of one trial only
leaves it in ``value.about``, and the learner is given its inputs. No expected value is
told.
"""

import numpy as np

from dlcourse.teach.answers import agreement, close
from dlcourse.teach.proportions import of_factor, of_offset

__all__ = ["OBSERVERS", "STRUCTURAL"]


def of_words(value):
    """Another word than the reference's."""
    value.about, answer, expected = value.wrong[0]
    if not isinstance(expected, str):
        return None
    options = value.exercise.choices
    if options and not any(close(answer, option, 0, 0) for option in options):
        return f"is none of the options: {', '.join(map(repr, options))}"
    return "is not the right one" if options else "is another text than expected"


def of_shape(value):
    """Another shape, and where it may come from, if it is the same in all trials."""
    misshapen = [t for t in value.wrong if t[1].shape != t[2].shape]
    if not misshapen:
        return None
    # A single number in brackets may be the sum of one entry that was forgotten.
    telling = [t for t in misshapen if t[1].size > 1] or misshapen
    value.about, a, e = telling[0]
    causes = {_cause(a.shape, e.shape, value.lists[0]) for _, a, e in telling}
    cause = causes.pop() if len(causes) == 1 else ""
    return f"has {_extent(a.shape, e.shape, *value.lists)}{cause}"


def _extent(shape, wanted, list_given, list_wanted):
    """Both shapes, or lengths: a list of numbers has no shape."""
    if list_given and len(shape) == 1:
        if list_wanted:
            return f"length {shape[0]}; expected: {wanted[0]}"
        expected = f"an array of shape {wanted}" if wanted else "a number"
        return f"length {shape[0]}; expected: {expected}"
    if list_wanted and len(wanted) == 1:
        return f"shape {shape}; expected: a list of length {wanted[0]}"
    return f"shape {shape}; expected: {wanted}"


def _cause(shape, wanted, list_given):
    longer, wanted_longer = ([n for n in s if n != 1] for s in (shape, wanted))
    size = int(np.prod(wanted))
    if not wanted and not longer:
        return ". It is one number in brackets, where a plain number is wanted"
    if not wanted and list_given and shape == (2,):
        return ". These are two values where one is asked for"
    if not wanted:
        return ". Is a sum or a mean missing?"
    if not shape:
        return (
            ". Is a sum or a mean taken over all axes, instead of one, or one entry "
            "returned instead of all?"
        )
    if shape == wanted[::-1]:
        return ". Is it transposed?"
    if longer == wanted_longer:
        return ". An axis of length 1 is missing or one too many (`keepdims=`?)"
    if shape == (size, size) and len(wanted_longer) == 1:
        return ". Has an (n,) met an (n, 1)? They broadcast to (n, n)"
    return ""


def of_finiteness(value):
    """NaN or infinity where the reference is finite."""
    for trial, a, e in value.wrong:
        for name, cause, test in (
            ("NaN", "0/0, inf - inf, or log or root of a negative number", np.isnan),
            ("infinite", "x/0, log(0), or exp of a large number", np.isinf),
        ):
            bad = test(a) & np.isfinite(e)
            if bad.any():
                value.about = trial
                return f"is {name}{_place(bad)}: {cause}?"
    return None


def of_constants(value):
    """The same number everywhere, whatever the input."""
    if not value.everywhere or len(value.trials) < 2:
        return None
    given = np.concatenate([a.ravel() for a in value.answers])
    if given.size > 1 and np.all(given == given[0]):
        one = given[0] if given.dtype == bool else f"{given[0]:.4g}"
        return f"is always {one}, whatever the input"
    return None


def of_kind(value):
    """A dtype that cannot hold the right numbers."""
    value.about, a, e = value.wrong[0]
    if a.dtype == np.float16 and all(
        np.array_equal(a, e.astype(np.float16), equal_nan=True)
        for _, a, e in value.wrong
    ):
        return (
            "is of dtype float16, which rounds to three digits: give it in the "
            "precision of the inputs"
        )
    if a.dtype.kind not in "iu" or e.dtype.kind != "f" or np.all(e == np.round(e)):
        return None
    if all(np.array_equal(a, np.trunc(e)) for _, a, e in value.wrong):
        fault = "fractions were cut off"
    else:
        fault = "that holds whole numbers only, and fractions are expected"
    return f"is of dtype {a.dtype}: {fault}. Start from floats (`1.0`, `np.zeros(n)`)"


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


def of_relation(value):
    """A simple function of what is expected."""
    if not value.telling:
        return None
    if value.expected[0].dtype == bool:
        if value.equals([~e for e in value.expected]):
            return "is True where False is expected, and False where True is"
        return None
    for sentence, transform in RELATIONS.items():
        if value.equals(
            [
                transform(e) if e.ndim or "order" not in sentence else e
                for e in value.expected
            ]
        ):
            return sentence
    if all(
        close(np.sort(a, axis=None), np.sort(e, axis=None), *value.tolerance)
        for a, e in zip(value.answers, value.expected, strict=True)
    ):
        return "has the right numbers in another order"
    return None


def of_place(value):
    """Where the wrong entries are."""
    value.about, a, e = value.wrong[0]
    near = _near(value)
    if not e.ndim:
        return f"is wrong{near}"
    return f"is wrong{_place(~agreement(a, e, *value.tolerance))}{near}"


def _near(value):
    """Digits that are right in every trial, where some are."""
    error = max(
        float(np.max(np.abs(np.subtract(a, e, dtype=np.result_type(a, e, float)))))
        / max(float(np.max(np.abs(e))), np.finfo(float).tiny)
        for _, a, e in value.wrong
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
