"""What the tests of the Transformer need: small nets of all kinds, letters, and its parts as a reader writes them."""

import numpy as np
import pytest

from helpers.models import Transformer

V, N, T = 7, 2, 6
KINDS = {
    "rotary": {},
    "sines": {"positions": "sines"},
    "learnt": {"positions": "learnt", "longest": 8},
    "no positions": {"positions": None},
    "three heads": {"heads": 3, "width": 12},
    "with an mlp": {"mlp": 2},
    "one block": {"blocks": 1},
    "no norm": {"norm": False, "mlp": 2},
    "no shortcut": {"shortcut": False, "mlp": 2},
    "not scaled": {"scaled": False},
    "bare": {"norm": False, "shortcut": False, "scaled": False, "positions": None},
    "all at once": {"heads": 2, "mlp": 1, "positions": "learnt", "longest": 9, "blocks": 3},
}


def make(kind="rotary", seed=1, **more):
    """Return a net in float64 whose parameters, gains and biases too, are random: with zeros, errors could hide."""
    rng = np.random.default_rng(seed)
    net = Transformer(V, rng=rng, **({"width": 8, "dtype": np.float64} | KINDS[kind] | more))
    for p in net.params.values():
        p += 0.2 * rng.standard_normal(p.shape)
    return net


def letters(T=T, seed=2):
    rng = np.random.default_rng(seed)
    return rng.integers(0, V, (N, T)), rng.random((N, T)) < 0.7


def says(function, *pieces):
    with pytest.raises(ValueError) as caught:
        function()
    for piece in pieces:
        assert piece in str(caught.value), str(caught.value)


def softmax(e):
    e = np.exp(e - e.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def layer_norm(X, g, b, eps):
    root = np.sqrt(X.var(-1, keepdims=True) + eps)
    Xhat = (X - X.mean(-1, keepdims=True)) / root
    return g * Xhat + b, (Xhat, root, g)


def layer_norm_backward(dY, cache):
    Xhat, root, g = cache
    d = dY * g
    dX = (d - d.mean(-1, keepdims=True) - Xhat * (d * Xhat).mean(-1, keepdims=True)) / root
    return dX, (dY * Xhat).sum((0, 1)), dY.sum((0, 1))


def split(X, h):
    return X.reshape(*X.shape[:2], h, -1).swapaxes(1, 2)


def merge(X):
    return X.swapaxes(1, 2).reshape(len(X), X.shape[2], -1)


def multi_head(X, Wqkv, Wo, heads, rotate=None):
    Q, K, W = (split(P, heads) for P in np.split(X @ Wqkv, 3, axis=-1))
    if rotate:
        Q, K = rotate(Q, np.arange(X.shape[1])), rotate(K, np.arange(X.shape[1]))
    e = Q @ K.swapaxes(2, 3) / np.sqrt(Q.shape[-1])
    A = softmax(np.where(np.tri(X.shape[1], dtype=bool), e, -np.inf))
    C = merge(A @ W)
    return C @ Wo, (X, Q, K, W, A, C, Wqkv, Wo, heads, rotate)


def multi_head_backward(dY, cache):
    X, Q, K, W, A, C, Wqkv, Wo, heads, rotate = cache
    dC = split(dY @ Wo.T, heads)
    dA = dC @ W.swapaxes(2, 3)
    de = A * (dA - (A * dA).sum(-1, keepdims=True)) / np.sqrt(Q.shape[-1])
    dQ, dK, dV = de @ K, de.swapaxes(2, 3) @ Q, A.swapaxes(2, 3) @ dC
    if rotate:
        back = -np.arange(X.shape[1])
        dQ, dK = rotate(dQ, back), rotate(dK, back)
    d = np.concatenate([merge(dQ), merge(dK), merge(dV)], axis=-1)
    return d @ Wqkv.T, np.einsum("ntd,nte->de", X, d), np.einsum("ntd,nte->de", C, dY)


OWN = {
    "layer_norm": layer_norm, "layer_norm_backward": layer_norm_backward,
    "multi_head": multi_head, "multi_head_backward": multi_head_backward,
}  # fmt: skip
