"""The names of the gates' blocks, and weights for the cases."""

BLOCKS = {"Wx": "D i,f,o,g:H", "Wh": "H i,f,o,g:H", "b": "i,f,o,g:H"}
ANY_ORDER = "first,second,third,fourth:H"


def weights(rng, D, H):
    return rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)
