"""Where a letter stands: attention alone does not know, so it is told. Two ways, without any parameters.

    X = embed.forward(ids) + sines(T, D)                 # added to the letters, once
    Q, K = rotate(Q, places), rotate(K, places)          # queries and keys turned by their place, in every block
"""

import numpy as np

from .checks import check_array, check_dtype, check_number, check_size

BASE = 10000.0


def sines(steps, width, *, base=BASE, dtype=np.float32):
    """Return the places 0 … T-1 as waves (T, D): fast ones in the first columns, slow ones in the last.

        sin(t · r_i) in column i,   cos(t · r_i) in column i + D/2,   with the rates r_i = base^(-2i/D), i = 0 … D/2 - 1

    The paper has a sine and its cosine side by side. Here all sines come first: the same but for the columns' order.
    Raises ValueError: steps or width below 1, an odd width, a base of 0 or below.
    Source: Vaswani et al., Attention Is All You Need, 2017.
    """
    T, dtype = check_size("steps", steps), check_dtype(dtype)
    angles = rotary_angles(np.arange(T), width, base=base)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(dtype)


def rotary_angles(positions, width, *, base=BASE):
    """Return the angles (T, d/2) = position · r_i, with r_i = base^(-2i/d), of the d/2 hands at T positions (T,).

    Raises ValueError: positions are not an array (T,) of numbers, an odd width, a base of 0 or below.
    Source: Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021.
    """
    d = check_even("width", width)
    check_number("base", base, above=0)
    if not isinstance(positions, np.ndarray) or positions.ndim != 1 or positions.dtype.kind not in "iuf":
        found = f"{positions.dtype} {positions.shape}" if isinstance(positions, np.ndarray) else type(positions).__name__
        raise ValueError(f"positions is {found}, expected an array (T,) of numbers such as np.arange(T)")
    return positions[:, None] * base ** (-np.arange(d // 2) / (d // 2))


def rotate(X, positions, *, base=BASE):
    """Return X (…, T, d) with each pair of numbers (x_i, x_{i+d/2}) turned, like the hand of a clock, by its angle a:

        x_i · cos a - x_{i+d/2} · sin a   and   x_i · sin a + x_{i+d/2} · cos a,   with a = position · r_i

    A turned query times a turned key depends on the difference of their positions alone, and no length changes.
    positions (T,) of X's steps. A turn is undone by rotate(…, -positions): so go gradients back.
    Raises ValueError: X is no float array (…, T, d), d is odd, positions are not (T,), a base of 0 or below.
    Source: Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021 (pairs of neighbours there).
    """
    axes = X.ndim if isinstance(X, np.ndarray) and X.ndim > 2 else 2
    check_array("X", X, ("N", "H", "S", "R")[: axes - 2] + ("T", "d"))
    angles = rotary_angles(positions, X.shape[-1], base=base)
    if len(angles) != X.shape[-2]:
        raise ValueError(f"positions has {len(angles)} places, but X {X.shape} has T = {X.shape[-2]} steps")
    return turn(X, *cos_and_sin(angles, X.dtype))


def cos_and_sin(angles, dtype):
    """Return cos and sin of the angles, taken in float64, as arrays of dtype."""
    return np.cos(angles).astype(dtype), np.sin(angles).astype(dtype)


def turn(X, cos, sin):
    """Return X (…, T, d) turned by the angles whose cos and sin (T, d/2) are given; -sin turns back."""
    half = X.shape[-1] // 2
    a, b = X[..., :half], X[..., half:]
    Y = np.empty(X.shape, X.dtype)
    Y[..., :half] = a * cos - b * sin
    Y[..., half:] = a * sin + b * cos
    return Y


def check_even(name, size):
    """Return size, once it is known to be an even whole number: its numbers go in pairs."""
    if check_size(name, size) % 2:
        raise ValueError(f"{name} is {size}, expected an even number: positions are told by pairs of numbers")
    return int(size)
