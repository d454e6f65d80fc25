"""The browser of these tests, and where their pictures are kept."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SAFE_HERE = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def artifacts():
    """The folder for screenshots: look at them."""
    return Path(__file__).resolve().parents[2] / "test-artifacts"


@pytest.fixture(scope="module")
def browser():
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None or os.name != "posix":
        missing = "no Chromium here: nothing was tried in a browser"
        if os.environ.get("DLCOURSE_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing}, and DLCOURSE_REQUIRE_BROWSER=1 asks for it")
        pytest.skip(f"{missing} (on Debian and Ubuntu: sudo apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SAFE_HERE)
        yield browser
        browser.close()
