"""Which tests belong to one lesson, for `python start.py test 04`: those that its change can make fail.

Its two notebooks; of the tests that look at every lesson those that name this one, its exercises, or none; and the test files
that import a helper which only this lesson uses: those of its figures, its data, its small tools.
"""

import ast
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
STEMS = sorted(path.stem for path in (ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.md"))
ABOUT_ALL = {f"test_{name}.py" for name in "blank_notebooks exercises blame build notebooks sections setup_cell".split()}

chosen = None  # the stem of the lesson that is asked for; conftest.py puts it here before tests are collected


def own(exercises):
    """Return those of the exercises that belong to the lesson that is asked for; all, where none is."""
    return [task for task in exercises if chosen in (None, task.chapter)]


def find(number):
    """Return the stem of the notebook with this number, "04_lstm" of "04" or "4". Raises ValueError where there is none."""
    found = [stem for stem in STEMS if stem.startswith(f"{number.zfill(2)}_")]
    if not found:
        raise ValueError(f"there is no notebook {number}: there are {', '.join(stem[:2] for stem in STEMS)}")
    return found[0]


def own_files(stem):
    """Return the paths of the test files that import a helper which no other lesson uses."""
    used = {each: _used_by(each) for each in STEMS}
    own = used[stem].difference(*(found for each, found in used.items() if each != stem))
    return {path for path in (ROOT / "tests").glob("test_*.py") if _helpers_in(path.read_text("utf-8")) & own}


def belongs(item, stem, own):
    """Return whether a collected test belongs to a lesson. own : what own_files(stem) gives."""
    if item.path.suffix == ".ipynb":
        return item.path.stem == stem
    if item.path in own or item.get_closest_marker("every_lesson"):
        return True
    return hasattr(item, "callspec") and stem in map(_lesson_of, item.callspec.params.values())


def is_collected(path, stem, own):
    """Return whether a file holds tests of a lesson."""
    return path.stem == stem if path.suffix == ".ipynb" else path in own or path.name in ABOUT_ALL


def _lesson_of(value):
    """Return the stem of the lesson that a test's parameter names: an exercise, a path, or the stem itself; else None."""
    stem = getattr(value, "chapter", None) or (value.stem if isinstance(value, pathlib.Path) else value)
    return stem if isinstance(stem, str) and stem in STEMS else None


def _used_by(stem):
    """Return the modules of helpers that a lesson's cells, exercises and figures import."""
    source = (ROOT / "notebooks" / "source" / f"{stem}.md").read_text("utf-8")
    code = re.findall(r"^```\{code-cell\}\n(.*?)^```", source, re.M | re.S)
    files = [*(ROOT / "helpers" / "exercises" / stem).glob("*.py"), ROOT / "helpers" / "figures" / f"{stem[3:]}.py"]
    code += [path.read_text("utf-8") for path in files if path.exists()]
    return set().union(*map(_helpers_in, code))


def _helpers_in(code):
    try:
        imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    except SyntaxError:  # a cell of a source may be the first line of an exercise alone
        return set()
    found = set()
    for node in imports:
        package = (node.module or "").split(".")
        if package[0] == "helpers":
            for name in node.names:
                inner = ROOT.joinpath(*package, name.name)
                found.add(".".join([*package, name.name] if inner.is_dir() or inner.with_suffix(".py").exists() else package))
    return found
