"""Two small nets that read a picture place by place: one looks for an object among clutter, one lets patches look at each other.

    net = PoolingNet("look", rng=rng)          # or "mean": the places are averaged
    net = PatchNet(rng=rng)                    # positions=False, attention=False take a part away
    train_on(net, batches_of(data, rng), steps, lr);  accuracy(net, data)
"""

import numpy as np

from helpers.layers import he, normal
from helpers.layers.attention import softmax_backward
from helpers.training import train_on


class PoolingNet:
    """A net that returns the scores (N, 4) of the shapes, for windows of pictures (N, P, K), by one vector a place:

        F = max(0, windows · W + b)  (N, P, D)        read = mean of F with weights A        scores = read · W + b

    context  "look": A is the softmax over the places of F · q, with one learnt q; "mean": A is 1/P everywhere, and F has one
             more number a place, so that this net has the more weights of the two. `maps` holds A (N, P).
    """

    def __init__(self, context="look", *, rng, inputs=192, width=32, dtype=np.float32):
        self.context, make = context, {"rng": rng, "dtype": dtype}
        D = width if context == "look" else width + 1
        self.params = {"eyes.W": he((inputs, D), **make), "eyes.b": np.zeros(D, dtype)}
        if context == "look":
            self.params["q"] = normal((D,), scale=0.1, **make)
        self.params |= {"out.W": normal((D, 4), scale=D**-0.5, **make), "out.b": np.zeros(4, dtype)}

    def forward(self, columns):
        """Return the scores (N, 4)."""
        p = self.params
        F = columns @ p["eyes.W"]
        F += p["eyes.b"]
        F = np.maximum(F, 0, out=F)
        if self.context == "look":
            scores = F @ p["q"]
            A = np.exp(scores - scores.max(axis=1, keepdims=True))
            A /= A.sum(axis=1, keepdims=True)
        else:
            A = np.full(F.shape[:2], 1 / F.shape[1], F.dtype)
        read = (A[:, None] @ F)[:, 0]
        self.maps, self.cache = A, (columns, F, A, read)
        return read @ p["out.W"] + p["out.b"]

    def loss_and_grads(self, columns, shapes):
        """Return the mean cross-entropy of the shapes (N,), and the gradients of all params."""
        p, (loss, d) = self.params, cross_entropy(self.forward(columns), shapes)
        columns, F, A, read = self.cache
        g = {"out.W": read.T @ d, "out.b": d.sum(axis=0)}
        dread = d @ p["out.W"].T
        dF = A[:, :, None] * dread[:, None]
        if self.context == "look":
            ds = softmax_backward((F @ dread[:, :, None])[:, :, 0], A)
            g["q"] = np.einsum("np,npd->d", ds, F)
            dF += ds[:, :, None] * p["q"]
        flat = (dF * (F > 0)).reshape(-1, F.shape[2])
        g["eyes.W"], g["eyes.b"] = columns.reshape(len(flat), -1).T @ flat, flat.sum(axis=0)
        return loss, {name: g[name] for name in p}


class PatchNet:
    """A net that returns two scores (N, 2), for the patches of pictures (N, P, K), by one self-attention without a mask:

        X = patches · W (+ positions)        H = max(0, X + softmax(Q Kᵀ / √D) V)        scores = (mean of H over P) · W + b

    positions  False: no vector says where a patch lies.      attention  False: every patch averages all of them evenly.
    """

    def __init__(self, *, rng, patches=36, inputs=48, width=24, positions=True, attention=True, dtype=np.float32):
        D, make = width, {"rng": rng, "dtype": dtype}
        self.positions, self.attention = positions, attention
        self.params = {"patch.W": normal((inputs, D), scale=inputs**-0.5, **make)}
        if positions:
            self.params["positions"] = normal((patches, D), scale=3 * patches**-0.5, **make)
        names = ("Wq", "Wk", "Wv") if attention else ("Wv",)
        self.params |= {name: normal((D, D), scale=D**-0.5, **make) for name in names}
        self.params |= {"out.W": normal((D, 2), scale=D**-0.5, **make), "out.b": np.zeros(2, dtype)}

    def forward(self, patches):
        """Return the scores (N, 2) for patches (N, P, K)."""
        p = self.params
        X = patches @ p["patch.W"]
        if self.positions:
            X = X + p["positions"]
        P, D = X.shape[1:]
        Q = K = None
        A, V = np.full((len(X), P, P), 1 / P, X.dtype), X @ p["Wv"]
        if self.attention:
            Q, K = X @ p["Wq"], X @ p["Wk"]
            e = Q @ K.transpose(0, 2, 1) / D**0.5
            A = np.exp(e - e.max(axis=2, keepdims=True))
            A /= A.sum(axis=2, keepdims=True)
        H = np.maximum(X + A @ V, 0)
        read = H.mean(axis=1)
        self.cache = patches, X, Q, K, V, A, H, read
        return read @ p["out.W"] + p["out.b"]

    def loss_and_grads(self, patches, yes):
        """Return the mean cross-entropy of the answers (N,), and the gradients of all params."""
        p, (loss, d) = self.params, cross_entropy(self.forward(patches), yes)
        patches, X, Q, K, V, A, H, read = self.cache
        P, D = X.shape[1:]
        g = {"out.W": read.T @ d, "out.b": d.sum(axis=0)}
        dH = (d @ p["out.W"].T / X.dtype.type(P))[:, None] * (H > 0)
        dV = A.transpose(0, 2, 1) @ dH
        parts = {"Wv": dV}
        if self.attention:
            de = softmax_backward(dH @ V.transpose(0, 2, 1), A) / D**0.5
            parts |= {"Wq": de @ K, "Wk": de.transpose(0, 2, 1) @ Q}
        dX = dH.copy()
        for name, part in parts.items():
            g[name] = X.reshape(-1, D).T @ part.reshape(-1, D)
            dX += part @ p[name].T
        if self.positions:
            g["positions"] = dX.sum(axis=0)
        g["patch.W"] = patches.reshape(-1, patches.shape[2]).T @ dX.reshape(-1, D)
        return loss, {name: g[name] for name in p}


def cross_entropy(scores, answers):
    """Return the mean of -log p(answer), and the gradient of the scores (N, K)."""
    P = np.exp(scores - scores.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    rows = np.arange(len(answers))
    loss = float(-np.log(P[rows, answers] + 1e-30).mean())
    P[rows, answers] -= 1
    return loss, P / P.dtype.type(len(answers))


def learn(net, data, rng, *, steps=400, lr=0.005):
    """Return net, trained on batches of 32 of data (inputs, answers)."""
    chosen = (rng.integers(0, len(data[1]), 32) for _ in range(steps))
    train_on(net, ((data[0][k], data[1][k]) for k in chosen), steps, lr)
    return net


def accuracy(net, inputs, answers):
    """Return the share of the answers that get the highest score."""
    return float((net.forward(inputs).argmax(axis=1) == answers).mean())
