"""How well tables that count predict the next word: the perplexities of one and of two words of context."""

import numpy as np

from helpers.models.counting import guess_by_counting


def trigram_perplexity(ids, rows, P, k):
    """Return the perplexity on rows (N, T), from each row's third word on, of a table of word triples counted from ids.

        p = (count of a b c + k · P[b, c]) / (count of a b + k)          for the word c after a b; P (V, V) is a bigram's table
    """
    flat = rows.ravel()
    shorter = P[flat[1:-1], flat[2:]]
    p = guess_by_counting(ids, flat, 2, skip=2, shorter_guess=shorter, vocabulary=len(P), trust=k)[0]
    return _perplexity(p, rows)


def bigram_perplexity(rows, P):
    """Return the perplexity on rows (N, T), from each row's third word on, of a table P (V, V) of pairs."""
    flat = rows.ravel()
    return _perplexity(P[flat[1:-1], flat[2:]], rows)


def _perplexity(p, rows):
    inside = np.append([1, 1], p).reshape(rows.shape)[:, 2:]        # windows over the edge of a row do not count
    return float(np.exp(-np.log(inside).mean()))
