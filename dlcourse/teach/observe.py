"""What can be seen in a wrong answer that is no known mistake.

First what the call did (changed inputs, None, another structure), then, by the
observers, what is the matter with the first value that is wrong.
"""

from dlcourse.teach.answers import Array, Mismatch, Other, close, describe, freeze, pair
from dlcourse.teach.attempt import nothing
from dlcourse.teach.observers import OBSERVERS, STRUCTURAL
from dlcourse.teach.trial import over
from dlcourse.teach.written import has_second_name, rebinds

__all__ = ["observe", "which_wrong"]

LONGEST_SKETCH = 160  # characters of a list among the inputs that is written out


def observe(exercise, f, trials):
    """What is wrong with ``f``, in a sentence or two, and the trial that shows it.

    The trial is the first wrong one but where the sentence speaks of another. It did
    not raise an exception.
    """
    first = next(trial for trial in trials if not trial.right)
    if sentence := _changed_inputs(exercise, f, first):
        return sentence, first
    if not exercise.silent and first.answer.value is None:
        return nothing(exercise, f), first
    if alone := _one_for_all(exercise, first):
        return alone, first
    if first.mismatch:
        wanted = exercise.returns if isinstance(exercise.returns, str) else ""
        return _sentence(f"{first.mismatch}{f' ({wanted})' if wanted else ''}"), first
    if not first.wrong and first.listed:
        return _sentence(
            f"{first.listed[0].where} has the right numbers, but is a list or tuple; "
            "expected: an array. `np.array(...)` makes one, with a shape and methods "
            "such as `.mean()`"
        ), first
    if not first.wrong:  # compare= said no
        return "The result is not what is asked for.", first
    value = over(exercise, trials, first.wrong[0].where)
    for observer in STRUCTURAL if exercise.compare else OBSERVERS:
        if sentence := observer(value):
            return _sentence(f"{value.where} {sentence}"), value.about or first
    return _sentence(f"{value.where} is not what is asked for"), first


def _one_for_all(exercise, trial):
    """One array where several are asked for, which would be taken apart by its rows."""
    answer, parts, names = trial.answer.value, trial.expected.value, exercise.returns
    if not (isinstance(answer, Array) and isinstance(parts, list)):
        return None
    shapes = [part.data.shape for part in parts if isinstance(part, Array)]
    if answer.data.shape not in shapes or not isinstance(names, tuple):
        return None
    *others, last = (f"`{name}`" for name in names)
    return (
        f"One value is returned where {len(names)} are asked for: {', '.join(others)} "
        f"and {last}. `return {', '.join(names)}` gives them back."
    )


def which_wrong(exercise, trials, shown, seed=None):
    """How often it went wrong, and the inputs of ``shown``, the trial that is kept.

    Where a ``seed`` was given, the learner's own ``check(f)`` keeps other inputs.
    """
    first = next(trial for trial in trials if not trial.right)
    right = sum(trial.right for trial in trials)
    named = [
        f"`{name}` {_sketch(value)}"
        for name, value in zip(exercise.given, shown.inputs, strict=True)
    ]
    score = f"Right for {right} of {len(trials)} inputs; first wrong"
    if shown is not first:
        score = f"Right for {right} of {len(trials)} inputs; this is seen"
    elif not right:
        score = "Wrong"
    *others, last = named
    listed = f"{', '.join(others)} and {last}" if others else last
    kept = f" (kept in `check({exercise.__name__}).inputs`)" if seed is None else ""
    return f"{score} for {listed}{kept}."


# -------------------------------------------------------------------- changed in place

ARRAY = "Write `a = a - b` rather than `a -= b`, or work on a copy: `new = old.copy()`."
SECOND_NAME = "`new = old` is none, only a second name for it."
LEFT_ALONE = {
    list: "`a[i] = ...`, `a.reverse()`, `a.sort()`, `a.pop()` and `a.append()` change "
    "a list; `reversed(a)` and `sorted(a)` leave it alone, and `list(a)` is a copy."
}
OF_ARRAYS = (
    f"{ARRAY} `list(a)` copies the list, not its arrays: `[one.copy() for one in a]`."
)


def _changed_inputs(exercise, f, trial):
    """Inputs that were changed and should not be, or the other way round."""
    stages = zip(
        exercise.given,
        trial.inputs,
        trial.answer.after,
        trial.expected.after,
        strict=True,
    )
    for name, given, after, expected in stages:
        before = freeze(given, gradients=True)
        kept, to_be_kept = _same(after, before), _same(expected, before)
        if to_be_kept and not kept:
            cure = LEFT_ALONE.get(type(given), ARRAY)
            if _only_its_arrays(before, after):
                cure = OF_ARRAYS
            if has_second_name(f, name):
                cure += f" {SECOND_NAME}"
            return (
                f"Changes its input `{name}` in place: the caller's values are gone. "
                f"{cure}"
            )
        if kept and not to_be_kept:
            cure = "`a -= ...` and `a[...] = ...` change what `a` names."
            if rebinds(f, name):
                cure = f"`a = ...` only gives the name to another object; {cure}"
            return f"Must change `{name}` in place, and leaves it as it was: {cure}"
    return None


def _only_its_arrays(before, after):
    """Whether the arrays in a list have other numbers, and none another place."""
    if not (isinstance(before, list) and isinstance(after, list)):
        return False
    if len(before) != len(after) or not all(isinstance(a, Array) for a in before):
        return False
    changed = [a for b, a in zip(before, after, strict=True) if not _same(a, b)]
    return not any(_same(a, b) for a in changed for b in before)


def _same(one, other):
    try:
        return all(close(*leaf[1:3], 0, 0) for leaf in pair(one, other))
    except Mismatch:
        return False


# ------------------------------------------------------------------------- in words


def _sketch(value):
    """An input, short enough for a sentence."""
    frozen = freeze(value)
    if isinstance(frozen, str):
        return f"= {value!r}"
    if isinstance(frozen, Other) and callable(value) and hasattr(value, "__name__"):
        return "(a function)"
    if hasattr(frozen, "data") and frozen.data.size <= 4:
        return f"= {shown(frozen.data)}"
    if hasattr(frozen, "data"):
        return f"of shape {frozen.data.shape}"
    objects = isinstance(frozen, list) and any(isinstance(i, Other) for i in frozen)
    if isinstance(value, list | tuple) and not objects:
        written = _written(value)
        if len(written) <= LONGEST_SKETCH:
            return f"= {written}"
    return f"({describe(frozen)})"


def _written(value):
    """Lists and tuples of numbers as Python writes them, in three digits."""
    if isinstance(value, list | tuple):
        items = ", ".join(map(_written, value)) + "," * (
            isinstance(value, tuple) and len(value) == 1
        )
        return f"[{items}]" if isinstance(value, list) else f"({items})"
    if type(value) is float:
        return f"{value:.3g}"
    if value is None or type(value) in (int, str, bool):
        return repr(value)
    return f"({describe(freeze(value))})"


def shown(array):
    """A small array on one line, nested as its axes are: fractions in three digits."""
    if array.ndim:
        return f"[{', '.join(map(shown, array))}]"
    return str(array.item()) if array.dtype.kind in "biu" else f"{array.item():.3g}"


def _sentence(text):
    end = "" if text.endswith(("?", ".", ")")) else "."
    return text[0].upper() + text[1:] + end
