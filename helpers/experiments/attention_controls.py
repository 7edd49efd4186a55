"""Two controls for attention: a look without a choice, and a look through which no gradient flows.

    net = Translator(29, 29, embedding=16, hidden=64, rng=rng, attention="dot", bidirectional=True)
    net.layers["attention"] = MeanLook()                           # instead of DotAttention()

What a net still learns with one of them says what attention gives it: the short way, the gradient over it, or the choice.
"""

import numpy as np

from helpers.layers import DotAttention


class MeanLook(DotAttention):
    """The plain mean of all values: the dot score with every query set to 0, so that all weights are the same."""

    def forward(self, Q, K, V=None, *, mask=None):
        """Return the contexts (N, S, E), the same at every step, and the weights (N, S, T)."""
        return super().forward(np.zeros_like(Q), K, V, mask=mask)

    def backward(self, dC):
        """Return dQ and dK, both 0, and dV."""
        dQ, dK, dV = super().backward(dC)
        return np.zeros_like(dQ), dK, dV


class OneWayLook(DotAttention):
    """Dot attention that throws dK and dV away: backwards the encoder's states hear nothing of the look."""

    def backward(self, dC):
        """Return dQ, and zeros for dK and dV."""
        dQ, dK, dV = super().backward(dC)
        return dQ, np.zeros_like(dK), np.zeros_like(dV)
