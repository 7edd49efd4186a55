"""Build the notebooks from their Markdown sources and the exercises, and execute them.

    python notebooks/source/build.py                       build all notebooks, blank and solved
    python notebooks/source/build.py --only 01             build one
    python notebooks/source/build.py --only 01 --text      only its text and exercises: the other cells keep their outputs
    python notebooks/source/build.py --check               compare what is committed with the sources; build nothing
    python notebooks/source/build.py --new 14_name "Title" make the files of a new lesson, and build it
    python notebooks/source/build.py --repo OWNER/NAME     write the public address into pyproject.toml, then build all

A source is MyST Markdown, read with jupytext. Beside ordinary text and {code-cell}s it may hold

    a code cell with the one line  setup()               the set-up cell, from setup_cell.py
    a code cell with the one line  @exercise("1.1")      the blank, or the filled function, from helpers/exercises
    a fence ```{quiz} … ```                              questions: "? question", "- [ ] choice :: reply", "- [x] choice :: reply"
"""

import argparse
import ast
import concurrent.futures
import html
import itertools
import os
import pathlib
import re
import sys
import tempfile
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import nbformat  # noqa: E402
from jupytext.myst import myst_to_notebook  # noqa: E402
from new_lesson import create  # noqa: E402
from readme_pictures import pictures  # noqa: E402
from setup import course_values, setup_cell  # noqa: E402

from helpers.checking import authoring  # noqa: E402

TREES = {"blank": ROOT / "notebooks", "solved": ROOT / "notebooks" / "solved"}
COMMAND = "python notebooks/source/build.py"
# no version: any Python will do. The rest is what `nbconvert --to script` asks for
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "nbconvert_exporter": "python",
            "pygments_lexer": "ipython3"}


class SourceError(Exception):
    """Something in a source that has to be mended: the message names file and line."""


@dataclass
class Cell:
    """One cell of a source: its kind ("markdown" or "code"), its text and the line that this starts on."""

    kind: str
    text: str
    line: int
    tags: tuple = ()


def sources(only=None):
    """Return the paths of all sources, or of those whose names begin with `only`."""
    found = sorted(HERE.glob("[0-9][0-9]_*.md"))
    chosen = [path for path in found if path.stem.startswith(only or "")]
    if not chosen:
        raise SourceError(f"no source begins with {only!r}; there are {', '.join(path.stem for path in found)}")
    return chosen


def read(path):
    """Return the Cells of a source. Raises SourceError for a fence that is not closed and other slips."""
    text = path.read_text("utf-8")
    _check_fences(path, text)
    notebook = myst_to_notebook(text, add_source_map=True)
    starts = notebook.metadata["source_map"]
    cells = []
    for cell, start in zip(notebook.cells, starts, strict=True):
        line = start + 1
        if cell.cell_type == "code":  # the map points to the fence, the options stand before the code
            first = (cell.source.splitlines() or [""])[0]
            rows = text.splitlines()
            line = next((i + 1 for i in range(start, len(rows)) if rows[i] == first), line)
        cells.append(Cell(cell.cell_type, cell.source, line, tuple(cell.metadata.get("tags", ()))))
    return cells


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
            text = _code(path, cell, filled, used)
            made = nbformat.v4.new_code_cell(text)
        else:
            text = _quizzes(path, cell)
            _check_images(path, cell)
            made = nbformat.v4.new_markdown_cell(_head(path, text) if number == 0 else text)
        made["id"] = f"{path.stem[:2]}-{number:03}"
        if cell.tags:
            made["metadata"]["tags"] = list(cell.tags)
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

    Returns its path. Raises SourceError where a cell raises, and with text_only where a code cell is not what is committed.
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
            if cell is None or before is None or cell.source != before.source and not _is_exercise(cell.source):
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
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    part = nbformat.v4.new_notebook(metadata=notebook.metadata, cells=cells)
    with tempfile.TemporaryDirectory() as answers:
        # nobody's answers, no progress bars with their times, one thread: the same outputs on every machine
        os.environ.update(COURSE_ANSWERS=answers, TQDM_DISABLE="1", OPENBLAS_NUM_THREADS="1", COURSE_STRICT_CLAIMS="1")
        os.environ.pop("MPLBACKEND", None)
        client = NotebookClient(
            part,
            timeout=300,
            kernel_name="python3",
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise SourceError(_where_it_raised(path, notebook, error)) from None


def _is_exercise(source):
    return source.startswith("@exercise(")


def _is_quick(source):
    """Return whether a cell is an exercise, the set-up cell, or imports and `reuse` alone: what exercises need."""
    if _is_exercise(source) or source.startswith("# Run this cell first."):
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
            if (want.cell_type, want.source, want.id) != (have.cell_type, have.source, have.id) or want.metadata.get(
                "tags"
            ) != have.metadata.get("tags"):
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


def _code(path, cell, filled, used):
    text = cell.text.rstrip()
    if text == "setup()":
        return setup_cell(path.stem)
    if match := re.fullmatch(r'@exercise\("(.+)"\)', text):
        try:
            task = authoring.find(match[1])
        except ValueError as unknown:
            raise SourceError(f"{path}:{cell.line}: {unknown}") from None
        except SyntaxError as error:
            raise SourceError(f"{error.filename}:{error.lineno}: {error.msg}") from None
        if task.id in used or task.chapter != path.stem:
            raise SourceError(f"{path}:{cell.line}: exercise {task.id} belongs once into {task.chapter}.md")
        used.append(task.id)
        try:
            blank = task.blank()  # for the solved notebook too, so that its slips are found
        except SyntaxError as error:
            raise SourceError(str(error)) from None
        return task.filled() if filled else blank
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise SourceError(f"{path}:{cell.line + (error.lineno or 1) - 1}: {error.msg}") from None
    if not text:
        raise SourceError(f"{path}:{cell.line}: an empty code cell")
    for number, row in enumerate(text.splitlines()):
        if row.rstrip().endswith(";"):
            raise SourceError(
                f"{path}:{cell.line + number}: a trailing ; hides the output from the reader and the tests"
            )
    return text


def _check_fences(path, text):
    if sign := re.search(r"[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]", text):
        line = text[: sign.start()].count("\n") + 1
        raise SourceError(f"{path}:{line}: a sign that cannot be seen, {sign[0]!r}")
    opened = None
    for number, row in enumerate(text.splitlines(), 1):
        fence = re.match(r"(`{3,}|~{3,})(.*)", row)
        if not fence:
            continue
        if opened is None:
            opened = number, fence[1]
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            opened = None
        elif fence[2].startswith("{"):
            raise SourceError(
                f"{path}:{opened[0]}: this cell is not closed before the next one begins in line {number}"
            )
    if opened:
        raise SourceError(f"{path}:{opened[0]}: this cell is not closed")


def _check_images(path, cell):
    for number, row in enumerate(cell.text.splitlines()):
        if re.search(r"!\[\s*\]\(", row) or re.search(r"<img(?![^>]*\balt=)", row):
            raise SourceError(f"{path}:{cell.line + number}: an image without alt text")


def _quizzes(path, cell):
    """Return a Markdown cell's text with each {quiz} fence turned into questions that open their replies at a click."""

    def questions(match):
        line = cell.line + cell.text[: match.start()].count("\n")
        out, number, right = [], 0, None
        for offset, row in enumerate(match[1].splitlines(), 1):
            if not row.strip():
                continue
            at = f"{path}:{line + offset}"
            if row.startswith("? "):
                if right == 0:
                    raise SourceError(f"{at}: the question before this one has no right choice, - [x]")
                out += ["<br>"] * bool(number)
                number, right = number + 1, 0
                out.append(f"\n**{number}. {row[2:].strip()}**\n")
                continue
            choice = re.fullmatch(r"- \[([ x])\] (.+?) :: (.+)", row.strip())
            if not choice or right is None:
                raise SourceError(f"{at}: expected “? question” or “- [ ] choice :: reply” or “- [x] choice :: reply”")
            right += choice[1] == "x"
            sign = "✓ Yes." if choice[1] == "x" else "✗ No."
            out.append(f"<details><summary>{_inline(choice[2])}</summary>\n\n> {sign} {choice[3]}\n\n</details>")
        if right == 0:
            raise SourceError(f"{path}:{line}: the last question has no right choice, - [x]")
        return "\n".join(out).strip()

    return re.sub(r"^```\{quiz\}\n(.*?)^```$", questions, cell.text, flags=re.M | re.S)


def _inline(text):
    return re.sub(r"`([^`]+)`", lambda m: f"<code>{html.escape(m[1])}</code>", text)


def _head(path, text):
    """Return the first cell with the badge, where the public address is known, and the words on where the source is."""
    address = course_values(path.stem)["ADDRESS"]
    branch = course_values(path.stem)["BRANCH"]
    lines = [text]
    if address:
        link = f"https://colab.research.google.com/github/{address.split('github.com/')[1]}/blob/{branch}/notebooks/{path.stem}.ipynb"
        lines.append(f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({link})")
    if not path.stem.startswith("00"):
        lines.append("*After a restart:* run the first cell, then `start_at(7)` to go on in section 7. Your answers are kept.")
    lines.append(
        f"<sub>Made from notebooks/source/{path.name}: to change the lesson, edit that file.</sub>"
    )
    return "\n\n".join(lines)


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


def _set_repository(address):
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", address):
        raise SourceError(f"--repo expects OWNER/NAME, got {address!r}")
    path = ROOT / "pyproject.toml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r'(?m)^repository = "[^"]*"', f'repository = "{address}"', text), "utf-8", newline="\n")


def _created(stem, title):
    try:
        return create(ROOT, stem, title)
    except ValueError as refused:
        raise SourceError(f"--new: {refused}") from None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="01", help="the notebooks whose names begin so")
    parser.add_argument(
        "--text", action="store_true", help="only text and exercises changed: all other cells keep their outputs"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare what is committed with the sources; build nothing"
    )
    parser.add_argument("--new", nargs=2, metavar=("14_name", "TITLE"), help="make the files of a new lesson, and build it")
    parser.add_argument("--repo", metavar="OWNER/NAME", help="the course's public address, for badges and set-up cells")
    arguments = parser.parse_args()
    try:
        if arguments.repo is not None:
            _set_repository(arguments.repo)
        if arguments.new:
            for path in _created(*arguments.new):
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
        for path, picture in pictures().items():
            path.write_bytes(picture)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
