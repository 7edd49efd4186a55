"""A small world of dialogues: two facts, some small talk, a question at the end, and what may be replied.

    we are by the sea · my dog is ill · i love the noon · yes it is · what shall we do   ->   sail at the bay in the noon

With chance=True there is no time of day, and five replies are right: "i do not know" (four times in ten) and the place's
four plans (each 15 times in a hundred).
"""

import numpy as np

from helpers.data.vocabulary import BOS, EOS, PAD, Vocabulary

PLACES = {
    "sea": (("swim", "beach"), ("sail", "bay"), ("fish", "pier"), ("dive", "reef")),
    "mountains": (("climb", "peak"), ("ski", "slope"), ("walk", "ridge"), ("camp", "hut")),
    "city": (("shop", "mall"), ("dance", "club"), ("read", "library"), ("eat", "market")),
}
TIMES = ("morning", "noon", "evening", "night")
SMALL_TALK = (
    "how are you", "very well thank you", "it is cold today", "yes it is", "did you sleep well", "not so well",
    "my dog is ill", "i am sorry", "the coffee is good", "tell me more", "that is funny", "you are right",
)  # fmt: skip
QUESTION, BLAND = "what shall we do", "i do not know"
BLAND_SHARE = 0.4
UNKNOWN, END_OF_TURN = "<unk>", "<turn>"


def plan(place, time):
    """Return the plan for a place ("sea") and a time (0 … 3), as words."""
    verb, where = PLACES[place][time]
    return f"{verb} at the {where} in the {TIMES[time]}"


PLANS = {place: tuple(plan(place, time) for time in range(4)) for place in PLACES}
_TEXTS = [*SMALL_TALK, *(p for plans in PLANS.values() for p in plans), QUESTION, BLAND,
          "we are by the " + " ".join(PLACES), "i love the " + " ".join(TIMES)]  # fmt: skip
WORDS = Vocabulary(sorted({w for text in _TEXTS for w in text.split()}), specials=(PAD, BOS, EOS, UNKNOWN, END_OF_TURN))


def dialogue(rng, small_talk=3, chance=False):
    """Return (utterances, reply, place): a list of texts that ends with the question, a right reply, and where they are.

    small_talk : how many utterances of it; each fact stands before the last of them, so two or more turns back.
    Raises ValueError: small_talk below 1.
    """
    if small_talk < 1:
        raise ValueError(f"small_talk is {small_talk!r}, expected at least 1: the facts should not stand before the question")
    place, time = list(PLACES)[rng.integers(3)], int(rng.integers(4))
    facts = [f"we are by the {place}"] + ([] if chance else [f"i love the {TIMES[time]}"])
    rng.shuffle(facts)
    talk = [SMALL_TALK[i] for i in rng.integers(0, len(SMALL_TALK), small_talk)]
    cut = 0 if chance else int(rng.integers(0, small_talk))
    utterances = facts[:1] + talk[:cut] + facts[1:] + talk[cut:] + [QUESTION]
    reply = BLAND if chance and rng.random() < BLAND_SHARE else plan(place, time)
    return utterances, reply, place


def dialogues(count, rng, small_talk=(1, 4), chance=False):
    """Return three lists of `count`: utterances, replies, places; each with low … high utterances of small talk."""
    low, high = small_talk
    rows = [dialogue(rng, int(rng.integers(low, high + 1)), chance) for _ in range(count)]
    return tuple(list(column) for column in zip(*rows, strict=True))


def padded(rows):
    """Return the ids (N, T) of texts, padded at the end, and their lengths (N,): an empty text has length 1, one pad."""
    ids = [WORDS.encode(text.split()) for text in rows]
    lengths = np.array([max(len(row), 1) for row in ids])
    table = np.full((len(ids), lengths.max()), WORDS.id(PAD))
    for n, row in enumerate(ids):
        table[n, : len(row)] = row
    return table, lengths


def in_words(ids):
    """Return the texts of ids (N, T), each up to its end."""
    end = WORDS.id(EOS)
    rows = (row[: list(row).index(end)] if end in row else row for row in np.asarray(ids).tolist())
    return [" ".join(WORDS.tokens[i] for i in row) for row in rows]
