"""Exercise 8.7: a is to b as c is to which word?"""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.7", title="a is to b as c is to …", returns={"word": ""}, hints=[
    "What has to be taken away from \"king\", and what has to be added, to come to \"queen\"?",
    "From b take a away and add c. If `exclude` is true, none of the three words of the question may be the answer.",
    "`v = E[ids[1]] - E[ids[0]] + E[ids[2]]`, and `scores[ids] = -np.inf` where `exclude` is true.",
])
def analogy(a, b, c, E, words, exclude=True):
    """Return d for "a is to b as c is to d": the word nearest to b - a + c by the cosine.

    a, b, c: strings; words: the list of all V words; E (V, D) their vectors, which are
    brought to length 1 first. exclude: True if a, b and c must not be the answer.
    analogy("man", "king", "woman", E, words) should be "queen".
    """
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    ids = [words.index(a), words.index(b), words.index(c)]
    v = E[ids[1]] - E[ids[0]] + E[ids[2]]    # TODO: where the answer should lie
    scores = E @ v                           # the cosines, times |v|: the order is the same
    if exclude:
        scores[ids] = -np.inf                # TODO: less than any score
    return words[int(np.argmax(scores))]


@analogy.cases
def _(rng):
    words = ["man", "king", "woman", "queen", "apple", "pear"]
    E = np.array([[1.0, 0, 0, 0.1], [1, 1, 0, 0.1], [-1, 0, 0, 0.1], [-1, 1, 0, 0.1], [0, 0, 1, 0.3], [0.2, -0.3, 2, 0]])
    yield "man : king :: woman : ?", ("man", "king", "woman", E, words, True)
    yield "man : woman :: king : ?", ("man", "woman", "king", E, words, True)
    yield "man : woman :: king : ?, float32", ("man", "woman", "king", (10 * E).astype(np.float32), words, True)
    yield "man : woman :: king : ?, inputs allowed", ("man", "woman", "king", E, words, False)
    yield "man : man :: king : ?", ("man", "man", "king", E, words, True)
    names = [f"word{i}" for i in range(30)]
    for k in range(4):
        E = rng.normal(size=(30, 3)) * rng.uniform(0.2, 5, (30, 1))
        a, b, c = (names[i] for i in rng.choice(30, 3, replace=False))
        yield f"30 random words, number {k + 1}, inputs excluded", (a, b, c, E, names, True)
        yield f"30 random words, number {k + 1}, inputs allowed", (a, b, c, E, names, False)
    near = rng.normal(size=(30, 3))
    near[2] = near[0] + 0.05 * rng.normal(size=3)
    yield "a and c nearly alike, so that b itself comes nearest", (names[0], names[1], names[2], near, names, True)
    yield "a and b nearly alike, so that c itself comes nearest", (names[0], names[2], names[1], near, names, True)
    yield "the same words, vectors of length 0.001 to 1000", (names[0], names[2], names[1], near * 10 ** rng.uniform(-3, 3, (30, 1)), names, True)
    five = ["u", "v", "w", "x", "y"]
    E = np.array([[1.0, 0.0, 0.0], [1.0, 0.3, 0.0], [1.0, -0.2, 0.1], [1.0, 1.0, 0.2], [0.5, -1.0, 1.0]])
    yield "a, b and c nearly alike, so that a itself comes nearest", ("u", "v", "w", E, five, True)
    E = np.array([[0.0, -1.0], [0.05, 1.0], [-0.05, 1.0], [0.1, -1.0], [0.3, -1.0]])
    yield "only words that look far away are left", ("u", "v", "w", E, five, True)
    E = np.array([[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [0.0, -1.0], [0.5, -1.0]])
    yield "only words that look away are left", ("u", "v", "w", E, five, True)
    yield "only one word is left, and it looks away", ("u", "v", "w", E[:4], five[:4], True)


@analogy.same
def _(a, b, c, E, words, exclude=True):
    unit = {word: e / np.sqrt(e @ e) for word, e in zip(words, E, strict=True)}
    target = unit[b] - unit[a] + unit[c]
    return max((w for w in words if not (exclude and w in (a, b, c))), key=lambda w: unit[w] @ target)


analogy.same(analogy.changed(      # the sum of three cosines
    ("scores = E @ v", "scores = E @ E[ids[1]] - E @ E[ids[0]] + E @ E[ids[2]]"), ("-np.inf", "-10")))

analogy.mistakes_in("v", [
    ("This is a - b + c: the step goes from b to a, which is the wrong direction. a is taken away from b.", "E[ids[0]] - E[ids[1]] + E[ids[2]]"),
    ("This is a + b - c: a has to go, and c has to come in.", "E[ids[0]] + E[ids[1]] - E[ids[2]]"),
    ("You add all three. What a and b have in common must go: a is subtracted.", "E[ids[0]] + E[ids[1]] + E[ids[2]]"),
    ("This points exactly the opposite way: a - b - c is b - a + c with every sign reversed.", "E[ids[0]] - E[ids[1]] - E[ids[2]]"),
    ("This is b - a - c: a is taken away rightly, but c has to be added.", "E[ids[1]] - E[ids[0]] - E[ids[2]]"),
    ("This is b + c. What a and b have in common is still in it: a has to go.", "E[ids[1]] + E[ids[2]]"),
    ("This is c - a: b is missing, and with it the step from a to b, which is to be made from c.", "E[ids[2]] - E[ids[0]]"),
    ("Only the step from a to b is there; you forgot to start it from c.", "E[ids[1]] - E[ids[0]]"),
    ("This is the nearest word to c: a and b are not used.", "E[ids[2]]"),
    ("You multiply by c, number by number. The step from a to b is added to c.", "(E[ids[1]] - E[ids[0]]) * E[ids[2]]"),
    ("You calculate with the ids. An id is only a place in a list; it is the vectors that are added and taken away.", "E[ids[1] - ids[0] + ids[2]]"),
    ("a, b and c are words, and rows of E are found by number: `ids` has the three numbers.", "E[b] - E[a] + E[c]"),
])

analogy.mistakes_in("scores_ids", [
    ("You give the excluded words a 0. If all other scores are negative, an excluded word still wins.", "0"),
    ("What you give the excluded words is not low enough: the scores are cosines times |v|, and these go down to -3, so an excluded word can still win.", "-1"),
    ("You give the excluded words the smallest score. The one word that may be left can have that as well: it takes something less.", "scores.min()"),
    ("An excluded word wins: `np.argmax` returns the place of +inf, and that of a NaN as well. It takes something less than every score.", "np.inf"),
])

for sentence, out in [
    ("You exclude a only: b and c are inputs as well.", "ids[0]"),
    ("You exclude b only: a and c are inputs as well.", "ids[1]"),
    ("You exclude c only: a and b are inputs as well.", "ids[2]"),
    ("You exclude a and b; c is an input as well.", "ids[:2]"),
    ("You exclude a and c; b is an input as well.", "ids[::2]"),
    ("You exclude b and c; a is an input as well.", "ids[1:]"),
]:
    analogy.mistake(sentence)(analogy.changed(("scores[ids]", f"scores[{out}]")))

analogy.mistake("The words of the question are allowed as answers also where `exclude` is true: then the answer is often b or c itself.")(
    lambda a, b, c, E, words, exclude=True: analogy(a, b, c, E, words, False))
analogy.mistake("You exclude the words of the question also where `exclude` is false.")(
    lambda a, b, c, E, words, exclude=True: analogy(a, b, c, E, words, True))
analogy.mistake("You return the id. Asked for is the word, `words[id]`.")(
    lambda a, b, c, E, words, exclude=True: words.index(analogy(a, b, c, E, words, exclude)))

for sentence, *changes in [
    ("You take the vectors as they are, long ones and short ones: bring them to length 1 first, or the longest of the three counts most in v, and among all words the long vectors win.",
     ("    E = E / np.linalg.norm(E, axis=1, keepdims=True)\n", "")),
    ("You look for the smallest score. The nearest word has the largest.", ("np.argmax", "np.argmin")),
]:
    analogy.mistake(sentence)(analogy.changed(*changes))
