"""Exercise 4.10: the third gate, by hand."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("4.10", title="The third gate, by hand", returns={"shown": "T"}, hints=[
    "When must the old content of the cell be gone? Before a new number comes in, after it, or in the same step?",
    "The gate multiplies the *old* cell, before the new number is added. So it may be shut in the very step in which a marked number comes in. At which value does it keep everything?",
    "`f = 1 - mark`: shut where a marked number comes in, open elsewhere.",
])
def gates_by_hand(mark, asked):
    """Return the gates f, i, o (T,) of a cell that shows the last marked number if asked.

    At each step the cell becomes f[t] * c + i[t] * (the number), and o[t] * c, with this
    new c, is shown: the last marked number where it is asked, 0 elsewhere.
    mark, asked (T,): 1.0 or
    0.0. All shares lie between 0 and 1.
    """
    i, o = mark.copy(), asked.copy()      # as in section 3
    f = 1 - mark      # TODO: the share of the old cell that is kept, (T,)
    return f, i, o


@gates_by_hand.cases
def _(rng):
    yield "two numbers at once, one later", (np.array([1.0, 1, 0, 0, 1, 0, 0, 0]), np.array([0.0, 1, 0, 1, 0, 1, 0, 1]))
    yield "two numbers, asked after each", (np.array([1.0, 0, 0, 1, 0, 0]), np.array([0.0, 1, 0, 0, 0, 1]))
    yield "asked twice for the same number", (np.array([1.0, 0, 1, 0, 0, 0]), np.array([0.0, 0, 0, 1, 0, 1]))
    yield "asked in the step of the mark itself", (np.array([0.0, 1, 0, 1, 0]), np.array([0.0, 1, 1, 1, 0]))
    yield "24 steps", ((np.arange(24) % 9 == 0) * 1.0, (np.arange(24) % 9 == 5) * 1.0)
    mark = (rng.random(200) < 0.2) * 1.0
    mark[0] = 1
    yield "200 steps", (mark, (rng.random(200) < 0.3) * 1.0)


@gates_by_hand.observed_by
def _(answer, mark, asked):
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise ValueError("Return the three gates f, i, o, as `return f, i, o`.")
    for name, gate in zip("fio", answer, strict=True):
        gate = np.asarray(gate)
        if gate.dtype.kind not in "fiub" or gate.shape not in ((), mark.shape):
            raise ValueError(f"{name} should hold one number for each step, shape {mark.shape}; got {gate.shape if gate.dtype.kind in 'fiub' else type(answer).__name__}.")
        if not np.all((gate >= 0) & (gate <= 1)):
            raise ValueError(f"{name} should be a share at each step, between 0 and 1; yours reaches from {np.min(gate):.3g} to {np.max(gate):.3g}.")
    f, i, o = (np.broadcast_to(np.asarray(gate, float), mark.shape) for gate in answer)
    x, c, shown = np.random.default_rng(len(mark)).uniform(0.2, 1, len(mark)), 0.0, np.empty(len(mark))
    for t in range(len(mark)):
        c = f[t] * c + i[t] * x[t]
        shown[t] = o[t] * c
    return shown


gates_by_hand.same(lambda mark, asked: (np.where(mark == 1, 0.0, 1.0), mark, asked))


@gates_by_hand.same
def _(mark, asked):
    last, f = np.maximum.accumulate(np.where(asked, np.arange(len(mark)), 0)), 1 - mark
    f[last[-1] + 1:] = 0.3                       # nobody asks any more
    return f, mark, asked


EARLY = "Your forget gate is shut between the mark and the question, or where it is asked: nothing is left to show. It has to be open after the mark, up to the question and at it."
gates_by_hand.mistakes_in("f", [
    ("Your forget gate is always open: this is the LSTM of 1997, whose cell shows the sum of all marked numbers.", "np.ones_like(mark)"),
    (EARLY, "np.zeros_like(mark)", "1 - asked", "(1 - mark) * (1 - asked)", "1 - np.concatenate([[0.0], mark[:-1]])"),
    ("Your forget gate is open at the marks and shut elsewhere: 1 keeps, 0 forgets.", "mark"),
    ("Your forget gate is open where it is asked and shut elsewhere. It has to be open *between* the mark and the question as well.", "asked"),
    ("Your forget gate is half open throughout: what is kept is halved at each step.", "np.full_like(mark, 0.5)"),
    ("Your forget gate is shut one step too early, in the step before the mark: what was kept is gone when it is asked there.", "1 - np.append(mark[1:], 0)"),
])

for sentence, *pairs in [
    ("The input gate is open at every step: everything comes in.", ("mark.copy()", "np.ones_like(mark)")),
    ("The output gate is open at every step: where it is not asked, 0 should be shown.", ("asked.copy()", "np.ones_like(asked)")),
    ("The gates come back in another order: wanted is f, i, o.", ("return f, i, o", "return i, f, o")),
]:
    gates_by_hand.mistake(sentence)(gates_by_hand.changed(*pairs))
