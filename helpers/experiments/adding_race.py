"""Nets that learn the adding problem in notebook 05: the reader's own GRU, and cells with as many weights as a GRU of 16 units.

    errors = own_gru_errors(gru_run, gru_bptt, seed)            # smoothed, one for each step from the 25th on
    errors, nets = learn("lstm", range(5), 350, 0.04, T=50)
"""

import numpy as np

from helpers.data.sequences import adding_problem
from helpers.experiments.cell_costs import CELLS, n_params, units_for
from helpers.experiments.influence import update_gates
from helpers.layers import GRU, xavier
from helpers.models import stacked_lstm, stacked_readers
from helpers.models.readers import Reader, train
from helpers.training import Adam, clip_by_global_norm, tqdm

WINDOW = 25  # steps that an error is averaged over


def own_gru_errors(gru_run, gru_bptt, seed, *, T=30, steps=120, H=16, lr=0.04):
    """Train a GRU of H units by the reader's two functions on batches of 32; return its squared errors, smoothed.

    gru_run(X, params, h) -> states (N, T, H), caches. gru_bptt(dH, caches) -> the gradients of Wx, Wh and b.
    """
    rng, errors, optimiser = np.random.default_rng(seed), [], Adam(lr)
    params = dict(GRU(2, H, rng=rng, dtype=np.float64).params) | {"Wy": rng.normal(size=(H, 1)) / 4}
    for _ in range(steps):
        X, y = adding_problem(32, T, rng)
        states, caches = gru_run(X, params, np.zeros((32, H)))
        wrong = states[:, -1] @ params["Wy"] - y                              # (N, 1)
        dH = np.zeros_like(states)
        dH[:, -1] = 2 / 32 * wrong @ params["Wy"].T                           # only the last state is asked
        grads = gru_bptt(dH, caches) | {"Wy": states[:, -1].T @ wrong * 2 / 32}
        optimiser.step(params, clip_by_global_norm(grads, 1.0)[0])
        errors.append(np.mean(wrong**2))
    return smooth(errors)


def smooth(errors, window=WINDOW):
    """Return the means of all `window` errors in a row."""
    return np.convolve(errors, np.ones(window) / window, "valid")


def adder(cell, seed, **settings):
    """Return a Reader with as many weights as a GRU of 16 units has, untrained, and its random numbers.

    cell : "rnn", "lstm" or "gru". settings : of this layer.
    """
    rng, H = np.random.default_rng(seed), units_for(cell, 2, n_params("gru", 2, 16))
    return Reader(CELLS[cell](2, H, rng=rng, **settings), 1, rng=rng), rng


def sums(rng, T, answers=lambda y, rng: y):
    """Yield batches of the adding problem over T steps, for ever; answers(y, rng) may change what counts as right."""
    while True:
        X, y = adding_problem(32, T, rng, dtype=np.float32)
        yield X, answers(y, rng)


def learn(cell, seeds, steps, lr, *, T, **settings):
    """Train an adder over T steps for each seed; return the squared errors (seeds, steps - 24), smoothed, and the nets.

    RNNs and LSTMs learn side by side, from the same batches: settings are activation= and start= (an initialiser, for Wh), or
    forget_bias=; lr is a number or one for each net; the nets are one dict of arrays. GRUs learn one after the other, each
    from batches of its own: settings are those of the layer, the nets a list of Readers.
    """
    if cell == "gru":
        adders = [adder(cell, seed, **settings) for seed in seeds]
        losses = [train(net, sums(rng, T), steps=steps, lr=lr).losses for net, rng in tqdm(adders)]
        return np.array([smooth(each) for each in losses]), [net for net, _ in adders]
    nets, batches = _side_by_side(cell, seeds, **settings), sums(np.random.default_rng(100), T)
    if cell == "rnn":
        losses = stacked_readers.train(nets, batches, steps=steps, lr=lr, activation=settings.get("activation", "tanh")).losses
    else:
        losses = stacked_lstm.train(nets, batches, steps=steps, lr=lr)[0]
    return np.array([smooth(each) for each in losses.T]), nets


def _side_by_side(cell, seeds, *, start=xavier, activation="tanh", forget_bias=1.0):
    H = units_for(cell, 2, n_params("gru", 2, 16))
    if cell == "rnn":
        return stacked_readers.stack([stacked_readers.start(seed, H, Wh=start, Wx=xavier) for seed in seeds])
    rngs = [np.random.default_rng(seed) for seed in seeds]
    return stacked_lstm.stack([stacked_lstm.start(2, H, 1, rng, forget_bias=forget_bias) for rng in rngs])


def watch(answers, heard, seed, *, steps=80, every=10):
    """Train a GRU on the sums that answers(y, rng) makes of the right ones y (N, 1).

    heard (N, T, 2) : what it hears while its gates are looked at.
    -> z of the unit whose update gate is most open, on average, before the training and every `every` steps; the net
    """
    net, rng = adder("gru", seed)

    def openness():
        return update_gates(net.cell, heard).mean(axis=(0, 1)).max()

    seen = [openness()]
    train(net, sums(rng, heard.shape[1], answers), steps=steps, lr=0.04, every=every,
          on_step=lambda step, history: seen.append(openness()))
    return seen, net
