"""What Jupyter is told when `python start.py` opens the course."""

WIDGET = "application/vnd.jupyter.widget-view+json"


def keep_words_of_widgets(model, **_):
    """Save the words that stand for a slider, not its number in this kernel.

    Opened again, the number would be "Error displaying widget: model not found". The words say: run this cell.
    """
    if model["type"] == "notebook" and model.get("content"):
        for cell in model["content"]["cells"]:
            for output in cell.get("outputs", []):
                if WIDGET in output.get("data", {}) and len(output["data"]) > 1:
                    del output["data"][WIDGET]


c.FileContentsManager.pre_save_hook = keep_words_of_widgets  # noqa: F821  c is Jupyter's own
