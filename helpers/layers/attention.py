"""Attention: a weighted average of values, with weights that depend on how well each key fits a query.

    scores  e (N, S, T)   how well key t fits query s
    weights A (N, S, T)   softmax of e over the keys; masked keys get 0
    context C (N, S, E)   A @ values

In a translator, the queries are the decoder's states, and the keys and values are both the encoder's states: their
gradient is then dK + dV.
"""

import numpy as np

from .checks import check_array, check_dtype, check_mask, check_params, check_size, was_forward_run
from .initialisers import xavier
from .losses import softmax


class DotAttention:
    """A layer without parameters that returns contexts, with the scores e = Q @ K.T, divided by √H if scaled.

    Sources: Luong, Pham & Manning, Effective Approaches to Attention-based Neural Machine Translation, 2015; scaled:
    Vaswani et al., Attention Is All You Need, 2017.
    """

    def __init__(self, *, scaled=False):
        self.scaled = bool(scaled)
        self.params, self.grads = {}, {}
        self.cache = None

    def forward(self, Q, K, V=None, *, mask=None):
        """Return the contexts C (N, S, E) and the weights A (N, S, T).

        Q     (N, S, H)  queries
        K     (N, T, H)  keys
        V     (N, T, E)  values; None takes the keys
        mask  (N, T) or (N, S, T)  True where a key may be looked at; None allows all

        Q, K and V are kept for backward, without a copy: leave them as they are until then.
        Raises ValueError: shapes or dtypes that do not fit, empty axes, NaN, a mask that is not bool or leaves no key.
        """
        V = K if V is None else V
        mask = check_attention(Q, K, V, mask)
        check_array("K", K, (len(Q), "T", Q.shape[2]), Q.dtype)
        scale = Q.dtype.type(1 / np.sqrt(Q.shape[2]) if self.scaled else 1)
        scores = Q @ K.transpose(0, 2, 1)                             # (N, S, T)
        scores *= scale
        A = softmax(scores, mask=mask)
        self.cache = Q, K, V, A, scale
        return A @ V, A

    def backward(self, dC):
        """Return dQ, dK, dV for dC (N, S, E).

            dA = dC @ V.T        de = A · (dA - Σ_t A · dA)        dQ = de @ K        dK = de.T @ Q        dV = A.T @ dC

        Raises ValueError: forward has not run, dC does not have the contexts' shape.
        """
        Q, K, V, A, scale = was_forward_run(self.cache)
        check_array("dC", dC, (*Q.shape[:2], V.shape[2]), Q.dtype)
        de = softmax_backward(dC @ V.transpose(0, 2, 1), A)
        de *= scale
        return de @ K, de.transpose(0, 2, 1) @ Q, A.transpose(0, 2, 1) @ dC


class AdditiveAttention:
    """A layer that returns contexts, with the scores e = tanh(q @ Wq + k @ Wk) @ v of a small network.

    params: Wq (Hq, U), Wk (Hk, U), v (U,); grads has the same keys after backward. Queries and keys may differ in size.

    AdditiveAttention(Hq, Hk, U, rng=rng)   U units; init gives the first weights

    Source: Bahdanau, Cho & Bengio, Neural Machine Translation by Jointly Learning to Align and Translate, 2015.
    """

    def __init__(self, query_size, key_size, units, *, rng, init=xavier, dtype=np.float32):
        Hq, Hk = check_size("query_size", query_size), check_size("key_size", key_size)
        U = check_size("units", units)
        dtype = check_dtype(dtype)
        self.params = {
            "Wq": init((Hq, U), rng=rng, dtype=dtype),
            "Wk": init((Hk, U), rng=rng, dtype=dtype),
            "v": init((U, 1), rng=rng, dtype=dtype)[:, 0].copy(),
        }
        self.grads = {}
        self.cache = None

    def forward(self, Q, K, V=None, *, mask=None):
        """Return the contexts C (N, S, E) and the weights A (N, S, T).

        Q (N, S, Hq), K (N, T, Hk), V (N, T, E) or None for the keys, mask (N, T) or (N, S, T) or None.
        Q, K and V are kept for backward, without a copy: leave them as they are until then.
        Raises ValueError: shapes or dtypes that do not fit, empty axes, NaN, a mask that is not bool or leaves no key.
        """
        dtype = check_params(self.params, {"Wq": ("H", "U"), "Wk": ("H", "U"), "v": (_units(self.params),)})
        Wq, Wk, v = self.params["Wq"], self.params["Wk"], self.params["v"]
        V = K if V is None else V
        mask = check_attention(Q, K, V, mask)
        check_array("Q", Q, ("N", "S", len(Wq)), dtype)
        check_array("K", K, (len(Q), "T", len(Wk)), dtype)
        qW, kW = Q @ Wq, K @ Wk                                       # (N, S, U), (N, T, U)
        scores = np.empty((len(Q), Q.shape[1], K.shape[1]), dtype)
        for rows in _blocks(qW, kW):
            scores[rows] = _hidden(qW[rows], kW[rows]) @ v
        A = softmax(scores, mask=mask)
        self.cache = Q, K, V, A, qW, kW
        return A @ V, A

    def backward(self, dC):
        """Return dQ, dK, dV for dC (N, S, E), and put dWq, dWk, dv into grads.

            de as for DotAttention        da = de · v · (1 - tanh²)        dqW = Σ_t da        dkW = Σ_s da

        The tanh (N, S, T, U) is the largest array by far. It is not kept but computed again, a few sentences at a time,
        so that they stay in the processor's cache.
        Raises ValueError: forward has not run, dC does not have the contexts' shape.
        """
        Q, K, V, A, qW, kW = was_forward_run(self.cache)
        Wq, Wk, v = self.params["Wq"], self.params["Wk"], self.params["v"]
        check_array("dC", dC, (*Q.shape[:2], V.shape[2]), Q.dtype)
        de = softmax_backward(dC @ V.transpose(0, 2, 1), A)           # (N, S, T)
        dqW, dkW, dv = np.empty_like(qW), np.empty_like(kW), np.zeros_like(v)
        for rows in _blocks(qW, kW):
            a = _hidden(qW[rows], kW[rows])                           # (n, S, T, U)
            dv += de[rows].ravel() @ a.reshape(-1, len(v))
            a *= a
            np.subtract(1, a, out=a)
            a *= de[rows][..., None]                                  # v is the same everywhere: it comes last
            dqW[rows], dkW[rows] = a.sum(axis=2), a.sum(axis=1)
        dqW *= v
        dkW *= v
        self.grads = {
            "Wq": Q.reshape(-1, len(Wq)).T @ dqW.reshape(-1, len(v)),
            "Wk": K.reshape(-1, len(Wk)).T @ dkW.reshape(-1, len(v)),
            "v": dv,
        }
        return dqW @ Wq.T, dkW @ Wk.T, A.transpose(0, 2, 1) @ dC


def softmax_backward(dA, A):
    """Return the gradient of the scores, A · (dA - Σ A · dA over the last axis), for weights A = softmax(scores).

    Weights sum to 1, so what one gains the others lose: that is the second term. A masked key has A = 0: no gradient.
    """
    return A * (dA - (A * dA).sum(axis=-1, keepdims=True))


def check_attention(Q, K, V, mask):
    """Return mask as (N, S, T) or None.  Raises ValueError: Q, K, V or mask do not fit each other."""
    check_array("Q", Q, ("N", "S", "H"))
    check_array("K", K, (len(Q), "T", "H"), Q.dtype)
    check_array("V", V, (*K.shape[:2], "E"), Q.dtype)
    if mask is None:
        return None
    N, S, T = *Q.shape[:2], K.shape[1]
    if isinstance(mask, np.ndarray) and mask.ndim == 2:
        mask = np.broadcast_to(check_mask("mask", mask, (N, T))[:, None], (N, S, T))
    check_mask("mask", mask, (N, S, T))
    empty = ~mask.any(axis=2)
    if empty.any():
        raise ValueError(f"mask[{int(np.argwhere(empty)[0][0])}] is False everywhere: no key is left to look at")
    return mask


def _hidden(qW, kW):
    """Return tanh(q + k) for every pair of a query (n, S, U) and a key (n, T, U), as (n, S, T, U)."""
    a = qW[:, :, None] + kW[:, None]
    return np.tanh(a, out=a)


def _blocks(qW, kW, numbers=2**17):
    """Yield slices over the batch, so that n·S·T·U stays near `numbers` (half a megabyte in float32)."""
    N, S, U = qW.shape
    n = max(1, numbers // (S * kW.shape[1] * U))
    for start in range(0, N, n):
        yield slice(start, start + n)


def _units(params):
    return params["Wq"].shape[-1] if isinstance(params.get("Wq"), np.ndarray) and params["Wq"].ndim else "U"
