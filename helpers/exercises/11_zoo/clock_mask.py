"""Exercise 11.2: who hears whom in a clockwork."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("11.2", title="Who hears whom", returns={"mask": "H H"}, hints=[
    "Wh[i, k] is the weight from unit i (row) to unit k (column). Whose period has to be at least as long as whose?",
    "Compare a column of periods with a row of periods: `periods[:, None]` stands for the unit that speaks.",
    "Compare, then turn True and False into numbers: `(periods[:, None] >= periods).astype(float)`.",
])
def clock_mask(periods):
    """Return the mask of a clockwork's recurrent weights: 1.0 where one unit hears another.

    periods (H,) whole numbers, in any order. Row = the unit that speaks, column = the
    unit that hears. A unit hears those whose period is as long as its own, or longer:
    the slow speak to the fast.
    -> (H, H), of 1.0 and 0.0. periods = [1, 4]: [[1., 0.], [1., 1.]]; the unit of period 4
    does not hear the one of period 1.
    """
    mask = (periods[:, None] >= periods).astype(float)      # TODO: (H, H)
    return mask


@clock_mask.cases
def _(rng):
    yield "a fast and a slow unit", (np.array([1, 4]),)
    yield "two units of the same period", (np.array([2, 2]),)
    yield "the slow one first", (np.array([8, 1]),)
    yield "periods that do not divide each other", (np.array([2, 3]),)
    yield "three periods, two units each", (np.array([1, 1, 2, 2, 4, 4]),)
    yield "periods in any order", (np.array([4, 1, 8, 2, 4, 1, 16]),)


@clock_mask.same
def _(periods):
    mask = np.zeros((len(periods),) * 2)
    for i, speaks in enumerate(periods):
        for k, hears in enumerate(periods):
            mask[i, k] = speaks >= hears
    return mask


clock_mask.mistakes_in("mask", [
    ("Your mask is transposed: in it the fast speak to the slow. The row is the unit that speaks.", "(periods[:, None] <= periods).astype(float)", "(periods >= periods[:, None]).astype(float)"),
    ("A unit does not hear those with its own period, not even itself: `as long or longer` includes equal.", "(periods[:, None] > periods).astype(float)"),
    ("Your mask is transposed, and a unit does not hear those with its own period.", "(periods[:, None] < periods).astype(float)"),
    ("Only units of the same period hear each other: then the clocks are nets of their own.", "(periods[:, None] == periods).astype(float)"),
    ("You hide the units with the same period, and show all others.", "(periods[:, None] != periods).astype(float)"),
    ("You compare the numbers of the units. It is their periods that count, and these may come in any order.", "(np.arange(len(periods))[:, None] >= np.arange(len(periods))).astype(float)", "np.tril(np.ones((len(periods), len(periods))))", "np.triu(np.ones((len(periods), len(periods))))"),
    ("Everybody hears everybody: that is a plain RNN.", "np.ones((len(periods), len(periods)))"),
    ("You ask whether one period divides the other. That fits for 1, 2, 4, 8, but only longer or shorter counts.", "(periods[:, None] % periods == 0).astype(float)", "(periods[:, None] % periods[None, :] == 0) * 1.0"),
])
clock_mask.mistakes_in("mask", [
    ("True and False stand in the right places, but numbers are asked for: 1.0 and 0.0.", "periods[:, None] >= periods", "np.subtract.outer(periods, periods) >= 0"),
    ("Your mask holds whole numbers. Weights are floats, and so should their mask be: 1.0 and 0.0.", "(periods[:, None] >= periods).astype(int)"),
    ("Everybody hears only itself: the units are not connected at all.", "np.eye(len(periods))"),
])
