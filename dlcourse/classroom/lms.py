"""Canvas' and Moodle's own exported files, with the grades filled in.

Nothing of theirs is changed but the grades, and Moodle's comments. One column of the
file names the students, for all rows: so no number of one kind is taken for another.
"""

import csv
import io
import re
from html import escape

from dlcourse.classroom.words import counted
from dlcourse.start.problem import Problem

__all__ = ["canvas", "moodle"]

CANVAS = ("SIS Login ID", "ID", "SIS User ID", "Integration ID", "Student")
MOODLE = ("Identifier", "ID number", "Email address", "Username", "Full name")


def canvas(text, assignment, rows, roster=None):
    """(the gradebook that Canvas has exported, filled in; sentences to be read).

    Of its columns it keeps those that name the student, and the assignment's.
    """
    table = _Table(text, ",", "Student", "the gradebook that Canvas exports")
    title = re.compile(rf"{re.escape(assignment.title)} \(\d+\)")
    columns = [name for name in table.head if title.fullmatch(name)]
    if len(columns) != 1:
        there = [name for name in table.head if re.search(r" \(\d+\)$", name)]
        raise Problem(
            f"Canvas' gradebook has no column {assignment.title} (number). Make the "
            "assignment there first, or write its name as the title into "
            f"assignment.toml. There are: {', '.join(there) or 'none'}."
        )
    (column,) = columns
    first = next((n for n, name in enumerate(table.head) if title.fullmatch(name)))
    most = [line[first] for line in table.lines if _is_possible(line)]
    scale, notes = _scale(most[0] if most else "", assignment, "Canvas")
    notes += table.fill(CANVAS, rows, roster, {column: lambda row: _number(row, scale)})
    kept = [n for n, name in enumerate(table.head) if name in (*CANVAS, "Section")]
    return table.text([*kept, first]), notes


def _is_possible(line):
    return line[:1] and line[0].strip().startswith("Points Possible")


def moodle(text, assignment, rows, roster=None):
    """(the grading worksheet that Moodle has exported, filled in; sentences)."""
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    words = "Moodle's grading worksheet, downloaded with English as its language"
    table = _Table(text, delimiter, "Identifier", words)
    if "Grade" not in table.head:
        raise Problem(f"There is no column Grade: is it {words}?")
    limits = {""}
    if "Maximum Grade" in table.head:
        limits |= {line[table.head.index("Maximum Grade")] for line in table.lines}
    scale, notes = _scale(max(limits), assignment, "Moodle")
    filled = {"Grade": lambda row: _number(row, scale)}
    if "Feedback comments" in table.head:
        filled["Feedback comments"] = _comment
    notes += table.fill(MOODLE, rows, roster, filled)
    return table.text(), notes


def _comment(row):
    days = row["days_late"]
    late = f"<br>{counted(days, 'day')} late" if days else ""
    return (
        "<br>".join(
            escape(f"{name}: {part['points']:g} ({part['verdict']})")
            for name, part in row["parts"].items()
        )
        + late
    )


def _number(row, scale):
    return f"{row['points'] * scale:.2f}".rstrip("0").rstrip(".")


def _scale(most, assignment, where):
    """What points are multiplied by, where the other side counts up to ``most``."""
    try:
        most = float(most.replace(",", "."))
    except ValueError:
        return 1.0, []
    if not most > 0 or most == assignment.most or not assignment.most:
        return 1.0, []
    words = f"{where} counts up to {most:g}, this assignment up to {assignment.most:g}"
    return most / assignment.most, [f"{words}: the points are scaled"]


class _Table:
    def __init__(self, text, delimiter, needed, words):
        self.delimiter, self.mark = delimiter, text[:1] == "\ufeff"
        lines = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
        try:
            self.head, *self.lines = (line for line in lines if line)
        except (ValueError, csv.Error):
            self.head, self.lines = [], []
        if needed not in self.head:
            raise Problem(f"There is no column {needed}: is it {words}?")
        for line in self.lines:
            line += [""] * (len(self.head) - len(line))

    def fill(self, keys, rows, roster, filled):
        """Fill the columns {name: what a row has there}; returns sentences."""
        graded = {row["student"]: row for row in rows if not row["problem"]}
        column = self._column(keys, graded, roster or {})
        seen = set()
        for line in self.lines:
            if row := graded.get(self._who(line, column, roster or {})):
                seen.add(row["student"])
                for name, value in filled.items():
                    line[self.head.index(name)] = value(row)
        lost = sorted(graded.keys() - seen)
        few = ", ".join(lost[:10]) + (" ..." if len(lost) > 10 else "")
        who = counted(len(lost), "graded student")
        are = "is" if len(lost) == 1 else "are"
        return [f"{who} {are} not in the file: {few}"] * bool(lost)

    def _column(self, keys, graded, roster):
        """The number of the column that names the most students."""
        there = [self.head.index(key) for key in keys if key in self.head]

        def names(column):
            return len(
                {self._who(li, column, roster) for li in self.lines} & set(graded)
            )

        return max(there, key=names)

    def _who(self, line, column, roster):
        value = line[column].strip()
        if self.head[column] == "Identifier":  # "Participant 12345"
            value = re.sub(r"\D", "", value)
        return roster.get(value, value)

    def text(self, columns=None):
        out = io.StringIO("\ufeff" * self.mark)
        out.seek(0, io.SEEK_END)
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        columns = range(len(self.head)) if columns is None else columns
        for line in (self.head, *self.lines):
            writer.writerow([line[n] for n in columns])
        return out.getvalue()
