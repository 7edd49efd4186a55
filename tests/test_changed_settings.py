"""A learner who changes the settings of an experiment gets results, not an error: every notebook, with a tenth of the steps."""

import os
import pathlib
import re

import nbformat
import pytest
from nbclient import NotebookClient

SOLVED = sorted((pathlib.Path(__file__).parent.parent / "notebooks" / "solved").glob("*.ipynb"))
STEPS = re.compile(r"\b((?:\w+_)?steps|epochs)(\s*=\s*)(\d{2,})\b")


def with_fewer_steps(source):
    """Return a cell's source with a tenth of the steps, one more than that, so that no number stays round."""
    return STEPS.sub(lambda found: f"{found[1]}{found[2]}{int(found[3]) // 10 + 1}", source)


@pytest.mark.takes_minutes
@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_no_cell_raises_where_nets_are_trained_for_a_tenth_of_the_steps(path, tmp_path):
    book = nbformat.read(path, 4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = with_fewer_steps(cell.source)
    env = {**os.environ, "COURSE_ANSWERS": str(tmp_path), "TQDM_DISABLE": "1", "OPENBLAS_NUM_THREADS": "1", "COURSE_JITTER": ""}
    for out in ("COURSE_STRICT_CLAIMS", "MPLBACKEND"):
        env.pop(out, None)
    client = NotebookClient(book, timeout=300, kernel_name="python3", allow_errors=True,
                            resources={"metadata": {"path": str(path.parent)}})  # fmt: skip
    client.execute(env=env)
    outputs = [(cell, out) for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    raised = [(cell.id, out.ename, out.evalue) for cell, out in outputs if out.output_type == "error"]
    assert not raised
