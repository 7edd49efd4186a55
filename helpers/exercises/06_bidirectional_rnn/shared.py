"""Parameters of small nets."""


def params(rng, D, H, scale=1.0):
    """Return the parameters of one net, drawn at random: Wx (D, H), Wh (H, H), b (H,)."""
    shapes = {"Wx": (D, H), "Wh": (H, H), "b": (H,)}
    return {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}
