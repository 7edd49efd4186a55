"""Word vectors by skip-gram with negative sampling, fast: running text in blocks, and a few matrix products a block.

    model = train_skipgram(sentences, V, size=64, rng=np.random.default_rng(0))      # sentences: lists of word ids
    model.W[v]                                                                      # the vector of word v

The equations are those of notebook 08. What differs from a loop over pairs, and makes it about a hundred times faster:

- Neighbours in a text share their surroundings. GROUP words side by side and the words around them make one small
  matrix product; a mask says which of its numbers are pairs.
- A block of groups shares its negatives, each weighted so that together they count as `negatives` a pair.
- Rows that come several times in a block are summed by np.add.at on a flat array: with one index per number, several
  times faster than np.add.at on rows. (`W[ids] += rows` would keep only one of them.)
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.layers.checks import NotFiniteError, check_number, check_rng, check_size
from helpers.training.bars import tqdm

GROUP = 16  # words side by side whose surroundings are looked up together
PIECE = 50  # blocks whose masks and ids are prepared in one go


@dataclass
class SkipGram:
    """What training found.

    W (V, D)   the vector of each word as the middle one; C (V, D) as one of the words around
    words      running words read, all epochs together, before subsampling; seconds: how long that took
    """

    W: np.ndarray
    C: np.ndarray
    words: int
    seconds: float

    @property
    def words_a_second(self):
        return self.words / self.seconds


def train_skipgram(
    sentences,
    vocabulary,
    *,
    size,
    rng,
    window=5,
    negatives=5,
    epochs=5,
    lr=0.025,
    subsample=1e-3,
    power=0.75,
    block=128,
    shared=64,
    progress=True,
):
    """Return a SkipGram trained on `sentences`, a list of lists (or arrays) of word ids 0 … vocabulary - 1, in float32.

    size        D, how many numbers a word's vector has
    window      words on each side at most; each middle word draws its own number from 1 to `window`, as in word2vec
    negatives   how many negatives a pair counts as having
    lr          learning rate of plain gradient descent, falling evenly to a thousandth of it
    subsample   a word of frequency f is kept with the probability √(subsample / f), at most 1; None keeps all
    power       negatives are drawn in proportion to count ** power
    block       middle words whose gradients are added up before the vectors change (in groups of 16)
    shared      negatives drawn for a block

    Without subsampling, or with large blocks, a frequent word's gradients add up to too long a step: then a smaller lr
    or block is needed. On the Bible blocks of 256 are a fifth faster, learn as well at lr 0.025, and diverge at 0.05.

    Raises ValueError: no pair to learn from, ids that are no whole numbers or outside the vocabulary, a bad setting.
    Raises NotFiniteError: a vector has become infinite or NaN.
    Source: Mikolov et al., Distributed Representations of Words and Phrases and their Compositionality, 2013.
    """
    sizes = {"vocabulary": vocabulary, "size": size, "window": window, "negatives": negatives, "epochs": epochs,
             "block": block, "shared": shared}  # fmt: skip
    V, D, window, negatives, epochs, block, shared = (check_size(name, x) for name, x in sizes.items())
    check_number("lr", lr, above=0)
    check_rng(rng)
    if subsample is not None:
        check_number("subsample", subsample, above=0)
    ids, sentence = running_text(sentences, V)
    counts = np.bincount(ids, minlength=V)
    keep = keep_probability(counts, subsample)
    noise = np.cumsum(counts**power / np.sum(counts**power))
    W = ((rng.random((V, D), np.float32) - 0.5) / D).astype(np.float32)
    C = np.zeros((V, D), np.float32)
    groups, total = max(1, round(block / GROUP)), epochs * len(ids)
    bar, start, words = _progress_bar(total, progress), perf_counter(), 0
    try:
        for _ in range(epochs):
            for begin in range(0, len(ids), PIECE * groups * GROUP):
                piece = slice(begin, begin + PIECE * groups * GROUP)
                words += len(ids[piece])
                kept = begin + np.flatnonzero(rng.random(len(ids[piece])) < keep[ids[piece]])
                rate = np.float32(lr * max(1 - words / total, 1e-3))
                for step in _blocks(ids[kept], sentence[kept], noise, window, groups, shared, rng):
                    _descend(W, C, *step, rate, negatives)
                if not np.isfinite(W).all():
                    raise NotFiniteError("the vectors are no longer finite: use a smaller lr or block, or subsample")
                if bar is not None:
                    bar.update(len(ids[piece]))
    finally:
        if bar is not None:
            bar.close()
    return SkipGram(W, C, words, perf_counter() - start)


def keep_probability(counts, subsample):
    """Return (V,): with which probability a word that comes counts[v] times is kept, √(subsample / frequency), at most 1."""
    if subsample is None:
        return np.ones(len(counts))
    return np.minimum(1, np.sqrt(subsample * np.sum(counts) / np.maximum(counts, 1)))


def block_gradients(w, c, m, near, weight):
    """Return (dw, dc, dm), the gradients of the summed loss of a block, shaped like w, c and m.

    w (G, g, D)      vectors of the middle words, in G groups of g neighbours
    c (G, S, D)      vectors of the words in each group's surroundings
    m (M, D)         vectors of the negatives that the block shares
    near (G, g, S)   1.0 where word s of the surroundings is a context of middle word i, else 0.0 (or other weights)
    weight           how often each negative counts for a pair: negatives / M

        loss = Σ near · [-log σ(w·c) + weight · Σ_m -log σ(-w·m)]       σ(a) = ½ + ½ tanh(a/2)

    All products are taken group by group: so small, a BLAS does them in one thread, and two threads that share a busy
    machine need ten times as long for them.
    """
    half = w * w.dtype.type(0.5)  # w·c / 2, and the ½ of σ's slope: once here, in place of twice for each score
    P = np.matmul(half, c.transpose(0, 2, 1))  # (G, g, S)
    np.tanh(P, out=P)
    P -= 1
    P *= near  # 2 σ(w·c) - 2 for pairs, 0 elsewhere
    Q = np.matmul(half, m.T)  # (G, g, M)
    np.tanh(Q, out=Q)
    Q += 1
    Q *= near.sum(axis=2, keepdims=True, dtype=w.dtype) * w.dtype.type(weight)  # 2 σ(w·m), as often as it counts
    dw = np.matmul(P, c)
    dw += np.matmul(Q, m)
    dw *= w.dtype.type(0.5)
    return dw, np.matmul(P.transpose(0, 2, 1), half), np.matmul(Q.transpose(0, 2, 1), half).sum(axis=0)


def running_text(sentences, vocabulary):
    """Return (ids, sentence), both (words,): all sentences in a row, and the number of the sentence of each word.

    Raises ValueError: no sentence has two words, or ids are not whole numbers from 0 to vocabulary - 1.
    """
    lengths = [len(s) for s in sentences]
    if max(lengths, default=0) < 2:
        raise ValueError("sentences must hold at least one sentence of two words: else there is nothing to learn from")
    ids = np.array([i for s in sentences for i in s])
    if ids.dtype.kind not in "iu":
        raise ValueError(f"sentences must hold word ids, whole numbers; got {ids.dtype}")
    if ids.min() < 0 or ids.max() >= vocabulary:
        raise ValueError(f"word ids must be from 0 to {vocabulary - 1}, got {ids.min()} to {ids.max()}")
    return ids.astype(np.int64), np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


def draw_reach(rng, window, shape):
    """Return how far each middle word looks, from 1 to `window`: so a context counts the more, the nearer it stands."""
    return rng.integers(1, window, shape, endpoint=True)


def _blocks(ids, sentence, noise, window, groups, shared, rng):
    """Yield (middle ids (G, g), surrounding ids (G, S), near (G, g, S) bool, negative ids (M,)) for each block of a text."""
    if not len(ids):
        return
    count = -(-len(ids) // (groups * GROUP))
    around, place = (_windows(x, count * groups, window, fill) for x, fill in ((ids, 0), (sentence, -1)))
    middle, own = around[:, window:-window], place[:, window:-window, None]
    distance = np.abs(np.arange(GROUP + 2 * window) - window - np.arange(GROUP)[:, None]).astype(np.int32)
    distance[distance == 0] = window + 1  # a word is no context of itself
    reach = (draw_reach(rng, window, own.shape) * (own >= 0)).astype(np.int32)
    near = distance <= reach
    near &= place[:, None] == own
    negatives = np.searchsorted(noise, rng.random((count, shared))).clip(0, len(noise) - 1)
    for k in range(count):
        here = slice(k * groups, (k + 1) * groups)
        yield middle[here], around[here], near[here], negatives[k]


def _windows(text, groups, window, fill):
    """Return (groups, GROUP + 2 window): GROUP entries of the text side by side, and `window` on each side of them."""
    padded = np.full(groups * GROUP + 2 * window, fill, text.dtype)
    padded[window : window + len(text)] = text
    return sliding_window_view(padded, GROUP + 2 * window)[::GROUP]


def _descend(W, C, middle, around, near, negatives, rate, count):
    """Take one step of gradient descent with a block, in place."""
    D = W.shape[1]
    w, c, m = W.take(middle, axis=0), C.take(around, axis=0), C.take(negatives, axis=0)
    dw, dc, dm = block_gradients(w, c, m, near * -rate, count / len(negatives))  # the gradients times -rate: the steps
    _add_rows(W, middle.ravel(), dw)
    _add_rows(C, np.concatenate([around.ravel(), negatives]), np.concatenate([dc.reshape(-1, D), dm]))


def _add_rows(W, ids, rows):
    """Add the rows to W[ids] in place, every one of them, also where an id comes again. All float32 and contiguous."""
    flat, added, D = W.reshape(-1), rows.ravel(), W.shape[1]
    if D % 2 == 0:  # two numbers as one complex number: the same sums, with half as many indices
        flat, added, D = flat.view(np.complex64), added.view(np.complex64), D // 2
    np.add.at(flat, (ids[:, None] * D + np.arange(D)).ravel(), added)


def _progress_bar(total, show):
    if not show:
        return None
    return tqdm(total=total, unit=" words", unit_scale=True)
