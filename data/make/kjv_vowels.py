"""Train the two-layer net that notebook 06 puts vowels back with, and write data/kjv_vowels.npz (some minutes).

    python data/make/kjv_vowels.py

Two bidirectional tanh RNNs, one on top of the other, 96 units each way, read letters with all vowels hidden and say which
vowel stood in each gap. Four books are held out and never seen: Ruth, Esther, Jonah and James. The weights are kept in half
precision.
"""

import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.data.letters import bible_letters  # noqa: E402
from helpers.data.vowels import HIDDEN, SYMBOLS, game  # noqa: E402
from helpers.layers import RNN, Bidirectional, Linear, one_hot, softmax_cross_entropy  # noqa: E402
from helpers.training import (  # noqa: E402
    fit,
    linear_decay,
    parameters,  # noqa: E402
)
from helpers.training.optimisers import Adam  # noqa: E402

BATCH, WINDOW, UPDATES = 64, 64, 6_000


def train(updates=UPDATES, progress=True):
    """Return the trained parameters, a dict of arrays in float16."""
    rng = np.random.default_rng(0)
    ids, held_out, _ = bible_letters()
    first, second = (Bidirectional(*(RNN(D, HIDDEN, rng=rng) for _ in "fb")) for D in (SYMBOLS, 2 * HIDDEN))
    out = Linear(2 * HIDDEN, 5, rng=rng)
    layers = {"first": first, "second": second, "out": out}
    params = parameters.collect_params(**layers)

    def scores(shown):
        return out.forward(second.forward(first.forward(one_hot(shown, SYMBOLS))[0])[0])

    def loss_and_grads(shown, vowel, asked):
        loss, d = softmax_cross_entropy(scores(shown), vowel, asked)
        first.backward(second.backward(out.backward(d))[0])
        return loss, parameters.collect_grads(**layers)

    def windows():
        while True:
            yield game(ids[rng.integers(0, len(ids) - WINDOW, BATCH)[:, None] + np.arange(WINDOW)])

    def share_right():
        shown, vowel, asked = game(held_out[: len(held_out) // WINDOW * WINDOW].reshape(-1, WINDOW))
        return np.mean((scores(shown).argmax(axis=2) == vowel)[asked])

    def tell(step, history):
        if progress:
            print(f"{step} updates: loss {np.mean(history.losses[-100:]):.3f}, held out {share_right():.1%}", flush=True)

    fit(loss_and_grads, params, windows(), optimiser=Adam(lr=0.004), steps=updates, clip=1.0, schedule=linear_decay,
        on_step=tell, every=250, progress=False)
    small = {name: p.astype(np.float16) for name, p in params.items()}
    for name, p in params.items():
        p[...] = small[name]
    print(f"held out, in half precision: {share_right():.1%} of the vowels")
    return small


if __name__ == "__main__":
    from common import note_checksum

    print("wrote", parameters.save(ROOT / "data" / "kjv_vowels.npz", train()))
    note_checksum("kjv_vowels.npz")
