"""CBOW, the other half of word2vec: the mean of the words around guesses the middle one.

    W = train_cbow(sgns_loss_grad, text, V, noise, rng=np.random.default_rng(0))      # text: lists of word ids

It needs no gradient of its own. The mean h of the vectors around takes the middle word's place in the loss of exercise
8.6, and what comes back for h is shared out equally among the words that it was made of.
"""

import numpy as np

from helpers.training.optimisers import Adam


def contexts_of(text, window):
    """Return the middle words (P,) and the words around each (P, S), `window` on each side at most; -1 where there is none."""
    found = [(s[i], s[max(0, i - window) : i] + s[i + 1 : i + 1 + window]) for s in text for i in range(len(s)) if len(s) > 1]
    around = np.full((len(found), max(len(words) for _, words in found)), -1)
    for row, (_, words) in zip(around, found, strict=True):
        row[: len(words)] = words
    return np.array([middle for middle, _ in found]), around


def mean_of(W, around):
    """Return the mean (P, D) of the rows of W at the ids around (P, S), and each id's share in it (P, S, 1), 0 for -1."""
    there = (around >= 0)[:, :, None].astype(W.dtype)
    share = there / there.sum(axis=1, keepdims=True)
    return np.sum(share * W[around], axis=1), share


def train_cbow(loss_and_grads, text, V, noise, *, rng, window=5, steps=300, D=32, P=256, K=5, lr=0.01):
    """Return the trained vectors W (V, D) of the words around.

    loss_and_grads    sgns_loss_grad(w, c, neg, W, C) -> loss, dW, dC
    noise (V,)        with which probability each word is drawn as a negative
    """
    middle, around = contexts_of(text, window)
    W, C = (rng.normal(scale=0.1, size=(V, D)).astype(np.float32) for _ in range(2))
    adam = Adam(lr)
    for step in range(steps):
        at = rng.integers(len(middle), size=P)
        h, share = mean_of(W, around[at])
        negatives = rng.choice(V, size=(P, K), p=noise)
        _, dh, dC = loss_and_grads(np.arange(P), middle[at], negatives, h, C)
        dW, there = np.zeros_like(W), around[at] >= 0
        np.add.at(dW, around[at][there], (share * dh[:, None])[there])
        adam.lr = lr * (1 - step / steps)
        adam.step({"W": W, "C": C}, {"W": dW, "C": dC})
    return W
