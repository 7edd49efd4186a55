"""The recurrent layers beside PyTorch's and beside what products and tanh alone take."""

import numpy as np

from helpers.layers import GRU, LSTM, RNN
from helpers.training import SGD
from tests.bench import torch
from tests.bench.timing import medians, milliseconds, ratio, table

CONFIGURATIONS = [(20, 32, 16, 32), (35, 20, 100, 100), (50, 64, 64, 128), (100, 32, 128, 256), (400, 1, 32, 64)]


CELLS = {
    "RNN": (lambda **k: RNN(**k), 1),
    "LSTM": (lambda **k: LSTM(**k), 4),
    "GRU": (lambda **k: GRU(**k), 3),
    "GRU before": (lambda **k: GRU(reset="before", **k), 3),
}


# --- measuring


def our_step(cell, T, N, D, H, dtype):
    rng = np.random.default_rng(0)
    layer = CELLS[cell][0](inputs=D, hidden=H, rng=rng, dtype=dtype)
    X, dH = (rng.standard_normal(s).astype(dtype) for s in ((N, T, D), (N, T, H)))
    optimiser = SGD(1e-6)

    def step():
        layer.forward(X)
        layer.backward(dH)
        optimiser.step(layer.params, layer.grads)

    return step


def torch_step(cell, T, N, D, H, dtype):
    """Return PyTorch's own layer."""
    dtype = torch.float32 if dtype == np.float32 else torch.float64
    net = getattr(torch.nn, cell)(D, H, batch_first=True).to(dtype)
    X, dH = torch.randn(N, T, D, dtype=dtype, requires_grad=True), torch.randn(N, T, H, dtype=dtype)
    optimiser = torch.optim.SGD(net.parameters(), lr=1e-6)

    def step():
        X.grad = None
        optimiser.zero_grad()
        net(X)[0].backward(dH)
        optimiser.step()

    return step


def torch_loop(cell, T, N, D, H, dtype):
    """Return the same equations as a loop in PyTorch, with autograd: one fused matrix, all inputs projected first."""
    dtype, k = (torch.float32 if dtype == np.float32 else torch.float64), CELLS[cell][1]
    weights = [torch.nn.Parameter(torch.randn(s, dtype=dtype) / H**0.5) for s in ((D, k * H), (H, k * H), (k * H,))]
    Wx, Wh, b = weights
    X, dH = torch.randn(N, T, D, dtype=dtype, requires_grad=True), torch.randn(N, T, H, dtype=dtype)
    optimiser = torch.optim.SGD(weights, lr=1e-6)

    def forward():
        A, h, c = X @ Wx + b, torch.zeros(N, H, dtype=dtype), torch.zeros(N, H, dtype=dtype)
        states = []
        for a in A.unbind(1):
            if cell == "RNN":
                h = torch.tanh(a + h @ Wh)
            elif cell == "LSTM":
                i, f, o, g = (a + h @ Wh).chunk(4, dim=1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
            else:
                (xz, xr, xn), (hz, hr, hn) = a.chunk(3, dim=1), (h @ Wh).chunk(3, dim=1)
                z, n = torch.sigmoid(xz + hz), torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
                h = n + z * (h - n)
            states.append(h)
        return torch.stack(states, dim=1)

    def step():
        X.grad = None
        optimiser.zero_grad()
        forward().backward(dH)
        optimiser.step()

    return step


def limit(cell, T, N, D, H, dtype):
    """Return the bare matrix products and tanh calls of a step, into arrays that are there: no layer can be faster."""
    rng, k = np.random.default_rng(0), CELLS[cell][1]
    X, S, dA, Wx, Wh, WhT, WxT = (
        rng.standard_normal(s).astype(dtype)
        for s in ((T * N, D), (T * N, H), (T * N, k * H), (D, k * H), (H, k * H), (k * H, H), (k * H, D))
    )
    A, dWx, dWh, dX = np.empty_like(dA), np.empty_like(Wx), np.empty_like(Wh), np.empty_like(X)
    h, da, cell_state = S[:N].copy(), dA[:N].copy(), S[:N].copy()
    a, dh, m = np.empty_like(da), np.empty_like(h), np.empty_like(h)

    def step():
        np.matmul(X, Wx, out=A)
        for _ in range(T):
            np.matmul(h, Wh, out=a)
            np.tanh(da, out=a)
            if cell == "LSTM":
                np.tanh(cell_state, out=m)
        for _ in range(T):
            np.matmul(da, WhT, out=dh)
        np.matmul(X.T, dA, out=dWx)
        np.matmul(S.T, dA, out=dWh)
        np.matmul(dA, WxT, out=dX)

    return step


def bench_cells(seconds, quick, configurations=CONFIGURATIONS):
    for dtype in (np.float32,) if quick else (np.float32, np.float64):
        lines = []
        for size in configurations:
            for cell in ("RNN", "LSTM", "GRU"):
                candidates = {"ours": our_step(cell, *size, dtype), "limit": limit(cell, *size, dtype)}
                if torch:
                    candidates |= {"nn": torch_step(cell, *size, dtype), "loop": torch_loop(cell, *size, dtype)}
                if cell == "GRU":
                    candidates["before"] = our_step("GRU before", *size, dtype)
                times = medians(candidates, seconds)
                lines.append([
                    f"{size} {cell}", milliseconds(times["ours"]), ratio(times, "nn"), ratio(times, "loop"),
                    f"{times['ours'] / times['limit']:.2f}",
                    ratio(times, "nn", "limit"), ratio(times, "before"),
                ])
        table(
            f"Forward + backward + update, {np.dtype(dtype)}: (T, N, D, H) and cell",
            ["", "ours, ms", "PyTorch nn / ours", "PyTorch loop / ours", "ours / limit", "PyTorch nn / limit",
             'reset="before" / ours'],
            lines,
        )
    print("\nlimit: the bare matrix products and tanh calls, by the same NumPy. Where PyTorch nn / limit is below 1,")
    print("PyTorch's matrix products are faster than those of NumPy's BLAS, and no NumPy code can catch up.")


# --- the techniques
