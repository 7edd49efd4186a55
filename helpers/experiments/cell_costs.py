"""What a recurrent cell costs: how many weights it has, how many units a budget buys, and how long a pass takes."""

import time

import numpy as np

from helpers.layers import GRU, LSTM, RNN

CELLS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}


def n_params(cell, D, H):
    """Return how many weights and biases a cell ("rnn", "lstm" or "gru") has that hears D inputs and has H units."""
    return sum(p.size for p in CELLS[cell](D, H, rng=np.random.default_rng(0)).params.values())


def print_weights(sizes):
    """Print the number of weights of all three cells, and their ratios, a line for each (D, H) of sizes."""
    print("   D     H      RNN      GRU     LSTM  GRU/RNN  LSTM/RNN  GRU/LSTM")
    for D, H in sizes:
        rnn, gru, lstm = (n_params(cell, D, H) for cell in ("rnn", "gru", "lstm"))
        print(f"{D:4} {H:5} {rnn:8,} {gru:8,} {lstm:8,} {gru / rnn:8.2f} {lstm / rnn:9.2f} {gru / lstm:9.2f}")


def units_for(cell, D, budget, extra=0):
    """Return the largest H with at most `budget` numbers, H >= 1; `extra` more for each unit (a read-out)."""
    H = 1
    while n_params(cell, D, H + 1) + extra * (H + 1) <= budget:
        H += 1
    return H


def units_like_gru(cell, H):
    """Return how many units of a cell have as many weights as a GRU of H units, both with H inputs."""
    return units_for(cell, H, n_params("gru", H, H))


def milliseconds(time_cell, cell, D, H, N=32, T=20):
    """Return how long a pass forwards and back takes over N sequences of T steps: the smallest of 3 medians of 5 runs.

    time_cell(run, draw, clock, repeats) -> seconds is the function of exercise 5.5.
    """
    rng = np.random.default_rng(0)
    net = CELLS[cell](D, H, rng=rng)

    def draw():
        return rng.normal(size=(N, T, D)).astype(np.float32)

    def run(X):
        net.backward(net.forward(X)[0])

    return 1000 * min(time_cell(run, draw, time.perf_counter, 5) for _ in range(3))
