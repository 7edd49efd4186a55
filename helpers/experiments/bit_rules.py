"""Rules about random bits: a table of their answers by past and future, and nets that learn them.

    answers = answers_by_past(lambda bits: sum(bits) >= 2, past=2, future=1)       # (4, 2): the majority of three
    majority = of_neighbours(lambda before, here, behind: before + here + behind >= 2)
    right = learn(net, majority, seed=0, T=12, steps=500)                          # (10,): the inner steps alone count
"""

import itertools

import numpy as np

from helpers.models.taggers import every_sequence, random_bits, right_by_step, train


def answers_by_past(rule, past, future):
    """Return (2**past, 2**future) 0 or 1: rule(bits) of a tuple of bits, a row for each past, a column for each future."""
    rows, columns = (list(itertools.product((0, 1), repeat=n)) for n in (past, future))
    return np.array([[int(rule(before + behind)) for behind in columns] for before in rows])


def of_neighbours(rule):
    """Return the function of bits X (N, T, 1) that gives the right answers 0 or 1 (N, T) and the mask of the steps that count.

    rule(before, here, behind) of three arrays of bits (N, T - 2): the first and the last step do not count.
    """
    def answers(X):
        bits = X[..., 0].astype(int)
        y, mask = np.zeros(bits.shape, int), np.ones(bits.shape, bool)
        y[:, 1:-1] = rule(bits[:, :-2], bits[:, 1:-1], bits[:, 2:])
        mask[:, [0, -1]] = False
        return y, mask
    return answers


def learn(net, rule, seed, *, T=12, steps=500):
    """Train a Tagger on random bits; return the share of all 2**T sequences that it has right at each step that counts."""
    X = every_sequence(T)
    return right_by_step(train(net, random_bits(rule, seed, T=T), steps=steps, lr=0.02), X, *rule(X))
