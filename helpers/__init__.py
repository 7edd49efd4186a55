"""The small module behind the notebooks: the exercises and their check, claims, figures, sliders, layers and data."""

from helpers.claims import claim, guess, reveal
from helpers.figures import explore, show
from helpers.learner import TODO, exercise, hint, open_notebook, progress, restore, reuse, solution

__all__ = ["TODO", "claim", "exercise", "explore", "guess", "hint", "open_notebook", "progress", "restore", "reveal", "reuse",
           "show", "solution"]
