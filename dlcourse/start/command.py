"""The command line: ``dlcourse lab``, ``lessons``, ``check``."""

from dlcourse import __version__
from dlcourse.start.command_line import CommandLine
from dlcourse.start.folder import DEFAULT, fill, own
from dlcourse.start.server import check_port, open_lab

__all__ = ["main"]

ABOUT = "How deep networks are trained: a course in Jupyter notebooks."
EXAMPLES = """\
examples:
  dlcourse lab                      JupyterLab on Start here, in ./my-lessons
  dlcourse lab ~/deep --port 8889   in another folder, at another port
  dlcourse lessons                  bring the lessons up to date, and open nothing
  dlcourse check                    is everything here that a lesson needs?

What you write in the folder is never overwritten. Where a new version of a lesson meets
one that you have changed, it is put beside yours: 01_backprop.new.ipynb.

exit codes: 0 done; 1 not done, and a sentence says why; 2 a wrong command line
"""


def main(arguments=None):
    """Run one command; returns the exit code."""
    return _line().run(arguments)


def _line():
    line = CommandLine("dlcourse", ABOUT, EXAMPLES)
    line.parser.add_argument(
        "--version", action="version", version=f"dlcourse {__version__}"
    )
    lab = line.command("lab", _lab, "bring the lessons up to date and open JupyterLab")
    lessons = line.command("lessons", _lessons, "bring the lessons up to date")
    line.command("check", _check, "is everything here that a lesson needs?")
    for added in (lab, lessons):
        added.add_argument(
            "folder",
            nargs="?",
            metavar="FOLDER",
            help=f"yours, for the lessons; made where it is missing [{DEFAULT}]",
        )
    lab.add_argument("--port", type=int, default=8888, help="JupyterLab's [8888]")
    lab.add_argument(
        "--no-browser", action="store_true", help="only print JupyterLab's address"
    )
    return line


def _lab(options):
    check_port(options.port)
    folder = own(options.folder)
    _tell(folder, fill(folder))
    open_lab(folder, options.port, browser=not options.no_browser)
    return 0


def _lessons(options):
    folder = own(options.folder)
    if not _tell(folder, fill(folder)):
        print(f"The lessons in {folder} are up to date.")
    return 0


def _tell(folder, news):
    """Print what is new in ``folder``; returns whether anything is."""
    lines = list(news.lines())
    if lines:
        print(f"In {folder}:", *lines, sep="\n  ", flush=True)
    return bool(lines)


def _check(options):
    from dlcourse.lab.setup import report  # loads the laboratory

    return int(report() > 0)
