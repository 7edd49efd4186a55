"""Exercise 10.3: a machine of two looks, with weights set by hand."""

import numpy as np

from helpers.checking.authoring import exercise

from .causal_attend import causal_attend


@exercise("10.3", title="An induction machine", returns={"found": "T V"}, hints=[
    "Block 1 asks by place: which place does place t want? Block 2 asks by letter: among which slots does it look for its own letter?",
    "A row of `asks` has a single 1, in the column of the place before. `np.eye(T, k=…)` shifts the diagonal. Block 1 hands over `now`; "
    "block 2 compares the letter now with the letters `before`, and hands over `now` as well.",
    "`np.eye(T, k=-1)`; `causal_attend(sharp * asks, place, now)[0]`; `causal_attend(sharp * now, before, now)[0]`.",
])
def induction_by_hand(ids, letters=26, sharp=300.0):
    """Predict each next letter of a text that repeats itself: two looks, no training.

    ids (T,) whole numbers below `letters`. A token of its own, number `letters`, is put in
    front, so that something stands before the first letter. The slots of place t are
    one-hot vectors: `now`, its token, and `place`, its number. A query is multiplied by
    `sharp`: one place gets all the weight.
    -> found (T, letters + 1): row t is the guess for letter t + 1.
    ids = [0, 1, 2, 0], "abca": the last row has its 1 at "b".
    """
    ids = np.concatenate([[letters], ids])
    T = len(ids)
    now, place = np.eye(letters + 1)[ids], np.eye(T)
    asks = np.eye(T, k=-1)                               # TODO: (T, T) row t asks for place t - 1
    before = causal_attend(sharp * asks, place, now)[0]  # TODO: block 1: the token one place back
    found = causal_attend(sharp * now, before, now)[0]   # TODO: block 2: where was my letter?
    return found[1:]


@induction_by_hand.cases
def _(rng):
    yield "abca", (np.array([0, 1, 2, 0]), 4, 300.0)
    yield "abcabc", (np.array([0, 1, 2, 0, 1, 2]), 3, 300.0)
    yield "two letters in turn", (np.array([1, 0, 1, 0, 1]), 3, 300.0)
    yield "a string of five, twice", (np.tile(rng.permutation(9)[:5], 2), 9, 300.0)
    yield "a string of seven, 20 letters of it", (np.resize(rng.permutation(26)[:7], 20), 26, 300.0)
    yield "a letter that comes twice", (np.array([3, 1, 4, 1, 5, 3, 1]), 6, 300.0)


@induction_by_hand.same
def _(ids, letters, sharp):
    ids = [letters, *ids]
    found = np.zeros((len(ids), letters + 1))
    for t in range(len(ids)):
        hits = [u for u in range(1, t + 1) if ids[u - 1] == ids[t]] or (list(range(t + 1)) if t else [0])
        for u in hits:
            found[t, ids[u]] += 1 / len(hits)
    return found[1:]


@induction_by_hand.same
def _(ids, letters, sharp):
    ids = np.r_[letters, ids]
    now = np.eye(letters + 1)[ids]
    before = now[np.maximum(np.arange(len(ids)) - 1, 0)]
    e = np.where(np.tril(np.ones((len(ids),) * 2, bool)), sharp * now @ before.T, -np.inf)
    A = np.exp(e - e.max(1, keepdims=True))
    return (A / A.sum(1, keepdims=True) @ now)[1:]


for sentence, asks in [
    ("Your block 1 asks for the place AFTER its own, which the mask hides. It should ask for the one before.", "np.eye(T, k=1)"),
    ("Block 2 finds the letter itself instead of what came after it: its keys are the tokens now. They have to be `before`, what block 1 finds one place back.", "np.eye(T)"),
    ("Your block 1 looks two places back.", "np.eye(T, k=-2)"),
    ("Your block 1 asks for every place alike: then `before` is an average of all tokens so far.", "np.ones((T, T))"),
]:
    induction_by_hand.mistake(sentence, asks=asks)

for sentence, before in [
    ("Your block 1 hands over the number of the place. What block 2 needs is the token that stands there: the values are `now`.", "causal_attend(sharp * asks, place, place)[0]"),
    ("Your block 1 asks by letter. It should ask by place: the question is `asks`, the keys are `place`.", "causal_attend(sharp * now, now, now)[0]"),
    ("You took the weights of block 1. What it found, the first of the two things that `causal_attend` returns, is wanted.", "causal_attend(sharp * asks, place, now)[1]"),
    ("`causal_attend` returns two things, what was found and the weights. You hand both to block 2: take the first, `[0]`.", "causal_attend(sharp * asks, place, now)"),
    ("Your question of block 1 is not sharp: without the factor all earlier places get nearly the same weight.", "causal_attend(asks, place, now)[0]"),
    ("Question and key are exchanged in block 1: place t then looks for the place that asks for t, the one after it, and the mask hides that.", "causal_attend(sharp * place, asks, now)[0]"),
    ("Your block 1 is skipped: `before` is the token now.", "now"),
]:
    induction_by_hand.mistake(sentence, before=before)

for sentence, found in [
    ("Your block 2 looks for its letter among the tokens NOW. It finds the letter itself, and guesses that it comes again.", "causal_attend(sharp * now, now, now)[0]"),
    ("Your block 2 finds the right place and hands over the token BEFORE it: that is the letter that it was looking for. What stands there now is wanted.", "causal_attend(sharp * now, before, before)[0]"),
    ("Your block 2 asks with the token before, among the tokens now. It should ask with the letter now, among those that stood before.", "causal_attend(sharp * before, now, now)[0]"),
    ("Your block 2 asks with the token before, among the tokens before: it finds its own place, and guesses the letter that it has just read.", "causal_attend(sharp * before, before, now)[0]"),
    ("Your block 2 is not sharp: without the factor all earlier places get nearly the same weight.", "causal_attend(now, before, now)[0]"),
    ("Your block 2 is skipped: you return what block 1 found, the letter before.", "before"),
    ("The mask is forgotten in block 2: it also looks at later places, where the answer stands.", "np.exp(sharp * (now @ before.T - 1)) @ now / np.maximum(np.exp(sharp * (now @ before.T - 1)).sum(axis=1, keepdims=True), 1e-9)"),
]:
    induction_by_hand.mistake(sentence, found=found)
