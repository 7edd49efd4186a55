"""Strings to write backwards: the task of notebook 09, a net trained on it, and how often it is right at each length."""

import numpy as np

from helpers.models.decoding import greedy_without_end, where_it_breaks
from helpers.models.readers import train
from helpers.models.translator import Translator

BOS, EOS, SHORTEST, LONGEST = 1, 2, 3, 20  # ids 3 … 28 are the letters; lengths of the strings in training


def string_batch(length, rng, N=32):
    """Return source, its mask, target so far, wanted target and its mask for N random strings, as `loss_and_grads` takes them."""
    ids, edge = rng.integers(3, 29, (N, length)), np.ones((N, 1), int)
    back, full = ids[:, ::-1], np.ones((N, length + 1), bool)
    return ids, full[:, 1:], np.hstack([BOS * edge, back]), np.hstack([back, EOS * edge]), full


def train_on_strings(seed, *, steps=400, lr=0.012, hidden=64, look=None, **kind):
    """Return a Translator after training on batches of 32 strings, each of one length between 3 and 20.

    kind  as for Translator; look  a layer to put in the place of its attention
    """
    rng = np.random.default_rng(seed)
    net = Translator(29, 29, embedding=16, hidden=hidden, rng=rng, **kind)
    if look is not None:
        net.layers["attention"] = look
    batches = (string_batch(int(rng.integers(SHORTEST, LONGEST + 1)), rng) for _ in range(steps))
    train(net, batches, steps=steps, lr=lr, decay=True)
    return net


def share_right(net, length, N=100):
    """Return the share of N new strings of a length that come out without a mistake."""
    source, mask, _, wanted, _ = string_batch(length, np.random.default_rng(length), N)
    found, _ = net.greedy(source, mask, bos=BOS, eos=EOS, max_len=length + 1)
    return np.mean((found == wanted).all(axis=1)) if found.shape == wanted.shape else 0.0


def all_lengths(nets, lengths):
    """Return the shares right (nets, lengths) of all nets at all lengths."""
    return np.array([[share_right(net, length) for length in lengths] for net in nets])


def new_strings(length, N=150):
    """Return N new strings of a length, other than in share_right: source (N, T), its mask, wanted targets (N, T + 1)."""
    source, mask, _, wanted, _ = string_batch(length, np.random.default_rng(1000 + length), N)
    return source, mask, wanted


def breaks(nets, length):
    """Return what where_it_breaks says of nets on new strings of a length: the weights, the stops too soon, other mistakes."""
    return where_it_breaks(nets, *new_strings(length), bos=BOS, eos=EOS)


def share_right_without_end(net, length):
    """Return the share of new strings of a length that come out without a mistake when EOS is forbidden."""
    source, mask, wanted = new_strings(length)
    tokens = greedy_without_end(net, source, mask, bos=BOS, eos=EOS, steps=length)
    return np.mean((tokens == wanted[:, :length]).all(axis=1))


def half_right_up_to(runs, lengths):
    """Return the largest length of which the middle one of the runs (nets, lengths) has more than half right, 0 for none."""
    good = np.asarray(lengths)[np.median(runs, axis=0) > 0.5]
    return int(good.max()) if len(good) else 0
