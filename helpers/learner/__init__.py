"""What a learner calls in a notebook and sees on its page.

Belongs here: the calls themselves, how a verdict, a hint or a figure looks on the page, and where answers are kept. Does not:
what decides that an answer is right (checking/), its sentences (exercises/), what is drawn (figures/).

    opening.py      what the set-up cell calls
    exercise.py     @exercise, hint, solution
    coming_back.py  restore, reuse, progress
    sections.py     start_at: enter a notebook in its middle
    claims.py       claim, guess, reveal
    page.py         show and explore: a figure with its words, and sliders
    cards.py        how all of it looks
    overview.py     the state of all exercises, as one picture
    carrying.py     python start.py answers: to another machine and back
    answers.py      every version of every answer, in a file; cells.py: the cell around it and what it needs
    session.py      what this kernel knows of its learner
"""

from helpers.learner.carrying import load_answers, save_answers
from helpers.learner.claims import claim, guess, reveal
from helpers.learner.coming_back import progress, restore, reuse
from helpers.learner.exercise import exercise, hint, solution
from helpers.learner.opening import open_notebook
from helpers.learner.page import explore, show
from helpers.learner.session import TODO

__all__ = ["TODO", "claim", "exercise", "explore", "guess", "hint", "load_answers", "open_notebook", "progress", "restore",
           "reuse", "reveal", "save_answers", "show", "solution"]
