"""Whether operations are recorded: ``with no_grad():``."""

import contextlib

_recording = True


@contextlib.contextmanager
def no_grad():
    """Record nothing inside ``with no_grad():`` or in a ``@no_grad()`` function."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


def is_grad_enabled():
    """Whether operations are being recorded now."""
    return _recording
