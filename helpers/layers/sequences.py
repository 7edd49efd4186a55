"""What all recurrent layers do with their sequences: check them, turn them, find each one's last step.

Outside, arrays are batch first (N, T, F). Inside, the layers keep them time-major (T, N, F), so that the numbers of one
step lie next to each other.
"""

import numpy as np

from .checks import check_array, check_lengths, check_mask, check_params, check_size


def to_time_major(X):
    """Return X (N, T, F) as (T, N, F), copied so that each step is contiguous."""
    return X.transpose(1, 0, 2).copy()


def to_batch_first(S, lengths=None):
    """Return S (T, N, F) as (N, T, F), copied, with zeros after the end of each sequence."""
    H = S.transpose(1, 0, 2).copy()
    if lengths is not None:
        H[~mask_from_lengths(lengths, len(S))] = 0
    return H


def last_step(S, lengths=None):
    """Return, from the states S (T+1, N, H) with S[0] before the first step, each sequence's last one (N, H)."""
    if lengths is None:
        return S[-1].copy()
    return S[lengths, np.arange(S.shape[1])]


def blocks_back(T, numbers, most=1 << 14):
    """Yield slices of the steps T-1 … 0, the last steps first: of so many that their states stay in the processor's cache.

    numbers   how many a state holds, N · H; most: how many the states of a block may hold together
    """
    steps = max(1, most // numbers)
    for end in range(T, 0, -steps):
        yield slice(max(0, end - steps), end)


def mask_from_lengths(lengths, steps):
    """Return a mask (N, T) that is True in the first lengths[n] steps of row n.

    Raises ValueError: lengths are not N whole numbers from 1 to steps.
    """
    T = check_size("steps", steps)
    check_lengths(lengths, len(lengths) if isinstance(lengths, np.ndarray) and lengths.ndim else 1, T)
    return np.arange(T) < lengths[:, None]


def lengths_from_mask(mask):
    """Return the number of steps (N,) of each row of a mask (N, T) that is True first and False after the end.

    Raises ValueError: mask is not bool, a row has no step, or padding comes before a step.
    """
    check_mask("mask", mask, ("N", "T"))
    lengths = mask.sum(axis=1)
    if lengths.min() < 1:
        raise ValueError(f"mask[{int(lengths.argmin())}] is False everywhere: a sequence has at least one step")
    wrong = (mask != mask_from_lengths(lengths, mask.shape[1])).any(axis=1)
    if wrong.any():
        raise ValueError(f"mask[{int(wrong.argmax())}] has padding before or between its steps: pad at the end")
    return lengths


def check_weights(params, blocks, extra=None):
    """Return Wx (D, k·H), Wh (H, k·H) and b (k·H,) of a recurrent layer with k blocks, once they are known to fit.

    extra   shapes of further parameters by name, where "H" stands for the hidden size
    Raises ValueError: a missing or unknown parameter, a wrong shape, two dtypes;  NotFiniteError: NaN or infinity.
    """
    b = params.get("b")
    H, wide = "H", f"{blocks}H"
    if isinstance(b, np.ndarray) and b.ndim == 1 and len(b) and len(b) % blocks == 0:
        H, wide = len(b) // blocks, len(b)              # b tells the size: a single axis cannot lie on its side
    shapes = {"Wx": ("D", wide), "Wh": (H, wide), "b": (wide,)}
    for name, shape in (extra or {}).items():
        shapes[name] = tuple(H if size == "H" else size for size in shape)
    check_params(params, shapes)
    return params["Wx"], params["Wh"], params["b"]


def check_sequence(X, Wx, lengths):
    """Raise ValueError unless X is (N, T, D) for Wx (D, …), and lengths are None or (N,)."""
    check_array("X", X, ("N", "T", len(Wx)), Wx.dtype, _hint(X, Wx))
    if lengths is not None:
        check_lengths(lengths, *X.shape[:2])


def check_state(name, h, N, H, dtype):
    """Return the state h (N, H), zeros for None.  Raises ValueError: wrong shape or dtype, NaN."""
    if h is None:
        return np.zeros((N, H), dtype)
    hint = ""
    if isinstance(h, tuple):
        raise ValueError(f"{name} is a tuple, expected one array ({N}, {H}): only an LSTM's state is a pair (h, c)")
    if isinstance(h, np.ndarray) and h.shape == (H,):
        hint = f"is the batch axis missing? np.tile({name}, (N, 1)) gives each sequence its own"
    elif isinstance(h, np.ndarray) and h.ndim == 2 and h.shape[1] == H:
        hint = f"it comes from a batch of {len(h)}, X has {N} sequences"
    return check_array(name, h, (N, H), dtype, hint)


def gradients_into_states(dH, dstate, shape, dtype, lengths):
    """Return gradients_by_step for a layer with one state: dH (N, T, H), dstate (N, H), one of them may be None.

    Raises ValueError: both are None; a wrong shape or dtype, NaN.
    """
    if dH is None and dstate is None:
        raise ValueError("dH and dstate are both None: no gradient comes in")
    N, _, H = shape
    dlast = check_state("dstate", dstate, N, H, dtype) if dstate is not None else None
    return gradients_by_step(dH, dlast, shape, dtype, lengths)


def gradients_by_step(dH, dh, shape, dtype, lengths):
    """Return what the loss sends into each state, (T, N, H), to be read only: dH, and dh at each sequence's last step.

    dH (N, T, H) belongs to all states, dh (N, H) to the last ones; either may be None. The padding gets zeros.
    Raises ValueError: a wrong shape or dtype, NaN.
    """
    N, T, H = shape
    if dH is not None:
        check_array("dH", dH, shape, dtype)
    if dh is None and lengths is None and dH is not None:
        return dH.transpose(1, 0, 2)                    # the usual case needs no copy
    dS = np.zeros((T, N, H), dtype) if dH is None else to_time_major(dH)
    if lengths is not None:
        dS[~mask_from_lengths(lengths, T).T] = 0
    if dh is not None:
        last = np.full(N, T) if lengths is None else lengths
        dS[last - 1, np.arange(N)] += dh
    return dS


def _hint(X, Wx):
    if not isinstance(X, np.ndarray):
        return ""
    D = len(Wx)
    if X.ndim == 2 and np.issubdtype(X.dtype, np.integer):
        return "these look like token ids: pass them through an Embedding or one_hot first"
    if X.ndim == 2:
        return "one sequence (T, D)? X[None] adds the batch axis; one number a step (N, T)? X[:, :, None] adds D = 1"
    if X.ndim == 3 and X.shape[2] != D and X.shape[1] == D:
        return "are the last two axes swapped?"
    if X.ndim == 3 and X.shape[2] != D and X.shape[2] == Wx.shape[1]:
        return f"Wx has {D} rows, one for each of X's D numbers a step: is Wx transposed?"
    return ""
