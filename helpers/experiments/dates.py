"""Dates as people write them to dates as machines want them: the data of notebook 09, a net trained on them, what it looks at."""

from functools import cache

import numpy as np

from helpers.data import BOS, EOS, PAD, Vocabulary, date_pairs, split_pairs
from helpers.models.readers import train
from helpers.models.translator import Translator, pair_arrays, trimmed
from helpers.training.batches import shuffled_batches

LENGTH = 10  # of a date as machines want it, 1963-03-27
READ_AT = (slice(0, 2), slice(3, 5), slice(6, 10))  # day, month, year in dd.mm.yyyy
WRITTEN_AT = (slice(0, 4), slice(5, 7), slice(8, 10))  # year, month, day in yyyy-mm-dd


@cache
def date_task():
    """Return (training pairs, test pairs, vocabulary of dates as written, vocabulary of dates as machines want them).

    The test has 300 days, each in one way or more. None of them is in training, in any of the eight ways to write it.
    """
    pairs, test = split_pairs(date_pairs(12_000, np.random.default_rng(0)), test=300, by="target")
    written = Vocabulary.build([text for text, _ in pairs], specials=(PAD,))
    return pairs, test, written, Vocabulary("0123456789-", specials=(PAD, BOS, EOS))


@cache
def _date_arrays():
    pairs, _, written, iso = date_task()
    return pair_arrays(pairs, written, iso)


def date_net(seed, steps=160, **kind):
    """Return a Translator, its encoder reading both ways, after training on batches of 48 dates; kind as for Translator."""
    _, _, written, iso = date_task()
    rng = np.random.default_rng(seed)
    net = Translator(len(written), len(iso), embedding=16, hidden=64, rng=rng, bidirectional=True, **kind)
    train(net, trimmed(shuffled_batches(*_date_arrays(), size=48, rng=rng)), steps=steps, lr=0.01, decay=True)
    return net


def dates_right(net):
    """Return the share of the test's dates that a net writes without a mistake."""
    _, test, written, iso = date_task()
    source, mask = written.batch([text for text, _ in test])
    found, _ = net.greedy(source, mask, bos=iso.id(BOS), eos=iso.id(EOS), max_len=LENGTH + 1)
    said = ["".join(iso.decode(row)) for row in found]
    return np.mean([text == right for text, (_, right) in zip(said, test, strict=True)])


def dates_in_numbers():
    """Return the test's dates of the form 27.03.1963 as ids (N, 10), and their mask (N, 10)."""
    _, test, written, _ = date_task()
    return written.batch([text for text, _ in test if len(text) == LENGTH and text[2] == text[5] == "."])


def weights_of_parts(A):
    """Return (3, 3): the weight that year, month and day (rows) give to day, month and year of dd.mm.yyyy; A (10, 10)."""
    return np.array([[A[row, column].sum(axis=1).mean() for column in READ_AT] for row in WRITTEN_AT])
