"""A JupyterLab of its own, and what a learner does in its pages."""

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

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = Path(__file__).resolve().parent / "pictures"
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


def is_saved(lab, answer):
    """Whether the answer is in the notebook's file. While JupyterLab writes, the file is empty or cut off."""
    try:
        return answer in sources(lab.notebook)
    except ValueError:
        return False


def answer_of(notebook, exercise):
    """The course's own answer to an exercise, as it stands in its solved notebook."""
    mark = f'@exercise("{exercise}")'
    return next(text for text in sources(ROOT / "notebooks" / "solved" / f"{notebook}.ipynb") if text.startswith(mark))


def wait_until(page, test, what, seconds=60):
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            page.screenshot(path=PICTURES / "failed.png")
            pytest.fail(f"waited {seconds} s for {what}; the page is in {PICTURES / 'failed.png'}")
        page.wait_for_timeout(150)


class Lab:
    """A JupyterLab of its own: its settings, data and answers are in a scratch folder."""

    def __init__(self, scratch, notebook):
        self.root = scratch / "course"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(".*", "__pycache__", "answers", "pictures"))
        self.notebook = self.root / "notebooks" / f"{notebook}.ipynb"
        self.pictures = PICTURES
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
                env={**clean, "JUPYTER_CONFIG_PATH": str(self.root / "settings"),     # as start.py sets it
                     **{key: str(scratch / value) for key, value in folders.items()}},
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

    def cells(self):
        return json.loads(self.notebook.read_text("utf-8"))["cells"]

    def end_kernels(self):
        """Ends all kernels, as the night does."""
        for session in self.ask("sessions"):
            address = f"{self.address}/api/sessions/{session['id']}?token=token"
            urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=20)

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
    page.wait_for_function(READY, timeout=900_000)
    errors = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts()
    assert not [text for text in errors if "Traceback" in text], errors
