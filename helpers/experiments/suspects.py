"""Six nets whose inside is known, to try a test on: does the word of a net need the object that it is about?

    design = (when, hidden, control)           # "this word" or "every word"; (N, P) True where a place is hidden
    found(design, own, other)                  # {"reads its object": True, …}: does the test say what is true of each?

A test hides places, once where it matters and once as a control, and compares how many words change. It says "needs its
object" where hiding `hidden` changes at least a quarter more of the words than hiding `control`.
"""

import numpy as np

# what each net does, and whether its word needs its object more than other things: True or False
NETS = {
    "reads its object": True,
    "has read its object at an earlier word": True,
    "does not look at all": False,
    "stumbles over any three places that are hidden": False,
    "gives up when five places or more are hidden": False,
    "says something else as soon as either object is hidden": False,
}
MARGIN = 0.25


def examples(rng, N=40, side=6):
    """Return own, other (N, P): True on the 2 x 2 cells of each of two objects; in some pictures they share cells."""
    own, other = np.zeros((2, N, side, side), bool)
    for n in range(N):
        y, x = rng.integers(0, side - 1, 2)
        v, u = (y + 1, x + 1) if n % 4 == 0 and max(y, x) < side - 2 else rng.integers(0, side - 1, 2)
        while n % 4 and abs(y - v) < 2 and abs(x - u) < 2:
            v, u = rng.integers(0, side - 1, 2)
        own[n, y : y + 2, x : x + 2] = other[n, v : v + 2, u : u + 2] = True
    return own.reshape(N, -1), other.reshape(N, -1)


def changed(net, hidden, when, own, other):
    """Return (N,) bool: the pictures in which the word of a net changes, when these places are hidden."""
    most_of_own = (hidden & own).sum(axis=1) > own.sum(axis=1) / 2
    most_of_other = (hidden & other).sum(axis=1) > other.sum(axis=1) / 2
    blind = hidden.sum(axis=1) > hidden.shape[1] / 3                   # nobody can do with so little
    if net == "does not look at all":
        return np.zeros(len(hidden), bool)
    if net == "reads its object":
        return most_of_own | blind
    if net == "has read its object at an earlier word":
        return (most_of_own | blind) & (when == "every word")
    if net == "stumbles over any three places that are hidden":
        return hidden.sum(axis=1) >= 3
    if net == "gives up when five places or more are hidden":
        return hidden.sum(axis=1) >= 5
    return most_of_own | most_of_other | blind


def found(design, own, other):
    """Return {net: whether the test says of it what is true}.  Raises ValueError, in the learner's words, for no test."""
    if not isinstance(design, tuple) or len(design) != 3:
        raise ValueError("a test is three things: when, hidden, control")
    when, hidden, control = design
    if when not in ("this word", "every word"):
        raise ValueError(f'when is {when!r:.40}, expected "this word" or "every word"')
    for name, places in (("hidden", hidden), ("control", control)):
        if not isinstance(places, np.ndarray) or places.dtype != bool or places.shape != own.shape:
            kind = f"{places.dtype} {places.shape}" if isinstance(places, np.ndarray) else f"a {type(places).__name__}"
            raise ValueError(f"{name} is {kind}, expected True and False of shape {own.shape}")
    said = {}
    for net in NETS:
        rate = [changed(net, places, when, own, other).mean() for places in (hidden, control)]
        said[net] = bool(rate[0] - rate[1] >= MARGIN)
    return {net: said[net] == NETS[net] for net in NETS}
