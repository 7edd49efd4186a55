"""Exercise 10.12: one new place, with the keys and values of all places before it kept."""

import numpy as np

from helpers.checking.authoring import exercise

from .multi_head import multi_head
from .rotate import rotate as turn
from .split_heads import split_heads


@exercise("10.12", title="One step with a cache", returns={"y": "N D", "K": "N heads T/key d", "V": "N heads T/key d"}, hints=[
    "How many places are in the cache, and what is the number of the new one? May it look at itself?",
    "The new key and value join the old ones along the axis of places, before the query looks. No mask is needed: everything in the cache is past or present.",
    "`np.array([t])`; `np.concatenate([K, k], axis=2)`, and V likewise; `q @ np.swapaxes(K, -1, -2) / d**0.5`.",
])
def step_with_cache(x, Wqkv, Wo, heads, K, V, rotate=None):
    """Do what `multi_head` does for one new place alone.

    x (N, D), the vector of the new place. K and V (N, heads, t, d): the keys (turned
    already) and the values of the t places before it. rotate as in `multi_head`.
    -> y (N, D), and K and V with the new place behind the others, (N, heads, t + 1, d).
    For t = 0 there is nothing but the place itself, so y is x @ Wv @ Wo: x = [[2.]] with
    Wqkv = [[1., 1., 3.]] and Wo = [[5.]] gives y = [[30.]].
    """
    (N, D), t = x.shape, K.shape[2]
    q, k, v = (split_heads(z[:, None], heads)                  # (N, heads, 1, d) each
               for z in np.split(x @ Wqkv, 3, axis=1))
    place = np.array([t])                                      # TODO: (1,) the new place's number
    if rotate is not None:
        q, k = rotate(q, place), rotate(k, place)
    K = np.concatenate([K, k], axis=2)                         # TODO: keys of all places so far
    V = np.concatenate([V, v], axis=2)                         # TODO: their values
    scores = q @ np.swapaxes(K, -1, -2) / (D // heads)**0.5    # TODO: (N, heads, 1, t + 1)
    A = np.exp(scores - scores.max(axis=-1, keepdims=True))
    A = A / A.sum(axis=-1, keepdims=True)
    return (A @ V)[:, :, 0].reshape(N, D) @ Wo, K, V


@step_with_cache.cases
def _(rng):
    def draw(N, t, heads, d, rotate=None):
        D = heads * d
        Wqkv, Wo = rng.normal(size=(D, 3 * D)) / D**0.5, rng.normal(size=(D, D)) / D**0.5
        kept = [np.zeros((N, heads, 0, d))] * 2
        if t:
            kept = multi_head.reference(rng.normal(size=(N, t, D)), Wqkv, Wo, heads, rotate)[1][2:4]
        return rng.normal(size=(N, D)), Wqkv, Wo, heads, kept[0], kept[1], rotate

    empty = np.zeros((1, 1, 0, 1))
    yield "the first place, one number", (np.array([[2.0]]), np.array([[1.0, 1.0, 3.0]]), np.array([[5.0]]), 1, empty, empty, None)
    yield "the second place, one head of 2", draw(1, 1, 1, 2)
    yield "the fourth place, one head of 4, clocks turned", draw(1, 3, 1, 4, turn.reference)
    yield "the sixth place, 2 sequences, 3 heads of 4", draw(2, 5, 3, 4)
    yield "the eighth place, 2 sequences, 3 heads of 2, clocks turned", draw(2, 7, 3, 2, turn.reference)
    yield "the first place, 2 sequences, 2 heads of 3", draw(2, 0, 2, 3)


@step_with_cache.same
def _(x, Wqkv, Wo, heads, K, V, rotate=None):
    (N, D), t = x.shape, K.shape[2]
    q, k, v = (x @ Wqkv).reshape(N, 3, heads, 1, D // heads).transpose(1, 0, 2, 3, 4)
    if rotate is not None:
        q, k = rotate(q, np.array([t])), rotate(k, np.array([t]))
    K, V = np.append(K, k, axis=2), np.append(V, v, axis=2)
    e = np.einsum("nhd,nhtd->nht", q[:, :, 0], K) / np.sqrt(D // heads)
    A = np.exp(e - e.max(axis=2, keepdims=True))
    return np.einsum("nht,nhtd->nhd", A / A.sum(axis=2, keepdims=True), V).reshape(N, D) @ Wo, K, V


for sentence, place in [
    ("Your new place has the number 0, as if the text began anew with each letter. It stands behind the t places of the cache.", "np.array([0])"),
    ("Your place is one too far: places are counted from 0, so behind the places 0 … t-1 stands place t.", "np.array([t + 1])"),
    ("Your place is that of the last one in the cache. The new one stands behind it.", "np.array([t - 1])"),
]:
    step_with_cache.mistake(sentence, place=place)

for sentence, K in [
    ("The new key is not kept: the place cannot look at itself, and later ones never find it.", "K"),
    ("The cache is thrown away: only the new key is left.", "k"),
    ("The new key stands in front of the others. It is the key of the last place: it belongs behind them, in the order of the text.", "np.concatenate([k, K], axis=2)"),
    ("You put the value among the keys.", "np.concatenate([K, v], axis=2)"),
    ("You put the query among the keys.", "np.concatenate([K, q], axis=2)"),
    ("The new key replaces the last one in the cache.", "np.concatenate([K[:, :, :-1], k], axis=2)"),
    ("The oldest key is thrown away. A Transformer keeps all places.", "np.concatenate([K, k], axis=2)[:, :, 1:]"),
]:
    step_with_cache.mistake(sentence, K=K)

for sentence, V in [
    ("The new value is not kept: it has to stand beside its key.", "V"),
    ("Of the values only the new one is left.", "v"),
    ("The new value stands in front of the others. It is the value of the last place: it belongs behind them, in the order of the text.", "np.concatenate([v, V], axis=2)"),
    ("You put the key among the values.", "np.concatenate([V, k], axis=2)"),
    ("The new value replaces the last one in the cache.", "np.concatenate([V[:, :, :-1], v], axis=2)"),
]:
    step_with_cache.mistake(sentence, V=V)

step_with_cache.mistake(
    "New key and new value stand in front of the others. Each key still has its own value, so y is right; only the order is not: the new place belongs behind the others.",
    K="np.concatenate([k, K], axis=2)",
    V="np.concatenate([v, V], axis=2)",
)

TWICE = "You turn the keys of the cache once more. They were turned when they came in, each by its own place."
step_with_cache.mistake(TWICE, K="np.concatenate([K if rotate is None else rotate(K, np.arange(t)), k], axis=2)")
step_with_cache.mistake(TWICE, K="np.concatenate([rotate(K, np.arange(t)), k], axis=2)")
for K in ("rotate(np.concatenate([K, k], axis=2), np.arange(t + 1))", "np.concatenate([K, k], axis=2) if rotate is None else rotate(np.concatenate([K, k], axis=2), np.arange(t + 1))"):
    step_with_cache.mistake("You turn all keys once more, those of the cache and the new one. Each was turned when it came in, by its own place.", K=K)

for sentence, scores in [
    ("The scale is missing: divide the scores by √d, here as well.", "q @ np.swapaxes(K, -1, -2)"),
    ("You divide by √D, the whole width. A head compares d numbers: √d.", "q @ np.swapaxes(K, -1, -2) / D**0.5"),
    ("You divide by d. It is √d.", "q @ np.swapaxes(K, -1, -2) / (D // heads)"),
    ("The new place does not look at itself: the last key, its own, is left out.", "np.concatenate([q @ np.swapaxes(K[:, :, :-1], -1, -2) / (D // heads)**0.5, np.full((N, heads, 1, 1), -1e9)], axis=3)"),
    ("Your scores are made with the values. The key says how well a place fits.", "q @ np.swapaxes(V, -1, -2) / (D // heads)**0.5"),
    ("You ask with the new key instead of the query.", "k @ np.swapaxes(K, -1, -2) / (D // heads)**0.5"),
    ("You scale by the root of how many places there are. The dot product is a sum over the d numbers of a head.", "q @ np.swapaxes(K, -1, -2) / (t + 1)**0.5"),
]:
    step_with_cache.mistake(sentence, scores=scores)


@step_with_cache.mistake(TWICE)
def _(x, Wqkv, Wo, heads, K, V, rotate=None):
    t = K.shape[2]
    if rotate is not None:
        K = rotate(K, np.arange(t))
    return step_with_cache(x, Wqkv, Wo, heads, K, V, rotate)


@step_with_cache.mistake("Right numbers in the wrong order: y, K, V.")
def _(x, Wqkv, Wo, heads, K, V, rotate=None):
    y, K, V = step_with_cache(x, Wqkv, Wo, heads, K, V, rotate)
    return K, V, y
