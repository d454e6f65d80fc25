"""What goes wrong while a folder is filled: it stays whole, and a sentence says why."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from courses import LESSON, build, edit, says
from filelock import FileLock

from dlcourse.start import folder as module
from dlcourse.start.folder import RECORD, fill
from dlcourse.start.problem import Problem

posix = pytest.mark.skipif(os.name != "posix", reason="needs a Unix")
NOBODY = 65534


@pytest.fixture
def place():
    """A folder that everybody may enter: pytest's own are its user's."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def source(place):
    build(place / "notebooks", "first")
    return place / "notebooks"


def everything(folder):
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@contextmanager
def as_somebody():
    """Not as root, for whom no folder is read-only."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


@posix
@pytest.mark.parametrize("filled", [True, False])
def test_a_read_only_folder_is_named(place, source, filled):
    folder = place / "mine"
    folder.mkdir()
    if filled:
        fill(folder, source)
        build(source, "second")
    before = everything(folder)
    folder.chmod(0o555)
    with as_somebody(), pytest.raises(Problem) as told:
        fill(folder, source)
    folder.chmod(0o755)
    assert f"could not be brought into {folder}: Permission denied" in str(told.value)
    assert "take another folder: `dlcourse lab FOLDER`" in str(told.value)
    assert everything(folder) == before


def test_a_file_in_the_place_of_the_folder_is_named(place, source):
    (place / "mine").write_text("a letter")
    with pytest.raises(Problem, match=r"could not be brought into .*mine"):
        fill(place / "mine", source)
    assert (place / "mine").read_text() == "a letter"


@contextmanager
def disk_of(size):
    """Writing beyond ``size`` bytes of a file fails in the midst, as on a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@posix
def test_on_a_full_disk_no_part_of_a_lesson_is_left(place, source):
    folder = place / "mine"
    names = [LESSON, "02_next.ipynb"]
    build(source, "first", names=names)
    fill(folder, source)
    theirs = edit(folder / LESSON)
    build(source, "second", names=names[:1])
    build(source, "second " + "x" * 100_000, names=names[1:])
    before = (folder / names[1]).read_bytes()
    with disk_of(50_000), pytest.raises(Problem) as told:
        fill(folder, source)
    assert f"{LESSON}: yours is kept" in str(told.value)
    assert f"could not be brought into {folder}: File too large" in str(told.value)
    assert (folder / LESSON).read_bytes() == theirs
    assert (folder / names[1]).read_bytes() == before
    assert [p.name for p in folder.rglob("*.part")] == []
    news = fill(folder, source)  # what was told then is not told again
    assert (news.updated, news.sentences) == ([names[1]], [])
    assert says(folder / names[1]).startswith("second x")


@posix
def test_where_nothing_fits_it_is_as_if_nothing_had_begun(place, source):
    folder = place / "mine"
    with disk_of(10), pytest.raises(Problem):
        fill(folder, source)
    assert [p.name for p in folder.rglob("*.ipynb")] == []
    assert len(fill(folder, source).new) == 2


AT_ONCE = """
import sys
from pathlib import Path
from dlcourse.start.folder import fill
print("ready", flush=True)
input()
for line in fill(*map(Path, sys.argv[1:])).lines():
    print(line)
"""


def test_two_commands_at_once_tell_it_once(place, source):
    folder = place / "mine"
    build(source, "first", names=[f"{n:02}_lesson.ipynb" for n in range(1, 20)])
    fill(folder, source)
    theirs = edit(folder / LESSON)
    build(source, "second", names=[f"{n:02}_lesson.ipynb" for n in range(1, 20)])
    command = [sys.executable, "-c", AT_ONCE, str(folder), str(source)]
    both = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for each in both:
        assert each.stdout.readline() == "ready\n"
    for each in both:
        each.stdin.write("\n")
        each.stdin.flush()
    said = "".join(each.communicate()[0] for each in both)
    assert [each.returncode for each in both] == [0, 0, 0]
    assert said.count("brought up to date") == said.count("yours is kept") == 1
    assert (folder / LESSON).read_bytes() == theirs
    assert sorted(p.name for p in folder.glob("01*")) == [
        LESSON,
        "01_lesson.new.ipynb",
    ]


def test_another_command_that_does_not_end_is_told(monkeypatch, place, source):
    folder = place / "mine"
    fill(folder, source)
    before = everything(folder)
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    build(source, "second")
    with (
        FileLock(folder / ".dlcourse-lessons.lock"),
        pytest.raises(Problem, match="Another command is bringing lessons into"),
    ):
        fill(folder, source)
    assert everything(folder) == before


def test_where_there_are_no_locks_it_is_filled_without(monkeypatch, place, source):
    def refuse(*_):
        raise NotImplementedError

    monkeypatch.setattr(FileLock, "acquire", refuse)
    assert len(fill(place / "mine", source).new) == 2
    assert (place / "mine" / RECORD).exists()
