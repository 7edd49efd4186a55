"""The first values of the weights. Each function takes a shape (fan_in, fan_out) and a random generator.

    W = xavier((D, H), rng=rng)

Weights act on row vectors (x @ W), so the number of rows is the number of inputs of a unit.
"""

import numpy as np

from .checks import check_choice, check_dtype, check_number, check_rng, check_size


def zeros(shape, *, rng=None, dtype=np.float32):
    """Return zeros, the usual start of a bias. rng is not used: it makes all initialisers alike to call."""
    return np.zeros(_check_shape(shape), check_dtype(dtype))


def normal(shape, *, rng, scale=1.0, dtype=np.float32):
    """Return draws from N(0, scale²). With scale=1 the sums grow with the number of inputs, and tanh saturates."""
    shape, dtype = _check_shape(shape), check_dtype(dtype)
    check_number("scale", scale, low=0)
    return (scale * check_rng(rng).standard_normal(shape)).astype(dtype)


def xavier(shape, *, rng, dtype=np.float32):
    """Return draws from U(-a, a) with a = √(6 / (fan_in + fan_out)): the variance stays, forwards and backwards.

    Made for tanh.
    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """
    fan_in, fan_out = _check_matrix(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return check_rng(rng).uniform(-limit, limit, (fan_in, fan_out)).astype(check_dtype(dtype))


def he(shape, *, rng, dtype=np.float32):
    """Return draws from N(0, 2 / fan_in): a ReLU halves the variance, the 2 gives it back.

    Source: He, Zhang, Ren & Sun, Delving Deep into Rectifiers, 2015.
    """
    fan_in, fan_out = _check_matrix(shape)
    return normal((fan_in, fan_out), rng=rng, scale=np.sqrt(2 / fan_in), dtype=dtype)


def orthogonal(shape, *, rng, gain=1.0, dtype=np.float32):
    """Return a random matrix with W.T @ W = gain² I (W @ W.T where it is wider than high): it keeps lengths.

    Source: Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks, 2014.
    """
    fan_in, fan_out = _check_matrix(shape)
    dtype = check_dtype(dtype)
    check_number("gain", gain)
    Q, R = np.linalg.qr(check_rng(rng).standard_normal((max(fan_in, fan_out), min(fan_in, fan_out))))
    Q = Q * np.sign(np.diag(R))        # without this, qr's own choice of signs would favour some rotations
    return (gain * (Q if fan_in >= fan_out else Q.T)).astype(dtype)


def identity(shape, *, rng=None, gain=1.0, dtype=np.float32):
    """Return gain · I: at the start, a ReLU unit copies itself from step to step. rng is not used.

    Source: Le, Jaitly & Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units, 2015.
    """
    fan_in, fan_out = _check_matrix(shape)
    check_number("gain", gain)
    return gain * np.eye(fan_in, fan_out, dtype=check_dtype(dtype))


def chrono_bias(cell, hidden, longest, *, rng, dtype=np.float32):
    """Return a bias for an LSTM (4H,) or a GRU (3H,) whose units start with memories from 1 to `longest` steps.

    A gate that keeps the share f of its cell remembers for about 1 / (1 - f) steps, so

        LSTM   b_f = log u,  b_i = -b_f,  b_o = b_g = 0        with u ~ U(1, longest - 1)
        GRU    b_z = log u,  b_r = b_n = 0                     (here z is the share that is kept)

    cell is "lstm" or "gru". Use it as lstm.params["b"][:] = chrono_bias("lstm", H, T, rng=rng).
    Raises ValueError: another cell, sizes below 1, longest below 3.
    Source: Tallec & Ollivier, Can recurrent neural networks warp time?, 2018.
    """
    check_choice("cell", cell, ("lstm", "gru"))
    H, dtype = check_size("hidden", hidden), check_dtype(dtype)
    check_number("longest", longest, low=3)
    keep = np.log(check_rng(rng).uniform(1, longest - 1, H))
    nothing = np.zeros(H)
    blocks = [-keep, keep, nothing, nothing] if cell == "lstm" else [keep, nothing, nothing]
    return np.concatenate(blocks).astype(dtype)


def _check_shape(shape):
    if not isinstance(shape, tuple) or not shape:
        raise ValueError(f"shape is {shape!r}, expected a tuple of sizes such as (D, H)")
    return tuple(check_size("a size in shape", size) for size in shape)


def _check_matrix(shape):
    shape = _check_shape(shape)
    if len(shape) != 2:
        raise ValueError(f"shape is {shape}, expected two sizes (fan_in, fan_out)")
    return shape
