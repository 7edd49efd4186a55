"""Train the small net that notebook 05 predicts words with, and write data/kjv_word_gru.npz (some two minutes).

    python data/make/kjv_word_gru.py

A GRU of 96 units on the 1000 most frequent words and marks of the King James Bible, trained to predict the next one. One
chapter in ten is held out and never seen (helpers/data/next_word.py).
"""

import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.data.next_word import bible_words  # noqa: E402
from helpers.layers import GRU, Embedding  # noqa: E402
from helpers.models.readers import LanguageModel, train  # noqa: E402
from helpers.training import parameters  # noqa: E402
from helpers.training.batches import text_batches  # noqa: E402

NUMBERS, HIDDEN, BATCH, STEPS_BACK, UPDATES = 48, 96, 32, 24, 6000


def trained(updates=UPDATES, progress=True):
    """Return the trained parameters by the names of a LanguageModel, float16."""
    vocab, ids, _ = bible_words()
    rng = np.random.default_rng(0)
    net = LanguageModel(GRU(NUMBERS, HIDDEN, rng=rng), Embedding(len(vocab), NUMBERS, rng=rng), rng=rng)
    net.out.params["b"][:] = np.log((np.bincount(ids, minlength=len(vocab)) + 1) / (len(ids) + len(vocab)))
    train(net, text_batches(ids, size=BATCH, steps=STEPS_BACK), steps=updates, lr=0.01, clip=5.0, decay=True, progress=progress)
    return {name: p.astype(np.float16) for name, p in net.params.items()}


if __name__ == "__main__":
    from common import note_checksum

    print("wrote", parameters.save(ROOT / "data" / "kjv_word_gru.npz", trained()))
    note_checksum("kjv_word_gru.npz")
    note_checksum("LICENSE-kjv_word_gru.txt")
