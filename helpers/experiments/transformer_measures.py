"""Measurements around small Transformers: where the blocks look, what another net learns, what a letter costs.

    before, after = where_it_looks(net, ids, known)               # the weight of block 1 and of block 2 on what they should find
    gradient_back(seed, blocks=8, shortcut=False)                 # how a gradient arrives 1, 2, … places back, before training
"""

from time import process_time

import numpy as np

from helpers.data import induction
from helpers.data.letters import bible_letters
from helpers.layers import GRU, Embedding, one_hot, softmax
from helpers.models import Transformer
from helpers.models.readers import LanguageModel, Reader
from helpers.training import fit, train_on, warm_up
from helpers.training.optimisers import Adam


def maps_by_hand(ids, letters=26):
    """Return the weights (T, T) of both blocks of the induction machine that is built by hand; ids (T,)."""
    ids = np.concatenate([[letters], ids])
    before = np.concatenate([ids[:1], ids[:-1]])
    t = np.arange(len(ids))
    fits = np.stack([(t == t[:, None] - 1) | (t + t[:, None] == 0), ids[:, None] == before]) & (t <= t[:, None])
    fits[1] |= ~fits[1].any(axis=1, keepdims=True) & (t <= t[:, None])
    A = fits / fits.sum(axis=2, keepdims=True)
    return A[0, 1:, 1:], A[1, 1:, 1:]


def where_it_looks(net, ids, known):
    """Return two shares of weight, averaged over the places whose next letter is known.

    How much block 1 gives to the place before, and how much block 2 gives to the places behind an earlier copy of its letter.
    """
    net.forward(ids[:, :-1])
    first, second = (A.mean(axis=1) for A in net.maps)                   # over the heads: (N, T, T)
    now, T = ids[:, :-1], ids.shape[1] - 1
    follows = np.zeros((len(ids), T, T), bool)
    follows[:, :, 1:] = now[:, :, None] == now[:, None, :-1]             # letter u - 1 is letter t
    follows &= np.tril(np.ones((T, T), bool))
    counted = known[:, 1:]
    before = first[:, np.arange(T), np.maximum(np.arange(T) - 1, 0)]
    return float(before[counted].mean()), float((second * follows).sum(axis=2)[counted].mean())


def right_without(net, ids, known, distance=None):
    """Return two shares of letters right, when block 1 of a net with one head may not look exactly `distance` places back.

    First those after a letter that comes more than once in its row's string, then those after one that comes once.
    """
    blocks = iter(range(len(net.maps)))

    def multi_head(X, Wqkv, Wo, heads, rotate=None):
        t = np.arange(X.shape[1])
        Q, K, V = np.split(X @ Wqkv, 3, axis=2)
        e = rotate(Q, t) @ np.swapaxes(rotate(K, t), 1, 2) / X.shape[2] ** 0.5
        back = t[:, None] - t
        hidden = (back < 0) | ((next(blocks) == 0) & (back == distance))
        A = softmax(e, mask=np.broadcast_to(~hidden, e.shape))
        return A @ V @ Wo, (A[:, None],)

    copy = Transformer(26, rng=np.random.default_rng(0), parts={"multi_head": multi_head})
    for name, p in copy.params.items():
        p[...] = net.params[name]
    right = copy.forward(ids[:, :-1]).argmax(axis=2) == ids[:, 1:]
    period = (~known).sum(axis=1) - 1
    strings = np.where(np.arange(ids.shape[1]) < period[:, None], ids, -1)
    twice = (strings[:, None, :] == ids[:, :-1, None]).sum(axis=2) > 1
    return [float(right[known[:, 1:] & chosen].mean()) for chosen in (twice, ~twice)]


def learn_gru(seed, ids, known, *, hidden=96, steps=200, lr=0.03, every=20):
    """Train a GRU on rows that repeat; return its accuracy on ids (N, T) before training and every few steps, and its size."""
    rng = np.random.default_rng(seed)
    net = Reader(GRU(26, hidden, rng=rng), 26, rng=rng, answer="each", loss="softmax")

    def seen(rows):
        return one_hot(rows[:, :-1], 26).astype(np.float32)

    def accuracy(*_):
        curve.append(float((net.forward(seen(ids)).argmax(axis=2) == ids[:, 1:])[known[:, 1:]].mean()))

    rows = (induction(32, ids.shape[1], rng) for _ in range(steps))
    batches = ((seen(row), row[:, 1:], counted[:, 1:]) for row, counted in rows)
    curve = []
    accuracy()
    fit(net.loss_and_grads, net.params, batches, steps=steps, optimiser=Adam(lr, beta2=0.99), clip=1.0,
        schedule=warm_up(steps), on_step=accuracy, every=every, progress=False)
    return curve, sum(p.size for p in net.params.values())


def gradient_back(seed, *, T=101, width=32, heads=4, blocks=2, **kind):
    """Return (T - 1,): how long the gradient at the input 1, 2, … places before the last is, as a share of the first of these.

    The gradient comes in at the last of T places of a Transformer with random weights; its 64 letters are random.
    """
    rng = np.random.default_rng(seed)
    net = Transformer(64, width, heads, blocks, kind.pop("positions", None), rng=rng, dtype=np.float64, longest=T, **kind)
    scores = net.forward(rng.integers(0, 64, (8, T)))
    pull = np.zeros_like(scores)
    pull[:, -1] = rng.normal(size=pull[:, -1].shape)
    back = np.linalg.norm(net.backward(pull), axis=2).mean(axis=0)[::-1]
    return back[1:] / back[1]


def cost_of_a_letter(net, lengths, times=7):
    """Return how many milliseconds of one core the next letter takes after so many letters: reading all again, with a cache."""
    longest = max(lengths) + times
    ids = np.random.default_rng(0).integers(0, 20, (1, longest))
    past, again, kept = net.room(1, longest), [], []
    for t in range(longest):
        began = process_time()
        net.step(ids[:, t], past, t)
        kept.append(process_time() - began)
    for length in lengths:
        spent = []
        for _ in range(times):
            began = process_time()
            net.forward(ids[:, :length])
            spent.append(process_time() - began)
        again.append(np.median(spent))
    near = [np.median(kept[length - times : length + times]) for length in lengths]
    return 1000 * np.array(again), 1000 * np.array(near)


def bible_windows(size=65, test=200):
    """Return a function of (rng, N) -> windows (N, size) of the Bible's letters, and windows of the books that are held out."""
    train, held_out, _ = bible_letters()

    def draw(rng, N):
        return train[rng.integers(0, len(train) - size, N)[:, None] + np.arange(size)]

    starts = np.linspace(0, len(held_out) - size, test).astype(int)
    return draw, held_out[starts[:, None] + np.arange(size)]


def learn_bible(kind, seed, draw, test, *, steps=80, lr=0.01):
    """Train a net of about 70,000 parameters on windows of the Bible; return its bits a letter at each place of the test windows.

    kind : "GRU" (128 units) or "Transformer" (width 64, 4 heads, 2 blocks with an mlp).
    """
    rng = np.random.default_rng(seed)
    if kind == "GRU":
        net = LanguageModel(GRU(27, 128, rng=rng), Embedding(27, 27, rng=rng, scale=0.5), rng=rng)
        batches = ((w[:, :-1], w[:, 1:], True) for w in (draw(rng, 32) for _ in range(steps)))
    else:
        net = Transformer(27, 64, 4, 2, "rotary", mlp=2, rng=rng)
        batches = ((draw(rng, 32),) for _ in range(steps))
    train_on(net, batches, steps, lr)
    scores = net.forward(test[:, :-1])
    P = softmax(scores[0] if kind == "GRU" else scores)
    right = np.take_along_axis(P, test[:, 1:, None], axis=2)[:, :, 0]
    return -np.log2(right).mean(axis=0), sum(p.size for p in net.params.values())
