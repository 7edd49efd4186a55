"""The set-up cell, executed in real notebooks: inside the course, on its own, and when something is wrong."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "source"))
import setup  # noqa: E402

from helpers.teaching.pack import files, pack  # noqa: E402

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not on this machine")
WHERE = "print(__import__(\"pathlib\").Path(helpers.__file__).resolve().parent.parent, sys.path.count(str(course)))"


def notebook_names():
    return sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")) or ["01_rnn_concept"]


def filled(**values):
    template = (ROOT / "notebooks" / "source" / "setup_cell.py").read_text("utf-8")
    return setup.fill(template, {**setup.course_values(notebook_names()[0]), "ADDRESS": "", "NAME": "course", **values})


def run_cells(folder, *cells):
    """Executes the cells as a notebook in `folder`; gives back the text that each one printed."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=place).execute()
    return ["".join(out.get("text", "") for out in cell.outputs) for cell in notebook.cells]


def error_of(folder, cell):
    """The error that the cell, executed in `folder`, ends with."""
    with pytest.raises(CellExecutionError) as caught:
        run_cells(folder, cell)
    assert caught.value.ename == "RuntimeError"
    assert "During handling" not in str(caught.value), "one error is enough"
    return caught.value.evalue


def git(*words):
    subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *map(str, words)],
                   check=True, capture_output=True)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course as it is in this folder now."""
    copy = tmp_path_factory.mktemp("copy") / "anything"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "answers"))
    return copy


@pytest.fixture(scope="module")
def public(course, tmp_path_factory):
    """The course as a public repository would have it: a bare repository, on this disk."""
    bare = tmp_path_factory.mktemp("public") / "course.git"
    git("init", "--quiet", "--initial-branch=main", course)
    git("-C", course, "add", "--all")
    git("-C", course, "commit", "--quiet", "--message=all")
    git("clone", "--quiet", "--bare", course, bare)
    shutil.rmtree(course / ".git")
    return bare.as_uri()


@pytest.fixture(autouse=True)
def no_source(monkeypatch):
    monkeypatch.delenv("COURSE_SOURCE", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.mark.parametrize("folder", ["notebooks", "notebooks/solved", "."])
def test_finds_the_course_around_it_and_prints_nothing_of_this_machine(course, folder):
    (course / folder).mkdir(exist_ok=True)
    cell = filled()
    first, again, where = run_cells(course / folder, cell, cell, WHERE)
    assert first == again
    assert str(course) not in first and str(Path.home()) not in first
    assert where.strip() == f"{course.resolve()} 1"


@needs_git
def test_on_its_own_it_fetches_the_course_once(public, tmp_path, monkeypatch):
    (tmp_path / "course-unfinished-killed" / "course" / "helpers").mkdir(parents=True)    # an earlier one was killed
    monkeypatch.setenv("COURSE_SOURCE", public)
    cell = filled()
    first, again, where = run_cells(tmp_path, cell, cell, WHERE)
    assert "Fetched the course into" in first and "Fetched" not in again
    assert where.strip() == f"{(tmp_path / 'course').resolve()} 1"
    assert sorted(os.listdir(tmp_path)) == ["course", "course-unfinished-killed"]

    monkeypatch.setenv("COURSE_SOURCE", "https://127.0.0.1:9/gone.git")
    assert "Fetched" not in run_cells(tmp_path, cell)[0], "the next day it needs no network"


def test_on_its_own_while_there_is_no_address(tmp_path):
    said = error_of(tmp_path, filled())
    assert "address is not known" in said and "Upload the course's ZIP" in said and f"into the folder {tmp_path}" in said
    assert os.listdir(tmp_path) == []


def test_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    said = error_of(tmp_path, filled(ADDRESS="https://127.0.0.1:9/course.git"))
    assert "needs git" in said and "Upload the course's ZIP" in said


@needs_git
def test_without_network(tmp_path):
    said = error_of(tmp_path, filled(ADDRESS="https://127.0.0.1:9/course.git"))
    assert "could not be fetched" in said and "127.0.0.1" in said and "Upload the course's ZIP" in said
    assert os.listdir(tmp_path) == [], "nothing is left that could be taken for a copy"


@needs_git
def test_a_damaged_copy_is_not_taken_for_the_course(public, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SOURCE", public)
    (tmp_path / "course" / "helpers").mkdir(parents=True)
    said = error_of(tmp_path, filled())
    assert "is in the way" in said and str(tmp_path / "course") in said


@needs_git
def test_a_branch_that_is_not_there(public, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SOURCE", public)
    assert "gone" in error_of(tmp_path, filled(BRANCH="gone"))
    assert os.listdir(tmp_path) == []


def test_fill_refuses_what_does_not_fit():
    assert setup.fill("a @KEY@ b @KEY@", {"KEY": 1}) == "a 1 b 1"
    for template, values in [("@A@", {}), ("", {"A": 1}), ("'@A@'", {"A": "it's"}), ("'@A@'", {"A": "@B@"})]:
        with pytest.raises(ValueError):
            setup.fill(template, values)


@pytest.mark.every_lesson
def test_every_notebook_has_this_set_up_cell():
    for path in [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "solved").glob("*.ipynb")]:
        cell = next(cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
        assert cell.source == setup.setup_cell(path.stem), f"{path.name}: run python notebooks/source/build.py"
        assert cell.metadata["jupyter"]["source_hidden"] and cell.metadata["cellView"] == "form"
        assert cell.source.startswith("# @title ")


def test_finds_the_course_in_a_folder_below_and_fetches_no_second_one(course, public, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_SOURCE", public)
    shutil.copytree(course, tmp_path / "work" / "rnn-main")
    _, where = run_cells(tmp_path / "work", filled(), WHERE)
    assert where.split()[0].endswith("rnn-main") and [p.name for p in (tmp_path / "work").iterdir()] == ["rnn-main"]


@pytest.mark.parametrize("way", ["vscode", "jupyter"])
def test_finds_the_course_around_the_notebooks_own_file(course, public, way, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_SOURCE", public)
    (tmp_path / "home").mkdir()
    file = course / "notebooks" / "01_rnn_concept.ipynb"
    cell = filled()
    if way == "jupyter":
        monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    else:
        cell = f"__vsc_ipynb_file__ = {str(file)!r}\n" + cell
    _, where = run_cells(tmp_path / "home", cell, WHERE)
    assert where.split()[0] == str(course) and not list((tmp_path / "home").iterdir())


def test_takes_the_course_that_is_installed_for_everybody(course, public, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_SOURCE", public)
    monkeypatch.setenv("PYTHONPATH", str(course))
    (tmp_path / "home").mkdir()
    _, where = run_cells(tmp_path / "home", filled(), WHERE)
    assert where.split()[0] == str(course) and not list((tmp_path / "home").iterdir())


def test_an_old_python_gets_one_sentence():
    cell = filled().replace("sys.version_info < (3, 11)", "sys.version_info < (9, 0)")
    assert "needs Python 3.11 or newer" in error_of(ROOT, cell)


# ---- the course's ZIP, where there is no address: Colab

@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """What `python start.py pack` makes."""
    target = tmp_path_factory.mktemp("pack") / "rnn-in-numpy.zip"
    pack(target)
    return target


def test_the_pack_is_small_and_whole_and_has_nothing_of_the_learner(packed):
    assert packed.stat().st_size < 12e6
    names = {name.partition("/")[2] for name in zipfile.ZipFile(packed).namelist()}
    assert names == {path.relative_to(ROOT).as_posix() for path in files()}
    assert {"start.py", "data/kjv.txt.xz", "notebooks/01_rnn_concept.ipynb", "helpers/learner/answers.py"} <= names
    assert not [name for name in names if name.startswith(("answers/", ".")) or "__pycache__" in name]
    if (ROOT / ".git").exists() and shutil.which("git"):
        kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
        assert {name for name in kept if name[0] != "." and (ROOT / name).exists()} <= names


def test_the_pack_leaves_behind_what_was_built_or_written(tmp_path):
    for name in ("site/build.py", "site/html/index.html", "notebooks/answers/1.1.json", "helpers/__pycache__/x.pyc", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in files(tmp_path)] == ["README.md", "site/build.py"]


def test_the_pack_of_the_same_course_is_the_same_file(packed, tmp_path):
    pack(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


@pytest.mark.parametrize("name", ["rnn-in-numpy.zip", "the-repositorys-name-main (1).zip"])
def test_on_its_own_beside_the_zip_it_unpacks_it_once_and_the_first_answer_is_right(packed, tmp_path, name):
    shutil.copy(packed, tmp_path / name)
    (tmp_path / "another.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "a first.zip", "w") as other:
        other.writestr("x/holiday.txt", "")
    answer = nbformat.read(ROOT / "notebooks" / "solved" / "01_rnn_concept.ipynb", 4)
    answer = next(cell.source for cell in answer.cells if cell.source.startswith('@exercise("1.1")'))
    imports = "import numpy as np\nfrom helpers import TODO, exercise"
    cell = filled()
    first, again, where, _, _ = run_cells(tmp_path, cell, cell, WHERE, imports, answer + "\n    # mine")
    assert "Unpacked the course into" in first and "Unpacked" not in again
    assert where.strip() == f"{(tmp_path / 'course').resolve()} 1"
    kept = (tmp_path / "course" / "answers" / "1.1.jsonl") if "COURSE_ANSWERS" not in os.environ else None
    kept = kept or Path(os.environ["COURSE_ANSWERS"]) / "1.1.jsonl"
    assert "# mine" in kept.read_text("utf-8").splitlines()[-1] and '"right"' in kept.read_text("utf-8").splitlines()[-1]
    assert sorted(os.listdir(tmp_path)) == sorted(["a first.zip", "another.zip", "course", name])


def test_the_zip_beside_the_notebook_is_found_from_another_working_folder(packed, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "home").mkdir()
    shutil.copy(packed, tmp_path / "mine" / "course.zip")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "mine" / "01_rnn_concept.ipynb"))
    assert "Unpacked" in run_cells(tmp_path / "home", filled())[0]


def test_a_zip_that_is_still_being_uploaded_is_named(packed, tmp_path):
    (tmp_path / "course.zip").write_bytes(packed.read_bytes()[:10**6])
    said = error_of(tmp_path, filled())
    assert "course.zip is not whole" in said and os.listdir(tmp_path) == ["course.zip"]


def test_a_damaged_zip_leaves_nothing_behind(packed, tmp_path):
    data = bytearray(packed.read_bytes())
    data[10**6 : 2 * 10**6] = bytes(10**6)
    (tmp_path / "course.zip").write_bytes(data)
    assert "course.zip is damaged" in error_of(tmp_path, filled())
    assert os.listdir(tmp_path) == ["course.zip"]


def test_the_zip_is_taken_before_the_network(packed, public, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SOURCE", public)
    shutil.copy(packed, tmp_path / "course.zip")
    assert "Unpacked" in run_cells(tmp_path, filled())[0]
