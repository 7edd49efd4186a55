"""How far back the gradient of an LSTM reaches, measured with the reader's own backward step.

    caches = lstm_forward(X, Wx, Wh, b)[2]                    # one cache a step, of exercise 4.3
    full = jacobian_norms(lstm_step_backward, caches)         # of the last cell by the cell 0, 1, 2 … steps back
    far = gradient_lengths(lstm_step_backward, caches, rng)   # of a gradient that starts at the last state

A cache is (x, h_prev, c_prev, i, f, o, g, c, Wx, Wh), for a batch of one sequence.
"""

import numpy as np

from helpers.models import stacked_lstm


def first_weights(seed, D=2, H=16, bias=3.0):
    """Return the first weights of an LSTM and of a read-out of one number: Wx (D, 4H), Wh (H, 4H), b (4H,), Wy (H, 1), by (1,).

    bias : of the forget gate, a number or a whole b (4H,). All are float64, in the order i, f, o, g.
    """
    net = stacked_lstm.start(D, H, 1, np.random.default_rng(seed), forget_bias=bias, dtype=np.float64)
    return {name: net[name] for name in ("Wx", "Wh", "Wy")} | {"b": net["b"][0], "by": net["by"][0]}


def noise_caches(lstm_forward, seed, *, bias, H=20, D=4, T=61):
    """Return the caches of an untrained LSTM that hears T steps of noise, by the reader's own lstm_forward(X, Wx, Wh, b)."""
    rng, p = np.random.default_rng(seed), first_weights(seed, D, H, bias)
    return lstm_forward(rng.normal(size=(1, T, D)), p["Wx"], p["Wh"], p["b"])[2]


def gradients_and_slopes(lstm_forward, lstm_backward, numerical_grad, seed=1):
    """Return the reader's gradients of a random net beside the numerical slopes: dict name -> (gradient, slope).

    Names: the weights Wx, Wh, b, and the first h and c. T = 6, D = 3, H = 4; the loss pulls at every state and the last cell.
    """
    rng = np.random.default_rng(seed)
    X, pull_h, pull_c = (rng.normal(size=size) for size in ((2, 6, 3), (2, 6, 4), (2, 4)))
    sizes = {"Wx": (3, 16), "Wh": (4, 16), "b": 16, "h": (2, 4), "c": (2, 4)}
    start = {name: rng.normal(size=size) for name, size in sizes.items()}

    def loss(**changed):
        states, last, _ = lstm_forward(X, **(start | changed))
        return float(np.sum(states * pull_h) + np.sum(last * pull_c))

    grads, dh, dc = lstm_backward(pull_h, pull_c, lstm_forward(X, **start)[2])
    return {name: (mine, numerical_grad(lambda array, name=name: loss(**{name: array}), start[name], 1e-5))
            for name, mine in {**grads, "h": dh, "c": dc}.items()}


def last_cell(caches, t, c):
    """Return the last cell if the cell after step t were c, with all gates and candidates held fixed."""
    for _, _, _, i, f, _, g, *_ in caches[t + 1:]:
        c = f * c + i * g
    return c


def slope_with_gates_fixed(caches, t, step=1e-4):
    """Return the slope (H,) of the last cell by the cell after step t, with all gates and candidates held fixed."""
    high, low = (last_cell(caches, t, caches[t][7] + e) for e in (step, -step))
    return (high - low)[0] / (2 * step)


def truncated(step_backward, caches, t):
    """Return the gradient (1, H) of the sum of the last cell by the cell after step t, with dh dropped at every step."""
    dc = np.ones_like(caches[0][2])
    for cache in caches[:t:-1]:
        dc = step_backward(np.zeros_like(dc), dc, cache)[2]
    return dc


def jacobian_norms(step_backward, caches):
    """Return the norms (T,) of the last cell's full derivative by the cell 0, 1 … T - 1 steps back, all detours included.

    The norm is the largest singular value of the matrix (H, H); a batch of H unit vectors goes back at once.
    """
    H = caches[0][1].shape[1]
    dh, dc, norms = np.zeros((H, H)), np.eye(H), []
    for cache in reversed(caches):
        o, c = cache[5], cache[7]
        norms.append(np.linalg.norm(dc + dh * o * (1 - np.tanh(c) ** 2), 2))
        rows = [np.repeat(array, H, axis=0) for array in cache[:8]]
        _, dh, dc, _ = step_backward(dh, dc, (*rows, *cache[8:]))
    return np.array(norms)


def gradient_lengths(step_backward, caches, rng, *, cell_alone=False):
    """Return the length (T,) of the gradient at the pair (h, c), 0 … T - 1 steps back, relative to the last step.

    It starts as random numbers at the last state. cell_alone : drop dh at every step but the last, as in 1997.
    """
    dh, dc, lengths = rng.normal(size=caches[0][1].shape), np.zeros_like(caches[0][2]), []
    for cache in reversed(caches):
        lengths.append(np.sqrt(np.sum(dh**2) + np.sum(dc**2)))
        _, dh, dc, _ = step_backward(dh, dc, cache)
        dh = dh * (not cell_alone)
    return np.array(lengths) / lengths[0]


def norms_back(cell_gradient, step_backward, nets):
    """Return the norms of the last cell's derivative by the cell 0, 1 … T - 1 steps back: directly, and in full.

    nets : dict name -> the caches of each net. cell_gradient(f (T, H)) -> (T, H) is the function of exercise 4.4: the direct
    path alone. Both answers are dicts name -> (nets, T).
    """
    gates = {name: [np.array([cache[4][0] for cache in caches]) for caches in some] for name, some in nets.items()}    # (T, H)
    direct = {name: np.array([np.abs(cell_gradient(f)).max(axis=1)[::-1] for f in some]) for name, some in gates.items()}
    return direct, {name: np.array([jacobian_norms(step_backward, caches) for caches in some]) for name, some in nets.items()}


def lengths_back(lstm_forward, step_backward, biases, *, cell_alone=False, T=101, D=8):
    """Return how long the gradient at (h, c) is in untrained LSTMs that hear noise, by gradient_lengths: dict name -> (seeds, T).

    biases : dict name -> [b (4H,), …], for the seeds 0, 1 …
    """
    def length(b, seed):
        rng, p = np.random.default_rng(seed), first_weights(seed, D, len(b) // 4)
        caches = lstm_forward(rng.normal(size=(1, T, D)), p["Wx"], p["Wh"], b)[2]
        return gradient_lengths(step_backward, caches, rng, cell_alone=cell_alone)

    return {name: np.array([length(b, seed) for seed, b in enumerate(some)]) for name, some in biases.items()}


def print_lengths(reach, by_cell, steps_back=(2, 50, 100)):
    """Print the median lengths these steps back, a line for each bias: along both paths, and along the cell alone.

    reach, by_cell : dict bias -> (seeds, T).
    """
    for kind in reach:
        both = [", ".join(f"{np.median(lengths[kind][:, back]):.0e}" for back in steps_back) for lengths in (reach, by_cell)]
        print(f"bias {kind:6}, {', '.join(map(str, steps_back[:-1]))} and {steps_back[-1]} steps back: {both[0]}; "
              f"along the cell alone {both[1]}")


def cell_map(step_backward, caches):
    """Return M (T, T): the norm of the derivative of cell t by cell s, NaN for s after t."""
    M = np.full((len(caches), len(caches)), np.nan)
    for t in range(len(caches)):
        M[t, t::-1] = jacobian_norms(step_backward, caches[:t + 1])
    return M


def tanh_map(T=32, H=24, seed=0):
    """Return the same map (T, T) for the states of a tanh RNN with spectral radius 1."""
    rng = np.random.default_rng(seed)
    Wh = rng.normal(size=(H, H))
    Wh /= np.abs(np.linalg.eigvals(Wh)).max()
    X, h, slopes = 0.5 * rng.normal(size=(T, H)), np.zeros(H), []
    for x in X:
        h = np.tanh(x + h @ Wh)
        slopes.append(1 - h**2)
    M = np.full((T, T), np.nan)
    for t in range(T):
        J = np.eye(H)
        for s in range(t, -1, -1):
            M[t, s] = np.linalg.norm(J, 2)
            J = (J * slopes[s]) @ Wh.T
    return M
