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


def best_tables(bigram_lm, texts, rows, V, ks):
    """Return the perplexities on rows (N, T) of tables of pairs and triples: dict "bigram, NAME" and "trigram, NAME" -> number.

    texts : dict name -> ids (T,) that are counted. bigram_lm(ids, V, k) -> (V, V) is the function of exercise 5.7.
    Each table may take that of the ks which suits rows best.
    """
    found = {}
    for name, ids in texts.items():
        counted = {k: bigram_lm(ids, V, k) for k in ks}
        found[f"bigram, {name}"] = min(bigram_perplexity(rows, P) for P in counted.values())
        found[f"trigram, {name}"] = min(trigram_perplexity(ids, rows, P, k) for k, P in counted.items())
    return found


def single_words(ids, rows, V):
    """Return how frequent each word is in ids, counted with one more (V,), and the perplexity of that on rows (N, T)."""
    frequency = (np.bincount(ids, minlength=V) + 1) / (len(ids) + V)
    return frequency, np.exp(-np.log(frequency[rows[:, 2:]]).mean())


def read_in(ids, steps, size=32, width=16):
    """Return those of ids (T,) that a net reads in this many steps, in `size` long rows, `width` words at a time."""
    wide = (len(ids) - 1) // size
    return ids[: size * wide].reshape(size, wide)[:, : width * steps].ravel()


def _perplexity(p, rows):
    inside = np.append([1, 1], p).reshape(rows.shape)[:, 2:]        # windows over the edge of a row do not count
    return float(np.exp(-np.log(inside).mean()))
