"""Train the small recurrent net that notebook 01 reads the Bible with, and write data/kjv_rnn.npz (some minutes).

    python data/make/kjv_rnn.py

A tanh RNN of 128 units on the letters a–z and the space, trained by backpropagation through time (notebook 02) to predict
the next letter. Four books are held out and never seen: Ruth, Esther, Jonah and James.
"""

import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.data.letters import bible_letters  # noqa: E402
from helpers.layers import RNN, Linear, one_hot, softmax_cross_entropy  # noqa: E402
from helpers.training import (  # noqa: E402
    fit,
    linear_decay,
    parameters,  # noqa: E402
)
from helpers.training.batches import text_batches  # noqa: E402
from helpers.training.optimisers import Adam  # noqa: E402

HIDDEN, BATCH, STEPS_BACK, UPDATES = 128, 64, 64, 30_000


def train(updates=UPDATES, progress=True):
    """Return the trained parameters, a dict Wx (V, H), Wh (H, H), b (H,), Wy (H, V), by (V,)."""
    rng = np.random.default_rng(0)
    ids, _, alphabet = bible_letters()
    rnn = RNN(len(alphabet), HIDDEN, rng=rng)
    readout = Linear(HIDDEN, len(alphabet), rng=rng)
    state = None

    def loss_and_grads(x, y, is_first):
        nonlocal state
        H, state = rnn.forward(one_hot(x, len(alphabet)), None if is_first else state)
        loss, dlogits = softmax_cross_entropy(readout.forward(H), y)
        rnn.backward(readout.backward(dlogits))
        return loss, parameters.collect_grads(rnn=rnn, readout=readout)

    fit(loss_and_grads, parameters.collect_params(rnn=rnn, readout=readout), text_batches(ids, size=BATCH, steps=STEPS_BACK),
        optimiser=Adam(lr=0.004), steps=updates, clip=1.0, schedule=linear_decay, progress=progress)
    return {**rnn.params, "Wy": readout.params["W"], "by": readout.params["b"]}


if __name__ == "__main__":
    from common import note_checksum

    print("wrote", parameters.save(ROOT / "data" / "kjv_rnn.npz", train()))
    note_checksum("kjv_rnn.npz")
