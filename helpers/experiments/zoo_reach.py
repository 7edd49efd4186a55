"""How far back a gradient reaches in the cells of notebook 11 before training, and what a scan and one more token cost.

    reach("LRU, radius 0.99", seed)                     # (100,): what arrives at the input 1 … 100 steps before the last
    credit("clockwork", seed)                           # (32, 32): from the state of step s (row) to the input t (column)
"""

from time import process_time

import numpy as np

from helpers.experiments.zoo import SEVEN
from helpers.layers import GRU, LRU, LSTM, MGU, RNN, Clockwork, MinGRU

MADE = {
    "tanh RNN": lambda D, rng: RNN(D, 16, rng=rng, dtype=np.float64),
    "GRU": lambda D, rng: GRU(D, 16, rng=rng, dtype=np.float64),
    "LSTM, bias 5": lambda D, rng: LSTM(D, 16, rng=rng, forget_bias=5.0, dtype=np.float64),
    "MGU": lambda D, rng: MGU(D, 16, rng=rng, dtype=np.float64),
    "minGRU": lambda D, rng: MinGRU(D, 16, rng=rng, dtype=np.float64),
    "minGRU, bias 5": lambda D, rng: MinGRU(D, 16, rng=rng, keep_bias=5.0, dtype=np.float64),
    "clockwork": lambda D, rng: Clockwork(D, 14, periods=SEVEN, rng=rng, dtype=np.float64),
}
for _r in (0.9, 0.99, 0.999):
    MADE[f"LRU, radius {_r}"] = lambda D, rng, r=_r: LRU(D, 16, radii=(r, r), rng=rng, dtype=np.float64)


def reach(kind, seed, *, T=101, D=16):
    """Return (T - 1,): how long the gradient at the input 1, 2, … steps before the last is, as a share of that at the last.

    kind : a name of MADE. The gradient comes in at the last of T states of a layer with random weights.
    """
    rng = np.random.default_rng(seed)
    layer = MADE[kind](D, rng)
    H = layer.forward(rng.normal(size=(4, T, D)))[0]
    dH = np.zeros_like(H)
    dH[:, -1] = rng.normal(size=H[:, -1].shape)
    back = np.linalg.norm(layer.backward(dH)[0], axis=2).mean(axis=0)[::-1]
    return back[1:] / back[0]


def credit(kind, seed, *, T=32, D=16):
    """Return (T, T): how long the gradient at the input t (column) of the state after step s (row) is, the longest 1."""
    rng = np.random.default_rng(seed)
    layer, M = MADE[kind](D, rng), np.zeros((T, T))
    H = layer.forward(rng.normal(size=(4, T, D)))[0]
    pull = rng.normal(size=H[:, -1].shape)
    for s in range(T):
        dH = np.zeros_like(H)
        dH[:, s] = pull
        M[s] = np.linalg.norm(layer.backward(dH)[0], axis=2).mean(axis=0)
    return M / M.max()


# ---------------------------------------------------------------------------------------------------------------- costs


def blelloch(a, u):
    """Return h (T, …) of h_t = a_t · h_{t-1} + u_t and the number of passes, for a T that is a power of two.

    Up: the last row of each pair takes in the other one, then the last row of each four, … Down: each finished block hands
    its state to the middle of the next one.
    """
    a, h, T = a.copy(), u.copy(), len(u)
    k, passes = 1, 0
    while k < T:
        early, late = slice(k - 1, None, 2 * k), slice(2 * k - 1, None, 2 * k)
        h[late] += a[late] * h[early]
        a[late] *= a[early]
        k, passes = 2 * k, passes + 1
    k = T // 4
    while k >= 1:
        done, next_ = slice(2 * k - 1, T - k, 2 * k), slice(3 * k - 1, None, 2 * k)
        h[next_] += a[next_] * h[done]
        k, passes = k // 2, passes + 1
    return h, passes


def compositions(T):
    """Return how many pairs of rows are composed: by a loop, by Hillis and Steele's scan, by Blelloch's (T a power of two)."""
    levels = [2**k for k in range(int(np.log2(T)))]
    up, down = sum(T // (2 * k) for k in levels), sum(len(range(3 * k - 1, T, 2 * k)) for k in levels[:-1])
    return {"loop": T - 1, "Hillis–Steele": sum(T - k for k in levels), "Blelloch": up + down}


def times(functions, T, N, H, *, seconds=0.15):
    """Return the milliseconds of one core that each function of (a, u) takes, the best of several: a and u (T, N, H), float32."""
    rng, found = np.random.default_rng(0), {}
    a, u = (f(size=(T, N, H)).astype(np.float32) for f in (lambda size: rng.uniform(0.9, 1, size), rng.normal))
    for name, function in functions.items():
        spent, end = [], process_time() + seconds
        while process_time() < end or len(spent) < 2:
            began = process_time()
            function(a, u)
            spent.append(process_time() - began)
        found[name] = 1000 * min(spent)
    return found


def cost_of_a_token(lengths, H=64):
    """Return the microseconds of one core that one more token takes after so many: a dict of lists, a number for each length."""
    rng = np.random.default_rng(0)

    def draw(*shape):
        return rng.normal(size=shape).astype(np.float32) / 8

    Wx, Wh, Wq, Wk, Wv, x, h = *(draw(H, H) for _ in range(5)), draw(1, H), draw(1, H)
    lam, B, state = np.exp(-0.1 + 1j * draw(H)).astype(np.complex64), draw(H, H) + 1j * draw(H, H), draw(H) + 0j
    found = {"RNN": [], "LRU": [], "attention": []}
    for T in lengths:
        K, V = draw(T, H), draw(T, H)

        def look(K=K, V=V):
            q, K[-1], V[-1] = (x @ W for W in (Wq, Wk, Wv))
            e = K @ q[0] / 8
            p = np.exp(e - e.max())
            return p @ V / p.sum()

        found["RNN"].append(_microseconds(lambda: np.tanh(x @ Wx + h @ Wh)))
        found["LRU"].append(_microseconds(lambda: lam * state + x[0] @ B))
        found["attention"].append(_microseconds(look))
    return found


def _microseconds(function, seconds=0.02):
    best, end = np.inf, process_time() + seconds
    while process_time() < end:
        began = process_time()
        for _ in range(10):
            function()
        best = min(best, (process_time() - began) / 10)
    return 1e6 * best
