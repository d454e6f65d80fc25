"""What students hand in: only what a function needs is run, and all of it is judged."""

import json

import pytest

from dlcourse.classroom.slices import NotANotebook, code_cells, needed, statements

RIGHT = "import numpy as np\ndef he_std(shape):\n    return np.sqrt(2 / shape[1])"


def told(record, name="he_std"):
    about = record["exercises"][name]
    return about["verdict"], " ".join([about["text"], *about["notes"]])


def slice_of(name, *cells):
    found, _ = statements(list(enumerate(cells, 1)))
    return [found[i][0] for i in needed(found, name)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a = 1", "b = 2", "def f(): return a"], [1, 3]),
        (["a = []", "for i in range(3): a.append(i)", "def f(): return a"], [1, 2, 3]),
        (["a = {}", "a['x'] = 1", "print(a)", "def f(): return a"], [1, 2, 4]),
        (["a = 1", "a += 1", "def f(): return a"], [1, 2, 3]),
        (
            ["import numpy as np", "np.ones(3)", "x = np.ones(9)", "f = np.tanh"],
            [1, 2, 4],
        ),
        (["d = lambda g: g", "@d\ndef f(): pass"], [1, 2]),
        (["a = 1", "def f(b=a): return b"], [1, 2]),
        (["a = 1", "def f():\n a = 2\n return a"], [2]),
        (["a = 1", "def f():\n def g(): return a\n return g()"], [1, 2]),
        (
            ["class A:\n def m(self): return g()", "def g(): 0", "def f(): A()"],
            [1, 2, 3],
        ),
        (["def f(): return g()", "def g(): return f()"], [1, 2]),
        (["import os, sys", "def f(): return sys"], [1, 2]),
        (["1 / 0", "def f(): return len"], [2]),
        (["def g(): pass"], []),
    ],
)
def test_what_a_function_needs(cells, expected):
    assert slice_of("f", *cells) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\ndef f(): pass",
        "!ls\ndef f(): pass",
        "?print\ndef f(): pass",
        "files = !ls\ndef f(): pass",
        "if True:\n    %time 1 + 1\ndef f(): pass",
    ],
)
def test_lines_for_ipython_and_the_shell_are_left_out(cell):
    assert not statements([(1, cell)])[1]
    assert slice_of("f", cell) == [1]


def test_a_cell_magic_hides_its_cell_only():
    found, problems = statements([(1, "%%bash\nls; f("), (2, "x = 1")])
    assert [cell for cell, _ in found] == [2]
    assert not problems


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"\x00\xff", "no JSON"),
        (b"[" * 200_000, "no JSON"),
        (b"[1, 2]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (json.dumps({"cells": [{}] * 6000}).encode(), "6,000 cells"),
        (b" " * (21 * 2**20), "bytes"),
    ],
    ids=lambda value: value[:9] if isinstance(value, str) else "",
)
def test_a_file_that_is_no_notebook(raw, words):
    with pytest.raises(NotANotebook, match=words):
        code_cells(raw)


def test_odd_cells_are_passed_over():
    cells = [
        None,
        {"cell_type": "code"},
        {"cell_type": "code", "source": ["a", 1, "b"]},
    ]
    assert code_cells(json.dumps({"cells": cells}).encode()) == [(3, "ab")]


@pytest.mark.parametrize(
    ("cells", "verdict", "words"),
    [
        ([RIGHT], "passed", "right on all"),
        ([RIGHT.replace("he_std", "he_sdt")], "missing", "Is it `he_sdt`?"),
        (["x = 1"], "missing", "not defined in the notebook"),
        (
            [RIGHT, RIGHT.replace("2", "1")],
            "known mistake",
            "defined 2 times: the last",
        ),
        ([RIGHT, "he_std = 3"], "wrong", "no function, but a `int`"),
        ([RIGHT.replace("shape):", "m, n):")], "wrong", "its parameters are (m, n)"),
        (["def he_std(shape):\n  retrun 1"], "missing", "cell 1 cannot be read"),
        (["def he_std(shape)" + "(" * 9999], "missing", "cell 1 cannot be read"),
        ([RIGHT, "def broken(:"], "passed", "right"),
        (["raise KeyError(3)", RIGHT, "1/0"], "passed", "right"),
        (["k = 1/0", "def he_std(shape): return k"], "wrong", "ZeroDivisionError"),
        (["1/0\n" + RIGHT], "passed", "right"),
        (["import sklearn_\n" + RIGHT], "passed", "right"),
        (["def d(f): 1/0\n@d\ndef he_std(s): 1"], "missing", "no cell that defines it"),
        (["%matplotlib inline\n" + RIGHT], "passed", "right"),
        (
            ["from dlcourse.teach import check\n" + RIGHT + "\ncheck(he_std)"],
            "passed",
            "",
        ),
        (["def he_std(shape):\n  raise NotImplementedError"], "not started", ""),
        (["def he_std(shape):\n  return input()"], "wrong", "nobody answers"),
    ],
)
def test_the_verdict_on_a_notebook(grade, cells, verdict, words):
    found, text = told(grade(*cells))
    assert (found, words in text) == (verdict, True), text


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[" * 10**6, b"\xff" * 99, b" " * 22_000_000]
)
def test_an_unreadable_notebook_is_a_verdict(grade, raw):
    record = grade(raw)
    assert told(record)[0] == "missing"
    assert "cannot be read" in record["notes"][0]


def test_the_line_that_raises_is_named_as_in_the_notebook(grade):
    cell = "import numpy as np\n\ndef he_std(shape):\n    n = shape[2]\n    return n"
    assert "in `he_std`, line 4:\n  `n = shape[2]`" in told(grade(cell))[1]


@pytest.mark.parametrize(
    "call",
    ["reference('he_std')(shape)", "reference('inputs_first_std')(shape[::-1])"],
    ids=["itself", "a variant"],
)
def test_who_calls_the_courses_own_function_is_told_so(grade, call):
    cell = "from dlcourse.teach import reference\n"
    cell += f"def he_std(shape): return {call}"
    assert told(grade(cell))[0] == "the course's own"


def test_a_function_may_build_on_the_courses_own(grade):
    cell = "from dlcourse.teach import check\n"
    cell += "def he_std(shape): return 7\ngood = check(he_std).usable\n"
    cell += "def gain_from(h): return good((9, 2)) / (h**2).mean() ** 0.5"
    record = grade(cell, names=("he_std", "gain_from"))
    assert told(record)[0] == "wrong"
    assert told(record, "gain_from")[0] == "passed"


def test_a_loop_that_never_ends_is_told_as_check_tells_it(grade):
    text = told(grade("def he_std(shape):\n    while True:\n        pass"))[1]
    assert "takes more than 10 seconds, and was stopped in `he_std`, line" in text
    assert "Does a loop never end?" in text
