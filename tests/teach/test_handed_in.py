"""What is handed in: a stub, a beginning, the course's own function, or no name."""

import functools

import numpy as np
import pytest
from making import make, right, said

from dlcourse.teach import check
from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find


def mean_squared_error(predictions, targets):
    return np.mean((predictions - targets) ** 2)


# ------------------------------------------------------------------------ not started


def documented(x):
    """What it should return."""


def dots(x): ...


def raises(x):
    """The placeholder."""
    raise NotImplementedError("write it here")


def nothing_assigned(x):
    y = None
    z = ...  # noqa: F841
    return y


def test_an_empty_function_that_is_put_to_use_is_not_started():
    each = make(lambda x: None, run=lambda f, x: [f(x), x][1])
    for empty in (dots, lambda x: None):
        assert examine(each, empty).verdict == "not started"

    def empty(nodes):
        pass

    assert examine(find("hand_back"), empty).verdict == "not started"


def test_an_answer_below_the_placeholder_is_told_that_it_is_never_reached():
    def below(x):
        raise NotImplementedError()
        return x - x

    assert "never reached" in examine(make(right), below).message
    assert "never reached" not in examine(make(right), raises).message


class Methods:
    """A class to be written."""

    def step(self):
        raise NotImplementedError()

    def __init__(self, x):
        raise NotImplementedError()


STUBS = (documented, dots, raises, nothing_assigned, lambda x: None, Methods)


@pytest.mark.parametrize("stub", STUBS)
def test_a_stub_is_not_started(stub):
    assert examine(make(), stub).verdict == "not started"


def test_the_lines_that_a_lesson_gives_are_no_start():
    scope = {"np": np}
    exec(
        "def unbroadcast(gradient, shape):\n"
        '    """Reworded."""\n'
        "    added = gradient.ndim - len(shape)\n"
        "    gradient = gradient.sum(axis=tuple(range(added)))\n"
        "    # YOUR CODE HERE\n"
        "    raise NotImplementedError()",
        scope,
    )
    shipped = find("unbroadcast")
    assert examine(shipped, scope["unbroadcast"]).verdict == "not started"

    def continued(gradient, shape):
        added = gradient.ndim - len(shape)
        gradient = gradient.sum(axis=tuple(range(added)))
        gradient = gradient.sum(axis=0)
        raise NotImplementedError()

    text = examine(shipped, continued).text
    assert (
        "stops at `raise NotImplementedError`, the placeholder in `continued`" in text
    )


def above(x):
    y = right(x)  # noqa: F841
    raise NotImplementedError


def printing(x):
    print("y is", right(x))
    raise NotImplementedError


def sometimes(x):
    if x.shape[0] > 3:
        raise NotImplementedError
    return right(x)


@pytest.mark.parametrize("f", [above, printing, sometimes])
def test_code_above_the_placeholder_is_started(f):
    text = said(f, make(edge_cases=((np.zeros((2, 2)),),)))
    assert (
        f"stops at `raise NotImplementedError`, the placeholder in `{f.__name__}`"
        in text
    )
    assert "It is still there" in text
    assert ("not by `print`" in text) == (f is printing)


def test_a_function_that_asks_is_told_of_its_arguments(monkeypatch):
    def f(x):
        y = float(input("x? "))
        return y

    text = said(f)
    assert "`y = float(input(" in text
    assert "A checked function gets its inputs as arguments" in text


def test_a_missing_return_is_said_where_it_is_missing():
    def g(x):
        y = right(x)  # noqa: F841

    def h(x):
        if x.shape[0] > 100:
            return right(x)

    assert "is a `return` missing? Expected: an array" in said(
        g, make(returns="an array")
    )

    def renamed(x):
        y = x  # noqa: F841

    assert "is a `return` missing?" in said(renamed)
    for f in (h, lambda x: print(x)):
        text = said(f, make(returns="an array"))
        assert "missing" not in text
        assert "no `return` is reached for this input, or what stands behind it" in text
        assert "Expected: an array" in text


# ------------------------------------------------------------ the course's own function


def own(name):
    return find(name).reference


def wrapper(predictions, targets):
    return own("mean_squared_error")(predictions, targets)


@pytest.mark.parametrize(
    "f",
    [own("mean_squared_error"), find("mean_squared_error"), wrapper],
    ids=["reference", "Exercise", "wrapper"],
)
def test_the_courses_own_function_is_told_apart(f, monkeypatch, progress_file):
    monkeypatch.delenv("DLCOURSE_BUILD")
    if f is wrapper:
        monkeypatch.setattr(wrapper, "__name__", "mean_squared_error")
    results = [check(f, seed=seed) for seed in (None, 1, 2, 3)]
    assert {result.verdict for result in results} == {"the course's own"}
    assert not any(result.passed for result in results)
    assert "stays unrecorded" in results[0].text
    assert "Stuck" not in results[-1].text
    assert results[0].usable is own("mean_squared_error")
    assert not progress_file.exists()
    assert check(mean_squared_error).passed
    assert progress_file.exists()


def test_a_wrong_answer_made_from_the_courses_own_is_still_explained():
    f = own("mean_squared_error")
    assert "has the opposite sign" in said(
        lambda p, t: -f(p, t), find("mean_squared_error")
    )


def test_a_class_of_the_courses_own_is_told_apart():
    class Doubled:
        """Gives 2 x."""

        def of(self, x):
            return 2 * x

    class Mine:
        def of(self, x):
            return x + x

    each = make(Doubled, run=lambda cls, x: cls().of(x))
    assert examine(each, Doubled).verdict == "the course's own"
    assert examine(each, Mine).passed


# ----------------------------------------------------------------- without its own name


def plus(extra, predictions, targets):
    return mean_squared_error(predictions, targets) + extra


class Callable:
    def __call__(self, predictions, targets):
        return mean_squared_error(predictions, targets)


def unnamed(f):
    def wrapper(*args):
        return f(*args)

    return wrapper


NAMELESS = (
    (functools.partial(plus, 0), "a `partial`, which has no name"),
    (lambda p, t: mean_squared_error(p, t), "a `lambda`, which has no name"),
    (Callable(), "an object of type `Callable`"),
    (unnamed(mean_squared_error), "`functools.wraps` in the decorator keeps the name"),
)


@pytest.mark.parametrize(("f", "form"), NAMELESS, ids=range(4))
def test_what_has_no_name_is_told_how_to_be_handed_in(f, form, monkeypatch, capsys):
    result = check(f)
    assert form in result.text
    assert "`def name(...): ...`, then `check(name)`" in result.text
    assert (result.exercise, result.usable, result.passed) == (None, None, False)
    monkeypatch.setitem(globals(), "mean_squared_error", f)
    result = check(f)
    assert form in result.text
    assert "`def mean_squared_error(predictions, targets): ...`" in result.text
    assert result.usable is own("mean_squared_error")
    assert capsys.readouterr().out.count("✗") == 2


def test_a_decorator_that_keeps_the_name_is_no_obstacle():
    @functools.wraps(mean_squared_error)
    def wrapped(*args):
        return mean_squared_error(*args)

    assert check(wrapped).passed
    assert check(functools.cache(documented_error)).verdict == "wrong"


def documented_error(predictions, targets):
    return 1 / 0


documented_error.__name__ = "mean_squared_error"
