"""What notebook 11 measures: races of cells on small tasks, five nets of each side by side.

    race("recall", "GRU")                       # (5,) the steps at which the nets have it, and the number of weights
    nets = learn_stream("parity", "minGRU")     # five nets that answer at every step
    test_stream(nets, "parity", 200)            # (5,) the share right over 200 steps
"""

import functools

import numpy as np

from helpers.data.sequences import binary_addition
from helpers.experiments.memory_tasks import adding, last_marked
from helpers.experiments.memory_tasks import recalls as recalls_of
from helpers.experiments.zoo_nets import Nets, solved_at

SEEDS = range(5)
EIGHT = (1, 2, 4, 8, 16, 32, 64, 128)
SEVEN = EIGHT[:7]
recalls = functools.partial(recalls_of, K=8)


def ring_for(T):
    """Return the first weights of an LRU that is to remember T steps: radii e^(-1/T) … e^(-0.1/T), phases below 10/T."""
    return {"radii": (np.exp(-1 / T), np.exp(-0.1 / T)), "phase": 10 / T}


# name: cell, first weights, recall (units, rate), adding (units, rate); weights: 2248 for recall, 1281 for adding
RACERS = {
    "RNN": ("RNN", {}, (36, 0.003), (33, 0.01)),
    "LSTM": ("LSTM", {"keep": 3.0}, (16, 0.01), (16, 0.02)),
    "coupled LSTM": ("coupled LSTM", {"keep": 3.0}, (16, 0.06), (16, 0.06)),
    "GRU": ("GRU", {"keep": 3.0}, (19, 0.06), (19, 0.06)),
    "MGU": ("MGU", {"keep": 3.0}, (24, 0.06), (23, 0.06)),
    "clockwork": ("clockwork", {"periods": EIGHT}, (40, 0.005), (40, 0.01)),
    "minGRU": ("minGRU", {"keep": 3.0}, (53, 0.06), (35, 0.02)),
    "LRU": ("LRU", None, (43, 0.03), (33, 0.02)),
}


def race(task, name, *, steps=150, parts=None):
    """Return when five nets have solved a task (5,), infinity for never, and the number of weights of one of them.

    task : "recall" (a symbol over 50 steps; 95 % right in the last 20 batches) or "adding" (60 steps; an error below 0.03 in the
        last 25). The training ends when all five have it. name : one of RACERS. parts : the reader's own functions.
    """
    kind, start, of_recall, of_adding = RACERS[name]
    T = 50 if task == "recall" else 60
    H, lr = of_recall if task == "recall" else of_adding
    start = ring_for(T) if start is None else start
    run = dict(parts or {}) | ({"periods": EIGHT} if kind == "clockwork" else {})
    D, K, batches = (16, 8, recalls(32, T, 7)) if task == "recall" else (2, 1, adding(32, T, 7))
    encoder = 16 if task == "adding" and kind in ("minGRU", "LRU") else 0
    nets = Nets(kind, D, K, H, seeds=SEEDS, start=start, run=run, encoder=encoder)

    def solved(seen):
        return solved_at(seen, 0.95) if task == "recall" else solved_at(seen, 0.03, window=25, above=False)

    seen = nets.train(batches, steps=steps, lr=lr, until=lambda seen: np.isfinite(solved(seen)).all())
    return solved(seen), nets.size


# --------------------------------------------------------------------------------------------------------------- waves


def wave(seed, T=256):
    """Return (T,): a smooth random curve of 24 sines, the slow ones large, between -1 and 1."""
    rng, t, y = np.random.default_rng(100 + seed), np.arange(T) / T, np.zeros(T)
    for k in range(1, 25):
        y += rng.normal() / k * np.sin(2 * np.pi * (k * t + rng.random()))
    return y / np.abs(y).max()


WAVERS = {
    "clockwork": ("clockwork", {"periods": SEVEN}, 21, 0.03),
    "one clock": ("clockwork", {"periods": (1,)}, 19, 0.003),
    "LSTM": ("LSTM", {"keep": 5.0}, 9, 0.01),
    "GRU": ("GRU", {"keep": 3.0}, 11, 0.03),
    "LRU": ("LRU", {"radii": (0.99, 0.9999), "phase": 0.3}, 64, 0.03),
}


def learn_waves(name, *, steps=200, T=256, parts=None):
    """Return what five nets make of a wave each, (5, T), and their errors (5,), 1 for one that says the mean.

    They hear nothing but a 1 at the first step. name : one of WAVERS.
    """
    kind, start, H, lr = WAVERS[name]
    run = dict(parts or {}) | ({"periods": start["periods"]} if kind == "clockwork" else {})
    nets = Nets(kind, 1, 1, H, seeds=SEEDS, start=start, run=run, every=True)
    Y = np.stack([wave(seed, T) for seed in SEEDS])
    X = np.zeros((T, len(Y), 1, 1), np.float32)
    X[0] = 1
    y = Y.T[:, :, None, None].astype(np.float32)
    nets.train(((X, y) for _ in range(steps)), steps=steps, lr=lr, decay=True)
    said = nets.forward(X)[:, :, 0, 0].T
    return said, ((said - Y) ** 2).mean(axis=1) / Y.var(axis=1), nets.size


def recall_at(name, at, tested=(0, 1), *, steps=100, parts=None):
    """Return the shares right (len(tested), 5) of nets trained with the symbol at step `at`, tested with it at other steps."""
    kind, start, (H, lr), _ = RACERS[name]
    run = dict(parts or {}) | ({"periods": EIGHT} if kind == "clockwork" else {})
    nets = Nets(kind, 16, 8, H, seeds=SEEDS, start=start, run=run)
    nets.train(recalls(32, 50, 7, at), steps=steps, lr=lr)
    return np.array([nets.test(*next(recalls(300, 50, 99, step))) for step in tested])


# --------------------------------------------------------------------------------------------------------------- depth


def bits(N, seed, layers=16, k=6):
    """Yield k bits ±1 at the first of `layers` layers, nothing at the others, X (N, layers, k), and their parity y (N,)."""
    rng = np.random.default_rng(seed)
    while True:
        b = rng.integers(0, 2, (N, k))
        X = np.zeros((N, layers, k), np.float32)
        X[:, 0] = 2 * b - 1
        yield X, b.sum(axis=1) % 2


def learn_depth(kind, H, lr, *, steps=150, **start):
    """Return when five nets of 16 layers with shared weights have learnt the parity of six bits, their shares right, size."""
    nets = Nets(kind, 6, 2, H, seeds=SEEDS, start=start)
    seen = nets.train(bits(64, 7), steps=steps, lr=lr)
    return solved_at(seen, 0.95), nets.test(*next(bits(1000, 99))), nets.size


# -------------------------------------------------------------------------------------------- what a state can keep


def parities(N, T, seed):
    """Yield one-hot bits X (N, T, 2) and at every step whether the number of ones so far is odd (N, T)."""
    rng = np.random.default_rng(seed)
    while True:
        b = rng.integers(0, 2, (N, T))
        yield np.eye(2, dtype=np.float32)[b], np.cumsum(b, axis=1) % 2


def sums(N, T, seed, carry=None):
    """Yield two numbers bit by bit X (N, T, 2), the smallest first, and the bits of their sum as classes (N, T).

    carry : the length of the longest chain of carries in each sum; None for random bits, whose chains are short.
    """
    rng = np.random.default_rng(seed)
    while True:
        X, Y = binary_addition(N, T, rng, carry, dtype=np.float32)
        yield X, Y[..., 0].astype(int)


# name: batches, numbers in, numbers out, length of a stream, training steps
STREAMS = {
    "last marked": (functools.partial(last_marked, share=0.15), 2, 1, 25, 200),
    "parity": (parities, 2, 2, 16, 300),
    "sum": (sums, 2, 2, 16, 300),
}
LADDER = {
    "LRU": ("LRU", {"radii": (0.5, 0.999), "phase": np.pi}, {}),
    "minGRU": ("minGRU", {"keep": 1.0}, {}),
    "minGRU from -1": ("minGRU", {"keep": 0.0}, {"low": -1.0}),
    "GRU": ("GRU", {"keep": 1.0}, {}),
    "LSTM": ("LSTM", {"keep": 1.0}, {}),
}


def learn_stream(task, name, *, steps=None, parts=None):
    """Return five nets of 16 units that have been trained to answer at every step. task : of STREAMS; name : of LADDER.

    steps : of the training; None for as many as STREAMS says.
    Linear cells get a tanh layer of 12 units at each step in front of them, and one behind.
    """
    batches, D, K, T, usual = STREAMS[task]
    steps = steps or usual
    kind, start, run = LADDER[name]
    around = 12 if kind in ("minGRU", "LRU") else 0
    nets = Nets(kind, D, K, 16, seeds=SEEDS, start=start, run=run | dict(parts or {}), encoder=around, readout=around,
                every=True)
    nets.train(batches(32, T, 7), steps=steps, lr=0.02, decay=True)
    return nets


def test_stream(nets, task, T, rows=50):
    """Return the share right (5,) over all steps of new streams of length T, or the error where numbers are asked for."""
    return nets.test(*next(STREAMS[task][0](rows, T, 99)))


def whole_sums(nets, carry=10, T=200, rows=100):
    """Return the share of sums (5,) without a wrong bit, where a carry is passed on over `carry` bits."""
    X, Y = next(sums(rows, T, 99, carry))
    said = nets.forward(X).argmax(axis=-1)                           # (T, 5, rows)
    return (said == Y.T[:, None]).all(axis=0).mean(axis=1)


def only_ones(nets, T=200, last=100):
    """Return the share right (5,) of the parity over the last steps of a stream of T ones."""
    X = np.zeros((1, T, 2), np.float32)
    X[..., 1] = 1
    said = nets.forward(X)[:, :, 0].argmax(axis=-1)                  # (T, 5)
    return (said == (np.arange(1, T + 1) % 2)[:, None])[-last:].mean(axis=0)
