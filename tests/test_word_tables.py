"""Tables of pairs and triples, on texts so small that one can count by hand."""

import numpy as np

from helpers.experiments.word_tables import best_tables, bigram_perplexity, read_in, single_words, trigram_perplexity

P = np.array([[0.5, 0.5], [0.25, 0.75]])
ROWS = np.array([[0, 1, 1], [1, 1, 0]])


def test_bigram_takes_the_third_word_of_each_row_only():
    assert np.isclose(bigram_perplexity(ROWS, P), 1 / np.sqrt(0.75 * 0.25))


def test_trigram_mixes_its_counts_with_the_bigram():
    ids = np.array([0, 1, 1, 0, 1, 0])                         # 0 1 -> 1 once, 0 once; 1 1 -> 0 once
    first, second = (1 + 2 * 0.75) / (2 + 2), (1 + 2 * 0.25) / (1 + 2)
    assert np.isclose(trigram_perplexity(ids, ROWS, P, 2), 1 / np.sqrt(first * second))


def test_each_table_takes_the_k_that_suits_it():
    tables = {1: P, 2: P[::-1]}
    found = best_tables(lambda ids, V, k: tables[k], {"all": np.array([0, 1, 1, 0])}, ROWS, 2, ks=(1, 2))
    assert list(found) == ["bigram, all", "trigram, all"]
    assert found["bigram, all"] == min(bigram_perplexity(ROWS, table) for table in tables.values())


def test_single_words_are_counted_with_one_more():
    frequency, perplexity = single_words(np.array([0, 0, 1]), ROWS, 2)
    assert np.allclose(frequency, [0.6, 0.4]) and np.isclose(perplexity, 1 / np.sqrt(0.4 * 0.6))


def test_what_some_steps_read_is_the_beginning_of_each_row():
    assert read_in(np.arange(21), steps=2, size=2, width=3).tolist() == [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15]
