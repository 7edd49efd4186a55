"""Skip-gram with negative sampling, pair by pair: a batch of pairs, the learner's own gradient, a step of Adam.

    run = train_on_pairs(sgns_loss_grad, pairs, V, noise, rng=np.random.default_rng(0))      # pairs (n, 2): middle word, context

`helpers.models.skipgram` has the same equations, laid out for speed.
"""

from dataclasses import dataclass

import numpy as np

from helpers.training.optimisers import Adam

START = 0.1  # the standard deviation of the first numbers


@dataclass
class Run:
    """What a training found.

    W (V, D)        the vector of each word as the middle one; C (V, D) as a context
    losses (steps,) the loss in nats for each pair and its negatives
    met (V, V)      how often each middle word met each context among the pairs
    """

    W: np.ndarray
    C: np.ndarray
    losses: np.ndarray
    met: np.ndarray

    @property
    def scores_of_met(self):
        """The scores (n,) of all pairs of words that met."""
        return (self.W @ self.C.T)[self.met > 0]

    @property
    def scores_of_unmet(self):
        """The scores (n,) of all pairs of words that never met."""
        return (self.W @ self.C.T)[self.met == 0]

    @property
    def growth(self):
        """The mean length of the vectors W, as a multiple of that before training."""
        return np.linalg.norm(self.W, axis=1).mean() / (START * np.sqrt(self.W.shape[1]))


def count_pairs(pairs, V):
    """Return (V, V): how often each middle word (row) met each context (column) among the pairs (n, 2)."""
    met = np.zeros((V, V))
    np.add.at(met, (pairs[:, 0], pairs[:, 1]), 1)
    return met


def train_on_pairs(loss_and_grads, pairs, V, noise, *, rng, steps=500, D=32, P=512, K=5, lr=0.01):
    """Return the Run of a training on pairs (n, 2) of V words: P pairs drawn for each step, Adam, a rate that falls evenly to 0.

    loss_and_grads    sgns_loss_grad(w, c, neg, W, C) -> loss, dW, dC
    noise (V,)        with which probability each word is drawn as one of the K negatives
    """
    W, C = (rng.normal(scale=START, size=(V, D)).astype(np.float32) for _ in range(2))
    adam, losses = Adam(lr), []
    for step in range(steps):
        w, c = pairs[rng.integers(len(pairs), size=P)].T
        neg = rng.choice(V, size=(P, K), p=noise)
        loss, dW, dC = loss_and_grads(w, c, neg, W, C)
        adam.lr = lr * (1 - step / steps)
        adam.step({"W": W, "C": C}, {"W": dW, "C": dC})
        losses.append(loss)
    return Run(W, C, np.array(losses), count_pairs(pairs, V))
