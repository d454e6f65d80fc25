"""check(): exceptions, inputs, known mistakes, what is not started, and its display."""

import nbformat
import numpy as np
import pytest
from making import inverted, make, right, said, unpacked
from nbclient import NotebookClient

from dlcourse import tensor
from dlcourse.teach import check
from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find

# ----------------------------------------------------------------- exceptions, prints


def test_an_exception_names_the_learners_own_line():
    def divide(x):
        return np.linalg.inv(x[:1, :1] * 0) + 1  # their line

    text = said(divide)
    assert "raises `LinAlgError: Singular matrix` in `divide`, line " in text
    assert "`return np.linalg.inv(x[:1, :1] * 0) + 1  # their line`" in text


UNCLEAR = (  # apart from what is said of them: the line itself is quoted
    lambda x: x ^ 2,
    lambda x: 2.0 ^ 2,
    lambda x: x.sum(axis=[0, 1]),
    lambda x: x @ np.ones((9, 9)),
    lambda x: x.tolist().zero_grad(),
)
EXPLAINED = (
    "a power is `**`",
    "a power is `**`",
    "as a tuple: `axis=(0, 2)`",
    "must have as many columns as",
    "belongs to the optimizer",
)


@pytest.mark.parametrize(
    ("f", "advice"), [*zip(UNCLEAR, EXPLAINED, strict=True)], ids=range(5)
)
def test_a_message_of_numpys_is_explained(f, advice):
    text = said(f)
    assert "raises `" in text
    assert advice in text


def test_an_exception_without_a_line_of_theirs_is_still_told():
    assert "raises `TypeError" in said(int)


def test_an_instruction_without_a_line_is_placed_where_its_function_begins():
    def divide(x):  # their function
        return 1 / 0

    divide.__code__ = divide.__code__.replace(co_linetable=b"")
    assert "by zero` in `divide`, line " in said(divide)
    assert "`def divide(x):  # their function`" in said(divide)


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


def test_a_copy_is_advised_for_an_array_and_other_words_for_a_list():
    def alias(x):
        y = x
        y += 1
        return right(y)

    def directly(x):
        x += 1
        return right(x)

    def count(tape):
        """How many entries."""
        return len(tape)

    def turned(tape):
        tape.reverse()
        return len(tape)

    assert "`new = old.copy()`. `new = old` is none, only a second name" in said(alias)
    assert "`new = old.copy()`" in said(directly)
    assert "second name" not in said(directly)
    text = said(turned, make(count, lambda rng: ([(1, 2), (3, 4)],)))
    assert "Changes its input `tape` in place" in text
    assert "`reversed(a)`" in text
    assert "a -= b" not in text


def test_a_copy_of_a_list_is_not_advised_where_its_arrays_changed():
    def total(gradients):
        """The sum of all."""
        return sum(g.sum() for g in gradients)

    def scaled(gradients):
        for g in list(gradients):
            g *= 2
        return total(gradients) / 2

    text = said(scaled, make(total, lambda rng: ([rng.normal(size=3)],)))
    assert "Changes its input `gradients` in place" in text
    assert "`a -= b`" in text and "`[one.copy() for one in a]`" in text
    assert "`sorted(a)`" not in text

    def turned(gradients):
        gradients.reverse()
        return total(gradients)

    two = make(total, lambda rng: (list(rng.normal(size=(2, 3))),))
    assert "`sorted(a)`" in said(turned, two)
    assert "one.copy()" not in said(turned, two)


def test_one_array_is_not_taken_apart_as_if_it_were_the_two_that_are_asked_for():
    def both(w, g):
        """w and what it moves by."""
        return w - g, g

    def drawn(rng):
        return tuple(rng.normal(size=(2, 2, 3)))

    pair_of = make(both, drawn, returns=("w", "step"))
    text = said(lambda w, g: w - g, pair_of)
    assert "One value is returned where 2 are asked for: `w` and `step`" in text


def step_in_place(weights, gradient):
    """weights -= 0.1 gradient, in place"""
    weights -= 0.1 * gradient


def vectors(rng):
    return rng.normal(size=3), rng.normal(size=3)


def test_an_exercise_may_ask_for_a_change_in_place():
    each = make(step_in_place, vectors)

    def rebound(weights, gradient):
        weights = weights - 0.1 * gradient

    def unstored(weights, gradient):
        weights - 0.1 * gradient

    def uphill(weights, gradient):
        weights += 0.1 * gradient

    assert examine(each, lambda w, g: step_in_place(w, g)).passed
    for f, rebinds in ((rebound, True), (unstored, False)):
        text = said(f, each)
        assert "Must change `weights` in place" in text
        assert ("`a = ...` only gives the name" in text) == rebinds
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
    assert examine(each, lambda w: zero_grad(w)).passed
    assert "Must change `w` in place" in said(lambda w: w.data, each)


# ----------------------------------------------------------------------- known mistakes


class OddError(ValueError):
    pass


OddError.__name__ = "ValueError"


def raising(error, first=lambda x: x):
    def f(x):
        first(x)
        raise error

    return f


@pytest.mark.parametrize(
    ("f", "known"),
    [
        (raising(ValueError("no")), True),
        (raising(OddError("no")), False),  # another exception of that name
        (raising(ValueError("no way")), False),
        (raising(ValueError("no"), lambda x: x.fill(7)), False),  # it came further
        (lambda x: raising(ValueError("no"))(x) if x[0] > 0 else x / 2, False),
        (lambda x: raising(ValueError("no"))(x) if x[0] > 0 else x / 3, False),
    ],
)
def test_a_mistake_that_raises_is_matched_by_all_that_can_be_seen(f, known):
    each = make(lambda x: x / 2, lambda rng: (rng.normal(size=9),))
    each.mistake("It says no.", no=raising(ValueError("no")))
    result = examine(each, f)
    assert (result.message == "It says no.") == known
    assert ("known by that message alone" in result.source) == known


def test_a_mistake_that_raises_on_some_inputs_must_agree_on_the_others():
    each = make(lambda x: x / 2, lambda rng: (rng.normal(size=9),))
    no = raising(ValueError("no"))
    each.mistake("No, or a third.", no=lambda x: no(x) if x[0] > 0 else x / 3)
    result = examine(each, lambda x: no(x) if x[0] > 0 else x / 3)
    assert result.message == "No, or a third."
    assert "that message alone" not in result.source
    assert examine(each, lambda x: no(x) if x[0] > 0 else x / 4).verdict == "wrong"
    assert examine(each, lambda x: no(x) if x[0] < 0 else x / 3).verdict == "wrong"


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
    each.mistake("negative x", negative=lambda x: max(x, 0.0))
    each.mistake("positive x", positive=lambda x: max(-x, 0.0))
    assert examine(each, lambda x: x if x > 0 else 0.0).message == "negative x"


def test_mistakes_may_return_none_raise_or_have_another_shape():
    each = make()
    each.mistake("nothing", nothing=lambda x: None)
    each.mistake("flat", flat=lambda x: right(x).ravel())
    each.mistake("raises", raises=lambda x: {}["key"])
    assert examine(each, lambda x: print(end="")).message == "nothing"
    assert examine(each, lambda x: np.log1p(np.exp(x.ravel()))).message == "flat"
    assert examine(each, lambda x: {"k": 1}["key"]).message == "raises"
    assert "raises `KeyError" in said(lambda x: {}["another"], each)


def test_an_overflow_does_not_hide_a_known_mistake():
    """Where exp overflows, the sign cannot be seen: it is seen on the other inputs."""
    stable = make(
        lambda x: np.logaddexp(0, x),
        lambda rng: (rng.normal(size=3),),
        edge_cases=((np.array([1e3, 0.0, 1.0]),),),
    )
    stable.mistake("exp overflows", overflow=lambda x: np.log(1 + np.exp(x)))
    stable.mistake("sign", sign=lambda x: -np.logaddexp(0, x))
    assert examine(stable, lambda x: np.log(1 + np.exp(x))).message == "exp overflows"
    assert examine(stable, lambda x: -np.log(1 + np.exp(x))).message == "sign"
    assert "is infinite" in said(lambda x: np.log(2 + np.exp(x)), stable)


def test_a_known_mistake_that_raises_names_the_line():
    each = make(lambda x: x.sum())
    each.mistake("The first axis has no index 99.")(lambda x: x[99])

    def careless(x):
        return x[99]  # beyond

    result = examine(each, careless)
    assert result.message == "The first axis has no index 99."
    assert "It raises `IndexError" in result.text
    assert "`return x[99]  # beyond`" in result.text


# -------------------------------------------------------- what is unpacked by the check


def two_parts(rng):
    return (rng.normal(size=3),)


def pair_of(x):
    """x and -x."""
    return x, -x


def halved_in_place(x):
    """x / 2, in place."""
    x /= 2


def test_none_is_no_fault_where_the_reference_gives_it():
    def emptied(x):
        x *= 0

    text = said(emptied, make(halved_in_place, two_parts, run=inverted))
    assert "return" not in text
    assert "gives an answer that cannot be used: float division by zero" in text


def test_a_function_without_return_whose_parts_are_wanted():
    each = make(pair_of, two_parts, run=unpacked, returns="two arrays")

    def forgotten(x):
        y = x, -x  # noqa: F841

    text = said(forgotten, each)
    assert "returns None: is a `return` missing? Expected: two arrays." in text
    assert "raises" not in text
    text = said(lambda x: 1.5, each)
    assert "gives an answer that cannot be used: cannot unpack non-iterable" in text
    assert "raises" not in text
    nameless = eval("lambda x: missing", {})
    assert "raises `NameError: name 'missing' is not defined` in `<lambda>`" in said(
        nameless, each
    )
    assert "raises `ZeroDivisionError: division by zero` in `<lambda>`" in said(
        lambda x: 1 / 0, each
    )


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
        f"✓ mean_squared_error: right on all {result.tried} inputs tried.\n"
    )


def test_what_follows_an_exercise_can_use_it():
    assert check(mean_squared_error).usable is mean_squared_error
    reference = check(wrong(lambda predictions, targets: 0.5)).usable
    assert reference is find("mean_squared_error").reference


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
    for odd, message in (
        (named("mean_squared"), "there is no exercise named 'mean_squared'"),
        (named("mean_squared"), "Did you mean mean_squared_error"),
        (0.5, "this is no function, but a `float`: hand in the function itself"),
        ("mean_squared_error", "`check(mean_squared_error)`, is wanted"),
    ):
        result = check(odd)
        assert message in result.text
        assert (result.passed, result.exercise, result.usable) == (False, None, None)


def named(name):
    def f(): ...

    f.__name__ = f.__qualname__ = name
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
