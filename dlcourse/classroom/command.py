"""The command line: ``python -m dlcourse.classroom``, for instructors."""

import argparse
import os
import tempfile

from dlcourse.classroom import assignment, doctor, draft, records
from dlcourse.classroom.collect import collect, read_roster
from dlcourse.classroom.grade import printable
from dlcourse.classroom.proofs import prove
from dlcourse.classroom.release import release
from dlcourse.start.command_line import CommandLine

__all__ = ["main"]

ABOUT = "Grade what a class hands in, in isolation, in check's words."
EXAMPLES = """\
examples:
  python -m dlcourse.classroom doctor                  what could a submission do here?
  python -m dlcourse.classroom new hw3 --lesson 03 --core
  python -m dlcourse.classroom new hw4 gain_from he_std:inputs_first_std
  python -m dlcourse.classroom release hw3             hw3/release/hw3/hw3.ipynb
  python -m dlcourse.classroom collect hw3 submissions.zip     or folders, clones, ...
  python -m dlcourse.classroom grade hw3 --jobs 2      hw3/submitted/STUDENT/*.ipynb

exit codes: 0 done; 1 not done, or somebody could not be graded; 2 a wrong command line
"""


def main(arguments=None):
    """Run one command; returns the exit code."""
    return _line().run(arguments, stopped="Stopped. What is graded is kept.")


def _line():
    line = CommandLine("python -m dlcourse.classroom", ABOUT, EXAMPLES)
    line.command("doctor", _doctor, "what could a submission do on this machine?")
    new = line.command("new", _new, "make an assignment")
    released = line.command("release", _release, "make its notebooks for students")
    collecting = line.command("collect", _collect, "bring what was handed in")
    grade = line.command(
        "grade", _grade, "grade what was handed in since the last time"
    )
    for added in (new, released, collecting, grade):
        added.add_argument("folder", metavar="FOLDER", help="the assignment's")
    collecting.add_argument(
        "sources", metavar="SOURCE", nargs="+", help="a folder, or a zip"
    )
    collecting.add_argument(
        "--roster", help="a CSV with the column student, and others"
    )
    collecting.add_argument(
        "--prefix", default="", help="with which names of clones begin, as hw3-"
    )
    new.add_argument("names", metavar="EXERCISE", nargs="*", help="its function's name")
    new.add_argument(
        "--lesson", action="append", default=[], help="all exercises of a lesson"
    )
    new.add_argument("--core", action="store_true", help="of its core path only")
    grade.add_argument(
        "--jobs", type=_jobs, default=os.cpu_count() or 1, help="at once [all cores]"
    )
    grade.add_argument("--again", action="store_true", help="grade everybody again")
    grade.add_argument(
        "--trust",
        action="store_true",
        help="where nothing isolates submissions, run them all the same",
    )
    return line


def _jobs(text):
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"a whole number above 0, not {text!r}")
    return int(text)


def _doctor(_):
    if problem := doctor.missing():
        print(f"✗ bubblewrap: {problem}")
        print("Nothing isolates submissions here; grade refuses without --trust.")
        return 1
    with tempfile.NamedTemporaryFile("w", suffix=".secret") as secret:
        os.chmod(secret.name, 0o644)
        found = doctor.tried("bubblewrap", secret.name)
    print("In bubblewrap, a submission can")
    for what, possible in found.items():
        print(f"  {'✗' if possible else '✓ not'} {what}")
    return int(any(found.values()))


def _new(options):
    made = draft.new(options.folder, options.names, options.lesson, options.core)
    print(
        f"{made.folder / assignment.FILE}: {len(made.points)} exercises, 1 point each. "
        "It says what else can be set."
    )
    print(f"What is handed in goes to {made.folder / 'submitted'}/STUDENT/")
    return 0


def _release(options):
    paths = release(assignment.read(options.folder))
    print(f"for students: {paths['release']}")
    print(f"for nbgrader, with solutions and the seed: {paths['source']}")
    return 0


def _collect(options):
    given = assignment.read(options.folder)
    roster = read_roster(options.roster) if options.roster else {}
    new, problems = collect(given, options.sources, roster, options.prefix)
    for problem in problems:
        print(f"! {printable(problem)}")
    print(f"New: {len(new)}. With a hand-in: {len(given.students())} students.")
    return 0


def _grade(options):
    from tqdm.auto import tqdm

    given = assignment.read(options.folder)
    prove(given.own)
    kind = doctor.best(options.trust)
    if kind == "none":
        print("Nothing isolates these submissions: they run with your own rights.")
    done = records.grade(given, kind, options.jobs, again=options.again)
    failed = []
    with tqdm(total=next(done), unit=" students", disable=None) as bar:
        for student, problem in done:
            if problem:
                failed.append(student)
                bar.write(f"{printable(student)}: not graded: {printable(problem)}")
            bar.update()
    rows = records.write_tables(given)
    print(f"{len(rows)} students: {given.folder / 'grades.csv'}")
    return int(bool(failed))
