"""The learner's book: what they have done, in a file of their own; nothing is sent.

``.dlcourse-progress.json`` lies in the folder of the notebooks, or where the variable
DLCOURSE_PROGRESS says. A build of the course (DLCOURSE_BUILD=1) neither reads nor
writes it. Where the file cannot be used, the learner is told once, and goes on. Several
notebooks may write to it at once, and what a newer version of the course keeps there
stays.
"""

import json
import os
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from dlcourse.teach.panel import box, building, markup, plain, publish
from dlcourse.whole import write_whole

__all__ = ["change", "look_up", "record", "recorded"]

NAME = ".dlcourse-progress.json"
FOLDER = Path.cwd()  # where the kernel began: a cell may go elsewhere
SECTIONS = ("exercises", "predictions", "claims", "quizzes", "before")
PATIENCE = 2  # seconds to wait for another kernel

_memory = {}  # stands in for the file where there is none to write to


def record(section, key, value):
    """Remember ``value`` under ``key`` in one of the SECTIONS."""
    change(section, key, lambda _: value)


def change(section, key, new):
    """Put ``new(value)`` in the place of what is under ``key``, None for nothing."""
    file = path()
    with _alone(file):
        book = _read(file)
        book[section][key] = new(book[section].get(key))
        _write(file, book)


def look_up(section, key, default=None):
    """What was recorded under ``key``."""
    return recorded(section).get(key, default)


def recorded(section):
    """All that was recorded in ``section``, by its key."""
    return _read(path())[section]


def path():
    """The progress file, or None in a build of the course."""
    if chosen := os.environ.get("DLCOURSE_PROGRESS"):
        return FOLDER / chosen
    return None if building() else FOLDER / NAME


@contextmanager
def _alone(file):
    """While no other kernel writes; where none can be kept out, all the same."""
    lock = None
    if file is not None and file not in _memory:
        lock = FileLock(file.with_suffix(".lock"), PATIENCE, poll_interval=0.01)
        try:
            lock.acquire()
        except (OSError, NotImplementedError):  # Timeout is an OSError too
            lock = None
    try:
        yield
    finally:
        if lock:
            lock.release()


def _empty():
    return {section: {} for section in SECTIONS}


def _read(file):
    if file is None or file in _memory:
        return _memory.setdefault(file, _empty())
    try:
        book = _empty() | json.loads(file.read_text("utf-8"))
        if not all(isinstance(book[section], dict) for section in SECTIONS):
            raise TypeError("a section is no dict")
        return book
    except FileNotFoundError:
        return _empty()
    except OSError as error:
        return _without_file(file, error, "read")
    except (ValueError, TypeError):
        return _set_aside(file)


def _set_aside(file):
    """Keep a damaged file under another name, and begin anew."""
    number, aside = 1, file.with_suffix(".damaged.json")
    while aside.exists():
        number += 1
        aside = file.with_suffix(f".damaged-{number}.json")
    try:
        file.replace(aside)
    except FileNotFoundError:  # another kernel was sooner
        return _empty()
    except OSError as error:
        return _without_file(file, error, "read")
    _say(
        f"Your progress file `{file.name}` is damaged. It is kept as `{aside.name}`, "
        "and your progress starts anew."
    )
    return _empty()


def _write(file, book):
    if file is None or file in _memory:
        _memory[file] = book
        return
    try:
        text = json.dumps(book, indent=1, sort_keys=True)
        write_whole(file, text, durable=False)  # another kernel may wait
    except OSError as error:
        _memory[file] = book
        _without_file(file, error, "written")


def _without_file(file, error, done):
    """Say that the file is of no use, and from now on use the memory: so, once."""
    _say(
        f"Your progress file `{file.name}` cannot be {done} ({error.strerror}): "
        "your progress is kept until this kernel stops."
    )
    return _memory.setdefault(file, _empty())


def _say(text):
    publish(plain(text), box(markup(text), "note"))
