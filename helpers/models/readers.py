"""Whole nets around one recurrent layer: what a notebook trains when the loop is not its subject.

    net = Reader(GRU(2, 16, rng=rng), 1, rng=rng)                  # reads X (N, T, 2), answers (N, 1) after the last step
    history = train(net, batches, steps=300, lr=0.01)              # batches of (X, y)

    net = LanguageModel(GRU(48, 64, rng=rng), Embedding(1000, 48, rng=rng), rng=rng)
    history = train(net, text_batches(ids, size=32, steps=16), steps=400, lr=0.015, clip=5.0, decay=True)
"""

import numpy as np

from helpers.layers import Linear, mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy
from helpers.layers.checks import check_choice
from helpers.training import fit, linear_decay
from helpers.training.optimisers import Adam
from helpers.training.parameters import collect_grads, collect_params

LOSSES = {"squared": mean_squared_error, "sigmoid": sigmoid_cross_entropy, "softmax": softmax_cross_entropy}


class Reader:
    """A recurrent layer and a linear read-out: y = h_T @ W + b, or the same at each step.

    cell      a layer with forward(X) -> states (N, T, H), …, backward(dH) and params
    outputs   K, how many numbers it answers
    answer    "last": once, from the state after the last step, (N, K); "each": at every step, (N, T, K)
    loss      "squared" (numbers), "sigmoid" (yes or no), "softmax" (one of K)

    params and grads: those of the cell under "cell.…" and of the read-out under "out.…".
    Raises ValueError: another answer or loss; whatever the layers raise.
    """

    def __init__(self, cell, outputs, *, rng, answer="last", loss="squared"):
        self.answer = check_choice("answer", answer, ("last", "each"))
        self.loss = LOSSES[check_choice("loss", loss, tuple(LOSSES))]
        self.cell, (H, dtype) = cell, _width(cell)
        self.out = Linear(H, outputs, rng=rng, dtype=dtype)
        self.params = collect_params(cell=cell, out=self.out)

    def forward(self, X):
        """Return the answers (N, K) or (N, T, K) to X (N, T, D)."""
        self.states = self.cell.forward(X)[0]
        return self.out.forward(self.states[:, -1].copy() if self.answer == "last" else self.states)

    def loss_and_grads(self, X, y, mask=None):
        """Return the mean loss of the answers to X against y, and the gradients of all params."""
        said = self.forward(X)
        loss, dsaid = self.loss(said, y, mask) if mask is not None else self.loss(said, y)
        dH = self.out.backward(dsaid)
        if self.answer == "last":
            dH, dlast = np.zeros_like(self.states), dH
            dH[:, -1] = dlast
        self.cell.backward(dH)
        return loss, collect_grads(cell=self.cell, out=self.out)


class LanguageModel:
    """Embedding, recurrent layer, read-out: the scores of the next token after each token, (N, T, V).

    params and grads: "embed.…", "cell.…", "out.…". The state at the end of a batch begins the next one (text_batches),
    and no gradient goes back over that border: truncated backpropagation through time.
    """

    def __init__(self, cell, embed, *, rng):
        H, dtype = _width(cell)
        self.embed, self.cell = embed, cell
        self.out = Linear(H, len(embed.params["W"]), rng=rng, dtype=dtype)
        self.layers = {"embed": embed, "cell": cell, "out": self.out}
        self.params, self.state = collect_params(**self.layers), None

    def forward(self, ids, state=None, *, last=False):
        """Return the scores (N, T, V) after each of the tokens ids (N, T), and the state after the last.

        last : only the scores after the last token, (N, 1, V).
        """
        states, end = self.cell.forward(self.embed.forward(ids), state)
        return self.out.forward(states[:, -1:].copy() if last else states), end

    def loss_and_grads(self, inputs, targets, is_first):
        """Return the mean cross-entropy in nats and the gradients; the state of the last batch goes on unless is_first."""
        logits, self.state = self.forward(inputs, None if is_first else self.state)
        loss, dlogits = softmax_cross_entropy(logits, targets)
        self.embed.backward(self.cell.backward(self.out.backward(dlogits))[0])
        return loss, collect_grads(**self.layers)

    def loss(self, ids):
        """Return the mean cross-entropy in nats of predicting ids[:, 1:] from a blank state; ids (N, T)."""
        return softmax_cross_entropy(self.forward(ids[:, :-1])[0], ids[:, 1:])[0]


def train(net, batches, *, steps, lr, clip=1.0, decay=False, on_step=None, every=50, progress=False):
    """Train a net (loss_and_grads and params) with Adam; return the History. decay: the rate falls evenly to 0."""
    return fit(net.loss_and_grads, net.params, batches, steps=steps, optimiser=Adam(lr), clip=clip,
               schedule=linear_decay if decay else None, on_step=on_step, every=every, progress=progress)


def _width(cell):
    """Return how wide the cell's states are (both directions together), and their dtype."""
    found = [p for name, p in cell.params.items() if name.endswith("Wh")]
    return sum(map(len, found)), found[0].dtype
