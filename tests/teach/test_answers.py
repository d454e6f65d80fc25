"""Which answers count as equal, and that a hostile one neither passes nor harms."""

import numpy as np
import pytest
from making import make, right, said

from dlcourse import tensor
from dlcourse.teach.answers import freeze, pair
from dlcourse.teach.checker import examine


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        (lambda x: x.mean(), lambda x: float(x.mean())),
        (lambda x: float(x.mean()), lambda x: np.array(x.mean())),
        (lambda x: (x * 2).tolist(), lambda x: x * 2),
        (lambda x: [0.5, *x[0]], lambda x: (0.5, *x[0].tolist())),
        (lambda x: x * 2, lambda x: np.asarray(x, order="F") * 2),
        (lambda x: x / 3, lambda x: x.astype(np.float32) / np.float32(3)),
        (lambda x: (x, x.T), lambda x: [x, x.T]),
        (lambda x: [row for row in x], lambda x: x),
        (lambda x: {"a": x, "b": [x, 1.0]}, lambda x: {"b": (x, 1), "a": x}),
        (lambda x: {"a": x, "b": [x, 1.0]}, lambda x: {"b": (x, 1), "a": x * 1}),
        (lambda x: tensor(x), lambda x: tensor(x) * 1),
        (lambda x: "ReLU", lambda x: " relu\n"),
        (lambda x: bool(x.sum() > 0), lambda x: x.sum() > 0),
        (lambda x: x * 1j, lambda x: 1j * x),
        (lambda x: x / 0, lambda x: 2 * x / 0),
    ],
)
def test_equal_answers_of_another_type_pass(reference, answer):
    def exercise(x):
        """An answer."""
        return reference(x)

    result = examine(make(exercise), answer)
    assert result.passed, result.text


@pytest.mark.parametrize(
    ("reference", "answer", "message"),
    [
        (lambda x: (x, 1.0), lambda x: (x,), "has 1 value; expected: 2"),
        (lambda x: x, lambda x: x.tolist(), "the right numbers, but is a list or tup"),
        (lambda x: x, lambda x: [*x], "`np.array(...)` makes one"),
        (lambda x: x[0], lambda x: tuple(x[0]), "the right numbers, but is a list"),
        (
            lambda x: [x, x],
            lambda x: [x, x.tolist()],
            "`db` has the right numbers, but",
        ),
        (lambda x: x, lambda x: (-x).tolist(), "has the opposite sign"),
        (lambda x: (x, x.T), lambda x: (x, -x.T), "`db` has the opposite sign"),
        (lambda x: {"a": x}, lambda x: {"b": x}, "has no key `'a'`"),
        (lambda x: {"a": x}, lambda x: {"a": x, "b": x}, "a key `'b'` that is not"),
        (lambda x: {"a": x}, lambda x: {"a": -x}, "`a` of the result has the opposite"),
        (
            lambda x: {"the loss of step 1": x},
            lambda x: {"the loss of step 1": -x},
            "The loss of step 1 has the opposite",
        ),
        (
            lambda x: x.ravel()[:3].tolist(),
            lambda x: dict(enumerate(x.ravel()[:3])),
            "is a dict of 3; expected: a list of 3 numbers",
        ),
        (lambda x: tensor(x), lambda x: x, "expected: a Tensor of shape"),
        (lambda x: x, lambda x: tensor(x), "`.numpy()` and `.item()` give one"),
        (lambda x: x > 0, lambda x: 1 * (x > 0), "`.astype(bool)` makes them"),
        (lambda x: x > 0, lambda x: x, "which comparison (`==`, `>`) makes it"),
        (lambda x: 1.0 * (x > 0), lambda x: x > 0, "has True or False where numbers"),
        (lambda x: x.sum() > 0, lambda x: 1, "is a number; expected: True or False"),
        (lambda x: x, lambda x: x.astype(str), "an array of strings, not of numbers"),
        (lambda x: x, lambda x: (row for row in x), "`list(...)` makes a list of it"),
        (lambda x: x > 0, lambda x: x <= 0, "is True where False is expected"),
        (lambda x: "yes", lambda x: "perhaps", "none of the options: 'yes', 'no'"),
        (lambda x: "yes", lambda x: "no", "is not the right one"),
    ],
)
def test_unequal_answers_of_another_kind(reference, answer, message):
    def exercise(x):
        """An answer."""
        return reference(x)

    each = make(exercise, returns=("dW", "db"), choices=("yes", "no"))
    assert message in said(answer, each)


def test_float32_is_allowed_its_own_rounding():
    def padded(x):
        """x, behind a large number."""
        return np.append(1000.0, x)

    def through_float32(x):
        large = (x.ravel() + 1000).astype(np.float32)
        return np.append(np.float32(1000), large - np.float32(1000))

    assert examine(make(padded), through_float32).passed


def test_float32_is_allowed_what_it_costs_on_the_very_inputs():
    """After a cancellation: small differences of large numbers."""

    def differences(x):
        return np.diff(x)

    def large(rng):
        return (1000 + rng.normal(size=4),)

    def low(x):
        return np.diff(x.astype(np.float32))

    each = make(differences, large)
    assert examine(each, low).passed
    given_low = make(differences, lambda rng: (large(rng)[0].astype(np.float32),))
    assert examine(given_low, lambda x: np.diff(x.astype(float))).passed
    assert not examine(each, lambda x: low(x) * np.float32(1.01)).passed
    assert not examine(each, lambda x: low(x) + np.float32(0.02)).passed


def test_where_float32_leaves_no_two_digits_it_is_refused():
    def difference(x):
        return np.diff(x)

    each = make(difference, lambda rng: (1e6 + rng.normal(size=4),))
    assert not examine(each, lambda x: np.diff(x.astype(np.float32))).passed
    assert not examine(each, lambda x: np.zeros(3, np.float32)).passed


@pytest.mark.parametrize("precision", [np.float16, np.float32])
@pytest.mark.parametrize("wrong", [1.01, 1.001])
def test_no_precision_excuses_a_percent(precision, wrong):
    total = make(lambda x: (x**2).sum(), lambda rng: (rng.normal(size=3),))
    assert not examine(total, lambda x: precision(wrong * (x**2).sum())).passed


def test_float16_is_for_exercises_in_float16():
    half = make(lambda x: x / 3, lambda rng: (rng.normal(size=3).astype(np.float16),))
    assert examine(half, lambda x: x * np.float16(1 / 3)).passed
    assert "which rounds to three digits" in said(lambda x: right(x).astype(np.float16))


def test_an_exercise_may_take_any_sequence():
    def doubled(x):
        """2 x"""
        return 2 * x

    each = make(doubled, any_sequence=True)
    assert examine(each, lambda x: (2 * x).tolist()).passed
    assert not examine(make(doubled), lambda x: (2 * x).tolist()).passed


def test_a_list_does_not_hide_a_known_mistake():
    each = make(lambda x: x / 2)
    each.mistake("a third", third=lambda x: x / 3)
    assert examine(each, lambda x: (x / 3).tolist()).message == "a third"


def test_float32_is_no_excuse_for_a_wrong_digit():
    def close(x):
        return (right(x) * (1 + 1e-3)).astype(np.float32)

    assert "digits are right" in said(close)


def test_an_exercise_may_compare_its_own_way():
    def eigenvector(A):
        """The first eigenvector of A + A^T, of length 1; either sign."""
        return np.linalg.eigh(A + A.T)[1][:, 0]

    def up_to_sign(answer, expected):
        return np.isclose(abs(answer @ expected), 1)

    square = {"inputs": lambda rng: (rng.normal(size=(3, 3)),)}
    each = make(eigenvector, compare=up_to_sign, **square)
    assert examine(each, lambda A: -eigenvector(A)).passed
    assert "not what is asked for" in said(lambda A: eigenvector(A)[::-1], each)
    assert "has shape (2,); expected: (3,)" in said(lambda A: eigenvector(A)[1:], each)
    assert "is a string" in said(lambda A: "x", each)


def test_a_class_is_put_to_use():
    class Counter:
        """Counts its calls."""

        calls = 0

        def __call__(self):
            self.calls += 1
            return self.calls

    class Mine(Counter):
        pass

    class Stuck:
        def __call__(self):
            return 1

    def use(cls, times):
        counter = cls()
        return [counter() for _ in range(times)]

    each = make(Counter, lambda rng: (int(rng.integers(2, 9)),), run=use)
    assert examine(each, Mine).passed
    assert "is always 1, whatever" in said(Stuck, each) or "wrong" in said(Stuck, each)


def test_an_answer_without_inputs_is_tried_once():
    def which_layer():
        """The layer that explodes."""
        return "third"

    each = make(which_layer, lambda rng: (), trials=1, choices=("first", "third"))
    assert examine(each, lambda: "third").message == "right on the input tried."
    assert "is not the right one" in said(lambda: "first", each)


def test_one_number_alone_is_not_called_a_multiple():
    """Or three guesses would find the answer."""

    def how_many():
        """The number of weights."""
        return 610

    each = make(how_many, lambda rng: (), trials=1)
    for wrong in (1220, -610, 611, 610**2):
        text = said(lambda wrong=wrong: wrong, each)
        assert "The result is wrong" in text
        assert "\n  \n" not in text


# --------------------------------------------------------------------- hostile answers


class Agreeable:
    """Says yes to everything."""

    __hash__ = None
    shape, dtype, ndim, size, T = (2, 2), np.dtype(float), 2, 4, None

    def __eq__(self, other):
        return True

    def __bool__(self):
        return True

    def __array__(self, *args, **kwargs):
        return np.zeros((2, 2))

    def __getattr__(self, name):
        return lambda *args, **kwargs: True


class Impostor:
    __class__ = np.ndarray

    def __array__(self, *args, **kwargs):
        raise RuntimeError("not now")


class AgreeableArray(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __eq__(self, other):
        return True


class AgreeableText(str):
    __hash__ = None

    def __eq__(self, other):
        return True

    def strip(self):
        return self

    def casefold(self):
        return self


class Torn:
    def detach(self):
        raise RuntimeError

    def numpy(self): ...


def endless():
    items = []
    items += [items, items]
    return items


@pytest.mark.parametrize(
    "answer",
    [
        Agreeable(),
        Impostor(),
        np.zeros((2, 2)).view(AgreeableArray),
        AgreeableText("x"),
        Torn(),
        Agreeable,
        endless(),
        10**400,
        np.array([1, "x"], dtype=object),
        np.ma.masked_all((2, 2)),
        [[1, 2], [3]],
        "x" * 10**7,
        {Agreeable: 1},
        range(3),
    ],
    ids=lambda answer: type(answer).__name__,
)
@pytest.mark.parametrize("expected", ["array", "number", "text", "tuple", "dict"])
def test_a_hostile_answer_is_wrong_and_does_no_harm(answer, expected):
    kinds = {
        "array": lambda x: x,
        "number": lambda x: x.sum(),
        "text": lambda x: "yes",
        "tuple": lambda x: (x, x),
        "dict": lambda x: {"a": x},
    }
    each = make(kinds[expected], returns="something else")
    result = examine(each, lambda x: answer)
    assert result.verdict == "wrong"
    assert len(result.text) < 2000


def test_one_array_that_is_returned_again_and_again_is_no_trick():
    shared = np.zeros(3)

    def f(x):
        shared[:] = x
        return shared

    assert examine(make(lambda x: x, lambda rng: (rng.normal(size=3),)), f).passed


def test_a_place_in_lists_of_lists_is_said_as_python_says_it():
    for value, place in (([[[1.0, "x"]]], "`[0][0][1]`"), (["x"], "value 0")):
        assert pair(freeze(value), freeze(value))[-1].where == f"{place} of the result"
