"""Scores of word2vec beside the pointwise mutual information (PMI) of the pairs that it was trained on."""

import numpy as np


def counted_and_learnt(runs, best_score, noise, K=5):
    """Return the PMI as counted and the scores as learnt, both (n,), of all pairs that met in these trainings.

    runs : what train_on_pairs returns. best_score(met, row, q, K) : the score that a pair would choose freely, PMI - log K.
    noise (V,) : with which probability each word is drawn as a negative.
    """
    counted, learnt = [], []
    for run in runs:
        w, c = np.nonzero(run.met)
        counted.append(best_score(run.met[w, c], run.met.sum(axis=1)[w], noise[c], K) + np.log(K))
        learnt.append(run.scores_of_met)
    return np.concatenate(counted), np.concatenate(learnt)
