"""What bubblewrap mounts, and what it covers."""

import sys

import pytest

from dlcourse.classroom import bubble


def masked():
    mounts = list(bubble._mounts(2**20))
    return {mounts[i + 1] for i, each in enumerate(mounts) if each == "--tmpfs"}


@pytest.mark.parametrize("packages", ["site-packages", "dist-packages"])
@pytest.mark.parametrize("system", [True, False])
def test_an_installed_course_is_covered(system, packages, tmp_path, monkeypatch):
    installed = tmp_path / "lib" / "python3.11" / packages / "dlcourse"
    installed.mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    if system:  # as where Python is the system's own
        monkeypatch.setattr(bubble, "SYSTEM", (str(tmp_path),))
    assert str(installed) in masked()


def test_a_checkout_below_what_is_mounted_is_covered(monkeypatch):
    monkeypatch.setattr(bubble, "SYSTEM", (str(bubble.PACKAGE.parent),))
    assert str(bubble.PACKAGE) in masked()
