"""Is everything here that a lesson needs?"""

import importlib.metadata
import sys

from dlcourse.lab.data import load_digits, load_mnist

# The oldest versions that the course is tried with: the lower ends in pyproject.toml.
NEEDED = {
    "numpy": (2, 0),
    "matplotlib": (3, 9),
    "ipywidgets": (7, 7),
    "jupyterlab": (4, 2),
    "torch": (2, 6),
}


def check_setup():
    """Print one line for each thing that lessons need: ok, or what to do."""
    report()


def report():
    """Print those lines; returns how many problems there are."""
    problems = 0
    for name, check in [
        ("Python", _python),
        *((name, lambda name=name: _package(name)) for name in NEEDED),
        ("data: digits", lambda: load_digits() and None),
        ("data: MNIST", lambda: load_mnist() and None),
    ]:
        try:
            problem = check()
        except Exception as error:
            problem = str(error)
        problems += problem is not None
        print(f"{name:14} {'ok' if problem is None else 'PROBLEM: ' + problem}")
    print("\nReady." if not problems else f"\n{problems} to mend; then run this again.")
    return problems


def _python():
    if sys.version_info < (3, 11):  # noqa: UP036 (a notebook finds any Python)
        version = sys.version.split()[0]
        return f"{version} is too old, 3.11 is needed: see the README, 'Start'"


def _package(name):
    needed = NEEDED[name]
    text = ".".join(map(str, needed))
    mend = f"pip install '{name}>={text}' (in a clone: close JupyterLab, make lab)"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if name == "jupyterlab" and "google.colab" in sys.modules:
            return None  # Colab opens the notebooks
        return f"not installed: {mend}"
    if tuple(int(part) for part in version.split(".")[:2]) < needed:
        return f"{version} is too old, {text} is needed: {mend}"
