"""Self-attention with several heads: every place asks the places before it, and itself, each head in its own way."""

import numpy as np

from .checks import check_array, check_choice, check_dtype, check_params, check_size, was_forward_run
from .initialisers import normal
from .positions import check_even, cos_and_sin, rotary_angles, turn


class MultiHeadAttention:
    """A layer that returns, with h heads of d = D/h numbers,

        Q, K, V = X @ Wqkv, cut into three, and each of them into h heads        (N, h, T, d) each
        A = softmax(Q @ K.T / √d), no place looking at later ones                (N, h, T, T)
        Y = the heads' A @ V side by side, @ Wo                                  (N, T, D)

    params: Wqkv (D, 3D), Wo (D, D); grads has the same keys after backward. Wqkv's columns are all of Q, then K, then V,
    and in each of them head after head.

    MultiHeadAttention(D, heads, rng=rng)   the weights start as N(0, 1/D).
    positions  "rotary": Q and K are turned by their place (helpers.layers.positions); None: it is not told its place
    scaled     False leaves out the 1/√d

    Sources: Vaswani et al., Attention Is All You Need, 2017; rotary: Su et al., RoFormer: Enhanced Transformer with
    Rotary Position Embedding, 2021; keys and values that are kept: Shazeer, Fast Transformer Decoding: One Write-Head
    is All You Need, 2019.
    """

    def __init__(self, width, heads=1, *, rng, positions=None, scaled=True, dtype=np.float32):
        D, h, dtype = check_size("width", width), check_size("heads", heads), check_dtype(dtype)
        if D % h:
            raise ValueError(f"width is {D} and heads is {h}, expected a width that can be cut into heads of equal size")
        if positions is not None:
            check_choice("positions", positions, ("rotary",))
            check_even("width / heads", D // h)
        self.heads, self.positions, self.scaled = h, positions, bool(scaled)
        self.params = {
            "Wqkv": normal((D, 3 * D), rng=rng, scale=1 / np.sqrt(D), dtype=dtype),
            "Wo": normal((D, D), rng=rng, scale=1 / np.sqrt(D), dtype=dtype),
        }
        self.grads = {}
        self.cache = None

    def forward(self, X):
        """Return Y (N, T, D) for X (N, T, D), and the weights A (N, h, T, T): A[n, k, t] is what place t looks at.

        X is kept for backward, without a copy: leave it as it is until then.
        Raises ValueError: wrong shape or dtype, N = 0 or T = 0, NaN.
        """
        Wqkv, Wo = self._weights()
        D, h = len(Wo), self.heads
        check_array("X", X, ("N", "T", D), Wo.dtype, _hint(X))
        N, T, _ = X.shape
        rows = X.reshape(N * T, D)
        Q, K, V = (rows @ Wqkv).reshape(N, T, 3, h, D // h).transpose(2, 0, 3, 1, 4)      # (N, h, T, d): views
        angles = self._cos_and_sin(np.arange(T))
        if angles:
            Q, K = turn(Q, *angles), turn(K, *angles)
        A = (Q * self._scale()) @ K.transpose(0, 1, 3, 2)                     # the scores become the weights, in place
        A += np.triu(np.full((T, T), -np.inf, A.dtype), 1)                    # nobody looks ahead
        A -= A.max(axis=-1, keepdims=True)
        np.exp(A, out=A)
        A /= A.sum(axis=-1, keepdims=True)
        merged = np.empty((N, T, h, D // h), X.dtype)
        np.matmul(A, V, out=merged.transpose(0, 2, 1, 3))                     # written where it belongs: nothing is copied
        merged = merged.reshape(N * T, D)
        self.cache = rows, Q, K, V, A, merged, angles
        return (merged @ Wo).reshape(N, T, D), A

    def backward(self, dY):
        """Return dX (N, T, D) for dY (N, T, D), and put dWqkv and dWo into grads.

            dWo = merged.T @ dY        dC = dY @ Wo.T, cut into heads        dV = A.T @ dC        dA = dC @ V.T

            de = A · (dA - Σ A · dA) / √d        dQ = de @ K        dK = de.T @ Q        (turned back, if rotary)

            dWqkv = X.T @ dQKV        dX = dQKV @ Wqkv.T        with dQ, dK and dV side by side in dQKV (N·T, 3D)

        Raises ValueError: forward has not run, dY does not have the shape of its output, NaN.
        """
        rows, Q, K, V, A, merged, angles = was_forward_run(self.cache)
        Wqkv, Wo = self._weights()
        N, h, T, d = Q.shape
        check_array("dY", dY, (N, T, h * d), A.dtype)
        flat = dY.reshape(N * T, h * d)
        dC = (flat @ Wo.T).reshape(N, T, h, d).transpose(0, 2, 1, 3)          # (N, h, T, d)
        de = dC @ V.transpose(0, 1, 3, 2)                                     # dA, and then, in place, de
        de *= A
        de -= A * de.sum(axis=-1, keepdims=True)
        de *= self._scale()
        dQKV = np.empty((N, T, 3, h, d), A.dtype)
        dQ, dK, dV = dQKV.transpose(2, 0, 3, 1, 4)                            # views: what goes in is in dQKV
        np.matmul(de, K, out=dQ)
        np.matmul(de.transpose(0, 1, 3, 2), Q, out=dK)
        np.matmul(A.transpose(0, 1, 3, 2), dC, out=dV)
        if angles:
            cos, sin = angles
            dQ[...], dK[...] = turn(dQ, cos, -sin), turn(dK, cos, -sin)
        dQKV = dQKV.reshape(N * T, 3 * h * d)
        self.grads = {"Wqkv": rows.T @ dQKV, "Wo": merged.T @ flat}
        return (dQKV @ Wqkv.T).reshape(N, T, h * d)

    def room(self, N, longest):
        """Return K and V, zeros (N, h, longest, d) each: room for the keys and values of `longest` places."""
        Wo = self._weights()[1]
        shape = check_size("N", N), self.heads, check_size("longest", longest), len(Wo) // self.heads
        return np.zeros(shape, Wo.dtype), np.zeros(shape, Wo.dtype)

    def step(self, x, K, V, t):
        """Return y (N, D) for x (N, D) at place t alone; its key and value are written into K[:, :, t] and V[:, :, t].

        K and V come from room(), and hold the places before t: step after step, from t = 0 on, gives what forward gives,
        since no place looks ahead and so nothing of what was is ever computed again. Nothing is kept for backward.
        Raises ValueError: wrong shape or dtype, NaN, t is not a place in K and V.
        """
        Wqkv, Wo = self._weights()
        D, h = len(Wo), self.heads
        check_array("x", x, ("N", D), Wo.dtype)
        shape = len(x), h, "longest", D // h
        check_array("K", K, shape, Wo.dtype)
        check_array("V", V, K.shape, Wo.dtype)
        if isinstance(t, bool) or not isinstance(t, (int, np.integer)) or not 0 <= t < K.shape[2]:
            raise ValueError(f"t is {t!r}, but K and V have room for the places 0 to {K.shape[2] - 1}")
        q, k, v = (x @ Wqkv).reshape(len(x), 3, h, 1, D // h).transpose(1, 0, 2, 3, 4)    # (N, h, 1, d)
        angles = self._cos_and_sin(np.array([t]))
        if angles:
            q, k = turn(q, *angles), turn(k, *angles)
        K[:, :, t], V[:, :, t] = k[:, :, 0], v[:, :, 0]
        A = (q * self._scale()) @ K[:, :, : t + 1].transpose(0, 1, 3, 2)      # (N, h, 1, t + 1)
        A = np.exp(A - A.max(axis=-1, keepdims=True))
        A /= A.sum(axis=-1, keepdims=True)
        return (A @ V[:, :, : t + 1]).reshape(len(x), D) @ Wo

    def _weights(self):
        Wo = self.params.get("Wo")
        D = Wo.shape[0] if isinstance(Wo, np.ndarray) and Wo.ndim else "D"
        check_params(self.params, {"Wqkv": (D, 3 * D if D != "D" else "3D"), "Wo": (D, D)})
        return self.params["Wqkv"], self.params["Wo"]

    def _scale(self):
        Wo = self.params["Wo"]
        return Wo.dtype.type(1 / np.sqrt(len(Wo) // self.heads) if self.scaled else 1)

    def _cos_and_sin(self, places):
        """Return cos and sin (T, d/2) of the angles at the places (T,), or None without rotary positions."""
        if self.positions is None:
            return None
        Wo = self.params["Wo"]
        return cos_and_sin(rotary_angles(places, len(Wo) // self.heads), Wo.dtype)


def _hint(X):
    if isinstance(X, np.ndarray) and np.issubdtype(X.dtype, np.integer):
        return "these look like token ids: pass them through an Embedding first"
    return ""
