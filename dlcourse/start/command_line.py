"""A command line of several commands: its help ends with examples, exit codes agree."""

import argparse
import sys

from dlcourse.start.problem import Problem

__all__ = ["CommandLine"]


class CommandLine:
    """``parser``, and the commands that were added to it."""

    def __init__(self, prog, about, examples):
        self.style = {
            "epilog": examples,
            "formatter_class": argparse.RawDescriptionHelpFormatter,
        }
        self.parser = argparse.ArgumentParser(
            prog=prog, description=about, **self.style
        )
        self.commands = self.parser.add_subparsers(metavar="COMMAND", required=True)

    def command(self, name, run, about):
        """The parser of a new command; ``run(options)`` gives the exit code."""
        added = self.commands.add_parser(
            name, help=about, description=about, **self.style
        )
        added.set_defaults(run=run)
        return added

    def run(self, arguments=None, stopped="Stopped."):
        """Run one command; returns the exit code: 1 for a Problem, which is told."""
        options = self.parser.parse_args(arguments)
        try:
            return options.run(options)
        except Problem as problem:
            print(f"\n{problem}\n", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print(f"\n{stopped}\n", file=sys.stderr)
            return 130
