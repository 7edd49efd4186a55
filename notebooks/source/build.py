"""Build the notebooks from their Markdown sources and the exercises, and execute them.

    python notebooks/source/build.py                       build all notebooks, blank and solved
    python notebooks/source/build.py --only 01             build one
    python notebooks/source/build.py --only 01 --text      only its text and exercises: code that does the same keeps its outputs
    python notebooks/source/build.py --check               compare what is committed with the sources; build nothing
    python notebooks/source/build.py --new 14_name "Title" make the files of a new lesson, and build it
    python notebooks/source/build.py --repo OWNER/NAME     write the public address everywhere; execute nothing

A source is MyST Markdown, read with jupytext. Beside ordinary text and {code-cell}s it may hold

    a code cell with the one line  setup()               the set-up cell, from setup_cell.py
    a code cell with the one line  @exercise("1.1")      the blank, or the filled function, from helpers/exercises
    a fence ```{quiz} … ```                              questions: "? question", "- [ ] choice :: reply", "- [x] choice :: reply"
"""

import argparse
import ast
import concurrent.futures
import itertools
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import nbformat  # noqa: E402
from address import stamp  # noqa: E402
from lesson import SourceError, check_markdown, code_of, head_of, quizzes, read  # noqa: E402
from new_lesson import create  # noqa: E402
from readme_pictures import pictures  # noqa: E402

from helpers.checking import authoring  # noqa: E402

TREES = {"blank": ROOT / "notebooks", "solved": ROOT / "notebooks" / "solved"}
COMMAND = "python notebooks/source/build.py"
# the set-up cell's code is folded away: in Jupyter, and in Colab, which shows its @title
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
# no version: any Python will do. The rest is what `nbconvert --to script` asks for
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "nbconvert_exporter": "python",
            "pygments_lexer": "ipython3"}


def sources(only=None):
    """Return the paths of all sources, or of those whose names begin with `only`."""
    found = sorted(HERE.glob("[0-9][0-9]_*.md"))
    chosen = [path for path in found if path.stem.startswith(only or "")]
    if not chosen:
        raise SourceError(f"no source begins with {only!r}; there are {', '.join(path.stem for path in found)}")
    return chosen


def build(path, filled):
    """Return the notebook of a source, not executed: blank, or `filled` in."""
    cells, used = read(path), []
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": dict(LANGUAGE),
        }
    )
    for number, cell in enumerate(cells):
        if cell.kind == "code":
            text = code_of(path, cell, filled, used)
            made = nbformat.v4.new_code_cell(text)
        else:
            text = quizzes(path, cell)
            check_markdown(path, cell)
            made = nbformat.v4.new_markdown_cell(head_of(path, text) if number == 0 else text)
        made["id"] = f"{path.stem[:2]}-{number:03}"
        if cell.tags:
            made["metadata"]["tags"] = list(cell.tags)
        if cell.kind == "code" and cell.text.strip() == "setup()":
            made["metadata"] |= FOLDED
        notebook.cells.append(made)
    mine = [e.id for e in authoring.all_exercises() if e.chapter == path.stem]
    if missing := [key for key in mine if key not in used]:
        raise SourceError(
            f"{path}: the exercises {', '.join(missing)} of helpers/exercises/{path.stem} are not in it"
        )
    return notebook


def execute(path, filled, text_only=False):
    """Build a notebook and write it: the solved one executed, the blank one without outputs (no answer beside its question).

    text_only : execute nothing but the exercises and what they import; all other cells keep the outputs that are committed.

    Returns its path. Raises SourceError where a cell raises, and with text_only where a code cell does not do what the
    committed one does: its comments, docstrings and breaks of lines may be others.
    """
    notebook = build(path, filled)
    target = TREES["solved" if filled else "blank"] / f"{path.stem}.ipynb"
    target.parent.mkdir(exist_ok=True)
    if not filled:
        return _write(notebook, target)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    _run(path, notebook, [cell for cell in code if not text_only or _is_quick(cell.source)], target.parent)
    for cell in code:
        cell.outputs = _plain(cell.outputs)
    if text_only:
        committed = [cell for cell in nbformat.read(target, 4).cells if cell.cell_type == "code"]
        for cell, before in itertools.zip_longest(code, committed):
            if cell is None or before is None or not _is_exercise(cell.source) and deeds(cell.source) != deeds(before.source):
                shown = (cell or before).source.splitlines()[0]
                raise SourceError(f"{path}: --text keeps outputs, but the code changed at {shown!r}: build without --text")
            if not _is_exercise(cell.source):
                cell.outputs, cell.execution_count = before.outputs, before.execution_count
    for number, cell in enumerate(code, 1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = dict(LANGUAGE)
    return _write(notebook, target)


def _run(path, notebook, cells, folder):
    """Execute these cells of a notebook in one kernel. Raises SourceError where one raises."""
    from kernel import execute  # only a build needs it: `--check` does without nbclient
    from nbclient.exceptions import CellExecutionError

    part = nbformat.v4.new_notebook(metadata=notebook.metadata, cells=cells)
    try:
        execute(part, folder, timeout=300, COURSE_STRICT_CLAIMS="1")
    except CellExecutionError as error:
        raise SourceError(_where_it_raised(path, notebook, error)) from None


def deeds(source):
    """Return what code does, as text: the same for two sources that differ in comments, docstrings and line breaks alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def _is_exercise(source):
    return source.startswith("@exercise(")


def _is_quick(source):
    """Return whether a cell is an exercise, the set-up cell, or imports and `reuse` alone: what exercises need."""
    if _is_exercise(source) or source.startswith("# @title Run this cell first."):
        return True
    return all(
        isinstance(node, (ast.Import, ast.ImportFrom))
        or isinstance(node, ast.Assign) and re.match(r"reuse\(|\(?reuse\(", ast.unparse(node.value))
        for node in ast.parse(source).body
    )


def _write(notebook, target):
    nbformat.validate(notebook)
    text = nbformat.writes(notebook) + "\n"
    part = target.with_suffix(".part")
    part.write_text(text, "utf-8", newline="\n")
    part.replace(target)
    return target


def differences(path):
    """Yield a sentence for each way in which the committed notebooks differ from what the source gives."""
    for tree, folder in TREES.items():
        target = folder / f"{path.stem}.ipynb"
        name = target.relative_to(ROOT)
        mend = f"Edit {path.relative_to(ROOT)}, not the notebook; then run  {COMMAND} --only {path.stem[:2]}"
        if not target.exists():
            yield f"{name} is missing. {mend}"
            continue
        fresh, committed = build(path, tree == "solved"), nbformat.read(target, 4)
        for number, (want, have) in enumerate(zip(fresh.cells, committed.cells, strict=False)):
            if any(want[part] != have[part] for part in ("cell_type", "source", "id", "metadata")):
                shown = next(
                    (line for line in want.source.splitlines() if line not in have.source.splitlines()),
                    want.source[:60],
                )
                yield f"{name}: cell {number + 1} ({want.id}) is not what the source gives, which has there: {shown!r}. {mend}"
                break
        else:
            if len(fresh.cells) != len(committed.cells):
                yield f"{name} has {len(committed.cells)} cells, its source gives {len(fresh.cells)}. {mend}"
        if committed.metadata != fresh.metadata:
            yield f"{name}: its metadata is not what the build writes. {mend}"


def stray_notebooks():
    """Return the notebooks that have no source."""
    known = {path.stem for path in HERE.glob("[0-9][0-9]_*.md")}
    return [p for folder in TREES.values() for p in folder.glob("*.ipynb") if p.stem not in known]


def _plain(outputs):
    """Return outputs with printed text in one piece, each figure once, and without what belongs to one run: a widget's id."""
    kept = []
    for output in outputs:
        if "data" in output:
            output["data"].pop("application/vnd.jupyter.widget-view+json", None)
            if "text/html" in output["data"]:
                output["data"].pop("image/png", None)  # the page has it already
        if kept and output.output_type == "stream" == kept[-1].output_type and output.name == kept[-1].name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def _where_it_raised(path, notebook, error):
    """Return "file:line: the error" for a cell that raised while the notebook was executed."""
    cells = read(path)
    number = next(
        i for i, c in enumerate(notebook.cells) if any(o.output_type == "error" for o in c.get("outputs", []))
    )
    trace = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    inside = re.findall(r"-+> (\d+) ", trace)
    line = cells[number].line + (int(inside[0]) - 1 if inside and not cells[number].text.startswith("@exercise") else 0)
    return f"{path}:{line}: this cell raises {error.ename}: {error.evalue}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="01", help="the notebooks whose names begin so")
    parser.add_argument(
        "--text", action="store_true", help="only text, exercises and comments changed: all other cells keep their outputs"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare what is committed with the sources; build nothing"
    )
    parser.add_argument("--new", nargs=2, metavar=("14_name", "TITLE"), help="make the files of a new lesson, and build it")
    parser.add_argument("--repo", metavar="OWNER/NAME", help="the course's public address, for badges and set-up cells")
    arguments = parser.parse_args()
    try:
        if arguments.repo is not None:
            for path in stamp(arguments.repo, ROOT, sources(), build, TREES):
                print("changed", path.relative_to(ROOT))
            return 0
        if arguments.new:
            for path in create(ROOT, *arguments.new):
                print("made", path.relative_to(ROOT))
            arguments.only = arguments.new[0]
        chosen = sources(arguments.only)
        if arguments.check:
            found = [d for path in chosen for d in differences(path)]
            found += [
                f"{stray.relative_to(ROOT)} has no source: delete it, or write one" for stray in stray_notebooks()
            ]
            print("\n".join(found) or f"{len(chosen)} sources, all notebooks up to date")
            return 1 if found else 0
        for path in chosen:  # all slips of the text before any kernel starts
            build(path, True)
        work = [(path, filled) for path in chosen for filled in (False, True)]
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            for done in concurrent.futures.as_completed([pool.submit(execute, *item, arguments.text) for item in work]):
                print("built", done.result().relative_to(ROOT), flush=True)
        for path, picture in pictures([source.stem for source in chosen]).items():
            path.write_bytes(picture)
    except (SourceError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
