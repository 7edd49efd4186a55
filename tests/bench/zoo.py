"""The layers of the later notebooks, beside the same equations in PyTorch: a loop over the steps, or torch.nn."""

import numpy as np

from helpers.layers import LRU, MGU, Conv, MinGRU
from tests.bench import torch
from tests.bench.timing import medians, milliseconds, ratio, table

LAYERS = {"MGU": MGU, "minGRU": MinGRU, "LRU": LRU}


def their_states(name, p, X):
    """Return all states (N, T, H) (of LRU: complex) of the layer with the weights p, for X (N, T, D)."""
    if name == "LRU":
        lam, B = torch.exp(torch.complex(-torch.exp(p["nu"]), torch.exp(p["theta"]))), torch.complex(p["Br"], p["Bi"])
        sums = torch.exp(p["gamma"]) * (X.to(B.dtype) @ B)
    else:
        sums = X @ p["Wx"] + p["b"]
    h, states = torch.zeros_like(sums[:, 0, : sums.shape[2] // (1 if name == "LRU" else 2)]), []
    for a in sums.unbind(1):
        if name == "LRU":
            h = lam * h + a
        elif name == "minGRU":
            keep, n = a.chunk(2, dim=1)
            h = n + torch.sigmoid(keep) * (h - n)
        else:
            (xf, xn), (Wf, Wn) = a.chunk(2, dim=1), p["Wh"].chunk(2, dim=1)
            f = torch.sigmoid(xf + h @ Wf)
            h = h + f * (torch.tanh(xn + (f * h) @ Wn) - h)
        states.append(h)
    return torch.stack(states, dim=1)


def their_step(name, params, X, dH):
    p, x = {key: torch.tensor(w, requires_grad=True) for key, w in params.items()}, torch.tensor(X, requires_grad=True)

    def step():
        for w in (x, *p.values()):
            w.grad = None
        h = their_states(name, p, x)
        (torch.cat([h.real, h.imag], dim=2) if name == "LRU" else h).backward(torch.from_numpy(dH))

    return step


def conv_steps(N, side, C, F, size):
    """Return candidates: our layer and torch.nn.functional.conv2d, forward and backward, on pictures of side x side."""
    rng = np.random.default_rng(0)
    layer, X = Conv(C, F, size, rng=rng), rng.standard_normal((N, side, side, C)).astype(np.float32)
    dY = rng.standard_normal(layer.forward(X).shape).astype(np.float32)
    candidates = {"ours": lambda: (layer.forward(X), layer.backward(dY))}
    if torch:
        W = torch.tensor(layer.params["W"].reshape(size, size, C, F).transpose(3, 2, 0, 1).copy(), requires_grad=True)
        b = torch.zeros(F, requires_grad=True)
        x, dy = (torch.from_numpy(a.transpose(0, 3, 1, 2).copy()) for a in (X, dY))
        x.requires_grad_()

        def theirs():
            x.grad = W.grad = b.grad = None
            torch.nn.functional.conv2d(x, W, b).backward(dy)

        candidates["torch"] = theirs
    return candidates


def bench_zoo(seconds, quick, configurations=((20, 32, 16, 32), (50, 64, 64, 128), (400, 1, 32, 64))):
    lines = []
    for T, N, D, H in configurations:
        for name, kind in LAYERS.items():
            rng = np.random.default_rng(0)
            layer, X = kind(D, H, rng=rng), rng.standard_normal((N, T, D)).astype(np.float32)
            dH = rng.standard_normal(layer.forward(X)[0].shape).astype(np.float32)
            candidates = {"ours": lambda layer=layer, X=X, dH=dH: (layer.forward(X), layer.backward(dH))}
            if torch:
                candidates["torch"] = their_step(name, layer.params, X, dH)
            times = medians(candidates, seconds)
            lines.append([f"{(T, N, D, H)} {name}", milliseconds(times["ours"]), ratio(times, "torch")])
    for N, side, C, F, size in [(32, 14, 1, 8, 5), (32, 28, 8, 16, 3)][: 1 if quick else None]:
        times = medians(conv_steps(N, side, C, F, size), seconds)
        lines.append([f"{N} pictures {side} x {side} x {C}, {F} filters, Conv {size} x {size}",
                      milliseconds(times["ours"]), ratio(times, "torch")])
    table("The layers of the later notebooks, forward + backward, float32: (T, N, D, H), PyTorch as a loop; Conv: conv2d",
          ["", "ours, ms", "PyTorch / ours"], lines)
