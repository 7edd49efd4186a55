"""Exercise 6.8: count the hits."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("6.8", title="Count the hits", returns={"score": ""}, hints=[
    "A net that never says yes has how many hits? And how many of its answers are right, if only one place in four is a yes?",
    "Hits are the places where both are 1. P is hits / how often it was said, R is hits / how often it was true. Put both into 2PR / (P + R), and see what cancels.",
    "`hits = np.sum(said & true)`, and then `2 * hits / (said.sum() + true.sum())`.",
])
def f1_score(said, true):
    """Return F1 = 2PR / (P + R), with precision P = hits / said and recall R = hits / true.

    said, true : arrays of 0 and 1 (whole numbers), same shape: where the net says yes,
    where it should
    -> a number from 0 to 1; 0 if there is no hit.
    said = [1, 1, 0, 0], true = [1, 0, 1, 0]: P = R = 1/2, so F1 = 1/2.
    """
    hits = np.sum(said & true)                                # TODO: how many said ones are true
    score = 2 * hits / max(1, np.sum(said) + np.sum(true))    # TODO: F1, and no division by 0
    return score


@f1_score.cases
def _(rng):
    yield "one hit, one false alarm, one miss", (np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0]))
    yield "the net says yes everywhere", (np.ones(4, int), np.array([1, 0, 0, 0]))
    yield "every yes is right, but most are missed", (np.array([1, 0, 0, 0, 0]), np.array([1, 1, 1, 0, 0]))
    yield "the net never says yes", (np.zeros(3, int), np.array([1, 0, 1]))
    yield "it says yes, and never where it is right", (np.array([1, 0, 0]), np.array([0, 1, 1]))
    yield "nothing said, and nothing to say", (np.zeros(3, int), np.zeros(3, int))
    yield "all right", (np.array([1, 0, 1]), np.array([1, 0, 1]))
    yield "one place, a hit", (np.array([1]), np.array([1]))
    yield "3 sequences of 7 steps", (1 * (rng.random((3, 7)) < 0.6), 1 * (rng.random((3, 7)) < 0.3))
    yield "2 sequences of 5 steps, said as small whole numbers", ((rng.random((2, 5)) < 0.5).astype(np.int8), 1 * (rng.random((2, 5)) < 0.5))


@f1_score.same
def _(said, true):
    hits = np.sum(said * true)
    if hits == 0:
        return 0.0
    P, R = hits / said.sum(), hits / true.sum()
    return 2 * P * R / (P + R)


@f1_score.same
def _(said, true):
    hits, alarms, misses = (said & true).sum(), (said > true).sum(), (said < true).sum()
    return hits / (hits + (alarms + misses) / 2) if hits else 0.0


f1_score.mistakes_in("hits", [
    ("You count the places where both say no as hits. A hit is a yes that is right: both 1.", "np.sum(said == true)"),
    ("You count every yes of either as a hit (`|`). A hit is where *both* are 1: `&`.", "np.sum(said | true)"),
    ("You count how often the net says yes, right or not. A hit is where both are 1: `&`.", "np.sum(said)"),
    ("You count how often yes would be right, said or not. A hit is where both are 1: `&`.", "np.sum(true)"),
    ("`and` asks whether a whole array is true. `&` compares place by place.", "np.sum(said and true)"),
    ("You count first and join afterwards: `&` joins two numbers bit by bit. Join place by place, then count.", "np.sum(said) & np.sum(true)"),
    ("You leave the hits as an array of 0 and 1: how many are they?", "said & true"),
    ("The share of hits among all places is not their number: add them up.", "np.mean(said & true)"),
])

PRECISION = "This is the precision. A net that says yes once, and is right, has 1, whatever it misses."
RECALL = "This is the recall. A net that says yes everywhere has 1."
MEAN = "You take the mean of P and R. F1 is 2PR / (P + R), which is low if *one* of them is low."
PRODUCT = "You multiply P and R. F1 is 2PR / (P + R)."
f1_score.mistakes_in("score", [
    ("This is the share of right answers, and a net that never says yes has a high one. Count the hits alone: both 1.", "np.mean(said == true)"),
    ("The factor 2 is missing: a net that is always right should have 1.", "hits / (np.sum(said) + np.sum(true))"),
    ("You divide the hits by all places where either says yes. That is another score, the Jaccard index; in F1 a hit counts in both sums below.", "hits / np.sum(said | true)"),
    ("Below you count the places where either says yes, so each hit is counted once there. In F1 it counts twice below as well: once in each of the two sums.", "2 * hits / np.sum(said | true)"),
    ("This is the number of hits. A share is asked for, from 0 to 1.", "hits"),
    ("You divide by the number of all places: then what a net gets that is always right depends on how often yes is right. It should get 1.", "2 * hits / said.size"),
    ("`a / b + c` divides by b alone: the whole sum below needs brackets.", "2 * hits / np.sum(said) + np.sum(true)"),
    ("`//` cuts the share down to a whole number, 0 or 1.", "2 * hits // (np.sum(said) + np.sum(true))"),
])

for below in ("np.sum({})", "max(np.sum({}), 1)"):  # without a care for 0, and with one
    P, R = (f"hits / {below.format(name)}" for name in ("said", "true"))
    f1_score.mistakes_in("score", [(PRECISION, P), (RECALL, R), (MEAN, f"({P} + {R}) / 2"), (PRODUCT, f"{P} * ({R})")])

f1_score.mistake("Where there is no hit, yours is not 0 but NaN (0 divided by 0): either answer 0 there, or use 2 · hits / (said + true).",
                 score="2 * hits / np.sum(said) * (hits / np.sum(true)) / (hits / np.sum(said) + hits / np.sum(true))")
