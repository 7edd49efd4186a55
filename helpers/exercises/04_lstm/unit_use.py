"""Exercise 4.9: which unit does the answer need?"""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("4.9", title="Which unit does the answer need?", returns={"rise": "H"}, hints=[
    "What should stay of a unit that no longer tells the sequences apart? And what must all the other units do meanwhile?",
    "Start from a fresh copy of h for each unit, put the mean of column k into column k, and compute the error again. The rise is what it is above the error of the untouched net.",
    "`silenced = h.copy()`, `silenced[:, k] = h[:, k].mean()`, and the rise is `np.mean((silenced @ Wy + by - y) ** 2) - error`.",
])
def unit_use(h, Wy, by, y):
    """Return by how much the error rises when one unit tells nothing, for each unit (H,).

    h (N, H): the last states of N sequences; their answers are h @ Wy + by (N, K), with
    Wy (H, K) and by (K,), and should be y (N, K). The error is the mean of the squared
    differences. A unit is silenced by giving it its own mean over the N sequences, in all
    of them; all others stay.
    With h = [[0.], [2.]], Wy = [[1.]], by = [0.] and y = h the error is 0, the rise [1.].
    """
    error = np.mean((h @ Wy + by - y) ** 2)
    rise = np.empty(h.shape[1])
    for k in range(h.shape[1]):
        silenced = h.copy()                                       # TODO: the states to change
        silenced[:, k] = h[:, k].mean()                           # TODO: what is left of unit k
        rise[k] = np.mean((silenced @ Wy + by - y) ** 2) - error  # TODO: by how much it rises
    return rise


@unit_use.cases
def _(rng):
    yield "the worked number", (np.array([[0.0], [2.0]]), np.ones((1, 1)), np.zeros(1), np.array([[0.0], [2.0]]))
    yield "a unit that is always 1", (np.array([[1.0, 0.5], [1.0, -0.5]]), np.array([[2.0], [1.0]]), np.zeros(1), np.array([[2.5], [1.5]]))
    for N, H, K in ((6, 3, 1), (5, 4, 2), (3, 3, 3), (1, 3, 2)):
        h, Wy, by = rng.normal(size=(N, H)) + 0.5, rng.normal(size=(H, K)), rng.normal(size=K)
        yield f"N = {N}, H = {H}, K = {K}", (h, Wy, by, h @ Wy + by + 0.3 * rng.normal(size=(N, K)))
    h, Wy, by = rng.normal(size=(8, 4)) + 2, rng.normal(size=(4, 1)), rng.normal(size=1)
    yield "answers far from right, the rise may be negative", (h, Wy, by, 5 * rng.normal(size=(8, 1)))
    Wy[2] = 0
    yield "a unit that nobody listens to", (h, Wy, by, h @ Wy + by)


@unit_use.same
def _(h, Wy, by, y):
    wrong = h @ Wy + by - y
    away = (h.mean(axis=0) - h)[:, :, None] * Wy                         # (N, H, K): what silencing adds to the answers
    return ((wrong[:, None] + away) ** 2).mean(axis=(0, 2)) - (wrong**2).mean()


for sentence, edits in [
    ("You set the unit to 0. A unit that always says the same works as a bias, and the read-out counts on it: give it its own mean.", dict(silenced_k="0")),
    ("You set the unit to 1. Give it its own mean over the sequences: then all it loses is what it says about *this* sequence.", dict(silenced_k="1")),
    ("You give the unit the mean of *all* units. Its own mean is the one the read-out counts on.", dict(silenced_k="h.mean()")),
    ("You average over the units of each sequence. The mean of unit k runs over the sequences.", dict(silenced_k="h.mean(axis=1)")),
    ("You give the unit the median of its states. It is the mean that is asked for.", dict(silenced_k="np.median(h[:, k])")),
    ("You give the unit its own states again: it tells as much as before.", dict(silenced_k="h[:, k]")),
    ("The row of sequence k is averaged, not the column of unit k: rows are sequences, columns are units.", dict(silenced_k="h[k].mean()")),
    ("You return the error itself. How much *more* is it than with all units?", dict(rise_k="np.mean((silenced @ Wy + by - y) ** 2)")),
    ("You divide the two errors. The rise is their difference.", dict(rise_k="np.mean((silenced @ Wy + by - y) ** 2) / error")),
    ("The sign is the wrong one: what rises is positive.", dict(rise_k="error - np.mean((silenced @ Wy + by - y) ** 2)")),
    ("You compare the new answers with the old ones. The error is how far they are from y.", dict(rise_k="np.mean((silenced @ Wy - h @ Wy) ** 2)")),
    ("The bias of the read-out is missing from the new error. With it the whole net answers, and so does the silenced one.", dict(rise_k="np.mean((silenced @ Wy - y) ** 2) - error")),
    ("You take the root of the new error. The error is the mean of the squares.", dict(rise_k="np.sqrt(np.mean((silenced @ Wy + by - y) ** 2)) - error")),
    ("You add the squares up for the new error. The error is their mean.", dict(rise_k="np.sum((silenced @ Wy + by - y) ** 2) - error")),
    ("You look at how much the unit changes. What the read-out makes of it counts as well: change the unit, and see what the answer does.", dict(rise_k="h[:, k].var()")),
    ("You look at the size of the weights. A large weight on a unit that never changes decides nothing: change the unit, and see what the answer does.", dict(rise_k="np.abs(Wy[k]).sum()")),
    ("You write into h itself: the changes pile up from unit to unit, and h belongs to the caller. Begin with a fresh copy for each unit.", dict(silenced="h")),
    ("You begin with zeros: all units but k are silent as well, and only one at a time is to be silenced.", dict(silenced="np.zeros_like(h)")),
    ("You silence all units but k. One unit at a time is to be silenced, and the others stay.", dict(silenced="h.mean(axis=0) + 0 * h", silenced_k="h[:, k]")),
]:
    unit_use.mistake(sentence, **edits)

for sentence, *pairs in [
    ("You take the root of the errors. The error is the mean of the squares.", ("np.mean((", "np.mean(("), ("** 2)", "** 2) ** 0.5")),
    ("You add the squares up. The error is their mean.", ("np.mean((", "np.sum((")),
    ("Your changes pile up: when unit k is silenced, those before it are silent too. Begin with a fresh copy for each unit.", ("    rise = np.empty", "    silenced = h.copy()\n    rise = np.empty"), ("        silenced = h.copy()", "        silenced = silenced")),
]:
    unit_use.mistake(sentence)(unit_use.changed(*pairs))

unit_use.mistakes_in("silenced_k", [
    ("`axis=0` gives the means of all units. That of unit k alone is wanted.", "h.mean(axis=0)"),
])
