"""Each lesson in JupyterLab and Chromium, as a learner meets it.

The tests of one lesson share a page and run in the order of this file. Screenshots are
kept in ``test-artifacts/``: look at them.
"""

import json
import shutil
from dataclasses import dataclass

import pytest
from learner import Learner
from playwright.sync_api import expect
from scratch_lab import ScratchLab

from dlcourse.authoring.convert import chosen, is_deeper
from dlcourse.teach.exercise import find
from dlcourse.teach.panel import plain
from dlcourse.teach.quiz import load

pytestmark = pytest.mark.browser

EXPLORABLE = ".dlcourse-explorable"
# Its width in pixels, as made and as shown, and what a screen reader says of it.
FIGURE = """image => {
    const output = image.closest('.jp-OutputArea-child')
    const description = output.querySelector('.jp-sr-only')
        ?? output.nextElementSibling?.querySelector('.jp-sr-only')
    return [image.naturalWidth, image.clientWidth, description?.textContent ?? '']
}"""


@dataclass(frozen=True)
class Task:
    """What is done in a lesson: an exercise, and a mistake that it knows."""

    lesson: str
    exercise: str
    mistake: str  # its name in the exercise's declaration
    right: str  # replacing this part of the solution ...
    wrong: str  # ... by that makes the mistake
    link: tuple  # one of its links, and the file that it opens

    def solution(self):
        """The exercise's cell with the lines between the source's solution markers."""
        (lesson,) = chosen([self.lesson])
        cells = [cell.source for cell in lesson.notebook("solved").cells]
        return next(cell for cell in cells if self.cell in cell)

    def mistaken(self):
        """The same with the mistake in it."""
        code = self.solution()
        assert code.count(self.right) == 1, f"{self.right!r} is not once in {code}"
        return code.replace(self.right, self.wrong)

    def diagnosis(self):
        """What the learner is to read then."""
        mistakes = {each.name: each for each in find(self.exercise).mistakes}
        return plain(mistakes[self.mistake].diagnosis)

    @property
    def cell(self):
        return f"check({self.exercise})"


TASKS = [
    Task(
        lesson="00_start_here",
        exercise="mean_squared_error",
        mistake="without_square",
        right=" ** 2",
        wrong="",
        link=("01 Backprop", "01_backprop.ipynb"),
    ),
    Task(
        lesson="01_backprop",
        exercise="layer_backward",
        mistake="mean_for_bias",
        right="G.sum(axis=0)",
        wrong="G.mean(axis=0)",
        link=("its file", "source/autograd/tape.py"),
    ),
]


@pytest.fixture(scope="module")
def lab(browser):
    lab = ScratchLab()
    yield lab
    lab.close()


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.lesson)
def opened(request, browser, lab, artifacts):
    """The task, its learner, what the cells have come to when all were run, and which
    headings were folded then: all cells were run, folded ones too.
    """
    task = request.param
    folder = artifacts / task.lesson
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    learner = Learner(page, lab, task.lesson, folder)
    learner.keep("opened")
    folded, cells = learner.folded(), learner.run_all()
    learner.unfold()
    yield task, learner, cells, folded
    page.close()


@pytest.fixture
def task(opened):
    return opened[0]


@pytest.fixture
def learner(opened):
    """The learner; whatever is done, the console and the network stay quiet."""
    yield opened[1]
    assert opened[1].complaints == []


@pytest.fixture
def cells(opened):
    return opened[2]


def test_every_cell_runs(learner, cells):
    assert [cell["said"] for cell in cells if cell["said"]] == []
    expected = iter(range(1, len(cells) + 1))
    counts = [next(expected) if cell["source"].strip() else None for cell in cells]
    assert [cell["count"] for cell in cells] == counts


def test_what_goes_deeper_is_folded_when_a_lesson_is_opened(opened):
    task, _, cells, folded = opened
    (lesson,) = chosen([task.lesson])
    deeper = [c for c in lesson.notebook("learner").cells if is_deeper(c)]
    assert folded == [cell.source.split("\n")[0] for cell in deeper]
    assert len(cells) > len(deeper)


def test_every_figure_is_sharp_and_described(learner):
    figures = learner.page.locator(".jp-OutputArea-output img:visible").all()
    assert figures
    for number, figure in enumerate(figures, start=1):
        learner.keep(f"figure-{number:02}", figure)
        real, shown, description = figure.evaluate(FIGURE)
        assert 200 < shown <= real, f"figure {number}: {real} px, drawn on {shown}"
        assert description.startswith("Figure: "), f"figure {number}: {description!r}"


def test_every_control_changes_its_figure(learner):
    explorables = learner.page.locator(EXPLORABLE).all()
    assert explorables
    for number, explorable in enumerate(explorables, start=1):
        image = explorable.locator("img")
        sliders = explorable.locator(".noUi-handle").all()
        buttons = explorable.locator("button:not(.mod-active), input[type=checkbox]")
        moves = [(slider, "ArrowRight") for slider in sliders]
        moves += [(button, "Space") for button in buttons.all()]
        assert moves, f"explorable {number} has no control"
        for move, (control, key) in enumerate(moves, start=1):
            before = learner.picture(image)
            learner.press(control, key)
            learner.see_change(image, before)
            learner.keep(f"explorable-{number}-moved-{move}", explorable)


def test_an_exercise_is_solved_and_a_mistake_is_diagnosed(learner, task):
    learner.write(task.cell, task.solution())
    expect(learner.output(task.cell)).to_contain_text("right on all")
    learner.keep("check-right", learner.output(task.cell))

    learner.write(task.cell, task.mistaken())
    expect(learner.output(task.cell)).to_contain_text(task.diagnosis())
    learner.keep("check-mistake", learner.output(task.cell))

    kept = json.loads((learner.lab.folder / ".dlcourse-progress.json").read_text())
    assert kept["exercises"][task.exercise] is True


def test_the_quiz_explains_wrong_and_right(learner, task):
    question = load(task.lesson)[0]
    wrong = next(option for option in question.options if option in question.wrong)
    output = learner.output(f'quiz("{task.lesson}")')  # not the one before it
    choices = output.locator(".widget-radio-box").first
    answer = output.get_by_role("button", name="Answer").first
    for option in (wrong, question.answer):
        learner.press(choices.get_by_label(option, exact=True), "Space")
        learner.press(answer, "Enter")
        expect(output).to_contain_text(plain(question.explain(option)))
    learner.keep("quiz", output)


def test_a_prediction_is_committed_and_remembered(learner):
    output = learner.output("predict(")
    options = output.get_by_role("radio").all()
    commit = output.get_by_role("button", name="Commit")
    options[0].focus()
    for reached in [*options[1:], commit]:
        learner.page.keyboard.press("Tab")
        expect(reached).to_be_focused()

    learner.press(options[1], "Space")
    learner.press(commit, "Enter")
    said = output.locator(".widget-radio-box label").nth(1).inner_text().strip()
    expect(output).to_contain_text(f"Committed: {said}.")
    learner.keep("predicted", output)

    learner.reopen()
    learner.run_up_to("reveal(")
    expect(learner.output("predict(")).to_contain_text(f"Committed: {said}.")
    expect(learner.output("reveal(")).to_contain_text(f"You predicted {said}")
    learner.keep("remembered", learner.output("reveal("))


def test_a_link_opens_its_file(learner, task):
    """The last one: the page has moved on then."""
    learner.unfold()
    text, file = task.link
    assert learner.follow(text) == file
