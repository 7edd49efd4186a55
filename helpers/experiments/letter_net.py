"""Around the net that reads the Bible letter by letter: what its guesses cost, and what a learner lets it write on from."""

import math

import numpy as np

from helpers.data.letters import ALPHABET, letters_to_ids

LONGEST = 500  # letters of a beginning that are read; the net does not feel more than a few


def bits(scores, next_ids):
    """Return -log2 of the probability that the softmax of scores (…, V) gives to the token that came, next_ids (…)."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    said = np.take_along_axis(scores, next_ids[..., None], axis=-1)[..., 0]
    return (np.log(np.exp(scores).sum(axis=-1)) - said) / np.log(2)


def beginning_ids(text):
    """Return the ids (T,) of any text, at least one; a sentence is printed where something has to be left out."""
    text = str(text)
    strange = sorted(set(text.lower()) - set(ALPHABET))
    if strange:
        print(f"The net knows a–z and the space; left out: {' '.join(map(repr, strange[:8]))}")
    ids = letters_to_ids(text)
    if len(ids) > LONGEST:
        print(f"It reads the last {LONGEST} letters of your {len(ids):,}.")
    if not len(ids):
        print("There is no letter to begin with, so it begins with a space.")
        return np.zeros(1, np.int64)
    return ids[-LONGEST:]


def usable(temperature):
    """Return a temperature above 0: a tiny one for 0, and 1 with a sentence for what is no temperature."""
    if isinstance(temperature, (int, float, np.number)) and math.isfinite(temperature) and temperature >= 0:
        return max(float(temperature), 1e-6)
    print(f"A temperature is a number from 0 on; got {temperature!r}, took 1.")
    return 1.0
