"""Exercise 10.6: back through the heads."""

import numpy as np

from helpers.checking.authoring import exercise

from .multi_head import multi_head
from .rotate import rotate as turn
from .split_heads import split_heads


@exercise("10.6", title="Several heads, backwards", returns={"dX": "N T D", "dWqkv": "D q,k,v:D", "dWo": "D D"}, hints=[
    "Go back through the lines of `multi_head`, last one first. What does a product leave to each of its factors? And the softmax (notebook 09, section 4)?",
    "dWo comes from what was mixed, `merged`, and dY, summed over the batch and all places: lay both out as (N·T, D). In scores = Q Kᵀ / √d, place t's query met all keys, and place u's key met all queries: "
    "one of dQ, dK needs the scores' gradient with its last two axes exchanged.",
    "`merged.reshape(-1, D).T @ dY.reshape(-1, D)`; `split_heads(dY @ Wo.T, heads)`; `np.swapaxes(A, -1, -2) @ dC`; `A * (dA - (A * dA).sum(axis=-1, keepdims=True)) / d**0.5`; "
    "`np.swapaxes(de, -1, -2) @ Q`; `dZ @ Wqkv.T`.",
])
def multi_head_backward(dY, cache):
    """Return the gradients of X (N, T, D), Wqkv (D, 3D) and Wo (D, D), given dY (N, T, D).

    cache is what `multi_head` returned. Turned queries and keys are turned back
    by negative positions.
    With one head of one number, X = [[[2.]]], Wqkv = [[1., 1., 3.]], Wo = [[5.]] and
    dY = [[[1.]]], the one place has all the weight, so dX = [[[15.]]],
    dWqkv = [[0., 0., 10.]] and dWo = [[6.]].
    """
    X, Q, K, V, A, merged, Wqkv, Wo, rotate = cache
    (N, heads, T, d), D = Q.shape, X.shape[2]
    dWo = merged.reshape(-1, D).T @ dY.reshape(-1, D)              # TODO: (D, D)
    dC = split_heads(dY @ Wo.T, heads)                             # TODO: (N, heads, T, d)
    dV = np.swapaxes(A, -1, -2) @ dC                               # TODO: (N, heads, T, d)
    dA = dC @ np.swapaxes(V, -1, -2)
    de = A * (dA - (A * dA).sum(axis=-1, keepdims=True)) / d**0.5  # TODO: like A: softmax, scale
    dQ = de @ K
    dK = np.swapaxes(de, -1, -2) @ Q                               # TODO: (N, heads, T, d)
    if rotate is not None:
        dQ, dK = rotate(dQ, -np.arange(T)), rotate(dK, -np.arange(T))
    dZ = np.concatenate([G.transpose(0, 2, 1, 3).reshape(N, T, D)
                         for G in (dQ, dK, dV)], axis=2)
    dWqkv = X.reshape(-1, D).T @ dZ.reshape(-1, 3 * D)
    dX = dZ @ Wqkv.T                                               # TODO: (N, T, D)
    return dX, dWqkv, dWo


@multi_head_backward.cases
def _(rng):
    def draw(N, T, heads, d, rotate=None, size=1.0):
        D = heads * d
        X, Wqkv, Wo = rng.normal(size=(N, T, D)), size * rng.normal(size=(D, 3 * D)) / D**0.5, rng.normal(size=(D, D)) / D**0.5
        return rng.normal(size=(N, T, D)), multi_head.reference(X, Wqkv, Wo, heads, rotate)[1]

    one = multi_head.reference(np.array([[[2.0]]]), np.array([[1.0, 1.0, 3.0]]), np.array([[5.0]]), 1)[1]
    yield "one place, one number", (np.array([[[1.0]]]), one)
    yield "one head, two places", draw(1, 2, 1, 1)
    yield "one head of 4, three places", draw(1, 3, 1, 4)
    yield "two heads of 2, three places", draw(1, 3, 2, 2)
    yield "2 sequences, T = 5, 3 heads of 4", draw(2, 5, 3, 4)
    yield "2 sequences, T = 5, 2 heads of 4, clocks turned", draw(2, 5, 2, 4, turn.reference)
    yield "4 heads of 3, sharper", draw(2, 6, 4, 3, size=2.0)


@multi_head_backward.same
def _(dY, cache):
    X, Q, K, V, A, merged, Wqkv, Wo, rotate = cache
    N, heads, T, d = Q.shape
    g = np.einsum("nti,ji->ntj", dY, Wo).reshape(N, T, heads, d)
    dV = np.einsum("nhtu,nthd->nhud", A, g)
    dA = np.einsum("nthd,nhud->nhtu", g, V)
    de = A * dA
    de = (de - A * de.sum(axis=3, keepdims=True)) * d**-0.5
    dQ, dK = np.einsum("nhtu,nhud->nhtd", de, K), np.einsum("nhtu,nhtd->nhud", de, Q)
    if rotate is not None:
        dQ, dK = rotate(dQ, -np.arange(T)), rotate(dK, -np.arange(T))
    dZ = np.stack([dQ, dK, dV]).transpose(1, 3, 0, 2, 4).reshape(N, T, -1)
    return np.einsum("ntz,dz->ntd", dZ, Wqkv), np.einsum("ntd,ntz->dz", X, dZ), np.einsum("nti,ntj->ij", merged, dY)


for sentence, dWo in [
    ("dWo is transposed: its rows are what went in, `merged`, its columns what came out.", "dY.reshape(-1, D).T @ merged.reshape(-1, D)"),
    ("dWo is made with X. What Wo was multiplied by is `merged`, what the heads had found.", "X.reshape(-1, D).T @ dY.reshape(-1, D)"),
    ("dWo is made with heads that are not merged: (N, heads, T, d) laid out as rows of D mixes places. `merged` is in the cache.", "(A @ V).reshape(-1, D).T @ dY.reshape(-1, D)"),
    ("dWo is an average over the batch. Every sequence has used Wo, so their parts add up.", "merged.reshape(-1, D).T @ dY.reshape(-1, D) / N"),
    ("dWo is an average over all places. Every place has used Wo, so their parts add up.", "merged.reshape(-1, D).T @ dY.reshape(-1, D) / (N * T)"),
    ("Your dWo still has the batch in front, one matrix for each sequence. All sequences have used the same Wo: sum over the batch as well.", "np.swapaxes(merged, -1, -2) @ dY"),
]:
    multi_head_backward.mistake(sentence, dWo=dWo)

for sentence, dC in [
    ("On the way back through Wo it has to be transposed: dY @ Wo.T.", "split_heads(dY @ Wo, heads)"),
    ("dC is not cut into heads yet. What comes back through Wo is (N, T, D); each head takes its own d numbers: `split_heads`.", "dY @ Wo.T"),
    ("Wo is skipped on the way back: the heads get dY as it is.", "split_heads(dY, heads)"),
    ("You cut the gradient into heads by a reshape alone, which mixes places. `split_heads` cuts it as the forward pass did.", "(dY @ Wo.T).reshape(N, heads, T, d)"),
    ("The gradient of the first head goes to all heads. Each of them has its own d numbers.", "np.repeat(split_heads(dY @ Wo.T, heads)[:, :1], heads, axis=1)"),
]:
    multi_head_backward.mistake(sentence, dC=dC)

for sentence, dV in [
    ("dV is made with A as it is. Value u went to every place t that looked at it, with the weight A[t, u]: sum over t, so A is transposed.", "A @ dC"),
    ("Every value gets the whole gradient of its own place: the weights are missing.", "dC"),
    ("dV holds the values themselves. In A @ V the gradient of V is A transposed times what comes in.", "np.swapaxes(A, -1, -2) @ V"),
]:
    multi_head_backward.mistake(sentence, dV=dV)

for sentence, de in [
    ("The scale is forgotten on the way back: the scores were divided by √d, and so is their gradient.", "A * (dA - (A * dA).sum(axis=-1, keepdims=True))"),
    ("You divide by √D, the whole width. The forward pass divided by √d, the width of one head.", "A * (dA - (A * dA).sum(axis=-1, keepdims=True)) / D**0.5"),
    ("You divide by d. The same factor as on the way there is needed: 1/√d.", "A * (dA - (A * dA).sum(axis=-1, keepdims=True)) / d"),
    ("You multiply by √d. A constant factor is the same in both directions: divide.", "A * (dA - (A * dA).sum(axis=-1, keepdims=True)) * d**0.5"),
    ("Your softmax step is `A * dA` alone. When one weight grows, the others of its row shrink: the row's Σ A · dA has to be subtracted.", "A * dA / d**0.5"),
    ("Your sum in the softmax step runs over the queries. A row shares out 1 among its KEYS, the last axis.", "A * (dA - (A * dA).sum(axis=-2, keepdims=True)) / d**0.5"),
    ("You subtract the plain sum of dA. The weights belong in that sum: Σ A · dA.", "A * (dA - dA.sum(axis=-1, keepdims=True)) / d**0.5"),
    ("You take the mean of A · dA. The weights sum to 1, so the weighted SUM already is the average.", "A * (dA - (A * dA).mean(axis=-1, keepdims=True)) / d**0.5"),
    ("The A in front is missing: a place without weight, as all of the future, gets no gradient.", "(dA - (A * dA).sum(axis=-1, keepdims=True)) / d**0.5"),
    ("The softmax is skipped on the way back.", "dA / d**0.5"),
    ("The sign of the softmax step is wrong.", "A * ((A * dA).sum(axis=-1, keepdims=True) - dA) / d**0.5"),
    ("A (1 - A) is the slope of a sigmoid: each weight also depends on all other scores of its row.", "A * (1 - A) * dA / d**0.5"),
]:
    multi_head_backward.mistake(sentence, de=de)

for sentence, dK in [
    ("dK is made with de as it is. Key u was asked by every place t, so the sum runs over t: exchange the last two axes of de.", "de @ Q"),
    ("dK is made with the keys. In q · k, the gradient of k is q.", "np.swapaxes(de, -1, -2) @ K"),
    ("The scale is in dK twice: de has it already.", "np.swapaxes(de, -1, -2) @ Q / d**0.5"),
    ("dK is made with A: what flows back into a key is the gradient of its score, de.", "np.swapaxes(A, -1, -2) @ Q"),
    ("dK is made with dA: on the way to the keys the softmax is skipped.", "np.swapaxes(dA, -1, -2) @ Q"),
    ("dK is the same as dQ in your lines: in q · k, the gradient of k is q.", "dQ"),
]:
    multi_head_backward.mistake(sentence, dK=dK)

for sentence, dX in [
    ("Only the queries hand their gradient back to X. Keys and values were made of X as well: the whole dZ goes through Wqkv.", "dZ[:, :, :D] @ Wqkv[:, :D].T"),
    ("The values' share of dX is missing: X was made into queries, keys AND values.", "dZ[:, :, : 2 * D] @ Wqkv[:, : 2 * D].T"),
    ("Only the values hand their gradient back to X. Queries and keys were made of X as well.", "dZ[:, :, 2 * D :] @ Wqkv[:, 2 * D :].T"),
    ("You add dY to dX, as a shortcut does. The shortcut is the block's, around this function.", "dY + dZ @ Wqkv.T"),
    ("Three gradients arrive at X, and you average them. They add up.", "dZ @ Wqkv.T / 3"),
]:
    multi_head_backward.mistake(sentence, dX=dX)


@multi_head_backward.mistake("Right numbers in the wrong order: dX, dWqkv, dWo.")
def _(dY, cache):
    dX, dWqkv, dWo = multi_head_backward(dY, cache)
    return dWqkv, dWo, dX

multi_head_backward.mistakes_in("dV", [
    ("dY has not gone back through Wo here. What arrives at the heads is dC.", "np.swapaxes(A, -1, -2) @ split_heads(dY, heads)"),
])

multi_head_backward.mistakes_in("de", [
    ("The sum is missing: what is taken away from dA is one number for each row, Σ A · dA.", "A * (dA - A * dA) / d**0.5"),
])
