"""The pages of the browser tests: in a Chromium or Chrome of this machine, which reaches nothing but JupyterLab."""

import pytest
from lab import FLAGS, PICTURES, Lab, browser_path, wait_until
from playwright.sync_api import sync_playwright


@pytest.fixture
def lab(tmp_path, request):
    """A JupyterLab for the notebook that the test names."""
    lab = Lab(tmp_path, request.param)
    try:
        yield lab
    finally:
        lab.stop()


@pytest.fixture
def page(lab):
    """A page in the browser that reaches this JupyterLab and nothing else."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 1600})
        context.outside = []

        def only_here(route):
            if route.request.url.startswith((lab.address, "data:", "blob:")):
                return route.continue_()
            context.outside.append(route.request.url)
            route.abort()

        context.route("**/*", only_here)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        wait_until(page, lab.started, "JupyterLab")
        try:
            yield page
        finally:
            browser.close()
