"""Every exercise of the course: its check is right about right and wrong answers."""

import dataclasses
import functools
from copy import deepcopy
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.teach.answers import Array, freeze
from dlcourse.teach.checker import examine, expectations
from dlcourse.teach.course import LESSONS
from dlcourse.teach.exercise import (
    PUBLIC,
    all_exercises,
    all_variants,
    exercise,
    find,
    reference,
)

module = import_module("dlcourse.teach.exercise")  # the package's is the function

EXERCISES = {each.__name__: each for each in (*all_exercises(), *all_variants())}
VARIANTS = {name: each for name, each in EXERCISES.items() if each.variant_of}
MISTAKES = {
    f"{name}-{mistake.name}": (each, mistake)
    for name, each in EXERCISES.items()
    for mistake in each.mistakes
}
NUMERIC = {
    name: each
    for name, each in EXERCISES.items()
    if not (each.silent or each.choices or each.returns == "nothing")
}
every_exercise = pytest.mark.parametrize("each", EXERCISES.values(), ids=EXERCISES)
seeds = st.integers(0, 2**32 - 1)


@functools.cache
def known(each):
    """What is expected of ``each``: the same for every answer to it."""
    return expectations(each)


def every_number(value, change):
    """``value`` with each of its arrays, numbers and Tensors changed."""
    if isinstance(value, tuple | list):
        return type(value)(every_number(item, change) for item in value)
    if isinstance(value, dict):
        return {key: every_number(item, change) for key, item in value.items()}
    if hasattr(value, "detach"):
        return type(value)(change(value.detach().numpy()))
    return value if isinstance(value, str) else change(np.asarray(value))


def solution(each):
    """A learner's: the reference's lines, in a function that is not the course's."""
    return each.reference.__wrapped__


def answering(each, change):
    """A function that gives the reference's answer, spoilt by ``change``."""

    def f(*args):
        return every_number(each.reference(*args), change)

    return f


WRONG = {
    "zeros": lambda x: np.zeros(x.shape, x.dtype),
    "ones": lambda x: np.ones(x.shape, x.dtype),
    "NaN": lambda x: np.full(x.shape, np.nan),
    "wrong shape": lambda x: np.stack([x, x]),
}


@every_exercise
def test_the_reference_passes(each):
    result = examine(each, solution(each), known=known(each))
    assert result.passed, result.text


def cast(value, precision):
    """All floats in ``value`` in another precision."""
    if isinstance(value, np.ndarray | np.floating) and value.dtype == float:
        return value.astype(precision)
    if type(value) in (list, tuple):
        return type(value)(cast(item, precision) for item in value)
    return value


def harmless(answer):
    """``answer``, on copies of its inputs."""
    return lambda *args: answer(*deepcopy(args))


@every_exercise
@pytest.mark.parametrize(
    ("inner", "outer"), [(np.float32, np.float32), (float, np.float16)]
)
def test_a_known_mistake_in_another_precision_does_not_pass(each, inner, outer):
    """But for a fault that is what it does to its inputs, of which it gets copies."""
    for mistake in each.mistakes:

        def f(*args, answer=mistake.answer):
            return cast(answer(*cast(args, inner)), outer)

        copied = harmless(mistake.answer)
        passed = examine(each, f, known=known(each)).passed
        assert not passed or examine(each, copied).passed, mistake.name


@every_exercise
def test_the_solution_in_float32_passes(each):
    if each.run:
        pytest.skip("what `run` makes of the answer is in a precision of its own")

    def f(*args):
        return cast(solution(each)(*cast(args, np.float32)), np.float32)

    result = examine(each, f, known=known(each))
    assert result.passed, result.text


@every_exercise
def test_the_stub_is_not_started(each):
    def stub(*args):
        raise NotImplementedError

    assert examine(each, stub, known=known(each)).verdict == "not started"


@pytest.mark.parametrize("each", NUMERIC.values(), ids=NUMERIC)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_lazy_answer_fails(each, wrong):
    result = examine(each, answering(each, WRONG[wrong]), known=known(each))
    assert result.verdict in ("known mistake", "wrong"), result.text


@every_exercise
@pytest.mark.parametrize("value", [None, 0, 1, float("nan"), "", object(), []])
def test_an_answer_that_ignores_its_inputs_fails(each, value):
    assert not examine(each, lambda *args: value, known=known(each)).passed


@pytest.mark.parametrize(("each", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_known_mistake_gets_its_own_diagnosis(each, mistake):
    result = examine(each, mistake.answer, known=known(each))
    assert result.verdict == "known mistake", result.text
    assert result.message == mistake.diagnosis
    error = known(each).mistaken(mistake, 0).error
    assert not isinstance(error, NameError), "its own code does not run"


@every_exercise
@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=seeds)
def test_no_input_makes_the_reference_fail(each, seed):
    assert examine(each, solution(each), seed).passed


@every_exercise
@settings(max_examples=2, deadline=None, derandomize=True)
@given(seed=seeds)
def test_no_input_confuses_the_diagnoses(each, seed):
    expected = expectations(each, seed)
    for mistake in each.mistakes:
        result = examine(each, mistake.answer, seed, known=expected)
        assert result.message == mistake.diagnosis


@every_exercise
@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=seeds)
def test_inputs_are_finite_and_repeatable(each, seed):
    def arrays(case):
        frozen = freeze(case)
        pending = list(frozen if isinstance(frozen, list) else [frozen])
        while pending:
            item = pending.pop()
            if isinstance(item, list | dict):
                pending += item.values() if isinstance(item, dict) else item
            elif isinstance(item, Array):
                yield item.data

    once, again = each.cases(seed), each.cases(seed)
    for one, other in zip(once, again, strict=True):
        for a, b in zip(arrays(one), arrays(other), strict=True):
            assert np.isfinite(a).all()
            np.testing.assert_array_equal(a, b)


# ---------------------------------------------------------------------- the variants


@pytest.mark.parametrize("each", VARIANTS.values(), ids=VARIANTS)
def test_the_public_solution_of_a_variant_is_told_as_such(each):
    public = each.variant_of.reference.__wrapped__
    arity = len(each.variant_of.parameters)
    result = examine(each, lambda *args: public(*args[:arity]))
    (known,) = (m for m in each.mistakes if m.name == PUBLIC)
    assert (result.verdict, result.message) == ("known mistake", known.diagnosis)


@pytest.mark.parametrize(
    "each", [x for x in LESSONS if x.exercises], ids=lambda x: x.folder
)
def test_a_lesson_has_variants_of_two_of_its_exercises(each):
    of = {find(name).variant_of.__name__ for name in each.variants}
    assert of <= set(each.exercises)
    assert len(of) >= min(2, len(each.exercises))


def test_a_variant_is_found_by_its_name_and_behind_that_of_its_exercise():
    variant = find("inputs_first_std")
    assert find("he_std:inputs_first_std") is variant
    assert find("he_std").variants["inputs_first_std"] is variant
    with pytest.raises(LookupError, match="no variant of gain_from, which has: none"):
        find("gain_from:inputs_first_std")
    with pytest.raises(LookupError, match="no variant of he_std, which has: convol"):
        find("he_std:uniform_width")
    with pytest.raises(LookupError, match="no variant of he_std"):
        find("he_std:he_std")


def test_who_answers_by_a_variants_reference_is_told_so():
    variant = reference("inputs_first_std")
    result = examine(find("he_std"), lambda shape: variant(shape[::-1]))
    assert result.verdict == "the course's own"


def test_a_variant_with_other_inputs_forgets_the_edge_cases():
    halved = declare(edge_cases=((1.0,),), rtol=1e-3)
    inputs = halved.inputs

    def thirds(x):
        """A third of x."""
        return x / 3

    same = halved.variant("that is half")(thirds)
    other = halved.variant("that is half", inputs=lambda rng: (2.0,))(thirds)
    assert (same.inputs, same.edge_cases, same.rtol) == (inputs, ((1.0,),), 1e-3)
    assert (other.edge_cases, other.rtol) == ((), 1e-3)


# ------------------------------------------------------------------ the declaration


def declare(reference=None, **changed):
    def halved(x):
        """Half of x."""
        return x / 2

    options = {
        "lesson": LESSONS[0],
        "section": "s",
        "inputs": lambda rng: (rng.normal(),),
    } | changed
    return exercise(**options)(reference or halved)


def test_a_declaration_without_a_docstring_is_refused():
    with pytest.raises(ValueError, match="no docstring: what must it return"):
        declare(lambda x: x)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"lesson": "1 Backprop"}, ValueError, "no lesson: '1 Backprop'"),
        ({"lesson": "77"}, ValueError, "no lesson: '77'"),
        ({"lesson": None}, ValueError, "belongs to no lesson: None"),
        ({"section": ""}, ValueError, "which section"),
        ({"inputs": None}, TypeError, "inputs must be a function"),
    ],
)
def test_an_incomplete_declaration_is_refused(changed, error, message):
    with pytest.raises(error, match=message):
        declare(**changed)


def test_inputs_are_required():
    with pytest.raises(TypeError, match="inputs"):
        exercise(section="s")


def test_fewer_than_three_mistakes_are_refused():
    halved = declare()
    halved.mistake("one")(lambda x: x)
    with pytest.raises(ValueError, match="1 known mistakes, at least 3"):
        halved.validate()


def test_a_mistake_takes_what_the_reference_takes():
    with pytest.raises(TypeError, match=r"must take \(x\)"):
        declare().mistake("two parameters")(lambda x, y: x)


def test_a_mistake_needs_a_diagnosis_of_its_own():
    halved = declare()
    with pytest.raises(ValueError, match="no diagnosis"):
        halved.mistake(" ", one=lambda x: x)
    halved.mistake("first", one=lambda x: x)
    with pytest.raises(ValueError, match="two mistakes with one diagnosis"):
        halved.mistake("first", other=lambda x: 2 * x)


def test_the_names_of_an_exercises_mistakes_are_unique():
    halved = declare()
    halved.mistake("first", one=lambda x: x)
    with pytest.raises(ValueError, match="two mistakes named one"):
        halved.mistake("second", one=lambda x: 2 * x)
    with pytest.raises(ValueError, match="two mistakes named <lambda>"):
        halved.mistake("third")(lambda x: 3 * x)
        halved.mistake("fourth")(lambda x: 4 * x)


def test_one_diagnosis_may_have_several_faces_and_counts_once():
    halved = declare()
    halved.mistake("not halved", as_it_is=lambda x: x, doubled=lambda x: 2 * x)
    assert [m.name for m in halved.mistakes] == ["as_it_is", "doubled"]
    halved.mistake("quartered", quartered=lambda x: x / 4)
    with pytest.raises(ValueError, match="2 known mistakes, at least 3"):
        halved.validate()


def test_inputs_that_are_no_tuple_are_refused():
    with pytest.raises(TypeError, match=r"tuple of \(x\), got 3"):
        declare(inputs=lambda rng: 3).cases()


def test_names_are_unique_in_the_course(monkeypatch):
    first, second = LESSONS[0], dataclasses.replace(LESSONS[0], topic="Again")
    monkeypatch.setattr(module, "LESSONS", (first, second))
    with pytest.raises(ValueError, match="two exercises are named mean_squared_error"):
        find("mean_squared_error")


def test_a_file_declares_the_exercise_of_its_name(monkeypatch):
    lesson = SimpleNamespace(folder="99_x", exercises=("y",), variants=())
    lesson.module = lambda name: SimpleNamespace(y=1)
    monkeypatch.setattr(module, "LESSONS", (lesson,))
    with pytest.raises(ValueError, match=r"99_x/exercises/y.py declares no exercise"):
        find("y")


def test_the_reference_is_the_courses_own_function():
    f = reference("mean_squared_error")
    assert f(np.array([1.0, 3.0]), np.array([0.0, 0.0])) == 5


def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(LookupError, match="Did you mean mean_squared_error"):
        find("mean_square_error")
