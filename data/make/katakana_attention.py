"""Train the attention net that notebook 09 writes city names in katakana with, and write data/katakana_attention.npz (minutes).

    python data/make/katakana_attention.py

A bidirectional GRU encoder, a GRU decoder and dot attention between them, trained on the best katakana of each name but those of
500 families, which are held out and never seen. The weights are kept in half precision.
"""

import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.data.katakana import SIZES, names_and_katakana  # noqa: E402
from helpers.data.vocabulary import BOS, EOS  # noqa: E402
from helpers.experiments.scores import exact_match, token_accuracy  # noqa: E402
from helpers.models.readers import train  # noqa: E402
from helpers.models.translator import Translator, pair_arrays, trimmed  # noqa: E402
from helpers.training import parameters  # noqa: E402
from helpers.training.batches import shuffled_batches  # noqa: E402

BATCH, UPDATES, RATE = 48, 2_500, 0.005


def trained(updates=UPDATES, progress=True):
    """Return the trained parameters, a dict of arrays in float16."""
    rng = np.random.default_rng(0)
    names, held_out, spellings, latin, signs = names_and_katakana()
    net = Translator(len(latin), len(signs), **SIZES, rng=rng, attention="dot", bidirectional=True)
    arrays = pair_arrays([(name, spellings[name][0]) for name in names], latin, signs)
    train(net, trimmed(shuffled_batches(*arrays, size=BATCH, rng=rng)), steps=updates, lr=RATE, decay=True, progress=progress)
    small = {name: p.astype(np.float16) for name, p in net.params.items()}
    for name, p in net.params.items():
        p[...] = small[name]
    tokens, _ = net.greedy(*latin.batch(held_out), bos=signs.id(BOS), eos=signs.id(EOS), max_len=18)
    found, right = ["".join(signs.decode(row)) for row in tokens], [spellings[name] for name in held_out]
    print(f"held out: {exact_match(found, right):.1%} of the names, {token_accuracy(found, right):.1%} of the signs")
    return small


if __name__ == "__main__":
    from common import note_checksum

    print("wrote", parameters.save(ROOT / "data" / "katakana_attention.npz", trained()))
    note_checksum("katakana_attention.npz")
