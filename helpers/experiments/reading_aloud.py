"""English spelling to phones with attention: a net that is trained on words, what it says, and what it needs to see."""

import numpy as np

from helpers.data.vocabulary import BOS, EOS
from helpers.models.decoding import said_when_allowed
from helpers.models.readers import train
from helpers.models.translator import Translator, pair_arrays, trimmed
from helpers.training.batches import shuffled_batches

LONGEST = 16  # phones at most


def train_on_words(arrays, letters, phones, seed, steps=300):
    """Return a Translator with attention over an encoder that reads both ways, after training on batches of 64 words.

    arrays : pair_arrays of words and their phones; letters, phones : the vocabularies.
    """
    rng = np.random.default_rng(seed)
    net = Translator(len(letters), len(phones), embedding=32, hidden=64, rng=rng, attention="dot", bidirectional=True)
    batches = trimmed(shuffled_batches(*arrays, size=64, rng=rng))
    train(net, batches, steps=steps, lr=0.01, decay=True)
    return net


def say_words(net, words, letters, phones):
    """Return what a net says to each word, as tuples of phones."""
    tokens, _ = net.greedy(*letters.batch(words), bos=phones.id(BOS), eos=phones.id(EOS), max_len=LONGEST)
    return [tuple(phones.decode(row)) for row in tokens]


def aligned(net, word, letters, phones):
    """Return the letters of a word, the phones that a net says with "end" behind them, and its weights (phones, letters)."""
    tokens, A = net.greedy(*letters.batch([word]), bos=phones.id(BOS), eos=phones.id(EOS), max_len=LONGEST)
    said = phones.decode(tokens[0])
    return list(word), [*said, "end"][: len(A[0])], A[0, : len(said) + 1]


def same_without(forbid_place, net, pairs, letters, phones):
    """Forbid the place with the largest weight at each step, then the second one; return whether the net says the same phone.

    forbid_place(weights (M, T), mask (M, T), rank) -> mask (M, T) without the place of that rank, from 0.
    The net is told the right phones so far. -> (same without the first, same without the second), both (N, S) bool; their
    weights before, (first, second), both (N, S); and (N, S) bool, True for phones: the end needs no look.
    """
    source, mask, so_far, wanted, counts = pair_arrays(pairs, letters, phones)
    free = np.repeat(mask[:, None], so_far.shape[1], axis=1)         # (N, S, T): each step may look anywhere
    phone, looked = said_when_allowed(net, source, mask, so_far, free)
    flat = looked.reshape(-1, free.shape[2]), free.reshape(-1, free.shape[2])
    holes = [forbid_place(*flat, rank).reshape(free.shape) for rank in (0, 1)]
    same = tuple(said_when_allowed(net, source, mask, so_far, allowed)[0] == phone for allowed in holes)
    weights = tuple(-np.sort(-looked, axis=2)[..., :2].transpose(2, 0, 1))
    return same, weights, counts & (wanted != phones.id(EOS))
