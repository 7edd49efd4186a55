"""A course in a folder of its own, with stand-ins for what start.py installs: what the tests of start.py share."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"


def make_wheel(folder, name, says):
    """A package whose `python -m name` prints what it is and its arguments, and exits with 7."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "")
        wheel.writestr(f"{name}/__main__.py", f"import sys\nprint({says!r}, sys.argv[1:], flush=True)\nsys.exit(7)\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return f"./{folder.name}/{name}-1-py3-none-any.whl\n"


class Course:
    """A course of start.py and requirement files alone."""

    def __init__(self, folder):
        self.folder = folder
        self.env = folder / ".venv"
        self.record = self.env / "set-up.json"
        self.bin = folder / "bin"

    def command(self, *words, before=""):
        # SIGINT as in a terminal: a test run in the background of a shell would hand down that it is ignored
        code = "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); " \
               f"{before}; sys.argv = ['start.py', *{list(words)}]; " \
               f"runpy.run_path({str(self.folder / 'start.py')!r}, run_name='__main__')"
        return [sys.executable, "-c", code]

    def environment(self, **more):
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "PYTHON"))}
        return {**clean, "PATH": str(self.bin), "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1",
                "PIP_INDEX_URL": "http://127.0.0.1:9/", **more}

    def start(self, *words, before="pass", **environment):
        """What a start printed, and its exit code."""
        done = subprocess.run(self.command(*words, before=before), env=self.environment(**environment), timeout=120,
                              cwd=self.folder.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr, done.returncode

    def uv(self, script):
        """Puts a stand-in for uv on the PATH."""
        path = self.bin / "uv"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)


@pytest.fixture
def new(tmp_path):
    """A course that was never started."""
    course = Course(tmp_path / "a course")      # with a space, as in "My Documents"
    (course.folder / "tests" / "browser").mkdir(parents=True)
    course.bin.mkdir()
    shutil.copy(ROOT / "start.py", course.folder)
    lab = make_wheel(course.folder / "lab", "jupyterlab", "lab")
    tool = make_wheel(course.folder / "tool", "pytest", "tests")
    (course.folder / "requirements.txt").write_text(lab)
    (course.folder / "tests" / "requirements.txt").write_text(tool)
    (course.folder / "tests" / "requirements-oldest.txt").write_text(tool)
    (course.folder / "tests" / "requirements-torch.txt").write_text("./no-such-file.whl\n")
    return course


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A course that was started once; what that printed."""
    course = new.__wrapped__(tmp_path_factory.mktemp("start"))
    return course, course.start("--port", "1")


@pytest.fixture
def ready(started, tmp_path):
    """A copy of a course that was started once."""
    shutil.copytree(started[0].folder, tmp_path / "a course", symlinks=True)
    return Course(tmp_path / "a course")


@pytest.fixture
def quickly(started):
    """A function that lets a course make its environment by copying one: where how it is made is not what is asked.

    It is a stand-in for uv that can do nothing else, so that pip installs as ever.
    """
    def put(course):
        if os.name != "nt":
            course.uv(f"for last; do :; done; [ \"$1\" = venv ] && exec /bin/cp -a '{started[0].env}/.' \"$last\"; exit 2")

    return put
