"""What a notebook's set-up cell calls."""

import sys
import tomllib

import numpy as np

from helpers.learner import answers, claims, session
from helpers.learner.cards import in_notebook, say, show_card
from helpers.learner.carrying import load_answers, save_answers
from helpers.learner.sections import start_at


def open_notebook(name, *, edition):
    """Say that the notebook is ready to run; called by its set-up cell.

    name : the notebook's stem, "01_rnn_concept". edition : that of the helpers the notebook was built for.
    """
    current = tomllib.loads((answers.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["course"]["edition"]
    if edition < current:
        show_card(
            "wrong",
            "This notebook is older than the course's helpers",
            [
                f"Open the new notebooks/{name}.ipynb instead. Your answers are kept: `restore()` there brings them back.",
                "You can go on here as well; some cells may not work.",
            ],
        )
    elif edition > current:
        show_card(
            "wrong",
            "This notebook is newer than the course's helpers",
            [
                "Update the course where you keep it (`git pull`, or download it again), then restart the kernel.",
                "Nothing you wrote is touched by that.",
            ],
        )
    else:
        print(f"Ready: notebook {name}.")
    if said := answers.settle() or _forgets():
        say(said)
    claims.begin(name)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")  # NumPy's own, whatever a start-up file says
    if in_notebook():  # at hand in each notebook, also right after a restart
        space = sys.modules["IPython"].get_ipython().user_ns
        space |= {"start_at": start_at, "save_answers": save_answers, "load_answers": load_answers}
    if name not in session.notebooks:
        session.notebooks.append(name)


def _forgets():
    """Return what to do where the machine forgets the answers: in Colab without a Drive."""
    if "google.colab" not in sys.modules or answers.folder() != answers.on_this_machine():
        return None
    return (
        "This machine forgets your answers. To keep them in your Drive, run once:\n"
        "    from google.colab import drive; drive.mount('/content/drive')"
    )
