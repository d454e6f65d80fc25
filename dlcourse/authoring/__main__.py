"""The author's commands: ``python -m dlcourse.authoring build|lint|readme``."""

import argparse
import sys

from dlcourse.authoring import build, convert, ledger


def main(arguments=None):
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m dlcourse.authoring", description=__doc__
    )
    commands = parser.add_subparsers(dest="command", required=True)

    making = commands.add_parser(
        "build", help="execute the lessons that have changed into notebooks"
    )
    making.add_argument("lessons", nargs="*", help="01_backprop ...; default: all")
    making.add_argument(
        "--check",
        action="store_true",
        help="execute nothing: do the committed notebooks agree with their sources?",
    )
    making.add_argument(
        "--force", action="store_true", help="also lessons that have not changed"
    )

    commands.add_parser("lint", help="find what would not hold in a lesson")

    readme = commands.add_parser("readme", help="make the README's tables anew")
    readme.add_argument(
        "--check", action="store_true", help="only say whether they are"
    )

    options = parser.parse_args(arguments)
    try:
        return {"build": _build, "lint": _lint, "readme": _readme}[options.command](
            options
        )
    except (build.BuildError, convert.SourceError) as error:
        print(error, file=sys.stderr)
        return 1


def _build(options):
    if options.check:
        problems = build.check(options.lessons)
        print("\n".join(problems) or "The notebooks agree with their sources.")
        return int(bool(problems))
    built = build.build(options.lessons, force=options.force)
    print("\n".join(f"built {name}" for name in built) or "Nothing has changed.")
    return 0


def _lint(options):
    from dlcourse.authoring import lint

    findings = lint.lint()
    print("\n".join(map(str, findings)) or "Nothing to mend.")
    return int(any(finding.is_error for finding in findings))


def _readme(options):
    if options.check:
        current = ledger.is_current()
        print(
            "current" if current else "The README's tables are old: run `make readme`."
        )
        return int(not current)
    print("README.md written." if ledger.write() else "README.md was current.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
