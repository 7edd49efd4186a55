"""Whose fault a wrong pronunciation is, the search's or the model's: what a search finds for words, beside what is right.

spoken : dict word -> its right pronunciations, tuples of phones; phones : their vocabulary.
"""

import numpy as np

from helpers.experiments.scores import token_accuracy


def log_p_after(step, first):
    """Return next_log_p(tokens) -> log p (K,) of the next token, for a beam search.

    step(token (1,), state) -> scores (1, K), the next state; first : the state before anything is said. Each beginning's
    state is kept, so that a longer one takes a single step.
    """
    states = {}

    def next_log_p(tokens):
        before = states[tokens[:-1]] if len(tokens) > 1 else first
        scores, states[tokens] = step(np.array(tokens[-1:]), before)
        return scores[0] - np.log(np.exp(scores[0]).sum())

    return next_log_p


def search_words(find, nets, words, width, spoken, phones):
    """Return log p of what the search finds and whether it is right, both (nets, words), and each net's share of right phones.

    find(net, word, width) -> (ids of the tokens, log p)
    """
    log_p, right, by_phone = [], [], []
    for net in nets:
        found = [find(net, word, width) for word in words]
        outputs = [tuple(phones.decode(tokens)) for tokens, _ in found]
        log_p.append([q for _, q in found])
        right.append([out in spoken[word] for out, word in zip(outputs, words, strict=True)])
        by_phone.append(token_accuracy(outputs, [spoken[word] for word in words]))
    return np.array(log_p), np.array(right), np.array(by_phone)


def log_p_of_right(log_p_of, nets, words, spoken):
    """Return (nets, words): log p of each word's right pronunciation, of the likeliest one if it has several.

    log_p_of(net, pairs) : log p of each target, for pairs (the word backwards, phones)
    """
    flat = [(word[::-1], way) for word in words for way in spoken[word]]
    starts = np.cumsum([0, *(len(spoken[word]) for word in words[:-1])])
    return np.array([np.maximum.reduceat(log_p_of(net, flat), starts) for net in nets])


def search_errors(log_p_right, log_p_found, right):
    """Return each net's share of wrong words that are search errors: the net finds the right one likelier than what was found.

    All (nets, words). A difference below 0.0001 is none.
    """
    return ((log_p_right > log_p_found + 1e-4) & ~right).sum(axis=1) / (~right).sum(axis=1)
