"""The public address: what the workflow does after a first push, run step by step against a repository on this disk."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "notebooks" / "source"))
import address  # noqa: E402
import build  # noqa: E402

STEPS = yaml.safe_load((ROOT / ".github" / "workflows" / "address.yml").read_text("utf-8"))["jobs"]["stamp"]["steps"]
RUNS = [step["run"] for step in STEPS if "run" in step]
needs_git = pytest.mark.skipif(not shutil.which("git") or not shutil.which("bash"), reason="git or bash is not on this machine")


def git(*words, cwd=None):
    return subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *map(str, words)], cwd=cwd,
                          check=True, capture_output=True, text=True).stdout  # fmt: skip


def run_workflow(clone, repository):
    """Run the workflow's own steps in a clone, but for the installing: what is installed there is here already."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "GITHUB_REPOSITORY": repository, "GITHUB_REF_NAME": "main"}
    said = ""
    for step in RUNS:
        if not step.startswith("python -m pip install"):
            done = subprocess.run(["bash", "-e", "-c", step], cwd=clone, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            said += done.stdout
    return said


@pytest.fixture(scope="module")
def stamped(tmp_path_factory):
    """A fork after its first push: (its bare repository, a fresh clone of it, one that ran the workflow)."""
    folder = tmp_path_factory.mktemp("fork")
    course, bare = folder / "course", folder / "bare.git"
    shutil.copytree(ROOT, course, ignore=shutil.ignore_patterns(".venv*", ".git", ".*_cache", "__pycache__", "answers"))
    (course / "README.md").write_text("[Colab](https://colab.research.google.com/github/OWNER/NAME/blob/main/notebooks/x.ipynb)\n")
    git("init", "--quiet", "--initial-branch=main", course)
    git("add", "--all", cwd=course)
    git("commit", "--quiet", "--message=all", cwd=course)
    git("clone", "--quiet", "--bare", course, bare)
    git("clone", "--quiet", bare, folder / "runner")
    run_workflow(folder / "runner", "Some-One/their.fork")
    git("clone", "--quiet", bare, folder / "fresh")
    return bare, folder / "fresh", folder / "runner"


@needs_git
def test_after_the_first_push_the_address_stands_everywhere(stamped):
    _, fresh, _ = stamped
    assert 'repository = "Some-One/their.fork"' in (fresh / "pyproject.toml").read_text("utf-8")
    assert "/github/Some-One/their.fork/blob/main/" in (fresh / "README.md").read_text("utf-8")
    assert yaml.safe_load((fresh / "CITATION.cff").read_text())["repository-code"] == "https://github.com/Some-One/their.fork"
    notebooks = sorted((fresh / "notebooks").rglob("*.ipynb"))
    assert len(notebooks) == 2 * len(build.sources())
    for path in notebooks:
        first, *others = nbformat.read(path, 4).cells
        code = next(cell for cell in others if cell.cell_type == "code")
        blank = f"github/Some-One/their.fork/blob/main/notebooks/{path.name}"
        assert blank in first.source and '"https://github.com/Some-One/their.fork"' in code.source


@needs_git
def test_nothing_else_is_changed_above_all_no_output(stamped):
    _, fresh, _ = stamped
    for path in sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        ours = nbformat.read(path, 4).cells
        theirs = nbformat.read(fresh / path.relative_to(ROOT), 4).cells
        others = [(a, b) for a, b in list(zip(ours, theirs, strict=True))[1:] if "cellView" not in a.metadata]
        assert len(others) == len(ours) - 2 and all(a == b for a, b in others)
    changed = git("diff", "--name-only", "HEAD~1", cwd=fresh).split()
    assert all(re.fullmatch(r"pyproject\.toml|README\.md|CITATION\.cff|notebooks/.*\.ipynb", name) for name in changed)


@needs_git
def test_a_second_run_commits_nothing(stamped):
    bare, _, runner = stamped
    before = git("rev-parse", "main", cwd=bare)
    assert "stands there already" in run_workflow(runner, "Some-One/their.fork")
    assert git("rev-parse", "main", cwd=bare) == before


@needs_git
def test_a_notebook_that_is_not_its_sources_is_not_stamped(stamped):
    _, _, runner = stamped
    source = runner / "notebooks" / "source" / "00_start_here.md"
    source.write_text(source.read_text("utf-8").replace("```{code-cell}\n", "```{code-cell}\n# new\n", 2), "utf-8")
    command = [sys.executable, "notebooks/source/build.py", "--repo", "a/b"]
    done = subprocess.run(command, cwd=runner, capture_output=True, text=True)
    assert done.returncode == 1 and "build it first" in done.stderr


@pytest.mark.parametrize("words", ["", "name", "a/b/c", "https://github.com/a/b", 'a/b"'])
def test_what_is_no_address_is_refused(words, tmp_path):
    with pytest.raises(ValueError, match="OWNER/NAME"):
        address.stamp(words, tmp_path, [], build.build, {})


def test_the_workflow_installs_what_the_build_imports_and_may_write():
    words = next(step for step in RUNS if "pip install" in step).split()
    assert {"numpy", "nbformat", "jupytext"} <= set(words)
    whole = (ROOT / ".github" / "workflows" / "address.yml").read_text("utf-8")
    assert "contents: write" in whole and "default_branch" in whole


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    course = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert cited["version"] == course["version"] and {"cff-version", "message", "title", "authors"} <= set(cited)
