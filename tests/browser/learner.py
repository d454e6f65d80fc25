"""A learner before JupyterLab: opens a lesson, runs cells, types, presses keys, looks.

What a learner does goes through the page. Only waiting, and what the page does not
show, asks JupyterLab's own objects: ``window.jupyterapp``.
"""

import time
from urllib.parse import urlsplit

from playwright.sync_api import expect

expect.set_options(timeout=30_000)
PATIENCE = 60_000  # milliseconds for JupyterLab to open a notebook
LESSON_TIME = 180_000  # milliseconds for a whole lesson to run, on a busy machine
# What JupyterLab says of the last session's widgets, until their cells are run again.
FORGOTTEN = "widget model not found"

OPEN = """path => {
    const widget = window.jupyterapp?.shell.currentWidget
    return widget?.context?.path === path && widget.context.isReady
        && widget.sessionContext.isReady
        && widget.sessionContext.session?.kernel?.status === 'idle'
}"""
IDLE = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
    .status === 'idle'"""
COUNT = """index => window.jupyterapp.shell.currentWidget.content.widgets[index]
    .model.executionCount"""
RAN = f"([index, before]) => ![null, before].includes(({COUNT})(index))"
COMMAND = "name => window.jupyterapp.commands.execute(name)"
SOURCES = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(
    cell => cell.model.sharedModel.getSource())"""
CODE_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({
        count: cell.model.executionCount,
        source: cell.model.sharedModel.getSource(),
        said: cell.model.outputs.toJSON()
            .filter(out => out.output_type === 'error' || out.name === 'stderr')
            .map(out => out.ename ? `${out.ename}: ${out.evalue}` : String(out.text)),
    }))"""
FOLDED = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'markdown' && cell.headingCollapsed)
    .map(cell => cell.model.sharedModel.getSource().split('\\n')[0])"""
SELECT = """index => {
    window.jupyterapp.shell.currentWidget.content.activeCellIndex = index
}"""
CURRENT = "() => window.jupyterapp.shell.currentWidget?.context?.path"
MOVED = f"before => ![undefined, before].includes(({CURRENT})())"
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
PICTURE = """async image => {
    const bytes = await (await fetch(image.src)).arrayBuffer()
    const digest = await crypto.subtle.digest('SHA-256', bytes)
    return Array.from(new Uint8Array(digest)).join(' ')
}"""


class Learner:
    """One page of a browser, with one lesson open.

    Attributes: ``page`` (Playwright's), ``lab`` (the ScratchLab), ``complaints`` (what
    the console reported as an error, and requests to other hosts).
    """

    def __init__(self, page, lab, lesson, pictures):
        self.page, self.lab, self.notebook = page, lab, f"{lesson}.ipynb"
        self.complaints = []
        self._reopened = False
        self._pictures = pictures
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._follow(request.url))
        page.on("websocket", lambda socket: self._follow(socket.url))
        page.goto(lab.url(self.notebook))
        self._wait(OPEN, self.notebook, timeout=PATIENCE)

    def reopen(self):
        """Save, end the kernel, and load the page anew: another day."""
        self._do("docmanager:save")
        self.page.evaluate(SHUT_DOWN)
        self._reopened = True
        self.page.reload()
        self._wait(OPEN, self.notebook, timeout=PATIENCE)

    def folded(self):
        """The headings whose sections are folded."""
        return self.page.evaluate(FOLDED)

    def unfold(self):
        """Open every section."""
        self._do("notebook:expand-all-headings")

    def run_all(self):
        """Run all cells; returns what each code cell has come to."""
        self._do("notebook:run-all-cells")
        self._wait(IDLE, timeout=LESSON_TIME)
        return self.page.evaluate(CODE_CELLS)

    def run_up_to(self, text):
        """Run the cells from the first to the one that ``text`` stands in."""
        self.page.evaluate(SELECT, self._index(text) + 1)
        self._do("notebook:run-all-above")
        self._wait(IDLE, timeout=LESSON_TIME)

    def cell(self, text):
        """The first cell whose source contains ``text``."""
        return self.page.locator(".jp-Notebook-cell").nth(self._index(text))

    def output(self, text):
        """What stands below the cell whose source contains ``text``."""
        return self.cell(text).locator(".jp-OutputArea")

    def write(self, text, code):
        """Replace the source of the cell that contains ``text`` and run it."""
        index, cell = self._index(text), self.cell(text)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)
        assert self.page.evaluate(SOURCES)[index] == code
        before = self.page.evaluate(COUNT, index)
        self.page.keyboard.press("Control+Enter")
        self._wait(RAN, [index, before])

    def press(self, element, *keys):
        """Put the focus on ``element`` and press keys, one after the other."""
        element.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def follow(self, link):
        """Click the link of this text; the path of what opens then."""
        self.page.get_by_role("link", name=link, exact=True).last.click()
        self._wait(MOVED, self.notebook)
        return self.page.evaluate(CURRENT)

    def picture(self, image):
        """A digest of the picture that an ``<img>`` shows at present."""
        return image.evaluate(PICTURE)

    def see_change(self, image, before):
        """Wait until ``image`` shows another picture than the digest ``before``."""
        end = time.monotonic() + 20
        while self.picture(image) == before:
            assert time.monotonic() < end, "the figure stays as it was"
            self.page.wait_for_timeout(50)

    def keep(self, name, element=None):
        """Keep a screenshot of the page, or of one element, among the artefacts."""
        (element or self.page).screenshot(path=self._pictures / f"{name}.png")

    def _do(self, command):
        self.page.evaluate(COMMAND, command)

    def _wait(self, condition, argument=None, timeout=30_000):
        self.page.wait_for_function(condition, arg=argument, timeout=timeout)

    def _index(self, text):
        sources = self.page.evaluate(SOURCES)
        found = [index for index, source in enumerate(sources) if text in source]
        assert found, f"{self.notebook} has no cell with {text!r}"
        return found[0]

    def _hear(self, message):
        forgotten = self._reopened and FORGOTTEN in message.text
        if message.type == "error" and not forgotten:
            self.complaints.append(f"console: {message.text}")

    def _follow(self, url):
        parts = urlsplit(url)
        if parts.netloc != urlsplit(self.lab.origin).netloc and parts.netloc:
            self.complaints.append(f"request: {url}")
