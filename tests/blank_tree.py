"""What a blank notebook has to print: in each cell what the solved one prints, but for the cards of its exercises."""

import functools
import re

import nbformat
from nbval.plugin import coalesce_streams


def expected_of_blank(cell, test, solved):
    """Return the outputs that a cell of a blank notebook has to give.

    cell, test : the blank notebook's cell and its outputs. solved : the path of the solved notebook.
    An exercise has to say that it is not started; `progress()` lists none that is right. Then what they say is as it should be.
    """
    twin = _cells(solved)[cell.id]
    text = "\n".join(str(o.get("data", {}).get("text/plain", o.get("text", ""))) for o in test)
    if cell.source.startswith("@exercise("):
        return test if re.match(r"○ \d+\.\d+ · .*\n  Not started", text) else []
    if cell.source.strip() == "progress()":
        return test if "○" in text and not re.search("[✓✗]", text) and "\n0 of " in text else []
    return coalesce_streams(twin.outputs)


@functools.cache
def _cells(path):
    return {cell.id: cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"}
