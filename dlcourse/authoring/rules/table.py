"""The table: a rule is a function, entered with its scope.

The scope says what the function is given and what it yields:

    code, markdown   a Cell of that kind               sentences
    output           one output of an executed cell    sentences
    lesson           a Page                            (cell's index or None, sentence)
    course           all Pages, in order               (page, sentence)

A sentence says what is wrong and what to do.
"""

from dataclasses import dataclass

RULES = []


@dataclass(frozen=True)
class Rule:
    """A rule. What it finds must be mended if it is an ``error``, else should be."""

    name: str
    scope: str
    find: object
    error: bool


def rule(scope, error=True):
    """Enter the decorated function into the table, under its own name."""

    def enter(find):
        RULES.append(Rule(find.__name__.replace("_", "-"), scope, find, error))
        return find

    return enter
