"""Canvas' and Moodle's own exported files, with the grades filled in.

Nothing of theirs is changed but the grades, and Moodle's comments. One column of the
file names the students, for all rows: so no number of one kind is taken for another.
Their forms are those that Canvas' gradebook_exporter.rb and Moodle's gradingtable.php
write, and that gradebook_importer.rb and importgradeslib.php read.
"""

import csv
import io
import re
from html import escape

from dlcourse.classroom.words import counted, separator
from dlcourse.start.problem import Problem

__all__ = ["canvas", "moodle"]

CANVAS = ("SIS Login ID", "ID", "SIS User ID", "Integration ID", "Student")
MOODLE = ("Identifier", "ID number", "Email address", "Username", "Full name")
KEPT = (*CANVAS, "LastName", "FirstName", "Root Account", "Section")
LEFT = "EX", "N/A"  # excused; not assigned, or hidden from who grades


def canvas(text, assignment, rows, roster=None):
    """(the gradebook that Canvas has exported, filled in; sentences to be read).

    Of its columns it keeps those that name the student, and the assignment's.
    """
    words = "the gradebook that Canvas exports"
    table = _Table(text, ("Student", "LastName"), words)
    title = re.compile(rf"{re.escape(_plain(assignment.title))} \(\d+\)")
    there = [n for n, name in enumerate(table.head) if title.fullmatch(_plain(name))]
    if len(there) != 1:
        names = [name for name in table.head if re.search(r" \(\d+\)$", name)]
        found = "several columns" if there else "no column"
        raise Problem(
            f"Canvas' gradebook has {found} {assignment.title} (number). Make one "
            "assignment of this name there first, or write its name as the title into "
            f"assignment.toml. There are: {', '.join(names) or 'none'}."
        )
    (column,) = there
    most = [line[column] for line in table.lines if _is_possible(line)]
    scale, notes = _scale(most[0] if most else "", assignment, "Canvas")
    notes += table.fill(CANVAS, rows, roster, {column: lambda row: _number(row, scale)})
    kept = [n for n, name in enumerate(table.head) if name in KEPT]
    return table.text([*kept, column]), notes


def _plain(name):
    return " ".join(name.split())


def _is_possible(line):
    return line[:1] and line[0].strip().startswith("Points Possible")


def moodle(text, assignment, rows, roster=None):
    """(the grading worksheet that Moodle has exported, filled in; sentences)."""
    words = "Moodle's grading worksheet, downloaded with English as its language"
    table = _Table(text, ("Identifier",), words)
    grade, comments = table.number("Grade"), table.number("Feedback comments")
    if grade is None:
        raise Problem(f"There is no column Grade: is it {words}?")
    if table.number("Scale") is not None:
        raise Problem("Moodle's assignment has words for grades: let it have points.")
    limits, keys = {""}, MOODLE
    if (most := table.number("Maximum Grade")) is not None:
        limits |= {line[most] for line in table.lines}
    if table.number("Group") is not None:  # then groups hand in, not participants
        keys = ("Group",)
    scale, notes = _scale(max(limits), assignment, "Moodle")
    filled = {grade: lambda row: _number(row, scale)}
    if comments is not None:
        filled[comments] = _comment
    lost = table.fill(keys, rows, roster, filled)
    if lost and keys == ("Group",):
        lost.append("Groups hand in: --roster must have their numbers and their names")
    return table.text(), notes + lost


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


def _some(students, are):
    """[a sentence about them], or []."""
    few = ", ".join(students[:10]) + (" ..." if len(students) > 10 else "")
    who = counted(len(students), "graded student")
    verb = "is" if len(students) == 1 else "are"
    return [f"{who} {verb} {are}: {few}"] * bool(students)


class _Table:
    def __init__(self, text, needed, words):
        self.mark = text[:1] == "\ufeff"
        text = text.lstrip("\ufeff")
        self.delimiter = separator(text.partition("\n")[0])
        # Moodle adds what was written online.
        csv.field_size_limit(max(len(text), csv.field_size_limit()))
        lines = csv.reader(io.StringIO(text), delimiter=self.delimiter)
        try:
            self.head, *self.lines = (line for line in lines if line)
        except (ValueError, csv.Error):
            self.head, self.lines = [], []
        if all(self.number(name) is None for name in needed):
            raise Problem(f"There is no column {needed[0]}: is it {words}?")
        for line in self.lines:
            line += [""] * (len(self.head) - len(line))

    def number(self, name):
        """Of the column ``name``, however it is capitalised; None where it is not."""
        names = [each.strip().casefold() for each in self.head]
        return names.index(name.casefold()) if name.casefold() in names else None

    def fill(self, keys, rows, roster, filled):
        """Fill the columns {number: what a row has there}; returns sentences."""
        graded = {row["student"]: row for row in rows if not row["problem"]}
        column = self._column(keys, graded, roster or {})
        seen, left = set(), []
        for line in self.lines:
            if row := graded.get(self._who(line, column, roster or {})):
                seen.add(row["student"])
                if words := next((line[n] for n in filled if line[n] in LEFT), None):
                    left.append(f"{row['student']} ({words})")
                    continue
                for number, value in filled.items():
                    line[number] = value(row)
        lost = _some(sorted(graded.keys() - seen), "not in the file")
        return lost + _some(left, "left as they are there")

    def _column(self, keys, graded, roster):
        """The number of the column that names the most students."""
        there = [n for key in keys if (n := self.number(key)) is not None]
        if not there:
            raise Problem(f"No column names the students: {', '.join(keys)}.")

        def names(column):
            return len(
                {self._who(li, column, roster) for li in self.lines} & set(graded)
            )

        return max(there, key=names)

    def _who(self, line, column, roster):
        value = line[column].strip()
        if self.number("Identifier") == column:  # "Participant 12345"
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
