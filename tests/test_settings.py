"""A notebook runs under a reader's own settings: NumPy that raises, warnings that are errors, other print options, autoreload."""

import pathlib

import nbformat
import pytest
from nbclient import NotebookClient

PATH = pathlib.Path(__file__).parent.parent / "notebooks" / "solved" / "01_rnn_concept.ipynb"
NUMPY_RAISES = "import numpy; numpy.seterr(all='raise')"  # whatever it notices
WARNINGS_RAISE = (
    "import warnings; warnings.simplefilter('error'); "
    "warnings.filterwarnings('ignore', category=DeprecationWarning, module='matplotlib|pyparsing')"  # an old one, a new one
)
PRINTED = "import numpy; numpy.set_printoptions(precision=2, suppress=True, linewidth=40, threshold=5)"
LOW_RECURSION = "import sys; sys.setrecursionlimit(400)"
AUTORELOAD = "get_ipython().run_line_magic('load_ext', 'autoreload'); get_ipython().run_line_magic('autoreload', '2')"
SETTINGS = {  # those of one row at once: each is seen by an error of its own
    "strict": (NUMPY_RAISES, WARNINGS_RAISE, PRINTED, LOW_RECURSION),
    "autoreload": (AUTORELOAD,),
}


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_first_notebook_runs_and_every_answer_is_right(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    monkeypatch.delenv("COURSE_STRICT_CLAIMS", raising=False)
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(PATH, 4)
    quick = [c for c in notebook.cells if c.cell_type == "code" and not c.source.startswith("# about")]
    notebook.cells = [*map(nbformat.v4.new_code_cell, SETTINGS[settings]), *quick]
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(PATH.parent)}}
    )
    client.execute()
    raised = [
        (cell.source[:80], output.ename, output.evalue)
        for cell in notebook.cells
        for output in cell.outputs
        if output.output_type == "error"
        and output.ename != "NameError"  # what a cell that trains would have made
    ]
    assert not raised
    cards = [o.data["text/plain"] for c in notebook.cells for o in c.outputs if "text/plain" in o.get("data", {})]
    verdicts = [card for card in cards if card[:1] in "✓✗○"]
    assert len(verdicts) >= 8 and all(card.startswith("✓") for card in verdicts)
