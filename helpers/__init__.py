"""The small module behind the notebooks: the exercises and their check, figures, sliders, layers and data."""

from helpers.figures import explore, show
from helpers.learner import TODO, exercise, hint, open_notebook, progress, restore, reuse, solution

__all__ = ["TODO", "exercise", "explore", "hint", "open_notebook", "progress", "restore", "reuse", "show", "solution"]
