"""The words of the King James Bible by number, questions about them, and kinds of things that they name."""

from collections import Counter

import numpy as np

from helpers.data import load_bible
from helpers.data import words as split_words


def numbered_bible(at_least):
    """Return (words, text, counts): the words that come at least so often, the most frequent first; the verses as lists of
    their numbers, without all other words; and how often each word comes, a Counter of all words."""
    verses = [split_words(verse.text, punctuation=False) for verse in load_bible()]
    counts = Counter(word for verse in verses for word in verse)
    words = [word for word, n in counts.most_common() if n >= at_least]
    number = {word: i for i, word in enumerate(words)}
    return words, [[number[word] for word in verse if word in number] for verse in verses], counts


def _questions(text):
    return [tuple(question.split()) for question in text.split("|")]


# a : b :: c : d, twelve of each
QUESTIONS = {
    "grammar": _questions(
        "day days year years | go went come came | give gave take took | he his she her | he him she her"
        "| give given take taken | see saw hear heard | son sons daughter daughters | eye eyes hand hands"
        "| king kings prophet prophets | man men woman women | father fathers brother brethren"),
    "meaning": _questions(
        "man king woman queen | man father woman mother | man husband woman wife | son daughter brother sister"
        "| brother sister sons daughters | father mother son daughter | king queen servant handmaid"
        "| king queen father mother | good evil righteous wicked | egypt pharaoh babylon nebuchadnezzar"
        "| sheep shepherd vineyard husbandmen | heaven earth day night"),
}  # fmt: skip

def four_of_each():
    """Return the words of KINDS (56), the number of each one's kind (56,), and which are taught (56,): four of each kind."""
    n = len(KINDS)
    return " ".join(KINDS.values()).split(), np.repeat(np.arange(n), 8), np.tile(np.arange(8) < 4, n)


# eight words of each kind
KINDS = {
    "materials": "gold silver brass iron stone wood cedar timber",
    "animals": "sheep goats oxen camels asses horses lambs rams",
    "the body": "hand eye foot mouth ear finger head lips",
    "food": "bread wine oil honey corn milk flour flesh",
    "family": "father mother son daughter brother sister wife husband",
    "places": "egypt babylon jerusalem samaria judah syria edom moab",
    "numbers": "two three four five six seven eight nine",
}
