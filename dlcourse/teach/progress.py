"""What a learner has done so far, in a file in their own folder; nothing is sent.

``.dlcourse-progress.json`` lies in the folder of the notebooks, or where the variable
DLCOURSE_PROGRESS says. A build of the course (DLCOURSE_BUILD=1) neither reads nor
writes it. Where the file cannot be used, the learner is told once, and goes on.
"""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from dlcourse.teach.panel import box, building, markup, plain, publish, table

__all__ = ["progress", "recall", "record"]

NAME = ".dlcourse-progress.json"
SECTIONS = ("exercises", "predictions", "quizzes")

_memory = {}  # stands in for the file where there is none to write to
_told = set()


def record(section, key, value):
    """Remember ``value`` under ``key`` in "exercises", "predictions" or "quizzes"."""
    book = _read()
    book[section][key] = value
    _write(book)


def recall(section, key, default=None):
    """What was recorded under ``key``."""
    return _read()[section].get(key, default)


def progress():
    """Show which exercises, predictions and quiz questions are done, by lesson."""
    from dlcourse.teach.claims import CLAIMS
    from dlcourse.teach.exercise import all_exercises

    book = _read()
    lessons = {}

    def row(lesson):
        return lessons.setdefault(lesson, {section: 0 for section in SECTIONS})

    exercises = all_exercises()
    for done in exercises:
        row(done.lesson)["exercises"] += book["exercises"].get(done.__name__, False)
    for id in book["predictions"]:
        row(CLAIMS[id]["lesson"] if id in CLAIMS else "other")["predictions"] += 1
    for key in book["quizzes"]:
        row(_lesson_of(key))["quizzes"] += 1
    lessons = {name: done for name, done in lessons.items() if any(done.values())}
    if not lessons:
        _say("Nothing is done yet: your first exercise is waiting.")
        return
    rows = [
        (
            lesson,
            f"{done['exercises']} of {sum(e.lesson == lesson for e in exercises)}",
            str(done["predictions"]),
            str(done["quizzes"]),
        )
        for lesson, done in sorted(lessons.items())
    ]
    rich, text = table(("lesson", "exercises", "predictions", "quiz questions"), rows)
    publish(text, rich)


def _lesson_of(key):
    from dlcourse.teach.claims import LESSONS

    number = key[:2]
    return next((lesson for lesson in LESSONS if lesson[:2] == number), "other")


def path():
    """The progress file, or None in a build of the course."""
    if chosen := os.environ.get("DLCOURSE_PROGRESS"):
        return Path(chosen)
    return None if building() else Path.cwd() / NAME


def _empty():
    return {section: {} for section in SECTIONS}


def _read():
    file = path()
    if file is None or file in _memory:
        return _memory.setdefault(file, _empty())
    try:
        book = json.loads(file.read_text("utf-8"))
        return {section: dict(book[section]) for section in SECTIONS}
    except FileNotFoundError:
        return _empty()
    except OSError as error:
        return _without_file(file, error, "read")
    except (ValueError, TypeError, KeyError):
        return _set_aside(file)


def _set_aside(file):
    """Keep a damaged file under another name, and begin anew."""
    number, aside = 1, file.with_suffix(".damaged.json")
    while aside.exists():
        number += 1
        aside = file.with_suffix(f".damaged-{number}.json")
    try:
        file.replace(aside)
    except OSError as error:
        return _without_file(file, error, "read")
    _say(
        f"Your progress file `{file.name}` is damaged. It is kept as `{aside.name}`, "
        "and your progress starts anew."
    )
    return _empty()


def _write(book):
    file = path()
    if file is None or file in _memory:
        _memory[file] = book
        return
    handle = temporary = None
    try:  # written aside and then renamed: a crash leaves the old file or the new one
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(book, stream, indent=1, sort_keys=True)
        os.replace(temporary, file)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        _memory[file] = book
        _without_file(file, error, "written")


def _without_file(file, error, done):
    """Say once that the file is of no use; go on in memory."""
    if file not in _told:
        _told.add(file)
        _say(
            f"Your progress file `{file.name}` cannot be {done} ({error.strerror}): "
            "your progress is kept until this kernel stops."
        )
    return _memory.setdefault(file, _empty())


def _say(text):
    publish(plain(text), box(markup(text), "note"))
