"""The site in Chromium: on a laptop, in the light, and on a phone, in the dark.

It is built once and served on a loopback port. Screenshots are kept in
``test-artifacts/site``: look at them.
"""

import functools
import gzip
import http.server
import itertools
import json
import subprocess
import sys
import threading
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dlcourse.authoring.convert import ROOT, lessons
from dlcourse.authoring.frames import explored, path_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)

LAPTOP = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "color_scheme": "dark",
    "has_touch": True,
}
DEVICES = pytest.mark.parametrize("device", [LAPTOP, PHONE], ids=["laptop", "phone"])
LESSONS = {lesson.name: lesson for lesson in lessons()}
NAMES = pytest.mark.parametrize("name", LESSONS)
OTHER_PAGES = ("index", "claims", "errata", "instructors", "reference/nn", "search")
LESSON_SIZE, FRAMES_SIZE = 800_000, 300_000  # bytes, gzipped

AXE = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}
UNFOLD = "document.querySelectorAll('article details').forEach(d => d.open = true)"
SOURCE = "async image => (await fetch(image.src)).text()"
CHOSEN = """box => [...box.querySelectorAll("output, input:checked")].map(
    each => each.parentElement.lastChild.textContent)"""
# Formulas and coloured code are four fifths of a page, and alike on all: they are
# looked at on the first lesson only, and plain text on the others.
PLAIN = """document.querySelectorAll('.highlight pre, math').forEach(
    each => each.textContent = each.textContent)"""


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing: who serves a test says nothing."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the site, built from the notebooks as they are committed."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "dlcourse.authoring", "site", "--folder", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def origin(built):
    handler = functools.partial(Handler, directory=built)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def visit(browser, origin, artifacts):
    """Open a page of the site on a device; nothing may complain until the end."""
    complaints, contexts = [], []

    def visit(path, device, **more):
        context = browser.new_context(**device, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.on(
            "request", lambda r: foreign(r.url, origin) and complaints.append(r.url)
        )
        page.on("response", lambda r: r.ok or complaints.append(f"{r.status}: {r.url}"))
        page.goto(f"{origin}{path}.html", wait_until="load")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def foreign(url, origin):
    return not url.startswith((origin, "data:", f"blob:{origin}"))


@DEVICES
@pytest.mark.parametrize("path", OTHER_PAGES)
def test_a_page_fits_its_device(visit, device, path, artifacts):
    fits(visit(path, device), device, artifacts / "site", path)


def fits(page, device, folder, path):
    """Nothing is wider than the device, with all folded and with all open."""
    width = device["viewport"]["width"]
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{path.replace('/', '-')}-{width}.png")
    for unfold in ("", UNFOLD):
        page.evaluate(unfold)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("path", "device", "first"),
    [
        *((path, LAPTOP, "") for path in OTHER_PAGES),
        *(
            (f"lessons/{name}", device, PLAIN if number else "")
            for number, name in enumerate(LESSONS)
            for device in ((LAPTOP, PHONE)[number % 2 :] if number < 2 else (PHONE,))
        ),
    ],
)
def test_axe_finds_nothing_serious(visit, path, device, first):
    page = visit(path, device)
    page.evaluate(first)
    found = Axe().run(page, options=AXE).response["violations"]
    serious = [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []


@DEVICES
@NAMES
def test_a_lesson_fits_its_device(visit, device, name, artifacts):
    fits(visit(f"lessons/{name}", device), device, artifacts / "site", name)


@pytest.mark.parametrize(
    ("name", "device"),
    [(name, (LAPTOP, PHONE)[number % 2]) for number, name in enumerate(LESSONS)],
)
def test_every_control_shows_its_frame(visit, device, name):
    page = visit(f"lessons/{name}", device)
    page.evaluate(UNFOLD)
    boxes = page.locator(".dl-explorable").all()
    assert len(boxes) == len(explored(LESSONS[name].text))
    for box in boxes:
        box.scroll_into_view_if_needed()
        image = image_of(box)
        # Until it is there, expect() would describe the whole page, again and again.
        box.locator("input").first.wait_for(state="attached")
        for control in box.locator(".dl-slider, fieldset").all():
            before = image.get_attribute("src")
            slider = control.locator("input[type=range]")
            if slider.count():
                end = slider.get_attribute("max") == slider.input_value()
                slider.press("ArrowLeft" if end else "ArrowRight")
            else:
                control.locator("input:not(:checked)").first.press("Space")
            expect(image).not_to_have_attribute("src", before)
            alt, picture = frame_of(name, box)
            expect(image).to_have_attribute("alt", alt)
            assert image.evaluate(SOURCE) == picture
            assert image.evaluate("image => image.naturalWidth") > 200
    for box in boxes:  # it is told a while after the last change
        alt = image_of(box).get_attribute("alt")
        expect(box.locator("[aria-live]")).to_have_text(alt)


def image_of(box):
    """The picture that the controls in ``box`` choose."""
    return box.locator("xpath=ancestor::*[contains(@class, 'cell_output')]//img")


def frame_of(name, box):
    """(the alternative text, the SVG) that belong to what the controls say."""
    which = box.get_attribute("data-frames").removeprefix(f"{name}/")
    told = json.loads(path_of(LESSONS[name].folder, which).read_text("utf-8"))
    frames = zip(told["alts"], told["frames"], strict=True)
    grid = itertools.product(*(control["values"] for control in told["controls"]))
    alt, runs = dict(zip(grid, frames, strict=True))[tuple(box.evaluate(CHOSEN))]
    pairs = zip(runs[::2], runs[1::2], strict=True)
    lines = [line for a, n in pairs for line in told["lines"][a : a + n]]
    return alt, "\n".join(lines)


def test_a_prediction_is_kept_and_answered(visit):
    page = visit("lessons/01_backprop", LAPTOP)
    box = page.locator(".dl-predict").first
    answer = page.locator(f".dl-reveal[data-key={box.get_attribute('data-key')}]")
    expect(answer).to_contain_text("waits for your prediction")
    box.get_by_role("button").press("Enter")
    expect(box).to_contain_text("Choose first")
    box.get_by_role("radio").nth(1).press("Space")
    chosen = box.locator("li").nth(1).inner_text()
    box.get_by_role("button").press("Enter")
    for _ in range(2):
        expect(box).to_contain_text(f"Committed: {chosen}.")
        expect(answer).to_contain_text("The answer:")
        expect(answer).to_contain_text(f"You predicted {chosen}.")
        page.reload()


def test_a_quiz_explains_wrong_and_right(visit):
    page = visit("lessons/01_backprop", PHONE)
    items = page.locator(".dl-quiz li[data-key]").all()
    for item in items:
        for option in (
            item.locator("li:not([data-right])").first,
            item.locator("li[data-right]"),
        ):
            option.get_by_role("radio").press("Space")
            item.get_by_role("button").press("Enter")
            said = option.evaluate(
                "o => new DOMParser().parseFromString(o.dataset.said,"
                " 'text/html').body.textContent"
            )
            expect(item.get_by_role("status")).to_have_text(said)
    page.reload()
    before = page.locator(".dl-before")
    before.locator("summary").click()
    expect(before).to_contain_text("You have met this question already.")


def test_a_figure_grows_by_a_tap(visit):
    page = visit("lessons/01_backprop", PHONE)
    button = page.locator(".dl-large").first
    button.tap()
    large = page.get_by_role("dialog").locator("img")
    expect(large).to_be_visible()
    assert large.bounding_box()["width"] > 1.5 * button.bounding_box()["width"]
    page.get_by_role("button", name="Close").tap()
    expect(large).not_to_be_attached()


def test_a_link_opens_the_section_that_it_leads_to(visit):
    page = visit("lessons/01_backprop", LAPTOP)
    page.locator("a.internal[href^='#deeper']").first.click()
    anchor = urldefrag(page.url).fragment
    expect(page.locator(f"[id='{anchor}'] > details")).to_have_attribute("open", "")


def test_on_paper_the_lesson_is_left(visit):
    """No link floats over the text, no folded code, and folded sections are open."""
    page = visit("lessons/01_backprop", LAPTOP)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".skip-to-content").is_hidden()
    for folded in page.locator("article details.hide").all():
        assert folded.is_hidden()
    deeper = page.locator("details.dl-deeper").first
    assert deeper.locator("p").first.is_visible()


def test_the_search_finds_a_lesson(visit):
    page = visit("search", LAPTOP)
    page.goto(page.url + "?q=backprop")
    expect(page.locator("#search-results")).to_contain_text("01 Backprop")


def test_without_scripts_the_page_is_there(visit):
    page = visit("lessons/00_start_here", LAPTOP, java_script_enabled=False)
    expect(page.locator(".dl-predict li")).to_have_count(4)
    assert page.locator(".cell_output img").count() >= 2
    expect(page.locator(".dl-reveal").first).to_contain_text("The answer:")


# Read from the files ------------------------------------------------------------------


class Page(HTMLParser):
    """The anchors of a page, what it links to, what it loads, and its pictures."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loads, self.images = set(), [], [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors.add(given.get("id"))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "img":
            self.images.append(given)
        if tag in ("img", "script", "iframe", "source") and "src" in given:
            self.loads.append(given["src"])
        if tag == "link" and given.get("rel") in ("stylesheet", "preload", "icon"):
            self.loads.append(given["href"])


@pytest.fixture(scope="module")
def pages(built):
    return {path: Page(path) for path in built.rglob("*.html")}


def leads_to(link, path, built):
    """(file, anchor) that a link on the page ``path`` leads to; None if elsewhere."""
    if urlsplit(link).scheme:
        return None
    at, anchor = urldefrag(urljoin(path.relative_to(built).as_posix(), link))
    at = built / unquote(urlsplit(at).path)
    return (at / "index.html" if at.is_dir() else at), unquote(anchor)


def test_every_link_leads_somewhere(pages, built):
    dead, count = [], 0
    for path, page in pages.items():
        for link in page.links:
            if (target := leads_to(link, path, built)) is None:
                continue
            count += 1
            file, anchor = target
            there = file.exists() and (
                not anchor or file not in pages or anchor in pages[file].anchors
            )
            if not there:
                dead.append(f"{path.relative_to(built)}: {link}")
    assert dead == []
    assert count > 1000


def test_nothing_is_loaded_from_another_host(pages, built):
    for path, page in pages.items():
        for load in page.loads:
            file, _ = leads_to(load, path, built) or pytest.fail(f"{path}: {load}")
            assert file.exists(), f"{path}: {load}"


def test_every_figure_of_a_lesson_is_described(pages, built):
    for name in LESSONS:
        images = pages[built / "lessons" / f"{name}.html"].images
        assert images and all(len(image["alt"]) > 20 for image in images)


def gzipped(*paths):
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in set(paths))


@NAMES
def test_a_lesson_is_small(pages, built, name):
    """All that a browser loads for its first page, but the frames."""
    path = built / "lessons" / f"{name}.html"
    loads = [leads_to(load, path, built)[0] for load in pages[path].loads]
    fonts = (built / "_static").glob("*.woff")
    assert gzipped(path, *loads, *fonts) < LESSON_SIZE
    for frames in (built / "_static" / "frames" / name).glob("*.js"):
        assert gzipped(frames) < FRAMES_SIZE, frames


def test_every_lesson_has_a_way_on_and_back(pages, built):
    paths = [built / "lessons" / f"{name}.html" for name in LESSONS]
    for here, after in pairwise(paths):
        assert after.name in pages[here].links
        assert here.name in pages[after].links


def test_an_exercise_says_where_to_solve_it(pages, built):
    links = pages[built / "lessons" / "01_backprop.html"].links
    for place in ("mybinder.org", "colab.research.google.com", "01_backprop.ipynb"):
        assert any(place in link for link in links)
    assert Path(built, "_static", "notebooks", "01_backprop.ipynb").exists()
