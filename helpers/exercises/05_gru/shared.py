"""The names of the gates' blocks and inputs for the cases."""

WEIGHTS = {"Wx": "D z,r,n:H", "Wh": "H z,r,n:H", "b": "z,r,n:H"}


def weights(rng, D, H):
    return rng.normal(size=(D, 3 * H)), rng.normal(size=(H, 3 * H)), rng.normal(size=3 * H)


def gru_inputs(rng, N, D, H, reset):
    return rng.normal(size=(N, D)), rng.uniform(-0.9, 0.9, size=(N, H)), *weights(rng, D, H), reset
