"""no_grad belongs to a thread, decorates functions and generators, and always ends."""

import threading

import pytest

from dlcourse import no_grad, tensor
from dlcourse.autograd import is_grad_enabled


def in_another_thread(function):
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


def test_each_thread_has_its_own_mode():
    with no_grad():
        assert in_another_thread(is_grad_enabled)
        assert not is_grad_enabled()
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with no_grad():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(10)
    recorded = tensor([1.0], requires_grad=True) * 2
    leave.set()
    thread.join()
    assert recorded.requires_grad


def test_one_object_nests_in_itself():
    mode = no_grad()
    with mode:
        with mode:
            pass
        assert not is_grad_enabled()
    assert is_grad_enabled()


@pytest.mark.parametrize("decorate", [no_grad(), no_grad], ids=["no_grad()", "no_grad"])
def test_decorated_functions(decorate):
    @decorate
    def double(x, factor=2):
        """Twice x."""
        return (x * factor).requires_grad, is_grad_enabled()

    assert double(tensor([1.0], requires_grad=True)) == (False, False)
    assert is_grad_enabled()
    assert (double.__name__, double.__doc__) == ("double", "Twice x.")


@pytest.mark.parametrize("decorate", [no_grad(), no_grad], ids=["no_grad()", "no_grad"])
def test_decorated_generators(decorate):
    seen = []

    @decorate
    def steps(x):
        try:
            seen.append((yield (x * 2).requires_grad))
            yield (x * 2).requires_grad
        except ZeroDivisionError:
            seen.append(is_grad_enabled())
            yield "caught"
        finally:
            seen.append(is_grad_enabled())
        return "the end"

    x = tensor([1.0], requires_grad=True)
    generator = steps(x)
    assert next(generator) is False
    assert is_grad_enabled()  # between the steps the caller's mode holds
    assert generator.send("sent") is False
    assert generator.throw(ZeroDivisionError) == "caught"
    with pytest.raises(StopIteration) as end:
        next(generator)
    assert end.value.value == "the end"
    assert seen == ["sent", False, False]
    generator = steps(x)
    next(generator)
    generator.close()
    assert seen == ["sent", False, False, False]
    assert is_grad_enabled()
    assert list(steps(x)) == [False, False]
