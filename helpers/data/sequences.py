"""Tasks made to order whose answer is known: what a recurrent net can keep, count and carry.

Batch first everywhere: X (N, T, D), Y (N, T, K) or (N, K), ids (N, T), masks (N, T) bool. `rng` is a NumPy generator.
"""

import numpy as np

from .checks import generator, span, whole


def binary_addition(N, T, rng, carry=None, dtype=np.float64):
    """Return (X, Y): N sums of two numbers bit by bit, the smallest bit first.

    X (N, T, 2) has the bits of a and b, Y (N, T, 1) those of a + b. The top bit of a and b is 0, so that the sum fits
    into T bits: a, b < 2**(T - 1). T may be in the hundreds.

    carry: the length of the longest chain of carries, the number of successive bits that pass one on, from 0 (no bit
    does) to T - 1. Without it the bits are uniform, and long chains are rare.

    Raises ValueError for a size below 1, T below 2, or a carry that does not fit.
    """
    N, T, rng = whole("N", N), whole("T", T, 2), generator(rng)
    if carry is None:
        bits = rng.integers(0, 2, (N, T, 2))
        bits[:, -1] = 0
    else:
        bits = _bits_with_carry(N, T, whole("carry", carry, 0, T - 1), rng)
    sums = np.zeros((N, T, 1), np.int64)
    carried = np.zeros(N, np.int64)
    for t in range(T):
        total = bits[:, t].sum(axis=1) + carried
        sums[:, t, 0], carried = total % 2, total // 2
    return bits.astype(dtype), sums.astype(dtype)


def _bits_with_carry(N, T, carry, rng):
    """Bits (N, T, 2) whose longest chain of carries is exactly `carry` bits long."""
    start = rng.integers(0, T - carry, N)[:, None]  # the bit that makes the carry; the chain ends before the top bit
    t = np.arange(T)
    # Outside the chain no bit makes a carry: (0, 0), (0, 1) or (1, 0).
    outside = np.array([[0, 0], [0, 1], [1, 0]])[rng.integers(0, 3, (N, T))]
    # Inside, a bit passes a carry on: (0, 1), (1, 0) or (1, 1).
    inside = np.array([[0, 1], [1, 0], [1, 1]])[rng.integers(0, 3, (N, T))]
    bits = np.where(((t > start) & (t < start + carry))[..., None], inside, outside)
    bits[(t == start) & (carry > 0)] = 1
    bits[np.broadcast_to((t == start + carry) & (carry > 0), (N, T))] = 0  # (0, 0) takes the carry and ends the chain
    bits[:, -1] = 0
    return bits


def bits_to_ints(bits):
    """Return the Python ints of bits (N, T) or (N, T, 1), smallest bit first, rounded at 0.5; for any T."""
    bits = np.asarray(bits)
    if bits.ndim == 3 and bits.shape[-1] == 1:
        bits = bits[..., 0]
    if bits.ndim != 2:
        raise ValueError(f"bits must be (N, T) or (N, T, 1), got shape {bits.shape}")
    return [sum(1 << t for t, bit in enumerate(row) if bit > 0.5) for row in bits.tolist()]


def carry_lengths(X):
    """Return (N,) ints: the longest chain of carries in each sum of X (N, T, 2), as `binary_addition` counts it."""
    bits = np.asarray(X) > 0.5
    if bits.ndim != 3 or bits.shape[-1] != 2:
        raise ValueError(f"X must be (N, T, 2), got shape {bits.shape}")
    running = np.zeros(len(bits), np.int64)
    longest = running.copy()
    for t in range(bits.shape[1]):
        ones = bits[:, t].sum(axis=1)
        passes_on = (ones == 2) | ((ones == 1) & (running > 0))
        running = np.where(passes_on, running + 1, 0)
        longest = np.maximum(longest, running)
    return longest


def echo(N, T, lag, rng, dtype=np.float64):
    """Return (X, Y, mask): random bits X (N, T, 1) and the same bits `lag` steps later.

    Y[:, t] = X[:, t - lag]; mask (N, T) is False on the first `lag` steps, where there is nothing to repeat (Y is 0).

    Raises ValueError unless 0 <= lag < T.
    """
    N, T, rng = whole("N", N), whole("T", T), generator(rng)
    lag = whole("lag", lag, 0, T - 1)
    X = rng.integers(0, 2, (N, T, 1)).astype(dtype)
    Y = np.zeros_like(X)
    Y[:, lag:] = X[:, : T - lag]
    mask = np.broadcast_to(np.arange(T) >= lag, (N, T)).copy()
    return X, Y, mask


def delayed_recall(N, T, rng, K=8, distractors=8):
    """Return (ids (N, T), y (N,)): a symbol 0 … K-1 to remember, then T - 1 distractors K … K+distractors-1.

    The answer y = ids[:, 0] is asked for at the last step. V = K + distractors.

    Source: in the spirit of the long-time-lag tasks of Hochreiter & Schmidhuber 1997. Raises ValueError for sizes below 1.
    """
    N, T, rng = whole("N", N), whole("T", T), generator(rng)
    K, distractors = whole("K", K, 2), whole("distractors", distractors)
    ids = rng.integers(K, K + distractors, (N, T))
    ids[:, 0] = rng.integers(0, K, N)
    return ids, ids[:, 0].copy()


def adding_problem(N, T, rng, dtype=np.float64):
    """Return (X (N, T, 2), y (N, 1)): numbers from [0, 1), two of them marked with a 1 beside them; y is their sum.

    One mark is in the first half, one in the second. Always answering 1 gives a mean squared error of 1/6 = .167.

    Source: Hochreiter & Schmidhuber 1997 (experiment 4), in the form that became usual (Arjovsky, Shah & Bengio 2016);
    theirs has numbers from -1, lengths that vary, marks of -1 at both ends and a scaled sum.
    Raises ValueError for T below 2.
    """
    N, T, rng = whole("N", N), whole("T", T, 2), generator(rng)
    X = np.zeros((N, T, 2), dtype)
    X[..., 0] = rng.random((N, T))
    rows = np.arange(N)
    X[rows, rng.integers(0, T // 2, N), 1] = 1
    X[rows, rng.integers(T // 2, T, N), 1] = 1
    return X, (X[..., 0] * X[..., 1]).sum(axis=1, keepdims=True)


def majority_of_3(N, T, rng, dtype=np.float64):
    """Return (X, Y, mask): random bits X (N, T, 1), and for each the majority among it and its two neighbours.

    Y[:, t] = 1 if x[t-1] + x[t] + x[t+1] >= 2. The first and last step have one neighbour only: mask (N, T) is False
    there and Y is 0. Who has not seen x[t+1] is right in at most 3 of 4 cases: when x[t-1] and x[t] agree (half of
    all) the answer is certain, else it is the toss of a coin.

    Raises ValueError for T below 3.
    """
    N, T, rng = whole("N", N), whole("T", T, 3), generator(rng)
    X = rng.integers(0, 2, (N, T, 1)).astype(dtype)
    Y = np.zeros_like(X)
    Y[:, 1:-1] = X[:, :-2] + X[:, 1:-1] + X[:, 2:] >= 2
    mask = np.ones((N, T), bool)
    mask[:, [0, -1]] = False
    return X, Y, mask


def induction(N, T, rng, period=(6, 12), letters=26):
    """Return (ids, known): rows ids (N, T) that each repeat a random string over and over, such as c a t s c a t s c a.

    Each row has a string and a period (the string's length) of its own; a letter may come twice in a string. `period` is
    one number or a pair (shortest, longest), each as likely. The periods must differ: where all are the same, looking
    back by a fixed number of places is enough.

    known (N, T) is True where a letter follows from those before it: one period and one letter must have been seen, to
    know that the string has begun again. So known[n, t] is t > period.

    Source: in the spirit of Olsson et al., In-context Learning and Induction Heads, 2022 (rows of random tokens, repeated).
    Raises ValueError for sizes below 1, or T below the longest period + 2 (nothing would be known).
    """
    N, rng, letters = whole("N", N), generator(rng), whole("letters", letters)
    low, high = span("period", period)
    T = whole("T", T, high + 2)
    periods = rng.integers(low, high + 1, N)[:, None]
    strings = rng.integers(0, letters, (N, high))
    ids = np.take_along_axis(strings, np.arange(T) % periods, axis=1)
    return ids, np.arange(T) > periods


def random_strings(N, length, rng, alphabet="abcdefghijklmnopqrstuvwxyz"):
    """Return N random strings; `length` is one number or a pair (shortest, longest), each length as likely.

    Raises ValueError for an empty alphabet or a length below 1.
    """
    N, rng = whole("N", N), generator(rng)
    low, high = span("length", length)
    if not alphabet:
        raise ValueError("alphabet must hold at least one letter, got none")
    lengths = rng.integers(low, high + 1, N)
    letters = rng.integers(0, len(alphabet), (N, high))
    return ["".join(alphabet[i] for i in row[:T]) for row, T in zip(letters.tolist(), lengths.tolist(), strict=True)]
