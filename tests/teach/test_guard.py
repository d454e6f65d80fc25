"""A learner's code disturbs nobody: in time, in silence, and the session as before."""

import contextlib
import os
import random
import signal
import sys
import threading
import time
import warnings
import weakref

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from making import make, right, said
from nbclient import NotebookClient

import dlcourse
from dlcourse.random import default_generator, fork_rng
from dlcourse.teach import attempt, panel
from dlcourse.teach.checker import examine
from dlcourse.teach.guard import MOST, MemoryUp, Printed, TimeUp, within

# ------------------------------------------------------------------------------- time


def endless(x):
    while True:
        x = x + 0


def stubborn(x):
    while True:
        try:
            while True:
                x = x + 0
        except:  # noqa: E722
            pass


def stubborn_once(x):
    try:
        while True:
            x = x + 0
    except:  # noqa: E722
        pass
    while True:  # here nothing takes the second interrupt
        x = x + 0


def asleep(x):
    time.sleep(60)


def late(x):
    """Well on the first input, without end on another."""
    while x.shape[0] > 2:
        pass
    return right(x)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(attempt, "SECONDS", 0.2)


def in_a_thread(call):
    found = []
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    thread.join(20)
    assert found, "still running"
    return found[0]


@pytest.mark.parametrize("f", [endless, stubborn, stubborn_once, asleep, late])
def test_an_endless_answer_is_stopped_and_its_line_shown(f, impatient):
    text = said(f, make(edge_cases=((np.zeros((2, 2)),),)))
    assert f"takes more than 0.2 seconds, and was stopped in `{f.__name__}`" in text
    assert "Does a loop never end? Or is it only slow" in text
    assert "`x` of shape" in text or "`x` = [[0, 0], [0, 0]]" in text


def test_a_thread_is_stopped_too(impatient):
    text = in_a_thread(lambda: said(endless))
    assert "takes more than 0.2 seconds, and was stopped in `" in text


def appending(x):
    found = []
    while True:
        found.append(1.5 * len(found))


def appending_stubbornly(x):
    while True:
        try:
            appending(x)
        except:  # noqa: E722
            pass


@pytest.mark.parametrize(
    ("f", "where"),
    [
        (appending, lambda call: call()),
        (appending, in_a_thread),
        (appending_stubbornly, lambda call: call()),
    ],
)
def test_an_answer_that_takes_all_memory_is_stopped(f, where, monkeypatch):
    monkeypatch.setattr(attempt, "MEGABYTES", 100)
    text = where(lambda: said(f))
    assert "takes more than 100 MB of memory, and was stopped in `appending" in text
    assert "Does a loop append without end" in text


def test_what_a_stopped_answer_held_is_given_back(monkeypatch):
    monkeypatch.setattr(attempt, "MEGABYTES", 50)
    held = []

    class Held(list):
        pass

    def f(x):
        found = Held()
        held.append(weakref.ref(found))
        while True:
            found.append(1.5 * len(found))

    assert "MB of memory" in said(f)
    assert held[0]() is None


def test_memory_that_was_there_before_does_not_count():
    before = np.ones(2**23)  # 64 MB
    assert within(5, lambda: float(before[0]), megabytes=32) == 1
    with pytest.raises(MemoryUp):
        within(5, lambda: (np.ones(2**24), time.sleep(1)), megabytes=64)


def test_all_inputs_share_the_time(impatient):
    def slow(x):
        time.sleep(0.05)
        return right(x)

    result = examine(make(), slow)
    assert "takes more than 0.2 seconds" in result.text
    assert result.tried < 12


def test_nothing_comes_after_the_limit_has_been_left():
    def quick():
        for _ in range(300):
            with contextlib.suppress(TimeUp):
                within(0.001, lambda: sum(range(40_000)))
        return sum(range(2_000_000))

    assert quick() == in_a_thread(quick)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_time_that_is_up_is_no_exception_to_be_caught():
    def careful():
        try:
            while True:
                pass
        except Exception:
            return "caught"

    with pytest.raises(TimeUp):
        within(0.05, careful)


def test_an_interrupt_is_told_in_a_sentence():
    def f(x):
        raise KeyboardInterrupt

    result = examine(make(), f)
    assert "was interrupted in `f`, line" in result.text
    assert result.verdict == "wrong"
    assert result.tried == 1


# ------------------------------------------------------------------- prints and figures


def test_endless_printing_fills_nothing(impatient, capsys):
    def f(x):
        while True:
            print("again " * 1000, file=sys.stderr if x.size % 2 else sys.stdout)

    text = said(f)
    assert "takes more than" in text
    assert "It printed:\nagain again" in text
    assert len(text) < 1500
    stream = Printed()
    for _ in range(100):
        assert stream.write("x" * 999) == 999
    assert len(stream.getvalue()) == MOST
    assert capsys.readouterr() == ("", "")


def test_figures_of_an_answer_are_closed_and_others_are_not():
    mine = plt.figure()
    examine(make(), lambda x: plt.subplots() and right(x))
    assert plt.get_fignums() == [mine.number]
    plt.close(mine)


def test_in_a_notebook_nothing_but_the_result_is_shown(monkeypatch):
    cells = [
        "%matplotlib inline\n"
        "import matplotlib.pyplot as plt\n"
        "import numpy as np\n"
        "from IPython.display import display\n"
        "from dlcourse.teach import attempt, check\n"
        "attempt.SECONDS = 0.5\n"
        "def mean_squared_error(predictions, targets):\n"
        "    plt.plot(predictions)\n"
        "    plt.show()\n"
        "    plt.plot(targets)\n"
        "    display('drawn')\n"
        "    return np.mean((predictions - targets) ** 2)",
        "check(mean_squared_error)",
        "def mean_squared_error(predictions, targets):\n"
        "    while True:\n"
        "        float(input('?')) if targets is None else print('.')",
        "check(mean_squared_error)",
        "display('as before')",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    monkeypatch.setenv("DLCOURSE_BUILD", "1")
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    _, drawn, _, stopped, after = (
        [o.data["text/plain"] for o in cell.outputs] for cell in notebook.cells
    )
    assert len(drawn) == 1
    assert drawn[0].startswith("✓ mean_squared_error: right on all ")
    assert len(stopped) == 1
    assert "takes more than 0.5 seconds, and was stopped in `mean_sq" in stopped[0]
    assert after == ["'as before'"]


# ------------------------------------------------------------------ the session's state


def disturbing(x):
    np.random.seed(0)
    random.seed(0)
    dlcourse.manual_seed(0)
    np.set_printoptions(precision=1)
    np.seterr(all="raise")
    warnings.simplefilter("error")
    os.chdir("/")
    return right(x)


def drawing(x):
    np.random.normal()
    random.random()
    default_generator().normal()
    return right(x)


def state():
    return (
        repr(np.random.get_state()),
        random.getstate(),
        default_generator().bit_generator.state,
        np.get_printoptions(),
        np.geterr(),
        list(warnings.filters),
        os.getcwd(),
    )


@pytest.mark.parametrize("f", [disturbing, drawing])
@pytest.mark.parametrize("passes", [True, False])
def test_the_session_is_as_before(f, passes):
    dlcourse.manual_seed(7)
    before, generator = state(), default_generator()
    assert examine(make(), f if passes else lambda x: 2 * f(x)).passed == passes
    assert state() == before
    assert default_generator() is generator


def test_a_session_where_every_warning_is_an_error_gets_its_answer():
    """The observers divide by a length of 0 among the inputs."""

    def total(tape, x):
        """The sum."""
        return x.sum() * (1 + len(tape))

    each = make(total, lambda rng: ([0] * int(rng.integers(3)), rng.normal(size=3)))
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "wrong" in said(lambda tape, x: x.sum() * (2 + len(tape)), each)


def test_an_exercise_that_seeds_does_not_reseed_the_learner():
    def seeded(x):
        dlcourse.manual_seed(0)
        np.random.seed(0)
        return x

    dlcourse.manual_seed(7)
    before = state()
    each = make(inputs=lambda rng: (seeded(rng.normal(size=3)),))
    each.reference = seeded
    assert examine(each, lambda x: x).passed
    assert state() == before


def test_torchs_generator_is_as_before():
    torch = pytest.importorskip("torch")
    before = torch.get_rng_state()

    def f(x):
        torch.manual_seed(0)
        return right(x)

    assert examine(make(), f).passed
    assert torch.equal(torch.get_rng_state(), before)


def test_a_forked_generator_goes_on_where_it_was():
    def draw():
        return default_generator().integers(10**9)

    dlcourse.manual_seed(3)
    first, second = draw(), draw()
    dlcourse.manual_seed(3)
    assert draw() == first
    with fork_rng():
        assert draw() == second
        dlcourse.manual_seed(8)
    assert draw() == second


# --------------------------------------------------------------- what the stream lacks


class Narrow:
    encoding = "cp1252"

    def __init__(self):
        self.written = b""

    def write(self, text):
        self.written += text.encode(self.encoding)

    def flush(self):
        pass


def test_a_character_that_the_stream_lacks_becomes_a_question_mark(monkeypatch):
    stream = Narrow()
    monkeypatch.setattr(sys, "stdout", stream)
    panel.publish("✓ 1 × 2 = √4 \ud800", "")
    assert stream.written.decode("cp1252") == "? 1 × 2 = ?4 ?\n"
