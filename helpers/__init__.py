"""The module behind the notebooks, one room a subject. What a notebook imports from here is what a learner calls.

    teaching/     what a teacher calls: grade hand-ins, pack the course
    learner/      what a learner calls and sees: exercise, hint, restore, progress, claim, show, the cards, the kept answers
    figures/      what the notebooks draw, a file for each notebook; the course's colours; boxes and arrows
    exercises/    the exercises, one a file: the finished function, its cases, its mistakes and their sentences, its hints
    hunts/        the patients of the bug hunts
    checking/     how an exercise is written, what decides that an answer is right, where its mistake is and what it is called
    experiments/  what single lessons measure, and the small worlds they measure in
    models/       whole nets, several of them side by side too
    training/     the training loop, optimisers, batches, parameters, and whether a gradient is right
    layers/       forward and backward of every layer
    data/         the texts, word lists and generators

A room imports from the rooms below it only (tests/test_rooms.py).
"""

from helpers.learner import (
    TODO,
    claim,
    exercise,
    explore,
    guess,
    hint,
    load_answers,
    open_notebook,
    progress,
    restore,
    reuse,
    reveal,
    save_answers,
    show,
    solution,
)

__all__ = ["TODO", "claim", "exercise", "explore", "guess", "hint", "load_answers", "open_notebook", "progress", "restore",
           "reuse", "reveal", "save_answers", "show", "solution"]
