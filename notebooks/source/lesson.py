"""Read a source: its cells, its exercises put in, its quizzes turned into questions; slips are found with file and line."""

import ast
import html
import re
from dataclasses import dataclass

from jupytext.myst import myst_to_notebook
from setup import course_values, setup_cell

from helpers.checking import authoring


class SourceError(Exception):
    """Something in a source that has to be mended: the message names file and line."""


@dataclass
class Cell:
    """One cell of a source: its kind ("markdown" or "code"), its text and the line that this starts on."""

    kind: str
    text: str
    line: int
    tags: tuple = ()


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


def code_of(path, cell, filled, used):
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


def check_markdown(path, cell):
    """Raise SourceError for what a reader would see as a slip: an image without words, TeX that is shown as it is written."""
    for number, row in enumerate(cell.text.splitlines()):
        if re.search(r"!\[\s*\]\(", row) or re.search(r"<img(?![^>]*\balt=)", row):
            raise SourceError(f"{path}:{cell.line + number}: an image without alt text")
        if found := re.search(r"\\text\{[^{}]*(\\_|\\text)", row):
            words = rf"MathJax shows {found[1]} inside of \text{{…}} as it is written: take \mathrm{{a\_b}}"
            raise SourceError(f"{path}:{cell.line + number}: {words}")


def quizzes(path, cell):
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
            if shown := re.search(r"[$*]", re.sub(r"`[^`]+`", "", choice[2])):
                raise SourceError(f"{at}: a choice is no Markdown: {shown[0]} would be shown as it is written")
            right += choice[1] == "x"
            sign = "✓ Yes." if choice[1] == "x" else "✗ No."
            out.append(f"<details><summary>{_inline(choice[2])}</summary>\n\n> {sign} {choice[3]}\n\n</details>")
        if right == 0:
            raise SourceError(f"{path}:{line}: the last question has no right choice, - [x]")
        return "\n".join(out).strip()

    return re.sub(r"^```\{quiz\}\n(.*?)^```$", questions, cell.text, flags=re.M | re.S)


def _inline(text):
    return re.sub(r"`([^`]+)`", lambda m: f"<code>{html.escape(m[1])}</code>", text)


def head_of(path, text):
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
