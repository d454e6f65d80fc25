"""What can be seen in a wrong answer that is no known mistake.

First what the call did (changed inputs, None, another structure), then, by the
observers of ``observers.py``, what is the matter with the first value that is wrong.
"""

from dataclasses import dataclass

from dlcourse.teach.answers import Mismatch, Other, close, describe, freeze, pair
from dlcourse.teach.observers import OBSERVERS, STRUCTURAL, Leaf

__all__ = ["Trial", "observe", "which_wrong"]

LONGEST_SKETCH = 160  # characters of a list among the inputs that is written out


@dataclass
class Trial:
    """One input, what the learner's function did with it, and the reference."""

    inputs: tuple
    answer: object  # an Outcome
    expected: object  # an Outcome
    right: bool


def observe(exercise, trials):
    """What is wrong, in a sentence or two, and the trial that shows it.

    The trial is the first wrong one but where the sentence speaks of another. It did
    not raise an exception.
    """
    first = next(trial for trial in trials if not trial.right)
    if sentence := _changed_inputs(exercise, first):
        return sentence, first
    names = exercise.returns if isinstance(exercise.returns, tuple) else ()
    wanted = exercise.returns if isinstance(exercise.returns, str) else ""
    if not exercise.silent and first.answer.value is None:
        wanted = f" Expected: {wanted}." if wanted else ""
        return f"returns None: is a `return` missing?{wanted}", first

    leaf = None
    try:
        leaves = _leaves(exercise, first, names)
    except Mismatch as mismatch:
        end = f" ({wanted})" if wanted else ""
        return _sentence(f"{mismatch}{end}"), first
    for where, (a, e) in leaves.items():
        if not close(a, e, exercise.rtol, exercise.atol):
            leaf = _over_trials(exercise, trials, names, where)
            break
    if leaf is None:  # compare= said no
        return "The result is not what is asked for.", first
    for observer in STRUCTURAL if exercise.compare else OBSERVERS:
        if sentence := observer(leaf):
            return _sentence(f"{where} {sentence}"), leaf.about or first
    return _sentence(f"{where} is not what is asked for"), first


def which_wrong(exercise, trials, shown):
    """How often it went wrong, and the inputs of ``shown``, the trial that is kept."""
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
    return f"{score} for {listed} (kept in `check({exercise.__name__}).inputs`)."


# ------------------------------------------------------------- which value is wrong


ARRAY = (
    "Write `a = a - b` rather than `a -= b`, or work on a copy: `b = a` is none, only "
    "a second name; `b = a.copy()` is one."
)
LEFT_ALONE = {
    list: "`a[i] = ...`, `a.reverse()`, `a.sort()`, `a.pop()` and `a.append()` change "
    "a list; `reversed(a)` and `sorted(a)` leave it alone, and `list(a)` is a copy."
}


def _changed_inputs(exercise, trial):
    """Inputs that were changed and should not be, or the other way round."""
    stages = zip(
        exercise.given,
        [freeze(item, gradients=True) for item in trial.inputs],
        trial.answer.after,
        trial.expected.after,
        strict=True,
    )
    for name, before, after, expected in stages:
        kept, to_be_kept = _same(after, before), _same(expected, before)
        if to_be_kept and not kept:
            cure = LEFT_ALONE.get(type(trial.inputs[exercise.given.index(name)]), ARRAY)
            return (
                f"Changes its input `{name}` in place: the caller's values are gone. "
                f"{cure}"
            )
        if kept and not to_be_kept:
            return (
                f"Must change `{name}` in place, and leaves it as it was: `a = ...` "
                "only gives the name `a` to another object; `a -= ...` and "
                "`a[...] = ...` change it."
            )
    return None


def _same(one, other):
    try:
        return all(close(a, b, 0, 0) for _, a, b in pair(one, other))
    except Mismatch:
        return False


def _leaves(exercise, trial, names):
    """What is compared in one trial: {where: (answer, expected)}."""
    answer, expected = trial.answer, trial.expected
    leaves = []
    if not exercise.silent:
        leaves += pair(answer.value, expected.value, "the result", names)
    for name, a, e in zip(exercise.given, answer.after, expected.after, strict=True):
        leaves += pair(a, e, f"`{name}` after the call")
    return {where: (a, e) for where, a, e in leaves}


def _over_trials(exercise, trials, names, where):
    """The value ``where`` over all the trials that have it."""
    found = []
    for trial in trials:
        try:
            both = _leaves(exercise, trial, names).get(where)
        except Mismatch:
            both = None
        if both and not trial.answer.error:
            found.append((trial, *both))
    return Leaf(exercise, *map(list, zip(*found, strict=True)))


# ------------------------------------------------------------------------- in words


def _sketch(value):
    """An input, short enough for a sentence."""
    frozen = freeze(value)
    if isinstance(frozen, str):
        return f"= {value!r}"
    if isinstance(frozen, Other) and callable(value):
        return "(a function)"
    if hasattr(frozen, "data") and frozen.data.size <= 4:
        return f"= {shown(frozen.data)}"
    if hasattr(frozen, "data"):
        return f"of shape {frozen.data.shape}"
    if isinstance(value, list | tuple):
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
    """A small array in three digits, on one line."""
    numbers = [f"{x:.3g}" for x in array.flat]
    return numbers[0] if array.ndim == 0 else f"[{', '.join(numbers)}]"


def _sentence(text):
    end = "" if text.endswith(("?", ".", ")")) else "."
    return text[0].upper() + text[1:] + end
