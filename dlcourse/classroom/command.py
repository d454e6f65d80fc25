"""The command line: ``python -m dlcourse.classroom``, for instructors."""

import argparse
import os
import tempfile
from pathlib import Path

from dlcourse.classroom import assignment, doctor, draft, lms, records
from dlcourse.classroom.collect import collect, read_roster
from dlcourse.classroom.grade import printable
from dlcourse.classroom.overrides import GRADED, override
from dlcourse.classroom.proofs import prove
from dlcourse.classroom.release import release
from dlcourse.classroom.report import report
from dlcourse.classroom.table import write_tables
from dlcourse.classroom.words import counted
from dlcourse.start.command_line import CommandLine
from dlcourse.start.problem import Problem
from dlcourse.whole import write_whole

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

  python -m dlcourse.classroom grade hw3 --engine dask:tcp://10.0.0.1:8786
  python -m dlcourse.classroom override hw3 jane he_std=1 --reason "as agreed in class"
  python -m dlcourse.classroom report hw3 --canvas gradebook.csv

exit codes: 0 done; 1 not done, or somebody could not be graded; 2 a wrong command line
"""
ROSTER = "a CSV: the column student, and what channels call each (numbers, logins)"


def main(arguments=None):
    """Run one command; returns the exit code."""
    return _line().run(arguments, stopped="Stopped. What is graded is kept.")


def _line():
    line = CommandLine("python -m dlcourse.classroom", ABOUT, EXAMPLES)

    def command(name, run, about):
        added = line.command(name, run, about)
        added.add_argument("folder", metavar="FOLDER", help="the assignment's")
        return added.add_argument

    line.command("doctor", _doctor, "what could a submission do on this machine?")
    add = command("new", _new, "make an assignment")
    add("names", metavar="EXERCISE", nargs="*", help="its function's name")
    add("--lesson", action="append", default=[], help="all exercises of a lesson")
    add("--core", action="store_true", help="of its core path only")
    command("release", _release, "make its notebooks for students")
    add = command("collect", _collect, "bring what was handed in")
    add("sources", metavar="SOURCE", nargs="+", help="a folder, or a zip")
    add("--roster", help=ROSTER)
    add("--prefix", default="", help="with which names of clones begin, as hw3-")
    add = command("grade", _grade, "grade what was handed in since the last time")
    add("--jobs", type=_jobs, help="at once [all cores, or all of the engine]")
    add("--engine", metavar="NAME", help="of joblib: loky, or dask:tcp://HOST:PORT")
    add("--student", action="append", help="this one only; can be repeated")
    add("--again", action="store_true", help="grade everybody again")
    add("--trust", action="store_true", help="where nothing isolates, run them anyhow")
    add = command("override", _override, "decide by hand, with a reason")
    add("student", metavar="STUDENT")
    add("points", metavar="EXERCISE=POINTS", nargs="*", type=_points)
    add("--reason", help="why; it stands in the student's report")
    add("--due", metavar="TIME", help="another due time for this student")
    add("--received", metavar="TIME", help="when it was handed in")
    add = command("report", _report, "pages for students and for you, and tables")
    add("--canvas", metavar="CSV", help="the gradebook as Canvas exports it")
    add("--moodle", metavar="CSV", help="the grading worksheet of Moodle")
    add("--roster", help=ROSTER)
    return line


def _points(text):
    name, _, value = text.partition("=")
    try:
        return name, value if value == GRADED else float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"EXERCISE=POINTS, or EXERCISE={GRADED} for the grader's; not {text!r}"
        ) from None


def _jobs(text):
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"a whole number above 0, not {text!r}")
    return int(text)


def _doctor(_):
    kind = doctor.best()
    with tempfile.NamedTemporaryFile("w", suffix=".secret") as secret:
        os.chmod(secret.name, 0o644)
        found = doctor.tried(kind, secret.name)
    print(f"In {kind}, a submission can")
    for what, possible in found.items():
        print(f"  {'✗' if possible else '✓ not'} {what}")
    return int(any(found.values()))


def _new(options):
    made = draft.new(options.folder, options.names, options.lesson, options.core)
    print(
        f"{made.folder / assignment.FILE}: {counted(len(made.points), 'exercise')}, "
        "1 point each. It says what else can be set."
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
    roster = _roster(options)
    new, problems = collect(given, options.sources, roster, options.prefix)
    for problem in problems:
        print(f"! {printable(problem)}")
    all_of_them = counted(len(given.students()), "student")
    print(f"New: {len(new)}. With a hand-in: {all_of_them}.")
    return 0


def _grade(options):
    from tqdm.auto import tqdm

    given = assignment.read(options.folder)
    prove(given.own)
    kind = doctor.best(options.trust)
    if kind == "none":
        print("Nothing isolates these submissions: they run with your own rights.")
    done = records.grade(
        given,
        kind,
        options.jobs,
        again=options.again,
        students=options.student,
        engine=options.engine,
    )
    failed = []
    with tqdm(total=next(done), unit=" students", disable=None) as bar:
        for student, problem in done:
            if problem:
                failed.append(student)
                bar.write(f"{printable(student)}: not graded: {printable(problem)}")
            bar.update()
    rows = write_tables(given)
    print(f"{counted(len(rows), 'student')}: {given.folder / 'grades.csv'}")
    return int(bool(failed))


def _override(options):
    given = assignment.read(options.folder)
    record = records.record_of(given, options.student)
    override(
        given,
        options.student,
        dict(options.points),
        options.reason,
        record,
        options.due,
        options.received,
    )
    write_tables(given)
    print("Decided. `report` writes the pages anew.")
    return 0


def _report(options):
    given = assignment.read(options.folder)
    rows, roster = report(given), _roster(options)
    for fill in (lms.canvas, lms.moodle):
        if path := getattr(options, fill.__name__):
            text, notes = fill(_text(path), given, rows, roster)
            filled = given.folder / "reports" / f"{fill.__name__}.csv"
            write_whole(filled, text)
            print(f"to be imported: {filled}")
            for note in notes:
                print(f"! {printable(note)}")
    for row in rows:
        for note in filter(None, [row["problem"], *row.get("notes", ())]):
            print(f"! {printable(row['student'])}: {printable(note)}")
    room = given.folder / "reports"
    where = f"{room / 'students'}; the class: {room / 'class.html'}"
    print(f"{counted(len(rows), 'student')}: {where}")
    return int(any(row["problem"] for row in rows))


def _roster(options):
    return read_roster(options.roster) if options.roster else {}


def _text(path):
    try:
        return Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error}.") from None
    except UnicodeDecodeError:
        raise Problem(
            f"{path} is no UTF-8. Take the file as it was exported; a spreadsheet "
            "program must save it as CSV UTF-8."
        ) from None
