"""Pictures of a hand of a clock: whatever the net does with them, we know the two numbers that each was drawn from."""

import numpy as np

SIZE = 12  # pixels on a side
HALF_TURN, SHORT, LONG = np.pi, 0.3, 0.95


def draw_hands(angles, lengths):
    """Return pictures (N, 144) between 0 and 1: a bar from the middle, with a soft edge, for angles (N,) and lengths (N,).

    angles in radians, 0 points to the right; lengths between 0 and 1, where 1 reaches the edge.
    Raises ValueError: angles and lengths are not two rows of numbers of the same length.
    """
    angles, lengths = np.asarray(angles, float), np.asarray(lengths, float)
    if angles.ndim != 1 or angles.shape != lengths.shape:
        raise ValueError(f"angles has shape {angles.shape} and lengths {lengths.shape}, expected (N,) twice")
    grid = (np.arange(SIZE) - (SIZE - 1) / 2) / (SIZE / 2)
    x, y = np.meshgrid(grid, -grid)
    cos, sin = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    along, across = cos * x + sin * y, cos * y - sin * x
    outside = np.maximum(np.abs(across) - 0.1, np.maximum(-along, along - lengths[:, None, None]))
    return (1 / (1 + np.exp(outside / 0.12))).reshape(len(angles), -1)


def hands(count, rng, turn=HALF_TURN):
    """Return pictures (count, 144), angles in 0 … turn and lengths in 0.3 … 0.95, all drawn evenly."""
    angles, lengths = rng.uniform(0, turn, count), rng.uniform(SHORT, LONG, count)
    return draw_hands(angles, lengths), angles, lengths


def turning_hands(count, rng, turn=HALF_TURN / 2):
    """Return pictures (count, 144) of hands of one length, 0.85, and their angles in 0 … turn."""
    angles = rng.uniform(0, turn, count)
    return draw_hands(angles, np.full(count, 0.85)), angles
