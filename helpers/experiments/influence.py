"""How strongly the state of a recurrent net at one step moves the state at another, and what a GRU's update gates do.

    M = influence(caches, gru_step_backward)          # M[t, s]: the state at s moves the state at t, one sequence
    M = map_of(gru_run, gru_step_backward, net.cell.params, X)
    z = update_gates(GRU(2, 16, rng=rng), X)          # (N, T, H)
"""

import numpy as np

from helpers.layers import GRU


def influence(caches, step_backward):
    """Return M (T, T): M[t, s] is the norm of the derivative of the state after step t by that before step s <= t; else NaN.

    caches : one for each step, of one sequence: (x (1, D), h (1, H), z, r, n, Wx, Wh), as a GRU's step backwards takes it.
    step_backward(dh, cache) -> (…, dh_prev, …) is asked for one row for each unit, so that it gives a whole derivative (H, H).
    """
    H, T = caches[0][1].shape[1], len(caches)
    steps = [step_backward(np.eye(H), (*(np.repeat(a, H, axis=0) for a in cache[:5]), *cache[5:]))[1] for cache in caches]
    M = np.full((T, T), np.nan)
    for t in range(T):
        J = np.eye(H)
        for s in range(t, -1, -1):
            J = J @ steps[s]
            M[t, s] = np.linalg.norm(J, 2)
    return M


def map_of(gru_run, step_backward, params, X):
    """Return the influence M (T, T) in a GRU with these params, which reads one sequence X (1, T, D) from zeros.

    gru_run(X, params, h) -> states (1, T, H), caches : the reader's own.
    """
    params = {name: p.astype(float) for name, p in params.items()}
    return influence(gru_run(X, params, np.zeros((1, len(params["Wh"]))))[1], step_backward)


def noise_map(gru_run, step_backward, seed, z_bias, T=32, H=24):
    """Return the map (T, T) of an untrained GRU that hears noise; z_bias None: z = 0 and r = 1, a plain RNN."""
    rng = np.random.default_rng(seed)
    p = dict(GRU(4, H, rng=rng, dtype=np.float64).params)
    p["b"] = np.repeat((z_bias, 0.0, 0.0) if z_bias is not None else (-50.0, 50.0, 0.0), H)
    return map_of(gru_run, step_backward, p, rng.normal(size=(1, T, 4)))


def update_gates(layer, X):
    """Return the update gates z (N, T, H) of a GRU layer that reads X (N, T, D)."""
    layer.forward(X)
    return layer.cache[1][:, 0].swapaxes(0, 1)


def spread_with_block_back(net, fresh, X, block):
    """Return how much the answers to X spread with one block (0 z, 1 r, 2 n) of net's GRU as in fresh, / as they spread now.

    net, fresh : Readers around a GRU, the trained one and its start. Both are left as they are.
    """
    now, start = net.cell.params, fresh.cell.params
    H, spread = len(now["Wh"]), net.forward(X).std()
    kept = {name: p.copy() for name, p in now.items()}
    for name, p in now.items():
        p[..., H * block : H * (block + 1)] = start[name][..., H * block : H * (block + 1)]
    ratio = net.forward(X).std() / spread
    for name, p in now.items():
        p[:] = kept[name]
    return float(ratio)
