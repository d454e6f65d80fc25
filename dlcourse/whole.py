"""Files that are written whole or not at all."""

import os
from contextlib import suppress

__all__ = ["write_whole"]


def write_whole(path, content, durable=True):
    """Write bytes or text: there is the old file or the new one, never a part.

    Its folders are made. ``durable``: a cut of the power a moment later harms it no
    more; it costs waiting for the disk.
    """
    if isinstance(content, str):
        content = content.encode("utf-8", errors="replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
