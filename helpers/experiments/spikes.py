"""Nets trained on one pair at a time, watched at every step: was it a hard pair, or did the net get worse?

    runs = watch(24, steps=2000, lr=0.2)                           # pair, fixed, usual, carries: each (steps, 24)
    rises = setbacks(runs["fixed"] > 1.5 * runs["usual"], setback)  # one row for each: run, first step, end
"""

import numpy as np

from helpers.data.sequences import binary_addition, carry_lengths
from helpers.models import stacked


def watch(nets, *, steps, lr, pairs=1, first_weights, digits=9):
    """Return what happened to `nets` nets that learn to add by plain gradient descent from `pairs` sums a step.

    first_weights  function of a seed -> the first weights of a net, as helpers.models.stacked wants them
    -> dict of arrays (steps, nets): "pair" the loss of the pairs just seen, "fixed" the loss of 50 fixed sums at the same step,
    "usual" the median of "fixed" over this step and the 100 before, "carries" the longest chain of carries in the first pair.
    """
    params = stacked.stack([first_weights(seed) for seed in range(nets)])
    fixed, answers = binary_addition(50, digits, np.random.default_rng(7))
    drawn = [binary_addition(steps * pairs, digits, np.random.default_rng(200 + seed)) for seed in range(nets)]
    X = np.stack([x.reshape(steps, pairs, digits, 2) for x, _ in drawn], axis=1)              # (steps, nets, pairs, T, 2)
    Y = np.stack([y.reshape(steps, pairs, digits) for _, y in drawn], axis=1)
    all_count = np.ones((pairs, digits), bool)
    run = {"pair": np.empty((steps, nets)), "fixed": np.empty((steps, nets))}
    for k in range(steps):
        run["fixed"][k] = stacked.losses(params, fixed, answers[..., 0])
        run["pair"][k], grads = stacked._loss_and_grads(params, X[k], Y[k], all_count, "tanh", None)
        for name in params:
            params[name] -= lr * grads[name]
    run["usual"] = np.array([np.median(run["fixed"][max(0, k - 100):k + 1], axis=0) for k in range(steps)])
    run["carries"] = np.stack([carry_lengths(x).reshape(steps, pairs)[:, 0] for x, _ in drawn], axis=1)
    return run


def setbacks(risen, setback):
    """Return one row (run, first step, end) for each stretch of steps with `risen` in which a spike was a setback.

    risen, setback : (steps, runs) bool, whether the fixed set had risen, and whether the pair's spike was sorted as a setback.
    """
    found = []
    for run in range(risen.shape[1]):
        edges = np.flatnonzero(np.diff(np.r_[0, risen[:, run], 0])).reshape(-1, 2)
        found += [(run, begin, end) for begin, end in edges if setback[begin:end, run].any()]
    return np.array(found, int).reshape(-1, 3)


def rank_of_the_pair_before(run, rises):
    """Return for each setback the share of the 100 pairs before that cost less than the pair whose step began it."""
    before = [(run["pair"][max(0, k - 101):k - 1, r], run["pair"][k - 1, r]) for r, k, _ in rises if k > 1]
    return np.array([np.mean(earlier < pair) for earlier, pair in before])
