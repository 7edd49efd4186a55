"""Tables of pairs and triples, on texts so small that one can count by hand."""

import numpy as np

from helpers.experiments.word_tables import bigram_perplexity, trigram_perplexity

P = np.array([[0.5, 0.5], [0.25, 0.75]])
ROWS = np.array([[0, 1, 1], [1, 1, 0]])


def test_bigram_takes_the_third_word_of_each_row_only():
    assert np.isclose(bigram_perplexity(ROWS, P), 1 / np.sqrt(0.75 * 0.25))


def test_trigram_mixes_its_counts_with_the_bigram():
    ids = np.array([0, 1, 1, 0, 1, 0])                         # 0 1 -> 1 once, 0 once; 1 1 -> 0 once
    first, second = (1 + 2 * 0.75) / (2 + 2), (1 + 2 * 0.25) / (1 + 2)
    assert np.isclose(trigram_perplexity(ids, ROWS, P, 2), 1 / np.sqrt(first * second))
