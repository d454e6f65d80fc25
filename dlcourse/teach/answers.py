"""What a function returned, as plain data that can be compared safely.

A learner's answer may be anything: a list of arrays, a Tensor, an object whose ``==``
says True to everybody. ``freeze`` copies it into plain arrays, text, lists and dicts,
and trusts nothing else; ``pair`` lays an answer beside what it is compared with.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

__all__ = [
    "Array",
    "Mismatch",
    "Other",
    "Pair",
    "agreement",
    "close",
    "describe",
    "freeze",
    "pair",
]

DEEPEST = 10  # no answer is nested deeper; a list that contains itself is


class Mismatch(Exception):
    """Answer and reference differ in kind; says how, and gives no number away."""


@dataclass(frozen=True)
class Array:
    """Numbers: a copy that cannot be changed, an ndarray and no subclass of it."""

    data: np.ndarray
    kind: str = "array"  # or "Tensor"
    listed: bool = False  # whether it came as a list or tuple


@dataclass(frozen=True)
class Other:
    """Something that cannot be compared."""

    what: str


class Pair(NamedTuple):
    """One value of an answer beside the reference's: two arrays, or two texts."""

    where: str
    answer: object
    expected: object
    lists: tuple = (False, False)  # whether each came as a list or tuple

    @property
    def listed(self):
        """Whether a list stands where the reference has an array."""
        return self.lists == (True, False) and self.expected.ndim > 0


def freeze(value, gradients=False, depth=0):
    """Copy ``value`` into Array, str, None, list and dict; all else becomes Other.

    With ``gradients``, a Tensor is frozen with its gradient and a Module with all its
    parameters: the state that a function may change in place.
    """
    kind = type(value)

    def inner(item):
        return freeze(item, gradients, depth + 1)

    try:
        if value is None:
            return None
        if depth > DEEPEST:
            return Other("something nested too deeply")
        if issubclass(kind, str):
            return str.__str__(value)
        if issubclass(kind, bool | int | float | complex | np.generic | np.ndarray):
            return _array(value)
        if issubclass(kind, dict):
            return {str(key): inner(item) for key, item in dict.items(value)}
        if issubclass(kind, list | tuple):
            items = list((list if issubclass(kind, list) else tuple).__iter__(value))
            numbers = issubclass(kind, list) and all(
                type(item) in (int, float) for item in items
            )
            if items and numbers:
                return _array(items, listed=True)
            return [inner(item) for item in items]
        if hasattr(kind, "detach") and hasattr(kind, "numpy"):
            array = _array(value.detach().numpy(), "Tensor")
            return {"data": array, "grad": inner(value.grad)} if gradients else array
        if gradients and hasattr(kind, "named_parameters"):
            return {name: inner(p) for name, p in value.named_parameters()}
    except Exception:  # a hostile or half-built object: not comparable
        return Other(f"a broken {kind.__name__}")
    if issubclass(kind, Generator):
        return Other("a generator (`list(...)` makes a list of it)")
    return Other(f"a {kind.__name__}")


def _array(value, kind="array", listed=False):
    data = np.array(value)  # a base ndarray, and a copy
    data.setflags(write=False)
    if data.dtype.kind not in "biufc":
        held = "strings" if data.dtype.kind in "US" else data.dtype.name
        return Other(f"an array of {held}, not of numbers")
    return Array(data, kind, listed)


def pair(answer, expected, where="the result", names=(), within=None):
    """Lay two frozen values side by side: a list of Pairs.

    Where they are in a list, ``within`` is (of what, the indices that led here).

    A list of arrays and the array stacked from them are laid side by side too. Raises
    Mismatch where the two have not the same structure.
    """
    if isinstance(expected, list) and isinstance(answer, Array) and answer.data.ndim:
        answer = [Array(row, answer.kind) for row in answer.data]
    if isinstance(expected, Array) and isinstance(answer, list):
        answer = _stack(answer)
        if isinstance(answer, list) and _resembles(answer, expected.data):
            expected = [Array(row, expected.kind) for row in expected.data]

    if isinstance(expected, Other) and answer == expected:
        return []  # a function among the inputs: nothing in it can be compared
    if type(answer) is not type(expected) or isinstance(expected, Other):
        raise Mismatch(f"{where} is {describe(answer)}; expected: {describe(expected)}")
    if isinstance(expected, Array):
        _same_kind(answer, expected, where)
        lists = answer.listed, expected.listed
        return [Pair(where, answer.data, expected.data, lists)]
    if isinstance(expected, str):
        return [Pair(where, answer, expected)]
    if isinstance(expected, list):
        if len(answer) != len(expected):
            raise Mismatch(
                f"{where} has {len(answer)} value{'s' * (len(answer) != 1)}; "
                f"expected: {len(expected)}"
            )
        if len(names) == len(expected):
            triples = zip(names, answer, expected, strict=True)
            return [leaf for name, a, e in triples for leaf in pair(a, e, f"`{name}`")]
        of, path = within or (where, "")
        leaves = []
        for i, (a, e) in enumerate(zip(answer, expected, strict=True)):
            inner = f"{path}[{i}]"
            place = f"`{inner}`" if path else f"value {i}"
            leaves += pair(a, e, f"{place} of {of}", within=(of, inner))
        return leaves
    if isinstance(expected, dict):
        if missing := [key for key in expected if key not in answer]:
            raise Mismatch(f"{where} has no key `{missing[0]!r}`")
        if surplus := [key for key in answer if key not in expected]:
            raise Mismatch(f"{where} has a key `{surplus[0]!r}` that is not asked for")
        return [
            leaf
            for key in expected
            for leaf in pair(answer[key], expected[key], _part(key, where))
        ]
    return []  # None and None


def _part(key, where):
    """A key in words, such as "the loss of step 1", names its value by itself."""
    return key if " " in key else f"`{key}` of {where}"


def _same_kind(answer, expected, where):
    if np.iscomplexobj(answer.data) and not np.iscomplexobj(expected.data):
        raise Mismatch(
            f"{where} is complex; expected: real numbers (`.real` gives them; "
            "`np.linalg.eigvalsh` does for a symmetric matrix)"
        )
    if answer.kind != expected.kind:
        cure = " (`.numpy()` and `.item()` give one)" if answer.kind == "Tensor" else ""
        raise Mismatch(
            f"{where} is {describe(answer)}; expected: {describe(expected)}{cure}"
        )
    truth = answer.data.dtype == bool, expected.data.dtype == bool
    if truth[0] != truth[1] and answer.data.shape == expected.data.shape:
        kinds = ["True or False" if boolean else "a number" for boolean in truth]
        if not answer.data.ndim:
            raise Mismatch(f"{where} is {kinds[0]}; expected: {kinds[1]}")
        kinds = [kind.replace("a number", "numbers") for kind in kinds]
        cure = f"`.astype({expected.data.dtype.name.rstrip('0123456789')})` makes them"
        if truth[1] and not np.isin(answer.data, (0, 1)).all():
            cure = "which comparison (`==`, `>`) makes it a question of yes or no?"
        raise Mismatch(f"{where} has {kinds[0]} where {kinds[1]} should be: {cure}")


def _stack(items):
    """A list of equally shaped arrays as one array; else the list as it is."""
    items = [_stack(item) if isinstance(item, list) else item for item in items]
    if items and all(isinstance(item, Array) for item in items):
        if len({(item.data.shape, item.kind) for item in items}) == 1:
            data = np.stack([item.data for item in items])
            return Array(data, items[0].kind, listed=True)
    return items


def _resembles(items, data):
    """Whether a list could be an array but for some entries, which are to be named."""
    return data.shape[:1] == (len(items),) and any(
        isinstance(item, Array) and item.data.shape == data.shape[1:] for item in items
    )


def close(answer, expected, rtol, atol):
    """Whether a Pair agrees: text but for case, arrays within the tolerance.

    Both NaN agree.
    """
    if isinstance(expected, str):
        return answer.strip().casefold() == expected.strip().casefold()
    if answer.shape != expected.shape:
        return False
    # Most are equal to the bit, and to measure takes many times as long.
    if answer.dtype == expected.dtype and answer.tobytes() == expected.tobytes():
        return True
    return bool(np.all(agreement(answer, expected, rtol, atol)))


def agreement(answer, expected, rtol, atol):
    """Entry by entry, whether two arrays of one shape agree.

    Rounding is allowed, measured by the largest entry: that of the reference's own
    precision, and that of the answer's down to float32, in which the course computes.
    An answer in float16 has no more than float32's, or it could be off by a percent.
    """
    theirs = min(_epsilon(answer), float(np.finfo(np.float32).eps))
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(finite.max()) if finite.size else 0.0
    rounding = 16 * max(theirs, _epsilon(expected)) * scale
    # In float64 (or complex), so that unsigned and half-precision values cannot wrap.
    wide = complex if "c" in (answer.dtype.kind, expected.dtype.kind) else float
    return np.isclose(
        answer.astype(wide),
        expected.astype(wide),
        rtol=rtol,
        atol=atol + rounding,
        equal_nan=True,
    )


def _epsilon(array):
    return float(np.finfo(array.dtype).eps) if array.dtype.kind in "fc" else 0.0


def describe(value):
    """What a frozen value is, in words and without its numbers."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return f"a dict of {len(value)}"
    if isinstance(value, list):
        return f"a list or tuple of {len(value)}"
    if isinstance(value, Other):
        return value.what
    if value.kind == "array" and value.data.ndim == 0:
        return "True or False" if value.data.dtype == bool else "a number"
    if value.listed and value.data.ndim == 1:
        return f"a list of {len(value.data)} numbers"
    article = "an" if value.kind == "array" else "a"
    return f"{article} {value.kind} of shape {value.data.shape}"
