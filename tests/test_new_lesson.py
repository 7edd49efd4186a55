"""`build.py --new`: a lesson that is made anew passes all tests at once."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from notebooks.source.new_lesson import create

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPIED = ("helpers", "notebooks/source", "tests", "conftest.py", "pyproject.toml", "README.md", "start.py", "data")


def copy_of_the_course(folder):
    for name in COPIED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        else:
            shutil.copy(path, folder / name)


def test_the_files_of_a_new_lesson_pass_all_tests_that_are_about_it(tmp_path):
    copy_of_the_course(tmp_path)
    env = {**os.environ, "COURSE_ANSWERS": str(tmp_path / "answers"), "PYTHONPATH": ""}

    def run(*words):
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return done.stdout

    made = run("notebooks/source/build.py", "--new", "97_trial", "A trial")
    assert "made notebooks/source/97_trial.md" in made.replace(os.sep, "/")
    files = [f"tests/test_{name}.py" for name in ("figures_trial", "exercises", "notebooks", "build", "rooms")]
    files += ["notebooks/97_trial.ipynb", "notebooks/solved/97_trial.ipynb"]
    said = run("-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *files, "-k", "97 or trial or unique or room")
    assert int(said.split(" passed")[0].split()[-1]) > 50, said


@pytest.mark.parametrize(
    ("stem", "title", "words"),
    [
        ("zoo", "The zoo", "two digits"),
        ("14_Zoo", "The zoo", "small letters"),
        ("14_zoo", " ", "needs a title"),
        ("01_zoo", "The zoo", "01_rnn_concept.md is there already"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(stem, title, words, tmp_path):
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    (tmp_path / "notebooks" / "source" / "01_rnn_concept.md").write_text("# 01 · A")
    (tmp_path / "README.md").write_text("| [01 A](notebooks/01_rnn_concept.ipynb) | x | [01](y) |\n")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=words):
        create(tmp_path, stem, title)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_row_goes_to_the_end_of_the_last_table(tmp_path):
    (tmp_path / "README.md").write_text("| [01 A](a) | x | y |\n\nPart two:\n\n| [10 B](b) | x | y |\n\nEnd\n")
    create(tmp_path, "14_zoo", "The zoo")
    rows = (tmp_path / "README.md").read_text("utf-8").splitlines()
    assert rows[4].startswith("| [10 B]") and rows[5].startswith("| [14 The zoo](notebooks/14_zoo.ipynb)")
