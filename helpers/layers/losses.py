"""Losses. Each returns a number and its gradient, averaged over the places that count (where the mask is True)."""

import numpy as np

from .checks import check_array, check_ids, check_mask


def softmax(scores, *, mask=None):
    """Return probabilities along the last axis: exp(s) / Σ exp(s). Masked places (False) get probability 0.

    scores (…, K), mask (…, K) of True and False or None. The largest score is subtracted first: the result is the same
    and nothing overflows. A row that is masked everywhere gets zeros, not NaN.
    Raises ValueError: scores are not a float array, are empty or hold NaN; mask has another shape or type.
    """
    check_array("scores", scores, ("N", "T", "S", "K")[-scores.ndim:] if isinstance(scores, np.ndarray) else ("N", "K"))
    if mask is None:
        P = np.exp(scores - scores.max(axis=-1, keepdims=True))
        P /= P.sum(axis=-1, keepdims=True)
        return P
    check_mask("mask", mask, scores.shape)
    limits = np.finfo(scores.dtype)
    largest = scores.max(axis=-1, keepdims=True, where=mask, initial=limits.min)
    P = np.exp(np.where(mask, scores, largest) - largest) * mask       # masked places cannot overflow either
    P /= np.maximum(P.sum(axis=-1, keepdims=True), limits.tiny)
    return P


def softmax_cross_entropy(logits, targets, mask=None):
    """Return the mean of -log softmax(logits)[target] in nats, and its gradient dlogits.

        dlogits = (softmax(logits) - one_hot(targets)) / number of places that count

    logits   (…, K), for example (N, T, V)
    targets  (…)     whole numbers from 0 to K-1
    mask     (…)     True where the place counts; None counts all. Masked targets may hold anything, also -1.

    Raises ValueError: targets' shape is not that of logits without the last axis, a target outside 0 … K-1,
    a mask that is not bool or has no True in it, NaN in logits.
    """
    axes = logits.ndim if isinstance(logits, np.ndarray) and logits.ndim >= 2 else 2
    check_array("logits", logits, ("N", "T", "S")[: axes - 1] + ("K",))
    targets, count = _check_targets(targets, mask, logits)
    flat = logits.reshape(-1, logits.shape[-1])
    places = np.arange(len(flat)), targets.ravel()

    shifted = flat - flat.max(axis=1, keepdims=True)          # (P, K): softmax does not change, exp cannot overflow
    picked = shifted[places]                                  # (P,): the score of the right answer
    P = np.exp(shifted, out=shifted)
    total = P.sum(axis=1)
    losses = np.log(total) - picked                           # (P,): -log(exp(picked) / total)
    P /= (total * count)[:, None]
    P[places] -= 1 / count
    if mask is not None:
        losses *= mask.ravel()
        P *= mask.reshape(-1, 1)
    return float(losses.sum(dtype=np.float64) / count), P.reshape(logits.shape)


def sigmoid_cross_entropy(logits, targets, mask=None):
    """Return the mean of -y log σ(a) - (1-y) log(1-σ(a)) in nats, and its gradient dlogits = (σ(a) - y) / count.

    logits a (…), targets y of the same shape, between 0 and 1, and of the same dtype; mask (…) as above or None.
    Computed as max(a, 0) - a·y + log(1 + exp(-|a|)), which neither overflows nor takes log(0).
    Raises ValueError: shapes differ, a target outside [0, 1], a mask that is not bool or has no True, NaN.
    """
    count = _check_pair("logits", logits, targets, mask)
    if targets.min() < 0 or targets.max() > 1:
        raise ValueError(f"targets hold {targets.min()} to {targets.max()}, expected numbers between 0 and 1")
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    dlogits = (0.5 + 0.5 * np.tanh(0.5 * logits) - targets) / count
    return _masked_mean(losses, dlogits, mask, count)


def mean_squared_error(outputs, targets, mask=None):
    """Return the mean of (y - target)², and its gradient 2 (y - target) / count.

    outputs y (…), targets of the same shape and dtype; mask (…) as above or None.
    Raises ValueError: shapes differ, a mask that is not bool or has no True, NaN.
    """
    count = _check_pair("outputs", outputs, targets, mask)
    error = outputs - targets
    return _masked_mean(error**2, 2 * error / count, mask, count)


def _check_targets(targets, mask, logits):
    """Return targets (masked ones set to 0, so that they may hold padding) and the number of places that count."""
    V = logits.shape[-1]
    if mask is None:
        check_ids("targets", targets, V, logits.shape[:-1])
        return targets, targets.size
    count = _count(check_mask("mask", mask, logits.shape[:-1]))
    if isinstance(targets, np.ndarray) and targets.shape == mask.shape and np.issubdtype(targets.dtype, np.integer):
        targets = np.where(mask, targets, 0)
    return check_ids("targets", targets, V, logits.shape[:-1]), count


def _check_pair(name, outputs, targets, mask):
    """Return how many numbers count in outputs, once targets and mask are known to fit them."""
    letters = ("N", "T", "S", "K")
    check_array(name, outputs, letters[: outputs.ndim] if isinstance(outputs, np.ndarray) else ("N", "T", "K"))
    check_array("targets", targets, outputs.shape, outputs.dtype)
    if mask is None:
        return outputs.size
    if isinstance(mask, np.ndarray) and mask.ndim == outputs.ndim - 1:
        return _count(check_mask("mask", mask, outputs.shape[:-1])) * outputs.shape[-1]
    return _count(check_mask("mask", mask, outputs.shape))


def _count(mask):
    count = int(mask.sum())
    if count == 0:
        raise ValueError("mask is False everywhere: there is no place left to average over")
    return count


def _masked_mean(losses, gradient, mask, count):
    if mask is not None:
        mask = mask if mask.ndim == losses.ndim else mask[..., None]
        losses, gradient = losses * mask, gradient * mask
    return float(losses.sum(dtype=np.float64) / count), gradient
