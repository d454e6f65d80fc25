"""The files in a folder or a zip that nobody has checked: read, never extracted.

No name becomes a path, no link is followed, and nothing is read beyond its bounds,
whatever sizes an archive gives. What is left out is told, and the rest goes on.
"""

import io
import os
import stat
import zipfile
import zlib
from pathlib import Path

from dlcourse.classroom.slices import LARGEST

__all__ = ["Entry", "Refused", "entries"]

MOST_ENTRIES = 20_000  # of a zip, or files of a folder
MOST_BYTES = 4 * 2**30  # of one source, unpacked
DEEPEST = 2  # a zip of a class holds the zips of students; theirs hold no more
CENTRAL = b"PK\x01\x02"  # begins each entry of a zip's directory
SKIPPED = ("__MACOSX", ".ipynb_checkpoints", ".git")
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError, MemoryError),
)


class Refused(Exception):
    """Why something is not read."""


class Entry:
    """A file: its ``name``, with "/" between folders, and how to ``read`` it."""

    def __init__(self, name, read):
        self.name, self.read = name, read


def entries(source, problems):
    """Yield the Entries of a folder, a zip, or a single file at the path ``source``.

    In a zip that lies in another or in a folder, ``a/b.zip``, they are ``a/b/...``.
    A name that leads outside is refused; sentences go to the list ``problems``.
    """
    source, budget = Path(source), [MOST_BYTES]
    if source.is_symlink() or not source.exists():
        problems.append(f"{source}: no such file or folder (links are not followed)")
    elif source.is_dir():
        found = _of_folder(source, problems)
        yield from _opened(found, problems, budget, 1)
    else:
        single = Entry(source.name, lambda: _plain(source, MOST_BYTES))
        if source.suffix.lower() != ".zip":
            yield single
            return
        yield from _opened(_of_zip(source, source.name, problems), problems, budget, 1)


def _opened(found, problems, budget, depth):
    """The entries, with a zip's own in its place; together they stay in the budget."""
    for number, entry in enumerate(found):
        if number == MOST_ENTRIES:
            problems.append(f"after {MOST_ENTRIES:,} files the rest is left out")
            return
        if any(part in SKIPPED for part in entry.name.split("/")):
            continue
        entry.read = _within(entry.read, budget)
        if not entry.name.lower().endswith(".zip"):
            yield entry
        elif depth == DEEPEST:
            problems.append(f"{entry.name!r:.120}: zips in zips in zips are not opened")
        else:
            try:
                raw = entry.read()
                if raw.count(CENTRAL) > MOST_ENTRIES:
                    raise Refused(f"it has more than {MOST_ENTRIES:,} entries")
            except Refused as refused:
                problems.append(f"{entry.name!r:.120}: {refused}")
                continue
            inner = _of_zip(
                io.BytesIO(raw), entry.name, problems, entry.name[:-4] + "/"
            )
            yield from _opened(inner, problems, budget, depth + 1)


def _within(read, budget):
    def bounded():
        if budget[0] <= 0:
            raise Refused(f"more than {MOST_BYTES:,} bytes in all")
        raw = read()
        budget[0] -= len(raw)
        return raw

    return bounded


def _of_folder(folder, problems):
    def unreadable(error):
        problems.append(f"{error.filename!r:.120}: {error.strerror}")

    for top, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        for name in folders:
            if os.path.islink(path := os.path.join(top, name)):
                problems.append(f"{path!r:.120}: links are not followed")
        for name in sorted(files):
            path = Path(top, name)
            inner = path.relative_to(folder).as_posix()
            yield Entry(inner, lambda path=path: _plain(path, LARGEST))


def _plain(path, most):
    """The bytes of a file that is no link, pipe or device, and has one name."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(fd, "rb") as file:
            about = os.fstat(fd)
            if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
                raise Refused("it is no plain file")
            raw = file.read(most + 1)
    except OSError as error:
        raise Refused(f"{error.strerror} (links are not followed)") from None
    if len(raw) > most:
        raise Refused(f"more than {most:,} bytes")
    return raw


def _of_zip(file, name, problems, prefix=""):
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                inner = info.filename.replace("\\", "/")
                if info.is_dir():
                    continue
                if (
                    inner.startswith("/")
                    or ".." in inner.split("/")
                    or ":" in inner[:2]
                ):
                    problems.append(f"{name!r:.80}: {inner!r:.80} leads outside")
                    continue
                yield Entry(prefix + inner, lambda info=info: _unpacked(archive, info))
    except BROKEN as error:
        problems.append(f"{name!r:.120}: it is no zip that can be read ({error})")


def _unpacked(archive, info):
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Refused("it is no plain file")
    if info.flag_bits & 1:
        raise Refused("it has a password")
    try:
        with archive.open(info) as stream:
            raw = stream.read(LARGEST + 1)  # whatever size it gives
    except BROKEN as error:
        raise Refused(f"it cannot be unpacked ({error})") from None
    if len(raw) > LARGEST:
        raise Refused(f"more than {LARGEST:,} bytes")
    return raw
