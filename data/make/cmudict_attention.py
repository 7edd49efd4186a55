"""Train the attention net that notebook 09 reads English words aloud with, and write data/cmudict_attention.npz (some minutes).

    python data/make/cmudict_attention.py

A bidirectional GRU encoder, a GRU decoder and dot attention between them, trained on the main pronunciation of each word
of CMUdict but those of 1,000 families, which are held out and never seen. The weights are kept in half precision.
"""

import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.data.speller import SIZES, spelling_and_sound  # noqa: E402
from helpers.data.vocabulary import BOS, EOS  # noqa: E402
from helpers.experiments.scores import exact_match, token_accuracy  # noqa: E402
from helpers.models.translator import Translator, pair_arrays, trimmed  # noqa: E402
from helpers.training import (  # noqa: E402
    fit,
    linear_decay,
    parameters,  # noqa: E402
)
from helpers.training.batches import shuffled_batches  # noqa: E402
from helpers.training.optimisers import Adam  # noqa: E402

BATCH, UPDATES = 128, 12_000


def train(updates=UPDATES, progress=True):
    """Return the trained parameters, a dict of arrays in float16."""
    rng = np.random.default_rng(0)
    words, held_out, sounds, letters, phones = spelling_and_sound()
    net = Translator(len(letters), len(phones), **SIZES, rng=rng, attention="dot", bidirectional=True)
    arrays = pair_arrays([(word, sounds[word][0]) for word in words], letters, phones)
    fit(
        net.loss_and_grads,
        net.params,
        trimmed(shuffled_batches(*arrays, size=BATCH, rng=rng)),
        optimiser=Adam(lr=0.004),
        steps=updates,
        clip=1.0,
        schedule=linear_decay,
        progress=progress,
    )
    small = {name: p.astype(np.float16) for name, p in net.params.items()}
    for name, p in net.params.items():
        p[...] = small[name]
    tokens, _ = net.greedy(*letters.batch(held_out), bos=phones.id(BOS), eos=phones.id(EOS), max_len=16)
    found, right = [tuple(phones.decode(row)) for row in tokens], [sounds[word] for word in held_out]
    print(f"held out: {exact_match(found, right):.1%} of the words, {token_accuracy(found, right):.1%} of the phones")
    return small


if __name__ == "__main__":
    from common import note_checksum

    print("wrote", parameters.save(ROOT / "data" / "cmudict_attention.npz", train()))
    note_checksum("cmudict_attention.npz")
