"""Nets that predict the next word, or letter, of the Bible: made, trained, scored, asked, and made to write.

    net = new_net("gru", 0, frequency)
    curve = train_words(net, train_ids, 400, 0.03, score)       # score(net) every 100 steps
    p = after("thus saith the", net, vocab)                     # (V,)
"""

import functools

import numpy as np

from helpers.data import bible_text, load_bible, words
from helpers.data.letters import letters_to_ids
from helpers.data.next_word import load_word_gru
from helpers.experiments.cell_costs import CELLS, n_params, units_for
from helpers.layers import Embedding
from helpers.models.readers import LanguageModel, train
from helpers.training import text_batches


def new_net(cell, seed, frequency, E=48):
    """Return an untrained LanguageModel with as many weights as one of a GRU of 64 units has.

    frequency (V,) : of the words; the read-out's bias starts at its logarithm. E : numbers a word.
    """
    V = len(frequency)
    H = units_for(cell, E, n_params("gru", E, 64) + 64 * V, extra=V)
    rng = np.random.default_rng(seed)
    net = LanguageModel(CELLS[cell](E, H, rng=rng), Embedding(V, E, rng=rng), rng=rng)
    net.out.params["b"][:] = np.log(frequency)
    return net


def trained_net():
    """Return the GRU of 96 units over 1000 words that comes with the course."""
    weights, rng = load_word_gru(), np.random.default_rng(0)
    V, E = weights["embed.W"].shape
    net = LanguageModel(CELLS["gru"](E, len(weights["cell.Wh"]), rng=rng), Embedding(V, E, rng=rng), rng=rng)
    for name, p in weights.items():
        net.params[name][:] = p
    return net


def perplexity_on(rows, net, perplexity):
    """Return the perplexity of a net on rows (N, T), from each row's third word on.

    perplexity(logits, ids, mask) is the function of exercise 5.6.
    """
    came = rows[:, 1:]
    counts = np.tile(np.arange(came.shape[1]) > 0, (len(came), 1))
    parts = [slice(k, k + 8) for k in range(0, len(rows), 8)]                 # eight rows at a time: the scores are many
    losses = [np.log(perplexity(net.forward(rows[part, :-1])[0], came[part], counts[part])) for part in parts]
    return float(np.exp(np.average(losses, weights=[len(rows[part]) for part in parts])))


def told_last(k, rows, net, perplexity, places=range(20, 199, 12)):
    """Return the perplexity at some places of rows (N, 200) of a net that is told only the k words before, k <= 20."""
    ids = np.concatenate([rows[:, t - k : t] for t in places])
    came = np.concatenate([rows[:, t] for t in places])
    return perplexity(net.forward(ids, last=True)[0], came[:, None], np.ones((len(came), 1), bool))


def train_words(net, ids, steps, lr, score):
    """Train a net on ids (T,) in 32 long rows, 16 words at a time; return [score(net), …], one every 100 steps."""
    curve = []
    train(net, text_batches(ids, size=32, steps=16), steps=steps, lr=lr, clip=5.0, decay=True, every=100,
          on_step=lambda step, history: curve.append(score(net)))
    return curve


@functools.cache
def _letters():
    """Return the letters of four books as ids (T,), and their end (32, 400), which is for testing."""
    ids = letters_to_ids(bible_text(load_bible(["Genesis", "Exodus", "1 Samuel", "2 Samuel"])))
    return ids[:-12800], ids[-12800:].reshape(32, 400)


def letter_bits(cell, seed, *, steps, lr=0.03):
    """Train a net of 64 units to predict the Bible's letters; return its loss on other ones, in bits a letter."""
    rng, (ids, test) = np.random.default_rng(seed), _letters()
    net = LanguageModel(CELLS[cell](16, 64, rng=rng), Embedding(27, 16, rng=rng, scale=0.5), rng=rng)
    train(net, text_batches(ids, size=32, steps=24), steps=steps, lr=lr, clip=5.0, decay=True)
    return net.loss(test) / np.log(2)


def known(text, vocab):
    """Return a text's words and marks as a list of ids; a full stop where there are none."""
    return vocab.encode(words(text.lower())) or [vocab.id(".")]


def after(text, net, vocab):
    """Return the probabilities (V,) that a net gives the words after a text."""
    logits = net.forward(np.array([known(text, vocab)]))[0][0, -1].astype(float)
    p = np.exp(logits - logits.max())
    return p / p.sum()


def best(p, vocab, count=4):
    """Return the `count` most likely words as text, with commas; p (V,)."""
    return ", ".join(vocab.tokens[i] for i in np.argsort(-p)[:count])


def first_words(net, beginnings, vocab):
    """Return the id of the net's best word after each text, and which share of all words of these texts it knows."""
    said = [int(np.argmax(after(text, net, vocab))) for text in beginnings]
    return said, np.mean([i > 0 for text in beginnings for i in known(text, vocab)])


def write(text, net, vocab, with_temperature, *, temperature, length=24, seed=1):
    """Return a text that a net has continued by `length` words, drawn at random; <unk>, word 0, is never drawn.

    with_temperature(p, temperature) -> (V,) is the function of exercise 5.9.
    """
    rng, ids, state = np.random.default_rng(seed), known(text, vocab), None
    told = ids
    for _ in range(length):
        logits, state = net.forward(np.array([told]), state)
        p = np.exp(logits[0, -1].astype(float))
        p[0] = 0
        p = with_temperature(p / p.sum(), temperature)
        told = [min(int(np.searchsorted(p.cumsum(), rng.random())), len(p) - 1)]
        ids = ids + told
    return " ".join(vocab.tokens[i] for i in ids)
