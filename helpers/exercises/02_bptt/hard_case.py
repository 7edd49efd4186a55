"""Exercise 2.8: design the test."""

import numpy as np

from helpers.checking.authoring import exercise
from helpers.hunts import rnn as bughunt


@exercise("2.8", title="Design the test", returns={"your case": dict.fromkeys(bughunt.HIDDEN, "")}, hints=[
    "For each choice ask: which mistake would change nothing here? With one sequence in the batch, for example, a sum and a mean over the batch are the same.",
    "How often does a gradient have to be handed on before a chain that breaks after one step shows? Which matrices equal their own transpose? "
    "What if the loss looks at the last state alone?",
    "Two sequences, three steps or more, and nothing special anywhere: `rng.normal(size=…)` for h0, Wh and dhs.",
])
def hard_case(rng):
    """Draw a case in which a gradient checker sees each of seven hidden mistakes.

    -> h0 (N, H) the first state, Wh (H, H), dhs (N, T, H) the pull of the loss at each
    state. X (N, T, 3), Wx and b are drawn for you, and the states computed.
    At most 1000 numbers in dhs.
    """
    N, T, H = 2, 3, 4                     # TODO: three sizes, such as 9, 9, 9
    h0 = rng.normal(size=(N, H))          # TODO: the state before the first step
    Wh = rng.normal(size=(H, H)) / 2      # TODO: the weights from state to state
    dhs = rng.normal(size=(N, T, H))      # TODO: the pull of the loss at each state
    return h0, Wh, dhs


hard_case.cases(lambda rng: [(f"draw {seed + 1}", (np.random.default_rng(seed),)) for seed in range(3)])

hard_case.observed_by(lambda answer, rng: bughunt.seen_in(answer))


@hard_case.explained_by
def _(answer, rng):
    seen = bughunt.seen_in(answer)
    missed = [name for name, found in seen.items() if not found]
    return f"Your case shows {len(seen) - len(missed)} of {len(seen)} mistakes. This passes unseen: {'; '.join(missed)}."


hard_case.same(lambda rng: (rng.uniform(-1, 1, (3, 2)), np.array([[0.5, -1.0], [0.3, 0.8]]), np.ones((3, 5, 2))))

_h0 = "np.zeros((N, H))"
for _sentence, *_edits in [
    ("With one sequence in the batch a mean over the batch is the same as a sum: dividing by N passes. Take N of 2 or more.", {"N_T_H": "1, 3, 4"}),
    ("With one step nothing comes back through time, and a sum over the steps has one term: everything that goes wrong between steps passes.", {"N_T_H": "2, 1, 4"}),
    ("With two steps the gradient is handed on once. A chain that breaks after one step passes: take three or more.", {"N_T_H": "2, 2, 4"}),
    ("Your Wh equals its own transpose (one unit, the unit matrix, a matrix of ones), so a forgotten `.T` passes.", {"N_T_H": "2, 3, 1"}, {"Wh": "np.eye(H)"}, {"Wh": "np.ones((H, H)) / H"}),
    ("Your Wh is zero: nothing travels from step to step, so nothing can go wrong on the way.", {"Wh": "np.zeros((H, H))"}),
    ("Your h0 is zero, or next to it, so a backward pass that forgets h0 passes: its share of dWh is zero anyway.", {"h0": _h0}),
    ("Your loss looks at the last state alone. A pass that ignores the outputs of the earlier steps is right there.", {"dhs": "rng.normal(size=(N, T, H)) * (np.arange(T) == T - 1)[:, None]"}),
    ("Your dhs is zero: without a pull every gradient is zero, the right ones and the wrong ones.", {"dhs": "np.zeros((N, T, H))"}),
    ("Two easy choices at once: one sequence hides a mean over the batch, and h0 = 0 hides a forgotten h0.", {"N_T_H": "1, 3, 4", "h0": _h0}),
    ("Two easy choices at once: T = 2 hides a chain that breaks after one step, and h0 = 0 hides a forgotten h0.", {"N_T_H": "2, 2, 4", "h0": _h0}),
    ("Two easy choices at once: one sequence hides a mean over the batch, and T = 2 hides a chain that breaks after one step.", {"N_T_H": "1, 2, 4"}),
]:
    for _edit in _edits:
        hard_case.mistake(_sentence, **_edit)
