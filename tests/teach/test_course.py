"""What the course contains, from one list and the lessons' folders."""

import re

import pytest

from dlcourse.teach import course, exercise, fixture
from dlcourse.teach.course import CLAIMS, LESSONS, Lesson, lesson, lesson_of

KEYS = {"statement", "lectures", "implied", "lesson", "also", "section"}


def test_names_follow_from_the_folder_and_the_topic():
    each = Lesson("12_rnn_gradients", "RNN gradients")
    assert (each.number, each.title) == ("12", "12 RNN gradients")
    assert each.notebook == "12_rnn_gradients.ipynb"
    assert each.solution == "solutions/12_rnn_gradients.ipynb"


def test_lessons_are_listed_in_their_order_and_each_folder_is_listed():
    folders = [each.folder for each in LESSONS]
    assert folders == sorted(folders)
    there = {each.name for each in course.ROOM.iterdir() if each.name[0].isdigit()}
    assert there <= set(folders)


@pytest.mark.parametrize("name", ["01_backprop", "01", "01 Backprop"])
def test_a_lesson_is_found_by_each_of_its_names(name):
    assert lesson(name).topic == "Backprop"


def test_an_unknown_lesson_is_refused():
    with pytest.raises(LookupError, match="no lesson '77'; there are: 00_start_here"):
        lesson("77")


def test_a_lesson_is_named_by_its_number_where_an_exercise_lies_elsewhere():
    assert (
        exercise(section="s", inputs=len, lesson="01")(documented).lesson is LESSONS[1]
    )


def documented(x):
    """What it returns."""


def test_a_module_belongs_to_the_lesson_of_its_folder():
    assert lesson_of("dlcourse.lessons.01_backprop.exercises.sweep").number == "01"
    assert lesson_of("dlcourse.teach.course") is None


def test_each_claim_has_what_the_ledger_needs():
    assert len(CLAIMS) == 152
    for name, entry in CLAIMS.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert entry["statement"], name
        assert set(entry["lectures"]) <= set(course.LECTURES), name
        assert all(lesson(number) for number in entry.get("also", ())), name
        assert set(entry) <= KEYS, name


WRITTEN = [each for each in LESSONS if each.source]


@pytest.mark.parametrize("each", WRITTEN, ids=lambda each: each.folder)
def test_a_source_names_its_exercises_and_claims(each):
    assert set(each.whole.exercises) == set(each.exercises)
    assert set(each.whole.claims) == set(each.toml("claims"))
    assert set(each.core.claims) <= set(each.whole.claims)


def test_the_core_ends_where_the_first_deeper_section_begins():
    class Fake(Lesson):
        source = (
            '```{code-cell} ipython3\nclaim(\n    "a",\n    1)\nclaimed("b")\n```\n'
            'claim("in prose")\n### Deeper: not a section of its own\n'
            '```{code-cell} ipython3\nfor x in y:\n    claim("c", x)\n```\n'
            "## Deeper: one\n```{code-cell} ipython3\n:tags: [hide-input]\n"
            'z = check(d).usable\npredict("e", "?")\n```\n## Deeper: two\n'
        )

    lesson = Fake("50_fake", "Fake")
    assert lesson.core == course.Part(claims=("a", "c"))
    assert lesson.whole == course.Part(("d",), ("e",), ("a", "c"))
    assert Lesson("51_nothing", "Not written").whole == course.Part()


def with_claims(monkeypatch, *tables):
    class Fake(Lesson):
        def toml(self, name):
            return tables[int(self.number)]

    lessons = [Fake(f"{i:02}_x", "X") for i in range(len(tables))]
    monkeypatch.setattr(course, "LESSONS", lessons)
    return course._claims


def test_a_claim_is_settled_once(monkeypatch):
    entry = {"statement": "s", "lectures": [], "section": course.SECTIONS[0]}
    claims = with_claims(monkeypatch, {"c": entry}, {"c": entry})
    with pytest.raises(ValueError, match="01_x and 00_x both have the claim 'c'"):
        claims()


def test_a_section_is_one_of_the_ledgers(monkeypatch):
    claims = with_claims(monkeypatch, {"c": {"section": "Elsewhere"}})
    with pytest.raises(ValueError, match="has the section 'Elsewhere'"):
        claims()


def test_a_fixture_is_found_by_its_lesson():
    assert callable(fixture("03_activations", "silent_network"))
    with pytest.raises(LookupError, match="fixtures has no 'loud_network'"):
        fixture("03_activations", "loud_network")
