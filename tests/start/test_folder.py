"""A learner's folder: filled, brought up to date, and nothing of theirs is lost."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from courses import LESSON, build, edit, notebook, run, says

from dlcourse.shipped import shipped
from dlcourse.start.folder import PROGRESS, RECORD, fill, own
from dlcourse.start.problem import Problem

SOLUTION = f"solutions/{LESSON}"
BESIDE, AGAIN = "01_lesson.new.ipynb", "01_lesson.new2.ipynb"
KEPT = f"{LESSON}: yours is kept as it is; the new version lies beside it, as {BESIDE}"


@pytest.fixture
def source(tmp_path):
    """Where the build has put its notebooks."""
    build(tmp_path / "notebooks", "first")
    return tmp_path / "notebooks"


@pytest.fixture
def mine(tmp_path, source):
    """A learner's folder, filled from it."""
    folder = tmp_path / "mine"
    fill(folder, source)
    return folder


def lines(folder, source):
    return list(fill(folder, source).lines())


def notebooks(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.ipynb"))


def test_what_is_missing_is_copied_and_then_it_is_quiet(tmp_path, source):
    folder = tmp_path / "not" / "there"
    assert lines(folder, source) == [f"new: {LESSON}, {SOLUTION}"]
    for name in (LESSON, SOLUTION):
        assert (folder / name).read_bytes() == (source / name).read_bytes()
    assert lines(folder, source) == []
    build(source, "another", names=["02_more.ipynb"])
    assert lines(folder, source) == ["new: 02_more.ipynb"]


@pytest.mark.parametrize("opened", [lambda path: None, run])
def test_what_nobody_has_changed_is_brought_up_to_date(source, mine, opened):
    opened(mine / LESSON)
    build(source, "second")
    assert lines(mine, source) == [f"brought up to date: {LESSON}, {SOLUTION}"]
    assert (mine / LESSON).read_bytes() == (source / LESSON).read_bytes()
    assert lines(mine, source) == []
    assert notebooks(mine) == [LESSON, SOLUTION]


def test_new_outputs_replace_old_ones_but_not_somebodys(source, mine):
    build(source, "first", output="2\n")
    theirs = run(mine / LESSON)
    assert lines(mine, source) == []
    assert (mine / LESSON).read_bytes() == theirs
    assert (mine / SOLUTION).read_bytes() == (source / SOLUTION).read_bytes()


def test_an_edited_notebook_is_kept_through_two_updates(source, mine):
    theirs = edit(mine / LESSON)
    assert lines(mine, source) == []
    for version in ("second", "third"):
        build(source, version)
        assert lines(mine, source) == [f"brought up to date: {SOLUTION}", KEPT]
        assert lines(mine, source) == []
        assert (mine / LESSON).read_bytes() == theirs
        assert (mine / BESIDE).read_bytes() == (source / LESSON).read_bytes()
        theirs = edit(mine / LESSON, f"my answer to the {version}")
    assert lines(mine, source) == []
    assert notebooks(mine) == [LESSON, BESIDE, SOLUTION]


def test_what_is_written_into_the_one_beside_is_kept_too(source, mine):
    first = edit(mine / LESSON)
    build(source, "second")
    fill(mine, source)
    second = edit(mine / BESIDE, "my other answer")
    build(source, "third")
    assert lines(mine, source)[-1] == KEPT.replace(BESIDE, AGAIN)
    assert lines(mine, source) == []
    assert (mine / LESSON).read_bytes() == first
    assert (mine / BESIDE).read_bytes() == second
    assert says(mine / AGAIN) == f"third of {LESSON}"


def test_the_one_beside_may_be_deleted(source, mine):
    edit(mine / LESSON)
    build(source, "second")
    fill(mine, source)
    (mine / BESIDE).unlink()
    assert lines(mine, source) == []
    assert notebooks(mine) == [LESSON, SOLUTION]


def test_the_one_beside_may_take_the_place(source, mine):
    edit(mine / LESSON)
    build(source, "second")
    fill(mine, source)
    (mine / BESIDE).replace(mine / LESSON)
    assert lines(mine, source) == []
    build(source, "third")
    assert lines(mine, source) == [f"brought up to date: {LESSON}, {SOLUTION}"]


def test_a_renamed_notebook_stays_and_the_lesson_comes_back(source, mine):
    theirs = edit(mine / LESSON)
    (mine / LESSON).rename(mine / "my backprop.ipynb")
    assert lines(mine, source) == [f"new: {LESSON}"]
    build(source, "second")
    assert lines(mine, source) == [f"brought up to date: {LESSON}, {SOLUTION}"]
    assert (mine / "my backprop.ipynb").read_bytes() == theirs


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b'{"files": {"a": 1}}'])
@pytest.mark.parametrize("update", ["first", "second"])
def test_without_its_record_what_was_written_is_known(source, mine, damage, update):
    theirs = edit(mine / LESSON)
    (mine / RECORD).write_bytes(damage)
    build(source, update)
    said = lines(mine, source)
    assert KEPT in said and any("is damaged and begun anew" in line for line in said)
    assert lines(mine, source) == []
    (mine / RECORD).unlink()
    build(source, "third")
    assert lines(mine, source) == [f"brought up to date: {SOLUTION}", KEPT]
    assert (mine / LESSON).read_bytes() == theirs
    assert notebooks(mine) == [LESSON, BESIDE, SOLUTION]


def test_the_old_place_may_become_the_folder(tmp_path, source):
    theirs = edit(source / LESSON)
    folder = source.rename(tmp_path / "mine")
    build(source, "second")
    assert lines(folder, source) == [f"brought up to date: {SOLUTION}", KEPT]
    assert lines(folder, source) == []
    assert (folder / LESSON).read_bytes() == theirs


def test_a_notebook_that_cannot_be_read_is_kept(source, mine):
    (mine / LESSON).write_bytes(b"<<<<<<< HEAD\n")
    build(source, "second")
    assert KEPT in lines(mine, source)
    assert (mine / LESSON).read_bytes() == b"<<<<<<< HEAD\n"


@pytest.mark.parametrize("looked_again", [False, True])
def test_work_in_the_old_place_comes_along_and_is_kept(tmp_path, source, looked_again):
    theirs = edit(source / LESSON)
    folder = tmp_path / "mine"
    assert f"{LESSON}: there was work of yours in notebooks/; it came along" in lines(
        folder, source
    )
    if looked_again:
        assert lines(folder, source) == []
    build(source, "second")
    assert lines(folder, source) == [f"brought up to date: {SOLUTION}", KEPT]
    assert lines(folder, source) == []
    assert (folder / LESSON).read_bytes() == theirs


def test_progress_of_the_old_place_is_taken_over_once(tmp_path, source):
    (source / PROGRESS).write_text('{"exercises": {"sweep": true}}')
    folder = tmp_path / "mine"
    said = f"your progress was taken over from {source}"
    assert said in lines(folder, source)
    assert (folder / PROGRESS).read_text() == '{"exercises": {"sweep": true}}'
    (folder / PROGRESS).unlink()  # to start anew
    assert lines(folder, source) == []
    assert not (folder / PROGRESS).exists()


def test_progress_that_is_there_stays(source, mine):
    (source / PROGRESS).write_text("old")
    (mine / PROGRESS).write_text("new")
    assert lines(mine, source) == []
    assert (mine / PROGRESS).read_text() == "new"


def test_progress_is_where_the_lessons_keep_it():
    from dlcourse.teach import book

    assert book.NAME == PROGRESS


def test_where_there_are_no_lessons_it_says_so(tmp_path):
    with pytest.raises(Problem, match=r"no lessons in .*: install dlcourse again"):
        fill(tmp_path / "mine", tmp_path)


def test_every_link_in_the_folder_leads_to_a_file(tmp_path):
    fill(tmp_path)
    links = 0
    for path in tmp_path.rglob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "\n".join(
            "".join(c["source"]) for c in cells if c["cell_type"][0] == "m"
        )
        for link in re.findall(r"\]\(([\w./%-]+)(?:#[^)]*)?\)", text):
            assert (path.parent / unquote(link)).is_file(), f"{path}: {link}"
            assert ".." not in Path(link).parts or path.parent != tmp_path
            links += 1
    assert links > 8
    assert (tmp_path / "source/autograd/tape.py").is_file()


def test_a_package_file_that_a_lesson_links_to_lies_in_the_folder(tmp_path, source):
    text = "[it](../dlcourse/nn/linear.py#L3)"
    (source / LESSON).write_text(notebook(text), "utf-8")
    folder = tmp_path / "mine"
    assert "source/nn/linear.py" in lines(folder, source)[0]
    assert says(folder / LESSON) == "[it](source/nn/linear.py#L3)"
    assert lines(folder, source) == []
    (folder / RECORD).unlink()
    build(source, "second")
    assert lines(folder, source) == [f"brought up to date: {LESSON}, {SOLUTION}"]


def test_the_default_is_a_folder_here_or_the_one_that_this_is(
    monkeypatch, tmp_path, mine
):
    monkeypatch.chdir(tmp_path)
    assert own() == tmp_path / "my-lessons"
    assert own("deep") == tmp_path / "deep"
    assert own("~/deep") == Path.home() / "deep"
    monkeypatch.chdir(mine)
    assert own() == mine


@pytest.mark.parametrize("below", ["", "solutions"])
def test_the_courses_own_folder_is_refused(below):
    with pytest.raises(Problem, match="as they were built: take another folder"):
        own(shipped("notebooks") / below)
