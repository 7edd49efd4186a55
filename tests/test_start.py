"""start.py, run as a person runs it, in a small course of its own: no network, its packages are made here."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests import lessons

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"
posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a shell script")


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


def test_an_old_python_is_told_so(new):
    said, code = new.start(before="sys.version_info = (3, 9, 18, 'final', 0)")
    assert said == "This course needs Python 3.11 or newer; this is Python 3.9.18.\n" and code == 1


def test_an_old_python_can_read_the_file():
    source = (ROOT / "start.py").read_text("ascii")
    tree = ast.parse(source, feature_version=(3, 6))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.Nonlocal, ast.AsyncFunctionDef, ast.Match)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, newer)]
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.cause]


@pytest.mark.parametrize("word", ["help", "-h", "--help"])
def test_help(new, word):
    said, code = new.start(word)
    assert "python start.py test" in said and code == 0
    assert not new.env.exists()


def test_an_unknown_word(new):
    said, code = new.start("tset")
    assert said.startswith("start.py does not know the word 'tset'.") and "python start.py test" in said and code == 2


def test_the_first_start_sets_up_and_opens_the_notebooks(started):
    said, code = started[1]
    assert said.startswith("Setting up .venv for Python")
    assert "lab ['notebooks', '--port', '1']" in said and code == 7
    assert list(json.loads(started[0].record.read_text())) == ["requirements.txt"]


def test_the_second_start_is_quick(ready):
    began = time.perf_counter()
    said, code = ready.start()
    assert said == "lab ['notebooks']\n" and code == 7
    assert time.perf_counter() - began < 2, "usually a fifth of a second"


def test_a_changed_requirements_file_is_installed_again(ready):
    more = make_wheel(ready.folder / "more", "another", "another")
    (ready.folder / "requirements.txt").write_text((ready.folder / "requirements.txt").read_text() + more)
    said, code = ready.start()
    assert "Setting up" in said and "made anew" not in said and code == 7
    subprocess.run([ready.env / PYTHON, "-c", "import another, jupyterlab"], check=True)
    assert "Setting up" not in ready.start()[0]


def test_other_line_ends_are_no_change(ready):
    text = (ready.folder / "requirements.txt").read_bytes()
    (ready.folder / "requirements.txt").write_bytes(text.replace(b"\n", b"\r\n"))
    assert "Setting up" not in ready.start()[0]


def no_python(course):
    (course.env / PYTHON).unlink()


def python_gone(course):
    (course.env / PYTHON).unlink()
    (course.env / PYTHON).symlink_to("/gone")


def another_python(course):
    (course.env / PYTHON).unlink()
    (course.env / PYTHON).write_text("#!/bin/sh\necho 3 8\n")
    (course.env / PYTHON).chmod(0o755)


def cut_off(course):
    course.record.write_text('{"unfinished": true}')


def power_cut(course):
    course.record.write_bytes(b"\0\0\0")


@pytest.mark.parametrize("damage", [no_python, cut_off, power_cut,
                                    pytest.param(python_gone, marks=posix), pytest.param(another_python, marks=posix)])
def test_what_is_broken_is_made_anew(ready, damage, quickly):
    if damage is not cut_off:
        quickly(ready)
    (ready.env / "old").touch()
    damage(ready)
    said, code = ready.start()
    assert "made anew" in said and "lab ['notebooks']" in said and code == 7
    assert not (ready.env / "old").exists()


def test_an_environment_made_by_hand_is_kept(ready):
    (ready.env / "mine").touch()
    ready.record.unlink()
    said, code = ready.start()
    assert "lab ['notebooks']" in said and (ready.env / "mine").exists()


def test_test_runs_pytest_and_gives_back_its_exit_code(ready):
    said, code = ready.start("test", "-k", "some thing")
    assert "tests ['-k', 'some thing']" in said and code == 7
    assert "THE TESTS THAT COMPARE WITH IT WILL BE SKIPPED" in said, "PyTorch may be missing, but not silently"
    assert ready.start("test") == ("tests []\n", 7)
    assert ready.start("test", "4", "-k", "some thing") == ("tests ['--lesson=04', '-k', 'some thing']\n", 7)
    assert ready.start() == ("lab ['notebooks']\n", 7)


def test_a_number_chooses_what_belongs_to_one_notebook():
    """Its cells, its exercises, what is said of each notebook, its figures and helpers; and nothing of another one."""
    files = ["notebooks/04_lstm.ipynb", "notebooks/05_gru.ipynb", "notebooks/solved/04_lstm.ipynb"]
    names = ("answers", "blame", "build", "figures_gru", "figures_lstm", "hunt", "sections")
    files += [f"tests/test_{name}.py" for name in names]
    command = [sys.executable, "-m", "pytest", "--lesson", "4", "-n0", "--collect-only", "-q", "-p", "no:cacheprovider"]
    said = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True).stdout
    for one in ("notebooks/04_lstm.ipynb::", "notebooks/solved/04_lstm.ipynb::", "named_falsely[4.1]", "named_falsely[4.10]",
                "test_figures_lstm.py::", "test_hunt.py::", "test_verdicts_are_quick", "runs_right_after_a_restart[04_lstm]",
                "test_committed_notebooks_are_what_the_sources_give[04_lstm]"):
        assert one in said, one
    assert not re.search(r"05_gru|\[5\.|test_figures_gru|test_answers|test_the_blamed_line", said)
    with pytest.raises(ValueError, match="there is no notebook 77: there are 00, 01"):
        lessons.find("77")


def test_a_set_of_packages_has_an_environment_of_its_own(new, quickly):
    quickly(new)
    said, code = new.start("test", "oldest", "-x")
    assert "tests ['-x']" in said and code == 7
    assert (new.folder / ".venv-oldest").is_dir() and not new.env.exists()


def test_without_ensurepip_debians_package_is_named(new):
    said, code = new.start(before="sys.modules['ensurepip'] = None")
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in said and code == 1


def test_no_room_while_the_environment_is_made(new):
    stand_in = new.folder / "full"
    stand_in.mkdir()
    (stand_in / "venv.py").write_text("raise OSError(28, 'No space left on device')")
    said, code = new.start(PYTHONPATH=str(stand_in))
    assert "No room left on the disk" in said and str(new.folder) in said and code == 1


@posix
def test_no_room_while_packages_are_installed(ready):
    (ready.folder / "requirements.txt").write_text("jupyterlab>0\n")
    ready.uv("echo 'error: failed to write: No space left on device (os error 28)'; exit 2")
    said, code = ready.start()
    assert "No room left on the disk" in said and code == 1 and len(said.splitlines()) == 3


def test_no_network(ready):
    (ready.folder / "requirements.txt").write_text("no-such-package-of-the-course\n")
    said, code = ready.start()
    assert "Could not reach the package index" in said and code == 1 and len(said.splitlines()) == 2
    (ready.folder / "requirements.txt").write_text("jupyterlab\n")
    assert "made anew" not in ready.start()[0], "the environment itself was not at fault"


def test_another_trouble_shows_what_pip_said_last(ready):
    (ready.folder / "requirements.txt").write_text("./no-such-file.whl\n")
    said, code = ready.start()
    assert "pip could not do it" in said and "no-such-file.whl" in said and code == 1


@posix
def test_uv_does_it_where_it_is(ready):
    (ready.folder / "requirements.txt").write_text("only-uv-finds-this\n")
    ready.uv(f"echo \"$@\" >> '{ready.folder}/log'")
    assert "lab ['notebooks']" in ready.start()[0]
    assert "pip install --python" in (ready.folder / "log").read_text()


@posix
def test_where_uv_cannot_pip_can(new):
    new.uv("echo 'error: unknown option'; exit 2")
    said, code = new.start()
    assert "lab ['notebooks']" in said and code == 7


@posix
def test_ctrl_c_and_two_at_once(ready):
    (ready.folder / "requirements.txt").write_text("jupyterlab\n")
    ready.uv(f"echo going > '{ready.folder}/going'; exec /bin/sleep 60")
    first = subprocess.Popen(ready.command(before="pass"), env=ready.environment(), stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    while not (ready.folder / "going").exists():
        assert first.poll() is None
        time.sleep(0.02)
    second, code = ready.start()
    assert "Another start.py is setting up the course right now" in second and code == 1
    first.send_signal(signal.SIGINT)
    said = first.communicate(timeout=20)[0]
    assert said.splitlines()[-1] == "Stopped. Run the same command again to go on." and first.returncode == 130

    (ready.bin / "uv").unlink()
    (ready.folder / "requirements.txt").write_text("./lab/jupyterlab-1-py3-none-any.whl\n")
    said, code = ready.start()
    assert "made anew" in said and "lab ['notebooks']" in said


def pins(name):
    return dict(re.findall(r"^([\w-]+)[=>]=([\w.]+)", (ROOT / name).read_text("utf-8"), re.M))


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_the_oldest_set_is_what_the_requirements_promise(name):
    oldest = pins("tests/requirements-oldest.txt")
    for package, bound in pins(name).items():
        assert f"{oldest[package]}.".startswith(f"{bound}."), f"{name} promises {package} {bound}: test that"


def test_no_file_ties_the_course_to_one_index():
    files = [ROOT / "pyproject.toml", ROOT / "requirements.txt", *(ROOT / "tests").rglob("requirements*.txt")]
    for path in files:
        assert not re.search(r"://|--(extra-)?index|--find-links", path.read_text("utf-8")), path


def test_it_opens_the_first_page_and_later_the_one_where_one_left_off(ready):
    (ready.folder / "notebooks").mkdir()
    for name in ("00_first.ipynb", "01_second.ipynb", "04_fourth.ipynb"):
        (ready.folder / "notebooks" / name).write_text("{}")
    first = os.path.join("notebooks", "00_first.ipynb")
    assert ready.start(COURSE_ANSWERS="") == (f"lab [{first!r}]\n", 7)
    (ready.folder / "answers").mkdir()
    for age, name in ((9, "1.2.jsonl"), (0, "4.3.jsonl"), (99, "1.1.jsonl")):
        path = ready.folder / "answers" / name
        path.write_text("")
        os.utime(path, (time.time() - age, time.time() - age))
    fourth = os.path.join("notebooks", "04_fourth.ipynb")
    assert ready.start(COURSE_ANSWERS="") == (f"lab [{fourth!r}]\n", 7)


def test_pips_settings_of_the_user_do_not_lead_the_set_up_elsewhere(new, tmp_path):
    """All at once: one that came through would have its way, or stop the set-up."""
    elsewhere = tmp_path / "elsewhere"
    said, code = new.start(PIP_USER="1", PIP_TARGET=str(elsewhere), PIP_PREFIX=str(elsewhere), PIP_REQUIRE_VIRTUALENV="1")
    assert "lab ['notebooks']" in said and code == 7, said
    assert not elsewhere.exists()


def test_a_set_up_without_jupyterlab_is_not_taken_for_finished(new):
    (new.folder / "requirements.txt").write_text(make_wheel(new.folder / "other", "another", "other"))
    said, code = new.start()
    assert code == 1 and "comes without JupyterLab" in said
    assert json.loads((new.folder / ".venv" / "set-up.json").read_text()) == {"unfinished": True}
