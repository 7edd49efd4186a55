"""Exercise 7.7: BLEU."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("7.7", title="BLEU", returns={"score": ""}, hints=[
    "How often may `the` count, if the reference has it once? And what punishes a candidate that says one right word and stops?",
    "Clip: an n-gram counts at most as often as the reference has it. The brevity penalty is exp(1 - r / c) where the candidate is shorter, never above 1.",
    "`min(have.count(g), allowed.count(g))` summed over `set(have)`; `min(1.0, np.exp(1 - len(ref) / len(cand)))`; `np.exp(np.mean(np.log(precisions)))`.",
])
def bleu(cand, ref, n):
    """Return a candidate's BLEU score against one reference, with n-grams of 1 … n tokens.

    cand, ref: strings or lists of tokens  ->  a number from 0 to 1:
    brevity · (p_1 · p_2 · … · p_n)^(1/n), p_k the share of the candidate's k-grams that are
    in the reference, each counted at most as often as there;
    brevity = min(1, exp(1 - len(ref) / len(cand))). 0 where some p_k is 0.
    cand = "aab", ref = "abc", n = 1: p_1 = 2/3 ("a" counts once), so 0.667.
    """
    precisions = []
    for k in range(1, n + 1):
        # the candidate's k-grams, the reference's, and how many of the candidate's count
        have = [tuple(cand[i:i + k]) for i in range(len(cand) - k + 1)]
        allowed = [tuple(ref[i:i + k]) for i in range(len(ref) - k + 1)]
        right = sum(min(have.count(g), allowed.count(g)) for g in set(have))  # TODO: how many
        precisions.append(right / max(1, len(have)))
    if min(precisions) == 0:
        return 0.0
    brevity = min(1.0, np.exp(1 - len(ref) / len(cand)))  # TODO: below 1 where it is too short
    return brevity * np.exp(np.mean(np.log(precisions)))  # TODO: brevity times the geometric mean


@bleu.cases
def _(rng):
    yield "one letter said twice, n = 1", ("aab", "abc", 1)
    yield "two letters that the reference has twice, n = 1", ("abc", "aabbc", 1)
    yield "a candidate that is too short, n = 1", ("ab", "abcde", 1)
    yield "a candidate that is too long, n = 1", ("abcxyz", "abc", 1)
    yield "bigrams, n = 2", ("abcab", "abxab", 2)
    yield "no bigram is right, n = 2", ("acbd", "dbca", 2)
    yield "shorter than n", ("ab", "abc", 4)
    yield "words, n = 4", ("the cat is on the mat today the".split(), "there the cat is on the mat a day".split(), 4)
    letters = np.array(list("abc"))
    yield "random letters, n = 3", ("".join(letters[rng.integers(0, 3, 14)]), "".join(letters[rng.integers(0, 3, 17)]), 3)
    yield "the reference itself, n = 4", ("the old man saw a boat".split(), "the old man saw a boat".split(), 4)
    yield "nothing was said", ([], ["K", "AE", "T"], 2)


def _grams(x, k):
    return [tuple(x[i:i + k]) for i in range(len(x) - k + 1)]


@bleu.same
def _(cand, ref, n):
    from collections import Counter

    product = 1.0
    for k in range(1, n + 1):
        have, allowed = Counter(_grams(cand, k)), Counter(_grams(ref, k))
        product *= sum((have & allowed).values()) / (sum(have.values()) or 1)
    if product == 0:
        return 0.0
    penalty = 1.0 if len(cand) >= len(ref) else np.exp(1 - len(ref) / len(cand))
    return penalty * product ** (1 / n)


@bleu.same
def _(cand, ref, n):
    logs = []
    for k in range(1, n + 1):
        left, right = _grams(ref, k), 0
        for g in _grams(cand, k):
            if g in left:
                left.remove(g)
                right += 1
        if not right:
            return 0.0
        logs.append(np.log(right / len(_grams(cand, k))))
    return float(np.exp(sum(logs) / n + min(0, 1 - len(ref) / len(cand))))


CLIPPED = "sum(min(have.count(g), allowed.count(g)) for g in set(have))"
UNCLIPPED = "sum(g in allowed for g in have)"
UPSIDE_DOWN = "The ratio in your brevity penalty is upside down: it has to fall steeply as the candidate gets shorter, exp(1 - r / c), 1 at most."

bleu.mistakes_in("right", [
    ("You do not clip: an n-gram counts at most as often as the reference has it, else \"the the the\" would be a perfect translation.", UNCLIPPED),
    ("You count each different n-gram once: one that stands twice in both counts twice.", "len(set(have) & set(allowed))"),
    ("You compare place by place: an n-gram that is right but stands one place further on counts as well.", "sum(a == b for a, b in zip(have, allowed))"),
    ("A repeated n-gram is counted again for each time it stands there: each different one must come once, with its number.", CLIPPED.replace("set(have)", "have")),
    ("You divide by the number of n-grams twice: the next line does it, here only those that are right are counted.", f"{CLIPPED} / max(1, len(have))"),
    ("You count each n-gram as often as the reference has it: the candidate may say it less often.", "sum(g in have for g in allowed)"),
    ("You take the larger of the two numbers: an n-gram counts at most as often as the reference has it, `min`.", CLIPPED.replace("min", "max")),
])

bleu.mistakes_in("brevity", [
    ("There is no brevity penalty: a candidate that says a few right words and stops would score 1.", "1.0"),
    ("The brevity penalty also rewards: for a long candidate your factor is above 1. It is 1 at most.", "np.exp(1 - len(ref) / len(cand))"),
    ("You punish candidates that are too LONG: their superfluous n-grams already cost precision. Short ones need the penalty.", "min(1.0, np.exp(1 - len(cand) / len(ref)))"),
    ("Your brevity penalty is the plain ratio of the lengths. It is exp(1 - r / c), which is harder on short candidates.", "min(1.0, len(cand) / len(ref))"),
    ("Your brevity factor is never below 1: it rewards long candidates and lets short ones pass. It is 1 at most.", "max(1.0, np.exp(1 - len(ref) / len(cand)))"),
    ("Your brevity factor is above 1 for short candidates, so it rewards them: the sign of the exponent is wrong, it is 1 - r / c.", "np.exp(len(ref) / len(cand) - 1)"),
    ("Your brevity factor is above 1 for short candidates: it should be a penalty, exp(1 - r / c), 1 at most.", "max(1.0, np.exp(len(ref) / len(cand) - 1))"),
    ("`//` cuts the ratio of the lengths down to a whole number: a candidate a little too short goes unpunished.", "min(1.0, np.exp(1 - len(ref) // len(cand)))"),
    (UPSIDE_DOWN, "min(1.0, np.exp(len(cand) / len(ref) - 1))", "np.exp(len(cand) / len(ref) - 1)"),
    ("The 1 of your exponent is outside: e to the power of -r / c punishes even a perfect candidate.", "min(1.0, np.exp(-len(ref) / len(cand)))"),
])

bleu.mistakes_in("returns", [
    ("You take the arithmetic mean of the precisions. BLEU takes the geometric one: a p_k of 0 makes all of it 0.", "brevity * np.mean(precisions)"),
    ("You multiply the precisions and forget the n-th root.", "brevity * np.prod(precisions)"),
    ("Only the smallest precision counts in yours, that of the longest n-grams. The mean runs over all lengths from 1 to n.", "brevity * precisions[-1]"),
    ("Only single tokens count in yours: their order does not matter to it. The mean runs over all lengths from 1 to n.", "brevity * precisions[0]"),
    ("Your weights are 1/2, 1/4, 1/8 …, as in some textbooks' variant. Here (and in the paper) every length weighs 1/n.", "brevity * np.prod(np.array(precisions) ** 0.5 ** np.arange(1, n + 1))"),
    ("Your score is out of 100. Papers often print it so; here it goes from 0 to 1.", "100 * brevity * np.exp(np.mean(np.log(precisions)))"),
    ("`**` binds stronger than `/`: you take the power 1 and then divide by n. The n-th root needs brackets around 1 / n.", "brevity * np.prod(precisions) ** 1 / n"),
    ("The root is for the precisions alone: you take it of the brevity penalty as well.", "(brevity * np.prod(precisions)) ** (1 / n)"),
    ("The brevity penalty stands inside exp: it is a factor of the score, not of the logarithm.", "np.exp(brevity * np.mean(np.log(precisions)))"),
    ("You add up the precisions. Their geometric mean is wanted, and it is never above 1.", "brevity * np.sum(precisions)"),
    ("You stop at the logarithms: exp of their mean is the geometric mean.", "brevity * np.mean(np.log(precisions))"),
])

bleu.mistake("There is no brevity penalty: a candidate that says a few right words and stops would score 1.", returns="np.exp(np.mean(np.log(precisions)))")
bleu.mistake("Two things: you do not clip (an n-gram counts at most as often as the reference has it), and you take the arithmetic mean where the geometric one is wanted.",
             right=UNCLIPPED, returns="brevity * np.mean(precisions)")
bleu.mistake("You divide by the number of n-grams in the REFERENCE: that is recall. Precision divides by those of the candidate.")(
    bleu.changed(("len(have)))", "len(allowed)))")))
bleu.mistake("You leave the precisions that are 0 out of the mean. One that is 0 makes the whole score 0.")(
    bleu.changed(("    if min(precisions) == 0:\n        return 0.0\n", ""), ("np.log(precisions)", "np.log([p for p in precisions if p > 0])")))
