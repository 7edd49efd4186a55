"""A net that says what is in a picture, word by word, and looks at the picture's places for every word.

    net = Captioner(rng=rng)                                       # context="look"; "mean" and "flat" are its rivals
    loss, grads = net.loss_and_grads(columns, words)               # columns (N, P, K): windows of the pictures
    said, maps, sure = net.describe(columns)                       # words (N, T), weights (N, T, P), probabilities (N, T)
    net.describe(columns, words, allowed=allowed)                  # the words given, some places hidden
"""

import numpy as np

from helpers.data.scenes import BOS, STEPS, WORDS
from helpers.layers import he, normal, xavier
from helpers.layers.attention import softmax_backward
from helpers.layers.checks import check_array, check_choice, check_ids, check_rng, check_size, was_forward_run

CONTEXTS = ("look", "mean", "flat")


def look(h, F, Wq, allowed=None):
    """Return the context (N, D) and the weights (N, P) of a state h (N, H) that looks at the places F (N, P, D).

    scores = F · (h Wq), their softmax over the places, and the mean of F with these weights; allowed (N, P) is False where
    it must not look.
    """
    scores = (F @ (h @ Wq)[:, :, None])[:, :, 0]
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf).astype(F.dtype)
    A = np.exp(scores - scores.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    return (A[:, None] @ F)[:, 0], A


class Captioner:
    """A net that returns, for windows of pictures (N, P, K), the scores of each next word:

        F  = max(0, [max(0, windows · W + b), row, column] · W + b)          (N, P, D), the vectors of the places
        h  = tanh(mean of F · W + b)                                          before the first word
        c  = look(h, F, Wq)                                                   for each word: where to look
        h  = GRU([word before, c], h),   scores = [h, c] · W + b

    context  "look"; "mean": c is the mean of all places, at every word; "flat": no c, but all places, `flat` numbers each,
             make the first h
    side     the P = side² places form a grid of side x side
    look     your own function look(h, F, Wq) -> context, weights, in the place of the course's
    penalty  function of the weights A (N, T, P) -> penalty, dA, which is added to the loss; None for no penalty

    Source: Xu et al., Show, Attend and Tell, 2015 (there an LSTM, an additive score and a net for objects as eyes).
    """

    def __init__(
        self, context="look", *, rng, side=6, inputs=192, width=32, hidden=48, embedding=12, flat=4, look=look,
        penalty=None, dtype=np.float32,
    ):
        self.context, self.look, self.penalty = check_choice("context", context, CONTEXTS), look, penalty
        P, D, H, E, V = check_size("side", side) ** 2, check_size("width", width), hidden, embedding, len(WORDS)
        seen = 0 if context == "flat" else D
        grid = np.stack(np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side), indexing="ij"), axis=2)
        self.grid = grid.reshape(P, 2).astype(dtype)
        make = {"rng": check_rng(rng), "dtype": dtype}
        self.params = {"eyes.W": he((inputs, D), **make), "places.W": he((D + 2, D), **make)}
        if context == "flat":
            self.params["flat.W"] = xavier((D, flat), **make)
        read = P * flat if context == "flat" else D
        self.params |= {
            "start.W": normal((read, H), scale=read**-0.5, **make),
            "embed.W": normal((V, E), scale=0.5, **make),
            "gru.Wx": normal((E + seen, 3 * H), scale=(E + seen) ** -0.5, **make),
            "gru.Wh": normal((H, 3 * H), scale=H**-0.5, **make),
            "out.W": normal((H + seen, V), scale=(H + seen) ** -0.5, **make),
        }
        if context == "look":
            self.params["look.Wq"] = normal((H, D), scale=0.3 * H**-0.5, **make)
        for name, size in (("eyes", D), ("places", D), ("start", H), ("gru", 3 * H), ("out", V)):
            self.params[f"{name}.b"] = np.zeros(size, dtype)
        self.cache = None

    def see(self, columns):
        """Return F (N, P, D), the vectors of the places, and the first state (N, H)."""
        p, D, E = self.params, len(self.params["eyes.b"]), self.params["embed.W"].shape[1]
        check_array("columns", columns, ("N", len(self.grid), len(p["eyes.W"])), p["eyes.W"].dtype)
        first = _relu(columns @ p["eyes.W"], p["eyes.b"])
        F = _relu(first @ p["places.W"][:D], self.grid @ p["places.W"][D:] + p["places.b"])
        read = (F @ p["flat.W"]).reshape(len(F), -1) if self.context == "flat" else F.mean(axis=1)
        h = np.tanh(read @ p["start.W"] + p["start.b"])
        heard = p["embed.W"] @ p["gru.Wx"][:E] + p["gru.b"]     # (V, 3H): what each word adds to the sums of the GRU
        self.cache = columns, first, F, read, h, heard
        return F, h

    def step(self, F, h, word, allowed=None, hard=False):
        """Return the new state, what the scores are made of, the weights (None without a look), and what backward needs.

        word (N,) the word before; allowed (N, P) is False where the net must not look; hard: the best place alone.
        """
        p, A, c = self.params, None, None
        if self.context == "look":
            c, A = self.look(h, F, p["look.Wq"]) if allowed is None else look(h, F, p["look.Wq"], allowed)
            if hard:
                A = np.eye(A.shape[1], dtype=F.dtype)[A.argmax(axis=1)]
                c = (A[:, None] @ F)[:, 0]
            c, A = c.astype(F.dtype, copy=False), A.astype(F.dtype, copy=False)
        elif self.context == "mean":
            c = self.cache[3]
        H, a, u = h.shape[1], self.cache[5][word], h @ p["gru.Wh"]
        if c is not None:
            a += c @ p["gru.Wx"][p["embed.W"].shape[1] :]
        zr = 0.5 + 0.5 * np.tanh(0.5 * (a[:, : 2 * H] + u[:, : 2 * H]))
        z, r, u = zr[:, :H], zr[:, H:], u[:, 2 * H :]
        n = np.tanh(a[:, 2 * H :] + r * u)
        new = n + z * (h - n)
        return new, new if c is None else np.concatenate([new, c], axis=1), A, (z, r, u, n, h)

    def loss_and_grads(self, columns, words):
        """Return the mean cross-entropy of the words (N, T), each after the right words before it, and all gradients."""
        p = self.params
        N, T = check_ids("words", words, len(p["embed.W"]), (len(columns), "T")).shape
        F, h = self.see(columns)
        before = np.concatenate([np.full((N, 1), BOS), words[:, :-1]], axis=1)
        kept, outputs, maps = [], [], []
        for t in range(T):
            h, o, A, cache = self.step(F, h, before[:, t])
            kept.append(cache), outputs.append(o), maps.append(A)
        O = np.stack(outputs)                                            # (T, N, H + D)
        P = O @ p["out.W"] + p["out.b"]
        P = np.exp(P - P.max(axis=2, keepdims=True))
        P /= P.sum(axis=2, keepdims=True)
        right = np.arange(T)[:, None], np.arange(N), words.T
        loss = -np.log(P[right] + 1e-30).mean()
        P[right] -= 1
        P /= N * T
        flat = P.reshape(N * T, -1)
        self.grads = {"out.W": O.reshape(N * T, -1).T @ flat, "out.b": flat.sum(axis=0)}
        A = np.stack(maps) if self.context == "look" else None           # (T, N, P)
        extra = None
        if A is not None and self.penalty:
            value, dA = self.penalty(A.transpose(1, 0, 2))
            loss, extra = loss + value, check_array("dA of the penalty", dA, (N, T, A.shape[2])).astype(F.dtype, copy=False)
        self._back(O, P @ p["out.W"].T, kept, A, extra, before)
        return float(loss), self.grads

    def _back(self, O, dO, kept, A, extra, before):
        """Fill grads, given what the scores were made of, O (T, N, H + D), its gradient, and that of a penalty on A."""
        p, g, (columns, first, F, read, start, _) = self.params, self.grads, self.cache
        (T, N), H, E, D = dO.shape[:2], start.shape[1], p["embed.W"].shape[1], F.shape[2]
        Z, R, U, n, states = (np.stack(found) for found in zip(*kept, strict=True))          # (T, N, H)
        to_n, to_z = (1 - Z) * (1 - n * n), (states - n) * Z * (1 - Z)
        to_r = to_n * U * R * (1 - R)
        through = np.stack([to_z, to_r, to_n], axis=2), np.stack([to_z, to_r, to_n * R], axis=2)
        dX, dU = np.empty((2, T, N, 3 * H), F.dtype)             # of the sums from the input, and from the state
        dC, dS, dQ = dO[:, :, H:].copy(), np.empty((T, N, F.shape[1]), F.dtype), np.empty((T, N, D), F.dtype)
        dh, Wc, Wh = np.zeros_like(start), p["gru.Wx"][E:], p["gru.Wh"]
        for t in reversed(range(T)):
            dh = dh + dO[t, :, :H]
            for d, factors in zip((dX, dU), through, strict=True):
                np.multiply(dh[:, None], factors[t], out=d[t].reshape(N, 3, H))
            dh = dh * Z[t] + dU[t] @ Wh.T
            if A is not None:
                dC[t] += dX[t] @ Wc.T
                dA = (F @ dC[t][:, :, None])[:, :, 0]
                dS[t] = softmax_backward(dA if extra is None else dA + extra[:, t], A[t])
                dQ[t] = (dS[t][:, None] @ F)[:, 0]
                dh += dQ[t] @ p["look.Wq"].T
        flat, flat_states = dX.reshape(T * N, -1), states.reshape(T * N, H)
        heard = np.eye(len(p["embed.W"]), dtype=F.dtype)[before.T.ravel()].T @ flat           # (V, 3H), of what each word adds
        g["embed.W"], g["gru.b"] = heard @ p["gru.Wx"][:E].T, heard.sum(axis=0)
        g["gru.Wx"] = np.concatenate([p["embed.W"].T @ heard, O[:, :, H:].reshape(T * N, -1).T @ flat])
        g["gru.Wh"] = flat_states.T @ dU.reshape(T * N, -1)
        da = dh * (1 - start * start)
        g["start.W"], g["start.b"] = read.T @ da, da.sum(axis=0)
        dread = da @ p["start.W"].T
        if self.context == "flat":
            dread = dread.reshape(-1, p["flat.W"].shape[1])
            g["flat.W"] = F.reshape(len(dread), -1).T @ dread
            dF = (dread @ p["flat.W"].T).reshape(F.shape)
        else:
            if A is None:
                dread += (dC + dX @ Wc.T).sum(axis=0)
            dF = np.broadcast_to((dread / F.dtype.type(F.shape[1]))[:, None], F.shape)
        if A is not None:
            g["look.Wq"] = flat_states.T @ dQ.reshape(T * N, -1)
            asked = states @ p["look.Wq"]
            dF = dF + A.transpose(1, 2, 0) @ dC.transpose(1, 0, 2) + dS.transpose(1, 2, 0) @ asked.transpose(1, 0, 2)
        d = dF * (F > 0)
        by_place = d.sum(axis=0)                                                              # (P, D)
        g["places.W"] = np.concatenate([first.reshape(-1, D).T @ d.reshape(-1, D), self.grid.T @ by_place])
        g["places.b"] = by_place.sum(axis=0)
        d = ((d @ p["places.W"][:D].T) * (first > 0)).reshape(-1, D)
        g["eyes.W"], g["eyes.b"] = columns.reshape(len(d), -1).T @ d, d.sum(axis=0)

    def describe(self, columns, words=None, *, allowed=None, hard=False):
        """Return words (N, T), maps (N, T, P) and the probabilities (N, T) of the words.

        words    None: the net goes on after its own words. (N, T): it is given these, and what it would have said is returned
        allowed  (N, T, P) or None: False where the net must not look at this word
        hard     the net gets the place with the largest weight alone
        maps is None for a net that does not look.
        """
        F, h = self.see(columns)
        word, said, maps, sure = np.full(len(columns), BOS), [], [], []
        for t in range(STEPS):
            h, o, A, _ = self.step(F, h, word, None if allowed is None else allowed[:, t], hard)
            P = o @ self.params["out.W"] + self.params["out.b"]
            P = np.exp(P - P.max(axis=1, keepdims=True))
            best = P.argmax(axis=1)
            said.append(best), maps.append(A), sure.append(P.max(axis=1) / P.sum(axis=1))
            word = best if words is None else words[:, t]
        was_forward_run(self.cache)
        return np.stack(said, 1), None if maps[0] is None else np.stack(maps, 1), np.stack(sure, 1)


def _relu(X, b):
    X += b
    return np.maximum(X, 0, out=X)
