"""The author's commands.

    python -m dlcourse.authoring build [--check | --force] [LESSON ...]
    python -m dlcourse.authoring lint [LESSON ...]
    python -m dlcourse.authoring readme [--check]
    python -m dlcourse.authoring site [--folder FOLDER]

LESSON is a lesson's name, 01_backprop, or the path of its source or notebook.
"""

import argparse
import sys

from dlcourse.authoring import build, convert, ledger, lint, readme


def main(arguments=None):
    """Run one command; returns the exit code, 1 where there is something to mend."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (build.BuildError, convert.SourceError, ledger.LedgerError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m dlcourse.authoring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)

    making = commands.add_parser(
        "build",
        help="sources to executed notebooks, the learner's and the solved one",
        description="Execute the lessons whose source, package or data have changed.",
    )
    making.set_defaults(run=_build)
    how = making.add_mutually_exclusive_group()
    how.add_argument(
        "--check",
        action="store_true",
        help="execute nothing: do the notebooks agree with their sources?",
    )
    how.add_argument(
        "--force",
        action="store_true",
        help="also what has not changed; new pictures and measured numbers are kept",
    )

    linting = commands.add_parser(
        "lint",
        help="what would not hold in a lesson, or not serve its learner",
        description="Report what to mend in lessons: '!' must, '?' should be mended.",
    )
    linting.set_defaults(run=_lint)
    for command in (making, linting):
        command.add_argument(
            "lessons", nargs="*", metavar="LESSON", help="01_backprop; default: all"
        )

    writing = commands.add_parser(
        "readme",
        help="the README's tables, and the ledger of claims",
        description="Write the README's tables and CLAIMS.md from the notebooks.",
    )
    writing.set_defaults(run=_readme)
    writing.add_argument(
        "--check", action="store_true", help="write nothing: are they up to date?"
    )

    showing = commands.add_parser(
        "site",
        help="the static site",
        description="Build the site from the executed notebooks; run no lesson.",
    )
    showing.add_argument(
        "--folder", default="build", help="the site is FOLDER/site; default: build"
    )
    showing.set_defaults(run=_site)
    return parser


def _build(options):
    if options.check:
        problems = build.check(options.lessons)
        print("\n".join(problems) or "The notebooks agree with their sources.")
        return int(bool(problems))
    built = build.build(options.lessons, force=options.force)
    print("\n".join(f"built {name}" for name in built) or "Nothing has changed.")
    return 0


def _lint(options):
    findings = lint.lint(options.lessons)
    print("\n".join(map(str, findings)) or "Nothing to mend.")
    return int(any(finding.error for finding in findings))


def _site(options):
    from dlcourse.authoring import site  # only here Sphinx is needed

    print("built", site.build(options.folder))
    return 0


def _readme(options):
    if options.check:
        old = readme.old()
        print(f"old: {', '.join(old)}: `make readme`" if old else "up to date")
        return int(bool(old))
    print("written:", ", ".join(readme.write()) or "nothing, both were up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
