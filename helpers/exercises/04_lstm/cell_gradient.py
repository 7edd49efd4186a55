"""Exercise 4.4: what is left of a cell."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("4.4", title="What is left of a cell", returns={"G": "T H"}, hints=[
    "How much does the last cell react when the last cell moves? And the last but one: through which gate does it go?",
    "G[t] differs from G[t + 1] by one factor: the gate that stands between cell t and cell t + 1. Which step's gate is that?",
    "`G[-1]` stays 1, and `G[t] = G[t + 1] * F[t + 1]`.",
])
def cell_gradient(F):
    """Return G (T, H): how much the last cell reacts to the cell after step t, gates fixed.

    F (T, H): the forget gates. Step t computes c[t] = F[t] * c[t - 1] + …: F[t] stands
    between c[t - 1] and c[t].
    With one unit and F = [[.9], [.5], [.2]] it is [[.1], [.2], [1.]].
    """
    G = np.ones_like(F)
    for t in reversed(range(len(F) - 1)):
        G[t] = G[t + 1] * F[t + 1]       # TODO: from the cell after step t on to the last one
    return G


@cell_gradient.cases
def _(rng):
    yield "the worked number", (np.array([[0.9], [0.5], [0.2]]),)
    yield "one step", (np.array([[0.4]]),)
    yield "all gates open", (np.ones((4, 2)),)
    yield "two steps, H = 2", (np.array([[0.9, 0.3], [0.5, 0.8]]),)
    yield "one closed gate in the middle", (np.array([[0.9], [0.8], [0.0], [0.7], [0.6]]),)
    yield "T = 6, H = 3", (rng.uniform(0.2, 1, size=(6, 3)),)
    yield "T = 3, H = 3", (rng.uniform(0.2, 1, size=(3, 3)),)
    yield "all gates shut", (np.zeros((4, 2)),)
    yield "200 steps, H = 2", (rng.uniform(0.97, 1, size=(200, 2)),)
    yield "no units, H = 0", (np.ones((3, 0)),)


cell_gradient.same(lambda F: np.cumprod(np.concatenate([F[1:], np.ones((1, F.shape[1]))])[::-1], axis=0)[::-1])

cell_gradient.same(lambda F: np.stack([np.prod(F[t + 1 :], axis=0) for t in range(len(F))]))

cell_gradient.mistakes_in("G_t", [
    ("You take in one gate too many: F[t] made c[t] out of the cell *before* it. On the way from c[t] to the end, F[t + 1] is the first.", "np.prod(F[t:], axis=0)"),
    ("You multiply the gates up to step t: that says how much of the cell *before the first step* is left at t. Asked is what is left of cell t at the end.", "np.prod(F[: t + 1], axis=0)"),
    ("You multiply from the first step on, and leave the first gate out: how much of the first cell is left at t. Asked is what is left of cell t at the end.", "np.prod(F[1 : t + 1], axis=0)"),
    ("You add the gates up. What passes through one gate after another is multiplied.", "G[t + 1] + F[t + 1]"),
    ("You take the sum of the gates after t. What passes through one gate after another is multiplied.", "F[t + 1 :].sum(axis=0)"),
    ("You take the average of the gates after t. What passes through one gate after another is multiplied.", "F[t + 1 :].mean(axis=0)"),
    ("The last gate is missing: F[T - 1] stands between the last cell but one and the last.", "np.prod(F[t + 1 : -1], axis=0)"),
    ("You take a single gate, the next one after t. Between cell t and the last cell stand all the gates after t.", "F[t + 1]"),
    ("You take a single gate, the last one. Between cell t and the last cell stand all the gates after t.", "F[-1]"),
    ("You take a single gate, and the one before cell t. Between cell t and the last cell stand all the gates after t.", "F[t]"),
    ("You take a single gate to the power of the steps that are left. Each step has a gate of its own.", "F[t] ** (len(F) - 1 - t)"),
    ("You take a single gate to the power of the steps that are left. Each step has a gate of its own.", "F[t + 1] ** (len(F) - 1 - t)"),
    ("You multiply by 1 - F. In this course f is the share that is kept.", "G[t + 1] * (1 - F[t + 1])"),
    ("You multiply across the units: each unit's cell has its own gates and meets nobody else's.", "np.prod(F[t + 1 :])"),
    ("You multiply with F[t], which made c[t] out of the cell before it. The gate on the way from c[t] to c[t + 1] is the one that made c[t + 1].", "G[t + 1] * F[t]"),
    ("You put in the slope of a sigmoid, F(1 - F). The gates are held fixed: nothing goes through their sigmoids, the cell is only multiplied by the gate.", "G[t + 1] * F[t + 1] * (1 - F[t + 1])"),
    ("You divide by the gate. What comes back through a gate is multiplied by it, as it was forwards.", "G[t + 1] / F[t + 1]"),
])

for sentence, old, new in [
    ("The right numbers in reverse order: row t belongs to cell t.", "return G", "return G[::-1]"),
    ("Your last row is 0, and with it all the others: the last cell reacts to itself one to one.", "ones_like", "zeros_like"),
    ("You stop after one step: each row has to build on the row below it.", "    return G", "        return G\n    return G"),
    ("Your G *is* F, not an array of its own: with each row that you write, a gate that you still need is gone, and F belongs to the caller.", "np.ones_like(F)", "F\n    G[-1] = 1"),
]:
    cell_gradient.mistake(sentence)(cell_gradient.changed((old, new)))

# whole arrays at once
cell_gradient.mistake(cell_gradient.mistakes[0].sentence)(lambda F: np.cumprod(F[::-1], axis=0)[::-1])
cell_gradient.mistake(cell_gradient.mistakes[1].sentence)(lambda F: np.cumprod(F, axis=0))
