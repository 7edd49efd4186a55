"""Word vectors beside gensim's: time, and analogies that come out right."""

import statistics
import time
from collections import Counter

import numpy as np

from helpers.data import load_bible, planted_corpus
from helpers.data import words as split_words
from helpers.models.skipgram import keep_probability, train_skipgram
from tests.bench import gensim
from tests.bench.timing import table


def our_vectors(text, words, settings, seed):
    """Return (running words a processor second, vectors (V, D)) of helpers.models.skipgram, from the words on.

    As with gensim, words are counted, and the threshold is found, before the clock runs.
    """
    number, counts = {word: i for i, word in enumerate(words)}, Counter(word for sentence in text for word in sentence)
    counts = np.array([counts[word] for word in words])
    settings = settings | {"subsample": as_gensim_keeps(counts, settings["subsample"]), "block": 256}
    start = time.process_time()
    ids = [[number[word] for word in sentence] for sentence in text]
    model = train_skipgram(ids, len(words), rng=np.random.default_rng(seed), progress=False, **settings)
    return model.words / (time.process_time() - start), model.W


def as_gensim_keeps(counts, t):
    """Return the threshold with which √(threshold / f) keeps as many running words as gensim's √(t / f) + t / f does."""
    f = counts / counts.sum()
    wanted = np.sum(counts * np.minimum(1, np.sqrt(t / f) + t / f))
    low, high = t, 1.0
    for _ in range(50):
        middle = (low * high) ** 0.5
        few = np.sum(counts * keep_probability(counts, middle)) < wanted
        low, high = (middle, high) if few else (low, middle)
    return high


def gensim_vectors(text, words, settings, seed):
    """Return the same of gensim with one worker, without the time in which it builds its vocabulary."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        sg=1, vector_size=settings["size"], window=settings["window"], negative=settings["negatives"],
        sample=settings["subsample"], alpha=settings["lr"], min_alpha=settings["lr"] / 1000, min_count=1, workers=1,
        seed=seed + 1, epochs=settings["epochs"],
    )  # fmt: skip
    model.build_vocab(text)
    start = time.process_time()
    model.train(text, total_examples=model.corpus_count, epochs=model.epochs)
    seconds = time.process_time() - start
    return settings["epochs"] * sum(map(len, text)) / seconds, model.wv[words]


def right_analogies(E, words, questions):
    """Return the share of the analogies (a, b, c, d) that are answered with d, the inputs excluded."""
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    number = {word: i for i, word in enumerate(words)}
    a, b, c, d = np.array([[number[word] for word in question] for question in questions]).T
    scores = (E[b] - E[a] + E[c]) @ E.T
    for given in (a, b, c):
        scores[np.arange(len(d)), given] = -np.inf
    return float(np.mean(scores.argmax(axis=1) == d))


def bench_words(seconds, quick, sentences=20_000, verses=None, seeds=5):
    """Compare the fast skip-gram with gensim's: same text, size, window, negatives, subsampling and learning rate."""
    planted, analogies = planted_corpus(sentences, np.random.default_rng(0))
    bible = [split_words(verse.text, punctuation=False) for verse in load_bible()[:verses]]
    bible = [sentence for sentence in bible if sentence]
    settings = {"window": 5, "negatives": 5, "subsample": 1e-3, "lr": 0.025}
    runs = [(f"planted, D = 32, {e} epochs", planted, analogies, {"size": 32, "epochs": e}) for e in ((5,) if quick else (2, 5))]
    runs += [(f"Bible, D = {D}, 1 epoch", bible, None, {"size": D, "epochs": 1}) for D in ((64,) if quick else (64, 100))]
    methods = {"ours": our_vectors} | ({"gensim": gensim_vectors} if gensim else {})
    lines = []
    for name, text, asked, more in runs:
        words = sorted({word for sentence in text for word in sentence})
        speed, right = {m: [] for m in methods}, {m: [] for m in methods}
        for seed in range(1 if quick else seeds):
            for m, train in methods.items():
                found, E = train(text, words, settings | more, seed)
                speed[m].append(found)
                if asked:
                    right[m].append([right_analogies(E, words, asked[kind]) for kind in ("gender", "capital")])
        middle = {m: statistics.median(found) for m, found in speed.items()}
        shares = {m: " / ".join(f"{x:.0%}" for x in np.median(r, axis=0)) if r else "–" for m, r in right.items()}
        lines.append([
            name, f"{middle['ours']:,.0f}", f"{middle['gensim']:,.0f}" if gensim else "–",
            f"{middle['ours'] / middle['gensim']:.2f}" if gensim else "–", shares["ours"], shares.get("gensim", "–"),
        ])
    table(
        "Skip-gram, words a second of processor time, medians; right analogies (gender / capital)",
        ["", "ours", "gensim", "ours / gensim", "right, ours", "right, gensim"],
        lines,
    )
    print("\nsame text, size, window, negatives, learning rate and share of words that subsampling keeps; gensim with one worker."
          + ("" if gensim else " It is not installed: pip install gensim"))
