"""What one letter changes in a net that puts vowels back: in its states, and in its answers."""

import numpy as np

from helpers.data.letters import ALPHABET, letters_to_ids
from helpers.data.vowels import SYMBOLS, game


def ripple(net, phrase, at, other="k"):
    """Return how much each state of a Tagger changes (T, width) if the letter number `at` of a phrase becomes another."""
    ids = letters_to_ids(phrase)
    changed = ids.copy()
    changed[at] = ALPHABET.index(other)
    before, after = (net.states(np.eye(SYMBOLS)[game(some)[0]][None])[0] for some in (ids, changed))
    return np.abs(after - before)


def share_at_lag(credit, d):
    """Return the mean share of the input d steps behind the answer (d < 0: before it), as a part of the largest in its row.

    credit (T, T) : how much the input at step s (across) moves the answer at step t (down), as Tagger.credit returns it.
    """
    return np.diagonal(credit / credit.max(axis=1, keepdims=True), d).mean()
