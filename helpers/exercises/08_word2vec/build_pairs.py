"""Exercise 8.1: all pairs of a word and a word around it."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.1", title="Who stands near whom", returns={"pairs": "pair 2"}, hints=[
    "At which place does the window around place i begin, and where does it end, if the sentence ends first?",
    "It begins `window` places before i, but never before place 0; it ends `window` places after i, but never after the last place. `range(first, stop)` leaves `stop` out.",
    "`max(0, i - window)`, `min(len(words), i + window + 1)`, and the pair is taken where `j != i`.",
])
def build_pairs(sentences, window):
    """Return all pairs (middle word, word around it) as an array (P, 2) of word ids.

    sentences: a list of lists of ids. A pair is two words of ONE sentence, at most `window`
    places apart, in both directions; the order of the rows does not matter. A word that
    comes twice near itself makes pairs with itself; a place makes none with itself.
    sentences = [[5, 7, 9]] and window = 1 give [[5, 7], [7, 5], [7, 9], [9, 7]].
    """
    pairs = []
    for words in sentences:
        for i, middle in enumerate(words):
            first = max(0, i - window)                  # TODO: the first place of the window
            stop = min(len(words), i + window + 1)      # TODO: one more than its last place
            for j in range(first, stop):
                if j != i:                              # TODO: True for all but the middle one
                    pairs.append((middle, words[j]))
    return np.array(pairs)


@build_pairs.cases
def _(rng):
    yield "two words, window 1", ([[3, 8]], 1)
    yield "three words, window 1", ([[5, 7, 9]], 1)
    yield "two sentences, window 1", ([[1, 2], [3, 4]], 1)
    yield "a word that comes twice", ([[4, 4, 6]], 2)
    yield "a sentence of one word, an empty one, and one of two words", ([[5], [], [3, 8]], 2)
    yield "five words, window 2", ([[0, 1, 2, 3, 4]], 2)
    yield "a window longer than the sentence", ([[6, 2, 9]], 50)
    yield "three sentences of different lengths, window 3", ([[2, 0, 2, 5, 6, 1, 2], [3, 1], [7, 0, 7, 4, 3, 7]], 3)


@build_pairs.observed_by
def _(answer, sentences, window):
    if not isinstance(answer, np.ndarray) or answer.ndim != 2 or answer.shape[1] != 2 or answer.dtype.kind not in "iu":
        return answer
    return answer[np.lexsort(answer.T[::-1])]


@build_pairs.explained_by
def _(answer, sentences, window):
    want = len(build_pairs(sentences, window))
    if isinstance(answer, np.ndarray) and answer.size == 0:
        return f"You find no pair at all where there are {want}: nobody ever stands in your window."
    if isinstance(answer, np.ndarray) and answer.ndim == 2 and answer.shape[1] == 2 and len(answer) != want:
        got = "1 pair" if len(answer) == 1 else f"{len(answer)} pairs"
        return f"You find {got} where there are {want}: {'too many' if len(answer) > want else 'some are missing'}."
    return None


build_pairs.same(lambda sentences, window: np.array(
    [(s[i], s[j]) for s in sentences for i in range(len(s)) for j in range(len(s)) if 0 < abs(i - j) <= window]))


@build_pairs.same
def _(sentences, window):
    out = []
    for s in sentences:
        s = np.array(s, dtype=int)
        for k in range(1, min(window, len(s) - 1) + 1):
            out += [np.stack([s[:-k], s[k:]], axis=1), np.stack([s[k:], s[:-k]], axis=1)]
    return np.concatenate(out)


build_pairs.mistakes_in("first", [
    ("On the left your window is one place too short: it begins at `i - window`.", "max(0, i - window + 1)"),
    ("On the left your window is one place too wide: it begins `window` places before i.", "max(0, i - window - 1)"),
    ("On the left your window reaches back to the beginning of the sentence: it begins `window` places before i.", "0"),
    ("At the beginning of a sentence `i - window` is negative, and a negative index counts from the end: the first word gets the last ones as contexts.", "i - window"),
    ("`abs` mirrors a negative place to a positive one, and the words before that are lost: near a sentence's beginning the window begins at place 0.", "abs(i - window)"),
    ("The first word of a sentence is nobody's context: the first place is 0, not 1.", "max(1, i - window)"),
    ("You look to the right only: the window goes to both sides.", "i"),
])

build_pairs.mistakes_in("stop", [
    ("On the right your window is one place too short: `range` leaves its end out.", "min(len(words), i + window)"),
    ("This is the last place itself. `range` leaves its end out, so `stop` is one more.", "min(len(words) - 1, i + window)"),
    ("Your window is one place too wide on the right: `window` places after i, that is up to `i + window`, included.", "min(len(words), i + window + 2)"),
    ("On the right your window reaches to the end of the sentence: it ends `window` places after i.", "len(words)"),
    ("The last word of a sentence is nobody's context: a `range` may stop one after the last place, since it leaves its end out.", "min(len(words) - 1, i + window + 1)"),
    ("You cut the window off at the number of sentences. It ends with the words of its own sentence.", "min(len(sentences), i + window + 1)"),
    ("You look to the left only: the window goes to both sides.", "i"),
    ("At the end of a sentence your window reaches past the last word: cut it off where the sentence ends.",
     "i + window + 1"),
])

for sentence, first, stop in [
    ("Your window is one place too wide on both sides.", "max(0, i - window - 1)", "min(len(words), i + window + 2)"),
    ("Your window is one place too short on both sides: the words exactly `window` places away belong to it.", "max(0, i - window + 1)", "min(len(words), i + window)"),
    ("You halve the window: `window` is the reach to each side, not the width of the whole.", "max(0, i - window // 2)", "min(len(words), i + window // 2 + 1)"),
    ("Your window is the whole sentence: `window` is not used.", "0", "len(words)"),
]:
    build_pairs.mistake(sentence, first=first, stop=stop)

build_pairs.mistakes_in("test", [
    ("You pair each place with itself: every word would be its own most frequent context. Leave `j == i` out.", "True"),
    ("You keep ONLY the middle place, and pair each word with itself. It is all the other places that count.", "j == i"),
    ("You compare j, a place, with `middle`, the id of a word. It is the place i that has to be left out.", "j != middle"),
    ("You compare the words where you should compare the places: a word that stands twice in a window is a context of itself.", "words[j] != middle"),
    ("You compare i, a place, with the id of a word: it is the place j that must not be i.", "words[j] != i"),
    ("Your window is one place too short on both sides: the words exactly `window` places away belong to it.", "0 < abs(i - j) < window"),
    ("You take only the words at a distance of exactly `window`: all nearer ones belong to it as well.", "abs(i - j) == window"),
    ("You look to the left only: the window goes to both sides.", "j < i"),
    ("You look to the right only: the window goes to both sides.", "j > i"),
])

build_pairs.mistake("Your windows reach over the end of a sentence: the last word of one and the first of the next never stood together.")(
    lambda sentences, window: build_pairs([[w for s in sentences for w in s]], window))
build_pairs.mistake("Near a sentence's beginning the left side of your window is empty, as with a slice that starts at a negative index: cut it off at place 0 instead.")(
    lambda sentences, window: np.array([(s[i], word) for s in sentences for i in range(len(s)) for word in s[i - window : i] + s[i + 1 : i + window + 1]]))
build_pairs.mistake("You keep the places i and j. Wanted are the words that stand there.")(
    lambda sentences, window: build_pairs([list(range(len(s))) for s in sentences], window))
build_pairs.mistake("You keep each pair of words once, however often it comes. How often is what we want to count.")(
    lambda sentences, window: np.unique(build_pairs(sentences, window), axis=0))
build_pairs.mistake("Only the last sentence's pairs come back: the list is begun anew for each sentence.")(
    lambda sentences, window: build_pairs(sentences[-1:], window))
build_pairs.mistake("Only the first sentence's pairs come back: you return before the others had their turn.")(
    lambda sentences, window: build_pairs(sentences[:1], window))

build_pairs.mistake("You take a set of the words in a window, which holds each word once. A word that stands there twice is a context twice.")(
    lambda sentences, window: np.array([(s[i], word) for s in sentences for i in range(len(s)) for word in {*s[max(0, i - window) : i], *s[i + 1 : i + window + 1]}]))
build_pairs.mistake("`words.index(word)` finds the FIRST place of a word. Where it comes again it has another place, and other contexts.")(
    lambda sentences, window: np.array([(word, s[j]) for s in sentences for word in s for j in range(len(s)) if 0 < abs(s.index(word) - j) <= window]))
