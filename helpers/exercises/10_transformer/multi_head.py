"""Exercise 10.5: several looks side by side."""

import numpy as np

from helpers.checking.authoring import exercise

from .causal_attend import causal_attend
from .rotate import rotate as turn
from .split_heads import split_heads


@exercise("10.5", title="Several heads", returns={"Y": "N T D", "cache": ""}, hints=[
    "What does the product of X with Wqkv hold, from left to right? And what undoes a split: the same two steps in which order?",
    "`np.split(…, 3, axis=2)` gives three arrays (N, T, D); each of them is split into heads. To merge, first exchange the axes back, then reshape to (N, T, D).",
    "`(split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))`; `C.transpose(0, 2, 1, 3).reshape(N, T, D)`; `merged @ Wo`.",
])
def multi_head(X, Wqkv, Wo, heads, rotate=None):
    """Let each place look back with several heads at once.

    X (N, T, D); Wqkv (D, 3D) makes queries, keys and values of all heads, in this order;
    Wo (D, D) mixes what the heads have found. rotate: None, or a function
    of an array (N, heads, T, d) and the positions (T,).
    -> Y (N, T, D), and a cache for the way back.
    With heads = 1 and Wo = I it is the causal self-attention of notebook 09:
    X = [[[0.], [1.]]] with Wqkv = [[1., log 3, 8.]] and Wo = [[1.]] gives
    Y = [[[0.], [6.]]].
    """
    N, T, D = X.shape
    # TODO: Q, K and V, each (N, heads, T, d), by split_heads
    Q, K, V = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))
    # END
    if rotate is not None:
        Q, K = rotate(Q, np.arange(T)), rotate(K, np.arange(T))
    C, A = causal_attend(Q, K, V)                       # (N, heads, T, d), (N, heads, T, T)
    merged = C.transpose(0, 2, 1, 3).reshape(N, T, D)   # TODO: (N, T, D) heads side by side again
    Y = merged @ Wo                                     # TODO: (N, T, D) mixed
    return Y, (X, Q, K, V, A, merged, Wqkv, Wo, rotate)


@multi_head.cases
def _(rng):
    def draw(N, T, heads, d, rotate=None):
        D = heads * d
        return rng.normal(size=(N, T, D)), rng.normal(size=(D, 3 * D)) / D**0.5, rng.normal(size=(D, D)) / D**0.5, heads, rotate

    yield "one head, one number", (np.array([[[0.0], [1.0]]]), np.array([[1.0, np.log(3.0), 8.0]]), np.eye(1), 1, None)
    yield "one head, three places", draw(1, 3, 1, 2)
    yield "two heads, three places", draw(1, 3, 2, 2)
    yield "2 sequences, T = 5, 3 heads of 4", draw(2, 5, 3, 4)
    yield "2 sequences, T = 5, 2 heads of 4, clocks turned", draw(2, 5, 2, 4, turn.reference)
    yield "4 heads of 3", draw(2, 6, 4, 3)


@multi_head.observed_by
def _(answer, *inputs):
    """Leave the last entry of the cache, a function, out."""
    if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], tuple) and len(answer[1]) == 9:
        return answer[0], answer[1][:8]
    return answer


@multi_head.same
def _(X, Wqkv, Wo, heads, rotate=None):
    N, T, D = X.shape
    Z = (X @ Wqkv).reshape(N, T, 3, heads, D // heads).transpose(2, 0, 3, 1, 4)
    Q, K, V = Z if rotate is None else (rotate(Z[0], np.arange(T)), rotate(Z[1], np.arange(T)), Z[2])
    C, A = causal_attend(Q, K, V)
    merged = np.concatenate([C[:, h] for h in range(heads)], axis=2)
    return merged @ Wo, (X, Q, K, V, A, merged, Wqkv, Wo, rotate)


MIXED = "A reshape never moves a number: it cannot bring the heads of one place together. Exchange the axes back first, then reshape."

for sentence, block in [
    ("Queries and keys are exchanged: the product with Wqkv holds the queries first, then keys, then values.", "K, Q, V = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))"),
    ("Queries and values are exchanged: the product with Wqkv holds the queries first, then keys, then values.", "V, K, Q = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))"),
    ("Keys and values are exchanged: the product with Wqkv holds the queries first, then keys, then values.", "Q, V, K = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))"),
    ("You split by a reshape to (N, heads, T, d): a head then gets whole vectors of a few places. `split_heads` cuts each vector.", "Q, K, V = (Z.reshape(N, heads, T, D // heads) for Z in np.split(X @ Wqkv, 3, axis=2))"),
    ("Your values are X itself: what is handed over is X @ Wv, the last third of the product.", "Q, K, V = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))\nV = split_heads(X, heads)"),
    ("Your keys are the queries: the second third of the product is not used.", "Q, K, V = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))\nK = Q"),
    ("You cut the product into three by taking every third number. The queries of all heads come first, as one piece of D numbers.", "Q, K, V = (split_heads((X @ Wqkv)[:, :, i::3], heads) for i in range(3))"),
    ("You divide the queries by √D as well. `causal_attend` itself divides the scores by √d, the width of a head.", "Q, K, V = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3, axis=2))\nQ = Q / D**0.5"),
]:
    multi_head.mistake(sentence, block=block)

for block in (
    "qkv = split_heads(X @ Wqkv, 3 * heads)\nQ, K, V = qkv[:, 0::3], qkv[:, 1::3], qkv[:, 2::3]",
    "Q, K, V = np.split(split_heads(X @ Wqkv, heads), 3, axis=3)",
    "Q, K, V = np.split((X @ Wqkv).reshape(N, T, heads, 3 * (D // heads)).transpose(0, 2, 1, 3), 3, axis=3)",
    "d = D // heads\nqkv = (X @ Wqkv).reshape(N, T, heads, 3 * d).transpose(0, 2, 1, 3)\nQ, K, V = qkv[..., :d], qkv[..., d:2 * d], qkv[..., 2 * d:]",
):
    multi_head.mistake(
        "You read the product head by head, as if it held query, key and value of head 0, then those of head 1. It holds the queries of ALL heads first, then all keys, then all values.",
        block=block,
    )

for sentence, merged in [
    (MIXED, "C.reshape(N, T, D)"),
    ("Your heads are interleaved in the merged vector: head 0 has its first d numbers, head 1 the next.", "C.transpose(0, 2, 3, 1).reshape(N, T, D)"),
    ("You add the heads up or average them. They lie side by side, and Wo mixes them.", "np.tile(C.mean(axis=1), (1, 1, heads))"),
    ("You take the first head alone, again and again.", "np.tile(C[:, 0], (1, 1, heads))"),
    ("Your heads are merged in the wrong order: head 0 has its first d numbers.", "C[:, ::-1].transpose(0, 2, 1, 3).reshape(N, T, D)"),
]:
    multi_head.mistake(sentence, merged=merged)

for sentence, Y in [
    ("Wo is missing: without it no head's result can go anywhere but into its own d numbers.", "merged"),
    ("Your Wo is transposed.", "merged @ Wo.T"),
    ("The shortcut does not belong here: X is added by the block, around this function.", "X + merged @ Wo"),
    ("Wo mixes X instead of what the heads have found.", "X @ Wo"),
]:
    multi_head.mistake(sentence, Y=Y)

multi_head.mistakes_in("block", [
    ("Without `axis`, `np.split` cuts the batch. Q, K and V lie side by side along axis 2.", "Q, K, V = (split_heads(Z, heads) for Z in np.split(X @ Wqkv, 3))"),
    ("The heads are not cut: each of the three goes through `split_heads`.", "Q, K, V = np.split(X @ Wqkv, 3, axis=2)"),
    ("Wqkv is not used: Q, K and V are X through a third of Wqkv each.", "Q = K = V = split_heads(X, heads)"),
])
