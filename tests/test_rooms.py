"""The rooms of helpers/: what imports what, how long a file may be, and that each room says what belongs in it."""

import ast
import importlib
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("teaching", "learner", "figures", "exercises", "hunts", "checking", "experiments", "models", "training", "data",
         "layers")
LONGEST = 300
FILES = sorted(path for part in ("helpers", "tests", "notebooks/source") for path in (ROOT / part).rglob("*.py"))


def imports():
    """Return {(room, room it imports from): [file, …]} of helpers/."""
    found = {}
    for path in (ROOT / "helpers").glob("*/**/*.py"):
        inside = path.relative_to(ROOT / "helpers")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [f"{node.module}.{a.name}" for a in node.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "helpers" and parts[1] != inside.parts[0]:
                    found.setdefault((inside.parts[0], parts[1]), []).append(str(inside))
    return found


def test_a_room_imports_from_those_below_it_alone():
    upwards = {pair: files for pair, files in imports().items() if ROOMS.index(pair[0]) > ROOMS.index(pair[1])}
    assert not upwards, upwards


def test_the_check_and_the_layers_know_of_no_notebook():
    assert not {into for room, into in imports() if room == "layers"}
    assert {into for room, into in imports() if room == "checking"} <= {"training", "layers"}


def test_every_room_is_listed_and_says_what_belongs_in_it():
    assert {path.name for path in (ROOT / "helpers").iterdir() if path.is_dir() and path.name[0] != "_"} == set(ROOMS)
    assert [path.name for path in (ROOT / "helpers").glob("*.py")] == ["__init__.py"]
    overview = importlib.import_module("helpers").__doc__
    for room in ROOMS:
        words = importlib.import_module(f"helpers.{room}").__doc__
        assert f"    {room}/ " in overview and "Belongs here" in words and "Does not" in words, room


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_one_reads_unless_it_says_why(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST or f"Over {LONGEST} lines, for " in ast.get_docstring(ast.parse(text))
