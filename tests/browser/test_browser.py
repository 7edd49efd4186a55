"""A newcomer's first half hour, in a real JupyterLab and a real browser: `python start.py test browser`.

Open notebook 01 in a fresh copy of the course, answer exercise 1.1, run everything, see the tick, move a slider, see
its figure change, save. Pictures of the pages, light and dark, are left in tests/browser/pictures.

COURSE_BROWSER_NOTEBOOK names another notebook than 01_rnn_concept, COURSE_BROWSER_EXERCISE another exercise than 1.1.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = Path(__file__).resolve().parent / "pictures"
NOTEBOOK = os.environ.get("COURSE_BROWSER_NOTEBOOK", "01_rnn_concept")
EXERCISE = os.environ.get("COURSE_BROWSER_EXERCISE", "1.1")
MARK = f'@exercise("{EXERCISE}")'
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    FLAGS.append("--no-sandbox")      # Chromium refuses its sandbox to root
DARK = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},     # else only visible cells are there
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/codemirror-extension:plugin": {"defaultConfig": {"autoClosingBrackets": False}},
}
READY = """() => { const cells = [...document.querySelectorAll('.jp-CodeCell')]
    .filter(cell => cell.querySelector('.cm-content')?.innerText.trim());   // the set-up cell is folded away
    const ran = cell => /^\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').innerText.trim());
    return cells.length && cells.every(ran)
        || [...document.querySelectorAll('[data-mime-type="application/vnd.jupyter.stderr"]')]
            .some(out => out.innerText.includes('Traceback (most recent call last)')); }"""


def browser_path():
    names = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"
    usual = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
             *(os.path.join(os.environ.get(folder, ""), r"Google\Chrome\Application\chrome.exe")
               for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)"))]
    found = next(filter(None, map(shutil.which, names)), None) or next(filter(os.path.exists, usual), None)
    return found or pytest.fail("No Chromium or Chrome on this machine. On Debian: sudo apt install chromium")


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


def right_answer():
    return next(text for text in sources(ROOT / "notebooks" / "solved" / f"{NOTEBOOK}.ipynb") if text.startswith(MARK))


def wait_until(page, test, what, seconds=60):
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        page.wait_for_timeout(150)


class Lab:
    """A JupyterLab of its own: its settings, data and answers are in a scratch folder."""

    def __init__(self, scratch):
        self.root = scratch / "course"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(".*", "__pycache__", "answers", "pictures"))
        self.notebook = self.root / "notebooks" / f"{NOTEBOOK}.ipynb"
        self.settings = scratch / "settings"
        self.set(SETTINGS)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address, self.log = f"http://127.0.0.1:{port}", scratch / "log"
        folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run",
                   "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
                   "IPYTHONDIR": "ipython", "COURSE_ANSWERS": "answers"}
        clean = {key: value for key, value in os.environ.items() if key not in ("MPLBACKEND", "TQDM_DISABLE")}
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "notebooks", "--no-browser", "--allow-root", "--ip=127.0.0.1",
                 f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=token"],
                env={**clean, **{key: str(scratch / value) for key, value in folders.items()}},
                cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def set(self, settings):
        for plugin, value in settings.items():
            path = self.settings / (plugin.replace(":", "/") + ".jupyterlab-settings")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value))

    def ask(self, what):
        return json.load(urllib.request.urlopen(f"{self.address}/api/{what}?token=token", timeout=5))

    def started(self):
        assert self.process.poll() is None, "JupyterLab did not start:\n" + self.log.read_text()[-2000:]
        try:
            return self.ask("status")
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def open(self, page):
        """Opens the notebook, one document without side panels, and waits for its kernel.

        The page itself says "idle" before there is a kernel, and would then ask for one: so the server is asked.
        """
        page.goto(f"{self.address}/doc/tree/{self.notebook.name}?token=token")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        wait_until(page, lambda: any(session["kernel"]["execution_state"] == "idle" and session["kernel"]["connections"]
                                     for session in self.ask("sessions")), "a kernel")


@pytest.fixture
def lab(tmp_path):
    lab = Lab(tmp_path)
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


def take_pictures(page, name):
    """Pictures of the whole notebook, one window after another."""
    page.keyboard.press("Escape")
    end = page.locator(".jp-Notebook .jp-Cell").last
    scroll = """[...document.querySelectorAll('.jp-NotebookPanel *')].find(part =>
        part.scrollHeight > part.clientHeight + 9 && /auto|scroll/.test(getComputedStyle(part).overflowY))
        ?.scrollTo(0, %d)"""
    for old in PICTURES.glob(f"{name}_*.png"):
        old.unlink()
    page.evaluate(scroll % 0)
    for number in range(40):
        page.evaluate(scroll % (number * 1450))
        page.wait_for_timeout(250)
        page.screenshot(path=PICTURES / f"{name}_{number + 1:02}.png")
        box = end.bounding_box()
        if box["y"] + box["height"] < page.viewport_size["height"]:
            break


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells$")).click()
    page.wait_for_timeout(500)       # the old numbers have to go from the page first
    page.wait_for_function(READY, timeout=300_000)
    errors = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts()
    assert not [text for text in errors if "Traceback" in text], errors


def test_a_newcomer_answers_the_first_exercise(lab, page):
    def say(what):
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    began, answer = time.monotonic(), right_answer()
    lab.open(page)
    say("the notebook is open")
    cell = page.locator(".jp-CodeCell", has_text=MARK).first
    assert "TODO" in cell.locator(".cm-content").inner_text(), "the exercise should be blank"

    # a notebook from elsewhere is not trusted, and its outputs are cleaned: the figures must come through
    seen = "() => [...document.querySelectorAll('.jp-OutputArea img[alt]')].filter(i => i.naturalWidth > 100).length"
    wait_until(page, lambda: page.evaluate(seen) >= 8, "the figures of a notebook that was not run yet")
    say("figures and cards can be seen before anything is run")

    # the blank first: nothing breaks, and nobody is told that they did it
    run_all(page)
    say("all cells ran with the exercise blank")
    assert "\u2713" not in cell.locator(".jp-OutputArea").inner_text()
    take_pictures(page, "blank_light")

    # then the answer; insert_text and not type(), as the editor would indent the new lines itself once more
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(answer)
    page.keyboard.press("Escape")
    run_all(page)
    cell.locator(".jp-OutputArea", has_text="\u2713").wait_for(timeout=10_000)
    say("answered: " + cell.locator(".jp-OutputArea").inner_text().strip().replace("\n", " "))

    # a slider: by keyboard, then by mouse; each time its figure changes
    slider = page.locator(".widget-slider:has(.noUi-handle)").first
    slider.scroll_into_view_if_needed()
    picture = page.locator(".jp-CodeCell:has(.widget-slider)").first.locator(".jp-OutputArea img").first
    picture.wait_for()
    for how in "key", "mouse":
        before = picture.get_attribute("src")
        if how == "key":
            readout = slider.locator(".widget-readout").first.inner_text()
            slider.locator(".noUi-handle").first.press("ArrowRight")
            page.wait_for_timeout(500)
            if slider.locator(".widget-readout").first.inner_text() == readout:      # it was at its right end
                slider.locator(".noUi-handle").first.press("ArrowLeft")
        else:
            box = slider.locator(".noUi-base").bounding_box()
            at = page.locator(".widget-slider .noUi-handle").first.bounding_box()["x"] - box["x"]
            page.mouse.click(box["x"] + box["width"] * (0.1 if at > box["width"] / 2 else 0.9),
                             box["y"] + box["height"] / 2)
        wait_until(page, lambda old=before: picture.get_attribute("src") not in (old, None), f"a new figure by {how}")
        say(f"the slider moves by {how}, and its figure with it")
    take_pictures(page, "light")

    page.keyboard.press("ControlOrMeta+s")
    wait_until(page, lambda: answer in sources(lab.notebook), "the answer to be in the file")
    saved = json.loads(lab.notebook.read_text("utf-8"))["cells"]
    assert any("\u2713" in json.dumps(cell["outputs"], ensure_ascii=False) for cell in saved
               if "".join(cell["source"]) == answer)
    say("saved, with the answer and its tick")

    # the answer is lost from the notebook, and comes back
    box = page.locator(".jp-CodeCell", has_text=MARK).first.locator(".cm-content")
    box.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text('restore("1.1")')
    page.keyboard.press("Shift+Enter")
    back = page.locator(".jp-CodeCell .cm-content", has_text=MARK).first
    back.wait_for(timeout=30_000)
    wait_until(page, lambda: back.inner_text().split() == answer.split(), "the answer to be back in its cell")
    say("restored into its cell")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_timeout(1000)

    # the same page, dark
    lab.set(DARK)
    lab.open(page)
    page.locator('body[data-jp-theme-light="false"]').wait_for(state="attached")
    run_all(page)
    cell.locator(".jp-OutputArea", has_text="\u2713").wait_for(timeout=10_000)
    take_pictures(page, "dark")
    say(f"pictures: {PICTURES}")
    assert not page.problems, page.problems
    assert not page.context.outside, f"the course asks other hosts: {page.context.outside}"
