"""Letters without their spaces: nets that say where words end, and what a table of neighbours says.

    net = train_net(layer, train_ids, rng, steps=200)
    X, ends = windows_of(test_ids)                    # net.forward(X).argmax(axis=2) against ends
"""

import numpy as np

from helpers.data.letters import without_spaces
from helpers.experiments.neighbours import table_predictions
from helpers.models.taggers import Tagger, train

LETTERS, WIDTH = 26, 24  # letters of a window
ONE_HOT = np.eye(LETTERS, dtype=np.float32)


def train_net(layer, ids, rng, *, steps, lr=0.04):
    """Return a Tagger around a recurrent layer, trained to say after which letters of ids (T,) a space follows."""
    letters, ends = without_spaces(ids)
    net = Tagger([layer], 2, rng=rng)
    at = (rng.integers(0, len(letters) - WIDTH, 32)[:, None] + np.arange(WIDTH) for _ in range(steps))
    batches = ((ONE_HOT[letters[a]], ends[a], np.ones(a.shape, bool)) for a in at)
    return train(net, batches, steps=steps, lr=lr)


def windows_of(ids):
    """Return windows of 24 letters one behind the other, X (N, 24, 26) one-hot, and 1 where a space followed, else 0 (N, 24)."""
    letters, ends = without_spaces(ids)
    places = np.arange(0, len(letters) - WIDTH, WIDTH)[:, None] + np.arange(WIDTH)
    return ONE_HOT[letters[places]], ends[places]


def counted(train_ids, test_ids, offsets):
    """Return (predicted, true) of a table of the letters at these offsets, 0 the one in question: 1 where a space follows."""
    texts = [(letters, ends, ends >= 0) for letters, ends in map(without_spaces, (train_ids, test_ids))]
    return table_predictions(*texts, offsets, symbols=LETTERS)
