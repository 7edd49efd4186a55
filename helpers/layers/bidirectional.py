"""Two recurrent layers over one sequence: one reads it forwards, the other backwards."""

import numpy as np

from .checks import check_array, check_lengths, was_forward_run


class Bidirectional:
    """A layer that returns, at each step, the states of both directions side by side: [past of x_t | future of x_t].

        there = forward_layer(X)                back = reverse(backward_layer(reverse(X)))
        H = concatenate([there, back], axis=2)          (N, T, H_forward + H_backward)

    Both reversals matter: without the second, step t would get the state that has read x_T … x_{T-t}.

    Bidirectional(GRU(D, H, rng=rng), GRU(D, H, rng=rng))   any two recurrent layers of this package for the same D

    params and grads: those of the two layers, named "forward.Wx", "backward.Wx", …

    Source: Schuster & Paliwal, Bidirectional Recurrent Neural Networks, 1997.
    """

    def __init__(self, forward_layer, backward_layer):
        for name, layer in (("forward_layer", forward_layer), ("backward_layer", backward_layer)):
            if not isinstance(getattr(layer, "params", None), dict) or "Wh" not in layer.params:
                raise ValueError(f"{name} is a {type(layer).__name__}, expected a layer such as GRU(D, H, rng=rng)")
        if forward_layer is backward_layer:
            raise ValueError("both directions are the same layer: make two, they learn different things")
        self.layers = {"forward": forward_layer, "backward": backward_layer}
        self.params = {f"{way}.{name}": p for way, layer in self.layers.items() for name, p in layer.params.items()}
        self.grads = {}
        self.cache = None

    def forward(self, X, state=None, *, lengths=None):
        """Return H (N, T, H_forward + H_backward) and the pair of both layers' last states.

        X        (N, T, D)
        state    pair of the layers' first states, None is zero. The backward layer begins at the end of each sequence
        lengths  (N,)  steps of each sequence, when X is padded at its end; only these are reversed

        Raises ValueError: as the two layers do; state is no pair.
        """
        there, back = self._layers_with_params()
        first, last = _pair("state", state)
        H_there, end_there = there.forward(X, first, lengths=lengths)
        H_back, end_back = back.forward(reverse_time(X, lengths), last, lengths=lengths)
        self.cache = H_there.shape, H_back.shape, lengths
        return np.concatenate([H_there, reverse_time(H_back, lengths)], axis=2), (end_there, end_back)

    def backward(self, dH=None, dstate=None):
        """Return dX (N, T, D) and the pair of gradients of both first states; put all gradients into grads.

        dH      (N, T, H_forward + H_backward) or None
        dstate  pair of gradients of the layers' last states; None, or None in it, when they were not used

        Raises ValueError: forward has not run, wrong shapes, NaN, no gradient at all.
        """
        (N, T, H), (_, _, H_back), lengths = was_forward_run(self.cache)
        there, back = self._layers_with_params()
        d_there, d_back = _pair("dstate", dstate)
        if dH is None and (d_there is None and d_back is None):
            raise ValueError("dH and dstate are both None: no gradient comes in")
        if dH is None:
            dH = np.zeros((N, T, H + H_back), there.params["Wh"].dtype)
        check_array("dH", dH, (N, T, H + H_back), there.params["Wh"].dtype)
        dX, d_there = there.backward(dH[:, :, :H], d_there)
        dX_back, d_back = back.backward(reverse_time(dH[:, :, H:], lengths), d_back)
        self.grads = {f"{way}.{name}": g for way, layer in self.layers.items() for name, g in layer.grads.items()}
        return dX + reverse_time(dX_back, lengths), (d_there, d_back)

    def _layers_with_params(self):
        """Return both layers, each with the arrays that are in params now (somebody may have put in new ones)."""
        for way, layer in self.layers.items():
            layer.params = {name: self.params.get(f"{way}.{name}") for name in layer.params}
        return self.layers["forward"], self.layers["backward"]


def reverse_time(X, lengths=None):
    """Return X (N, T, …) with the steps of each sequence in reverse order; padding after the end stays where it is.

        lengths = [2]:   a b · ·   ->   b a · ·

    Raises ValueError: X has fewer than two axes, lengths are not N whole numbers from 1 to T.
    """
    if not isinstance(X, np.ndarray) or X.ndim < 2:
        raise ValueError(f"X has shape {getattr(X, 'shape', None)}, expected (N, T, …): batch first, then time")
    if lengths is None:
        return X[:, ::-1]
    N, T = X.shape[:2]
    check_lengths(lengths, N, T)
    t = np.arange(T)
    source = np.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)       # (N, T): where each step comes from
    return X[np.arange(N)[:, None], source]


def _pair(name, pair):
    if pair is None:
        return None, None
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise ValueError(f"{name} is a {type(pair).__name__}, expected a pair: one for each direction")
    return pair
