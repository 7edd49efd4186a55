"""Endless streams of batches, for `fit`."""

import numpy as np

from helpers.layers.checks import check_rng, check_size


def shuffled_batches(*arrays, size, rng):
    """Yield tuples of `size` rows of each array, for ever, in a new random order in each round through the data.

    A rest of fewer than `size` rows at the end of a round is left out (other rows in each round).
    Raises ValueError: arrays of different lengths, fewer than `size` rows.
    """
    size, rng = check_size("size", size), check_rng(rng)
    for array in arrays:
        if not isinstance(array, np.ndarray) or array.ndim == 0:
            raise ValueError(f"expected arrays with one row for each example, got a {type(array).__name__}")
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise ValueError(f"expected arrays with the same number of rows, got {', '.join(map(str, lengths)) or 'none'}")
    if lengths[0] < size:
        raise ValueError(f"a batch takes {size} rows, but there are only {lengths[0]}")
    return _shuffled(arrays, size, rng)


def _shuffled(arrays, size, rng):
    while True:
        order = rng.permutation(len(arrays[0]))
        for start in range(0, len(order) - size + 1, size):
            rows = order[start : start + size]
            yield tuple(array[rows] for array in arrays)


def text_batches(ids, *, size, steps):
    """Yield (inputs, targets, is_first) for ever: inputs and targets (size, steps), targets one token ahead.

    The text is cut into `size` long rows. Each batch goes on where the last one ended, so the state at its end is the
    state to begin the next one with, except where is_first is True: there a new round through the text begins.

        row 0   t h e _ c | a t _ s a | t …
        row 1   o n _ t h | e _ m a t | . …

    Raises ValueError: ids are not one axis of whole numbers, or the text is too short for one batch.
    """
    size, steps = check_size("size", size), check_size("steps", steps)
    if not isinstance(ids, np.ndarray) or ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise ValueError("ids: expected one axis of token ids, a NumPy array of whole numbers")
    width = (len(ids) - 1) // size
    if width < steps:
        raise ValueError(f"{size} rows of {steps} steps need {size * steps + 1} tokens, but the text has {len(ids)}")
    return _text(ids, size, steps, width)


def _text(ids, size, steps, width):
    inputs = ids[: size * width].reshape(size, width)
    targets = ids[1 : size * width + 1].reshape(size, width)
    while True:
        for start in range(0, width - steps + 1, steps):
            yield inputs[:, start : start + steps], targets[:, start : start + steps], start == 0
