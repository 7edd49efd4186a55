"""Exercise 6.6: the ceiling."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("6.6", title="The ceiling", returns={"ceiling": ""}, hints=[
    "You have seen the past, and the right answer is 1 in three of four futures. What do you say, and how often are you right?",
    "For each past (each row) count how often the answer is 1: a share p. If you say 1, you are right in p of the cases; if you say 0, in 1 - p. All pasts are equally likely.",
    "`p_one = answers.mean(axis=1)`, then the better of p_one and 1 - p_one for each row, then the mean over the rows.",
])
def ceiling_unidirectional(answers):
    """Return the largest share of right answers that is possible if only the past is known.

    answers (P, F) of 0 and 1: the right answer for each of P pasts (rows) and F futures
    (columns), all of them equally likely. You are told the row, not the column
    -> the ceiling, a number from 0.5 to 1.
    answers = [[0, 0, 0, 0], [0, 1, 1, 1]]: always right in the first row, in three of four
    in the second, so (1 + 0.75) / 2 = 0.875.
    """
    p_one = answers.mean(axis=1)                     # TODO: for each past, how often it is 1
    ceiling = np.maximum(p_one, 1 - p_one).mean()    # TODO: how often is the likelier one right?
    return ceiling


def _majority_of_5():
    bits = [[(k >> i) & 1 for i in range(3)] for k in range(8)]
    return np.array([[int(sum(past) + sum(future) >= 3) for future in ((0, 0), (0, 1), (1, 0), (1, 1))] for past in bits])


@ceiling_unidirectional.cases
def _(rng):
    yield "one past, the answer is always 0", (np.array([[0, 0]]),)
    yield "one past, the future decides", (np.array([[0, 1]]),)
    yield "one past, the answer is 1 in three futures of four", (np.array([[1, 1, 0, 1]]),)
    yield "two pasts, which decide everything", (np.array([[0, 0], [1, 1]]),)
    yield "the majority of 3 bits", (np.array([[0, 0], [0, 1], [0, 1], [1, 1]]),)
    yield "the majority of 5 bits, two of them still to come", (_majority_of_5(),)
    yield "one future alone, so nothing is left open", (np.array([[1], [0], [1]]),)
    yield "three pasts, four futures, drawn at random", ((rng.random((3, 4)) < 0.6).astype(int),)
    yield "seven pasts, eight futures, drawn at random", ((rng.random((7, 8)) < 0.3).astype(int),)


@ceiling_unidirectional.same
def _(answers):
    right = 0
    for row in answers:
        ones = int(sum(row))
        right += max(ones, len(row) - ones)
    return right / answers.size


ceiling_unidirectional.same(lambda answers: float(0.5 + np.abs(answers.mean(axis=1) - 0.5).mean()))

BEST = "np.maximum(p_one, 1 - p_one)"
PYTHON_MAX = "Python's `max` asks which of two whole arrays is the larger. `np.maximum` compares them row by row; and then comes the mean."
COUNT = "p_one is a count of futures; a share is wanted, from 0 to 1: divide by their number F."
SAID_ONE = "This is how often you would *say* 1. How often are you right?"

ceiling_unidirectional.mistakes_in("ceiling", [
    ("This is how often the answer is 1, all pasts together, so how often you are right if you always say 1. The past is known: decide row by row.", "p_one.mean()"),
    ("You say the same thing for every past, the commoner answer of the whole table. The past is known: decide row by row.", "max(p_one.mean(), 1 - p_one.mean())"),
    ("You take the highest share of ones of any row. What is wanted is how often the likelier answer is right in each row, and then the mean.", "p_one.max()"),
    ("You always answer 0. Where 1 is likelier, say 1: decide row by row.", "(1 - p_one).mean()"),
    (PYTHON_MAX, "max(p_one, 1 - p_one)", "max(p_one, 1 - p_one).mean()"),
    ("There is more between certain and the toss of a coin: where the answer is 1 in three futures of four, one is right in 3/4.", "np.where((p_one == 0) | (p_one == 1), 1, 0.5).mean()"),
    (SAID_ONE, "(p_one > 0.5).mean()", "(p_one >= 0.5).mean()"),
    ("You average only the pasts in which 1 is likelier. In the others you answer 0, and are right in 1 - p of the futures: all pasts count.", "p_one[p_one >= 0.5].mean()"),
    ("Where 0 is likelier you count nothing. There you answer 0, and are right in 1 - p of the futures.", "np.where(p_one > 0.5, p_one, 0).mean()"),
    ("This is in per cent. A share is wanted, from 0.5 to 1.", f"100 * {BEST}.mean()"),
    ("You take the median of the rows. How often one is right, over all pasts, is their mean.", f"np.median({BEST})"),
    ("You always take the *less* likely answer: that is the worst that can be done.", "np.minimum(p_one, 1 - p_one).mean()"),
    ("You answer at random, 1 as often as it is right. Always saying the likelier answer is right more often than that.", "(p_one**2 + (1 - p_one) ** 2).mean()"),
    ("You count the pasts that decide the answer for certain. In the others one is still right half of the time or more.", "((p_one == 0) | (p_one == 1)).mean()"),
    ("0.5 is a coin that looks at nothing. Some pasts decide the answer, or make one answer likelier.", "0.5"),
    ("1 would need the future. Where one past allows both answers, no answer is always right.", "1.0"),
    ("3/4 is right for the majority of 3. Here any table is asked for: compute it from `answers`.", "0.75"),
    ("You take the best row alone: the pasts are equally likely, so average over all of them.", f"{BEST}.max()"),
    ("You take the worst row alone: the pasts are equally likely, so average over all of them.", f"{BEST}.min()"),
    ("You return one number for each past. They are equally likely: average them.", BEST),
    ("You add the rows up instead of averaging: a share cannot be larger than 1.", f"{BEST}.sum()"),
    ("`np.max` looks for the largest number of one array, and takes the second one for an axis. `np.maximum` compares two arrays, row by row.",
     "np.max(p_one, 1 - p_one).mean()"),
])

ceiling_unidirectional.mistake("You average down the columns: that would be knowing the *future* and not the past.", p_one="answers.mean(axis=0)")
ceiling_unidirectional.mistake(COUNT, p_one="answers.sum(axis=1)")
ceiling_unidirectional.mistake("`len(answers)` is the number of pasts. For each past a share of its *futures* is wanted: divide by their number F.", p_one="answers.sum(axis=1) / len(answers)")
ceiling_unidirectional.mistake(COUNT, p_one="answers.sum(axis=1)", ceiling="np.maximum(p_one, answers.shape[1] - p_one).mean()")
