"""The layers of notebook 11 equal loops written in PyTorch, outputs and gradients. PyTorch is optional."""

import numpy as np
import pytest

from helpers.layers import LRU, MGU, Clockwork, DepthLSTM, MinGRU

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed, so nothing was compared with it: pip install torch==2.13.0"
)

N, T, D, H = 3, 9, 4, 6


def mgu(X, P):
    h, states = torch.zeros(N, H, dtype=X.dtype), []
    for t in range(T):
        a = X[:, t] @ P["Wx"] + P["b"]
        f = torch.sigmoid(a[:, :H] + h @ P["Wh"][:, :H])
        n = torch.tanh(a[:, H:] + (f * h) @ P["Wh"][:, H:])
        h = (1 - f) * h + f * n
        states.append(h)
    return torch.stack(states, 1)


def clockwork(X, P, periods=(1, 1, 2, 2, 4, 4)):
    p = torch.tensor(periods)
    mask = (p[:, None] >= p).double()
    h, states = torch.zeros(N, H, dtype=X.dtype), []
    for t in range(T):
        h = torch.where(t % p == 0, torch.tanh(X[:, t] @ P["Wx"] + h @ (P["Wh"] * mask) + P["b"]), h)
        states.append(h)
    return torch.stack(states, 1)


def min_gru(X, P, low=0.0):
    h, states = torch.zeros(N, H, dtype=X.dtype), []
    for t in range(T):
        a, n = (X[:, t] @ P["Wx"] + P["b"]).split(H, dim=1)
        a = low + (1 - low) * torch.sigmoid(a)
        h = a * h + (1 - a) * n
        states.append(h)
    return torch.stack(states, 1)


def lru(X, P):
    lam = torch.exp(torch.complex(-torch.exp(P["nu"]), torch.exp(P["theta"])))
    B = torch.complex(P["Br"], P["Bi"])
    h, states = torch.zeros(N, H, dtype=torch.complex128), []
    for t in range(T):
        h = lam * h + torch.exp(P["gamma"]) * (X[:, t].to(torch.complex128) @ B)
        states.append(torch.cat([h.real, h.imag], 1))
    return torch.stack(states, 1)


rng = np.random.default_rng(0)
LAYERS = {
    "MGU": (lambda: MGU(D, H, rng=rng, dtype=np.float64), mgu),
    "clockwork": (lambda: Clockwork(D, H, periods=(1, 2, 4), rng=rng, dtype=np.float64), clockwork),
    "minGRU": (lambda: MinGRU(D, H, rng=rng, dtype=np.float64), min_gru),
    "minGRU from -1": (lambda: MinGRU(D, H, low=-1.0, rng=rng, dtype=np.float64), lambda X, P: min_gru(X, P, -1.0)),
    "LRU": (lambda: LRU(D, H, rng=rng, dtype=np.float64), lru),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer_equals_a_loop_in_pytorch(name):
    make, loop = LAYERS[name]
    layer, X = make(), rng.standard_normal((N, T, D))
    for p in layer.params.values():
        p += 0.3 * rng.standard_normal(p.shape)
    ours = layer.forward(X)[0]
    dH = rng.standard_normal(ours.shape)
    dX = layer.backward(dH)[0]
    theirs = {k: torch.tensor(p, requires_grad=True) for k, p in layer.params.items()}
    Xt = torch.tensor(X, requires_grad=True)
    out = loop(Xt, theirs)
    (out * torch.tensor(dH)).sum().backward()
    np.testing.assert_allclose(ours, out.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(dX, Xt.grad.numpy(), atol=1e-10)
    for k, p in theirs.items():
        np.testing.assert_allclose(layer.grads[k], p.grad.numpy(), atol=1e-10 * max(1, float(p.grad.abs().max())))


def test_depth_lstm_equals_pytorchs_cell_run_upwards():
    layer, X = DepthLSTM(D, H, 5, rng=rng, dtype=np.float64), rng.standard_normal((N, D))
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    order = [0, 1, 3, 2]
    with torch.no_grad():
        for theirs, ours in (("weight_ih", "Wx"), ("weight_hh", "Wh"), ("bias_ih", "b")):
            blocks = np.split(layer.params[ours], 4, axis=-1)
            getattr(cell, theirs)[...] = torch.tensor(np.concatenate([blocks[k] for k in order], axis=-1).T.copy())
        cell.bias_hh[...] = 0
    Xt = torch.tensor(X, requires_grad=True)
    state, x = None, Xt
    for _ in range(5):
        state = cell(x, state)
        x = torch.zeros_like(Xt)
    dY = rng.standard_normal((N, H))
    (state[0] * torch.tensor(dY)).sum().backward()
    np.testing.assert_allclose(layer.forward(X), state[0].detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(layer.backward(dY), Xt.grad.numpy(), atol=1e-12)
