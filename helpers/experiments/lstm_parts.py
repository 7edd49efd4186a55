"""What the parts of an LSTM are good for: its variants on one step, on longer streams, and dropout on what it keeps."""

import numpy as np

from helpers.experiments.memory_tasks import last_marked, recalls
from helpers.models import stacked_lstm


def on_one_step(lstm_variant, modes, seed=2):
    """Return h and c after one step from zeros (modes, 2, N, H), by the reader's function of exercise 4.6 and by stacked_lstm."""
    rng = np.random.default_rng(seed)
    one = stacked_lstm.start(3, 4, 1, rng, dtype=np.float64)
    one["p"] = rng.normal(size=(3, 1, 4))
    x, blank = rng.normal(size=(2, 3)), np.zeros((2, 4))
    mine = [lstm_variant(x, blank, blank, one["Wx"], one["Wh"], one["b"][0], one["p"][:, 0], mode) for mode in modes]
    runs = [stacked_lstm.run(stacked_lstm.stack([one]), x[:, None], variant=mode)[:2] for mode in modes]
    return np.array(mine), np.array([[states[0, :, 0], cells[0, :, 0]] for states, cells in runs])


def train_side_by_side(variants, batches, *, steps, bias, lr, H=16, seeds=5):
    """Train nets of each variant with a forget bias on the same batches; return two dicts: their errors (seeds,), and the nets.

    variants : dict name -> variant of stacked_lstm. The errors are means over the last 50 steps. All nets of a seed start alike.
    """
    one = stacked_lstm.nets(2, H, 1, [bias] * seeds)
    nets = {array: np.concatenate([p] * len(variants)) for array, p in one.items()}
    each = [variant for variant in variants.values() for _ in range(seeds)]
    losses, _ = stacked_lstm.train(nets, batches, steps=steps, variant=each, lr=lr)
    errors, parts = losses[-50:].mean(axis=0), {name: slice(k * seeds, (k + 1) * seeds) for k, name in enumerate(variants)}
    return ({name: errors[part] for name, part in parts.items()},
            {name: {array: p[part] for array, p in nets.items()} for name, part in parts.items()})


def on_longer_streams(nets, lengths, N=40, seed=99):
    """Return the errors on N streams of these lengths, and the largest cells at their ends: two dicts name -> (lengths, S).

    nets : dict name -> (S nets of stacked_lstm, their variant).
    """
    batches = [next(last_marked(N, T, seed)) for T in lengths]
    found = {name: np.array([stacked_lstm.errors_and_cells(some, *batch, variant) for batch in batches])
             for name, (some, variant) in nets.items()}
    return {name: both[:, 0] for name, both in found.items()}, {name: both[:, 1] for name, both in found.items()}


def survivors(apply_dropout, rate, units, steps_kept, seed=0):
    """Return how many of the units are never dropped in `steps_kept` steps: with a mask for each step, and with one for all.

    apply_dropout(H, rate, U, per_sequence, training) is the function of exercise 4.7.
    """
    rng, ones = np.random.default_rng(seed), np.ones((units, steps_kept, 1))
    masks = [apply_dropout(ones, rate, rng.random(ones.shape), same, True) for same in (False, True)]
    return [int(np.sum(np.all(mask > 0, axis=1))) for mask in masks]


def recall_with_dropout(nets, place, rate, *, T, steps, lr):
    """Train nets to recall over T steps with dropout in one place; return the shares right (steps, S), and (S,) in use.

    place : one of stacked_lstm.DROPS. In use, on 500 sequences that are not trained on, nothing is dropped.
    """
    right = stacked_lstm.train(nets, recalls(16, T, 8), steps=steps, lr=lr, drop=place, rate=rate,
                               rng=np.random.default_rng(3))[1]
    return right, stacked_lstm.loss_and_grads(nets, *next(recalls(500, T, seed=99)))[1]


def spread_by_masks(nets, rate, T, masks=300):
    """Return how much the last cells of nets (S,) differ over `masks` masks of the state, on one sequence of T symbols.

    -> with a new mask at each step, and with one mask for all steps
    """
    X = np.repeat(next(recalls(1, T, seed=5))[0], masks, axis=0)
    return [stacked_lstm.spread_over_masks(nets, X, place, rate, np.random.default_rng(0))
            for place in ("state", "state, one mask")]
