"""check(): what it says about each kind of wrong answer; and nothing fools it."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from dlcourse import tensor
from dlcourse.teach import check
from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import Exercise, find


def make(reference=None, inputs=None, **options):
    """An exercise that is in no registry: by default, a function of a matrix."""

    def softplus(x):
        """log(1 + exp(x)), entry by entry."""
        return np.log1p(np.exp(x))

    def matrices(rng):
        return (rng.normal(size=rng.integers(2, 6, size=2)),)

    return Exercise(
        reference or softplus,
        "00 Start here",
        "Softplus",
        inputs or matrices,
        **options,
    )


def said(f, exercise=None):
    """What the learner who wrote ``f`` is told."""
    result = examine(exercise or make(), f)
    assert result.verdict == "wrong", result.text
    return result.text


def right(x):
    return np.log1p(np.exp(x))


# ------------------------------------------------------------------- what it observes


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: "softplus", "The result is a string; expected: an array of shape"),
        (lambda x: {"y": right(x)}, "is a dict of 1; expected: an array"),
        (lambda x: (right(x), right(x[:1])), "is a list or tuple of 2; expected"),
        (lambda x: (row for row in x), "is a generator; expected"),
        (lambda x: tensor(right(x)), "a Tensor of shape"),
        (lambda x: right(x).astype(object), "array of object, not of numbers"),
        (lambda x: right(x).sum(), "Is a sum or a mean taken over all axes"),
        (lambda x: right(x).sum(axis=0), "expected: ("),
        (lambda x: right(x)[None], "axis of length 1 is missing or one too many"),
        (lambda x: right(x) * np.nan, "is NaN in every entry"),
        (lambda x: right(x) / 0, "is infinite in every entry: x/0"),
        (lambda x: np.where(x == x.max(), np.nan, right(x)), "is NaN in 1 of"),
        (lambda x: np.zeros_like(x), "is always 0, whatever the input"),
        (lambda x: np.ones_like(x), "is always 1, whatever the input"),
        (lambda x: right(x).astype(int), "dtype int64: fractions were cut off"),
        (lambda x: -right(x), "has the opposite sign"),
        (lambda x: right(x) ** 2, "is the square of what is expected"),
        (lambda x: np.exp(right(x)), "is a log missing?"),
        (lambda x: right(x)[::-1], "is in reversed order"),
        (lambda x: right(x)[:, ::-1], "columns in reversed order"),
        (lambda x: np.sort(right(x), axis=1), "the right numbers in another order"),
        (lambda x: 3 * right(x), "is 3 times too large"),
        (lambda x: right(x) / -2, "2 times too small, and has the opposite sign"),
        (lambda x: 1.5 * right(x), "is 3/2 of what is expected"),
        (lambda x: 2.345 * right(x), "is 2.345 times what is expected"),
        (lambda x: len(x) * right(x), "n times too large, where n is `x.shape[0]`"),
        (lambda x: right(x) / x.size, "n times too small, where n is `x.size`"),
        (lambda x: right(x) * x.shape[1] ** 0.5, "√n times too large"),
        (lambda x: right(x) / np.abs(x).max(), "right direction but not the right"),
        (lambda x: right(x) + 1, "is 1 too large everywhere"),
        (lambda x: right(x) - x.mean(), "the same number was added to every entry"),
        (lambda x: right(x) * (1 + 1e-4 * np.sin(x)), "about 4 digits are right"),
    ],
)
def test_an_observation(f, message):
    assert message in said(f)


def spoilt(place):
    """A function that is right but in one ``place`` of the matrix."""

    def f(x):
        y = right(x)
        y[place] += np.linspace(1, 2, y[place].size).reshape(y[place].shape)
        return y

    return f


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (0, "in the first row only"),
        (-1, "in the last row only"),
        ((slice(None), 0), "in the first column only"),
        ((slice(None), -1), "in the last column only"),
        ((1, 1), "the first at [1, 1]"),
    ],
)
def test_where_it_is_wrong(place, message):
    assert message in said(spoilt(place))


def test_the_diagonal_is_named():
    square = make(inputs=lambda rng: (rng.normal(size=(3, 3)),))
    wrong = np.diag([1.0, 2.0, 3.0])
    assert "on the diagonal only" in said(lambda x: right(x) + wrong, square)
    others = np.arange(1, 10).reshape(3, 3) * (1 - np.eye(3))
    assert "everywhere but on the diagonal" in said(lambda x: right(x) + others, square)


def test_a_square_matrix_may_be_transposed():
    square = make(inputs=lambda rng: (rng.normal(size=(3, 3)),))
    assert "The result is transposed." in said(lambda x: right(x).T, square)
    assert "Is it transposed?" in said(lambda x: right(x).T)


def test_a_broadcast_by_accident_is_named():
    def difference(x, y):
        """x - y"""
        return x - y

    vectors = make(difference, lambda rng: (rng.normal(size=4), rng.normal(size=4)))
    text = said(lambda x, y: x - y[:, None], vectors)
    assert "Has an (n,) met an (n, 1)?" in text


def test_a_missing_sum_is_named():
    def total(x):
        """The sum of all entries."""
        return x.sum()

    each = make(total)
    assert "Is a sum or a mean missing?" in said(lambda x: x, each)


def test_none_asks_for_the_return():
    text = said(lambda x: print(), make(returns="an array like x"))
    assert "returns None: is a `return` missing? Expected: an array like x." in text


def test_it_says_for_which_inputs():
    text = said(lambda x: right(x) + (len(x) > 3))
    assert "Right for " in text
    assert "first wrong for `x` of shape (" in text
    result = examine(make(), lambda x: right(x) + (len(x) > 3))
    assert len(result.inputs[0]) > 3


def test_an_observation_must_hold_for_every_input():
    """On the single number 1 the square agrees by chance; elsewhere it does not."""
    each = make(
        lambda x: x + 1.0, lambda rng: (rng.uniform(2, 3, 3),), edge_cases=((0.0,),)
    )
    assert "square" not in said(lambda x: (x + 1.0) * (x + 2), each)


def test_the_expected_values_are_never_told():
    each = make(inputs=lambda rng: (rng.normal(size=3),))
    for f in (lambda x: right(x) + 1, lambda x: x, lambda x: right(x)[0], np.isnan):
        text = said(f, each)
        for case in each.cases():
            assert not any(f"{number:.3g}" in text for number in right(case[0]))


# ----------------------------------------------------------------- exceptions, prints


def test_an_exception_names_the_learners_own_line():
    def divide(x):
        return np.linalg.inv(x[:1, :1] * 0) + 1  # their line

    text = said(divide)
    assert "raises `LinAlgError: Singular matrix` in `divide`, line " in text
    assert "`return np.linalg.inv(x[:1, :1] * 0) + 1  # their line`" in text


def test_an_exception_without_a_line_of_theirs_is_still_told():
    assert "raises `TypeError" in said(int)


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text either")


def test_an_exception_that_cannot_be_printed():
    def f(x):
        raise Unprintable

    assert "raises `Unprintable` in `f`" in said(f)


def test_an_exception_with_an_endless_message_is_cut():
    def f(x):
        raise ValueError("long " * 100_000)

    assert len(said(f)) < 1500


def test_exit_does_not_leave_the_kernel():
    assert "raises `SystemExit" in said(lambda x: exit())


def test_an_interrupt_is_the_learners_to_make():
    def f(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(make(), f)


def test_what_is_printed_is_shown_once_and_cut(capsys):
    def chatty(x):
        print("shape", x.shape)
        print("line\n" * 1000)
        return right(x)

    result = examine(make(), chatty)
    assert result.passed
    assert capsys.readouterr().out == ""
    assert "It printed:\nshape (" in result.text
    assert len(result.text) < 600
    assert "<pre>a < *b*</pre>" not in examine(make(), shouting).html
    assert "<pre>a &lt; *b*</pre>" in examine(make(), shouting).html


def shouting(x):
    print("a < *b*")
    return right(x)


def test_another_signature_is_named():
    text = said(lambda: 1)
    assert "its parameters are (); it is called with (x)" in text


# ------------------------------------------------------------------ inputs, in place


def test_inputs_changed_in_place_are_reported():
    def f(x):
        x -= x.mean()
        return right(x)

    assert "Changes its input `x` in place" in said(f)


def test_the_right_numbers_do_not_excuse_a_changed_input():
    def f(x):
        y = right(x)
        x *= 0
        return y

    assert "Changes its input `x` in place" in said(f)


def step_in_place(weights, gradient):
    """weights -= 0.1 gradient, in place"""
    weights -= 0.1 * gradient


def vectors(rng):
    return rng.normal(size=3), rng.normal(size=3)


def test_an_exercise_may_ask_for_a_change_in_place():
    each = make(step_in_place, vectors)

    def rebound(weights, gradient):
        weights = weights - 0.1 * gradient

    def uphill(weights, gradient):
        weights += 0.1 * gradient

    assert examine(each, step_in_place).passed
    assert "Must change `weights` in place" in said(rebound, each)
    assert "`weights` after the call is wrong" in said(uphill, each)


def test_gradients_of_tensors_are_inputs_too():
    def zero_grad(w):
        """Forget the gradient."""
        w.grad = None

    def inputs(rng):
        w = tensor(rng.normal(size=3), requires_grad=True)
        (w * w).sum().backward()
        return (w,)

    each = make(zero_grad, inputs)
    assert examine(each, zero_grad).passed
    assert "Must change `w` in place" in said(lambda w: w.data, each)


# -------------------------------------------------------------- kinds of right answers


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        (lambda x: x.mean(), lambda x: float(x.mean())),
        (lambda x: float(x.mean()), lambda x: np.array(x.mean())),
        (lambda x: x * 2, lambda x: (x * 2).tolist()),
        (lambda x: x * 2, lambda x: np.asarray(x, order="F") * 2),
        (lambda x: x / 3, lambda x: x.astype(np.float32) / np.float32(3)),
        (lambda x: (x, x.T), lambda x: [x, x.T]),
        (lambda x: [row for row in x], lambda x: x),
        (lambda x: {"a": x, "b": [x, 1.0]}, lambda x: {"b": (x, 1), "a": x}),
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
        (lambda x: (x, 1.0), lambda x: (x,), "has 1 values; expected: 2"),
        (lambda x: (x, x.T), lambda x: (x, -x.T), "`db` has the opposite sign"),
        (lambda x: {"a": x}, lambda x: {"b": x}, "has no key `'a'`"),
        (lambda x: {"a": x}, lambda x: {"a": x, "b": x}, "a key `'b'` that is not"),
        (lambda x: {"a": x}, lambda x: {"a": -x}, "`a` of the result has the opposite"),
        (lambda x: tensor(x), lambda x: x, "expected: a Tensor of shape"),
        (lambda x: x, lambda x: tensor(x), "`.numpy()` and `.item()` give one"),
        (lambda x: x > 0, lambda x: 1 * (x > 0), "is a number; expected: True or Fal"),
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

    class Stuck:
        def __call__(self):
            return 1

    def use(cls, times):
        counter = cls()
        return [counter() for _ in range(times)]

    each = make(Counter, lambda rng: (int(rng.integers(2, 9)),), run=use)
    assert examine(each, Counter).passed
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


# ----------------------------------------------------------------------- known mistakes


def halves():
    each = make(lambda x: x / 2, trials=3)
    each.mistake("It is a half, not a third.")(lambda x: x / 3)
    return each


def test_a_known_mistake_speaks_for_itself():
    result = examine(halves(), lambda x: x * (1 / 3))
    assert (result.verdict, result.message) == (
        "known mistake",
        "It is a half, not a third.",
    )
    assert "To read again: Softplus in 00 Start here." in result.text


def test_a_mistake_is_not_matched_by_agreement_on_some_inputs():
    """Wrong in one case only: there it is the mistake's number, elsewhere it is not."""
    each = make(lambda x: x / 2, lambda rng: (rng.normal(),), edge_cases=((6.0,),))
    each.mistake("always a third")(lambda x: x / 3)
    assert "always a third" not in said(lambda x: 2.0 if x == 6 else x / 2, each)
    assert "always a third" not in said(lambda x: x / 3 if x > 0 else x / 2, each)


def test_a_mistake_that_is_right_on_most_inputs_is_matched():
    each = make(lambda x: abs(x), lambda rng: (rng.normal(),))
    each.mistake("negative x")(lambda x: max(x, 0.0))
    each.mistake("positive x")(lambda x: max(-x, 0.0))
    assert examine(each, lambda x: x if x > 0 else 0.0).message == "negative x"


def test_mistakes_may_return_none_raise_or_have_another_shape():
    each = make()
    each.mistake("nothing")(lambda x: None)
    each.mistake("flat")(lambda x: right(x).ravel())
    each.mistake("raises")(lambda x: {}["key"])
    assert examine(each, lambda x: print(end="")).message == "nothing"
    assert examine(each, lambda x: np.log1p(np.exp(x.ravel()))).message == "flat"
    assert examine(each, lambda x: {"k": 1}["key"]).message == "raises"
    assert "raises `KeyError" in said(lambda x: {}["another"], each)


# ------------------------------------------------------------------------ not started


def test_a_stub_is_not_started():
    def documented(x):
        """What it should return."""

    def dots(x): ...

    def raises(x):
        raise NotImplementedError

    for stub in (documented, dots, raises, lambda x: None):
        assert examine(make(), stub).verdict == "not started"


def test_a_half_written_function_is_started():
    def f(x):
        if x.shape[0] > 3:
            raise NotImplementedError
        return right(x)

    def g(x):
        y = right(x)  # noqa: F841

    small = make(edge_cases=((np.zeros((2, 2)),),))
    assert "raises `NotImplementedError`" in said(f, small)
    assert "is a `return` missing" in said(g)


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


# ------------------------------------------------------------ check: by name, in public


def mean_squared_error(predictions, targets):
    return np.mean((predictions - targets) ** 2)


def wrong(f):
    f.__name__ = "mean_squared_error"
    return f


def test_check_shows_once_and_returns_the_result(capsys):
    result = check(mean_squared_error)
    assert result.passed
    assert capsys.readouterr().out == (
        "✓ mean_squared_error: right on all 13 inputs tried.\n"
    )


def test_check_says_the_same_every_time(capsys):
    texts = {check(wrong(lambda predictions, targets: 0.5)).html for _ in range(3)}
    assert len(texts) == 1
    assert "<" in texts.pop()


def test_another_seed_gives_other_inputs():
    always = find("mean_squared_error").cases()
    again, other = (find("mean_squared_error").cases(seed) for seed in (None, 7))
    np.testing.assert_array_equal(always[-1][0], again[-1][0])
    assert not np.array_equal(always[-1][0], other[-1][0])


def test_check_goes_by_the_functions_name():
    with pytest.raises(LookupError, match=r"no exercise named 'mean_squared'.*Did you"):
        check(named("mean_squared"))
    with pytest.raises(TypeError, match="expects the function itself, got float"):
        check(0.5)


def named(name):
    def f(): ...

    f.__name__ = name
    return f


def test_after_three_attempts_it_points_to_the_hints(monkeypatch, progress_file):
    monkeypatch.delenv("DLCOURSE_BUILD")
    advice = "solved in `solutions/00_start_here.ipynb`"
    bad = wrong(lambda predictions, targets: 0.5)
    stub = wrong(lambda predictions, targets: None)
    assert [advice in check(f).text for f in (bad, stub, stub, bad, bad)] == [
        False,
        False,
        False,
        False,
        True,
    ]


def test_in_the_build_there_are_no_attempts():
    bad = wrong(lambda predictions, targets: 0.5)
    assert not any("Stuck" in check(bad).text for _ in range(5))


def test_a_faulty_declaration_is_not_the_learners_fault():
    with pytest.raises(ZeroDivisionError):
        examine(make(lambda x: 1 / 0), right)
    with pytest.raises(TypeError, match="returns a object, which cannot be compared"):
        examine(make(lambda x: object()), right)


def test_exactly_one_output_in_a_notebook(monkeypatch, tmp_path):
    cells = [
        "import numpy as np\n"
        "from dlcourse.teach import check, claim, predict, progress, quiz, reveal\n"
        "def mean_squared_error(predictions, targets):\n"
        "    return np.mean((predictions - targets) ** 2)",
        "check(mean_squared_error)",
        "result = check(mean_squared_error)\nresult",
        "check(mean_squared_error)\nx = 1",
        "result",
        "claim('minibatch-variance', measured=-1.01, expected=-1, within=0.05)",
        "predict('p', 'Which?', ['a', 'b'])",
        "reveal('p', 'a')",
        "quiz('00_start_here')",
        "progress()",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    monkeypatch.setenv("DLCOURSE_BUILD", "1")
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    first, *shown = [cell.outputs for cell in notebook.cells]
    assert first == []
    for cell, outputs in zip(cells[1:], shown, strict=True):
        assert len(outputs) == 1, cell
        assert outputs[0].output_type == "display_data"
        assert {"text/plain", "text/html"} <= outputs[0].data.keys()
    assert shown[0][0].metadata["dlcourse"]["verdict"] == "passed"
    assert shown[4][0].metadata["dlcourse"]["claim"] == "minibatch-variance"
    assert "application/vnd.jupyter.widget-view+json" in shown[5][0].data
    assert "( ) a" in shown[5][0].data["text/plain"]
