"""Exercise 10.1: causal attention, with any axes in front."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("10.1", title="Causal attention", returns={"Y": "N T E", "A": "N T T/key"}, hints=[
    "Row t of the scores holds what place t asks of every place. Which columns of this row lie in its future?",
    "`np.swapaxes(K, -1, -2)` exchanges the last two axes of K, however many stand in front of them. `np.triu(M, 1)` keeps what lies above the diagonal.",
    "`Q @ np.swapaxes(K, -1, -2) / d**0.5`; `np.triu(np.ones((T, T), bool), 1)`; `A / A.sum(axis=-1, keepdims=True)`.",
])
def causal_attend(Q, K, V):
    """Let every place of a sequence look at itself and at all places before it.

    Queries Q and keys K (..., T, d), values V (..., T, e). The axes in front, "...", go
    along: a batch, later also heads. Scores are divided by √d.
    -> Y (..., T, e), what each place found, and the weights A (..., T, T):
    row t says where it looked.
    Q = [[0.], [1.]], K = [[0.], [log 3]] and V = [[8.], [0.]] give
    A = [[1, 0], [.25, .75]] and Y = [[8.], [2.]].
    """
    T, d = Q.shape[-2:]
    scores = Q @ np.swapaxes(K, -1, -2) / d**0.5    # TODO: (..., T, T) query with key, scaled
    future = np.triu(np.ones((T, T), bool), 1)      # TODO: (T, T) True where row t may not look
    scores = np.where(future, -np.inf, scores)
    A = np.exp(scores - scores.max(axis=-1, keepdims=True))
    A = A / A.sum(axis=-1, keepdims=True)           # TODO: every row sums to 1
    return A @ V, A


@causal_attend.cases
def _(rng):
    def draw(*front, T, d, e, size=1.0):
        return size * rng.normal(size=(*front, T, d)), rng.normal(size=(*front, T, d)), rng.normal(size=(*front, T, e))

    yield "two places, one number each", (np.array([[0.0], [1.0]]), np.array([[0.0], [np.log(3.0)]]), np.array([[8.0], [0.0]]))
    yield "one place: it can only look at itself", (np.array([[2.0]]), np.array([[3.0]]), np.array([[5.0]]))
    yield "three places, d = 4: scaled by ½", draw(1, T=3, d=4, e=2)
    yield "a batch of 2, T = d = e = 3", draw(2, T=3, d=3, e=3)
    yield "a batch of 2, T = 5, d = 4, e = 6", draw(2, T=5, d=4, e=6)
    yield "two axes in front: 2 sequences of 3 heads", draw(2, 3, T=5, d=4, e=4)
    yield "large scores", draw(2, T=6, d=4, e=3, size=1000.0)


@causal_attend.same
def _(Q, K, V):
    T, d = Q.shape[-2:]
    e = np.einsum("...td,...ud->...tu", Q, K) * d**-0.5 + np.triu(np.full((T, T), -1e9), 1)
    A = np.exp(e - e.max(-1)[..., None])
    return (A := A / A.sum(-1)[..., None]) @ V, A


@causal_attend.same
def _(Q, K, V):
    e = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    allowed = np.arange(Q.shape[-2])[:, None] >= np.arange(Q.shape[-2])
    A = np.where(allowed, np.exp(np.minimum(e - np.where(allowed, e, -np.inf).max(-1, keepdims=True), 0)), 0)
    A = A / A.sum(-1, keepdims=True)                   # masked after the exp, but before the division
    return A @ V, A


for sentence, scores in [
    ("The scale is missing: the scores are to be divided by √d.", "Q @ np.swapaxes(K, -1, -2)"),
    ("You divide by d. A sum of d independent products has a typical size of √d: divide by that.", "Q @ np.swapaxes(K, -1, -2) / d"),
    ("You multiply by √d: with long vectors the scores have to be made smaller, not larger.", "Q @ np.swapaxes(K, -1, -2) * d**0.5"),
    ("You scale by √T. The dot product is a sum over the d numbers of query and key, however long the text is.", "Q @ np.swapaxes(K, -1, -2) / T**0.5"),
    ("Query and key are exchanged: row t has to hold what place t ASKS of every key, so Q stands on the left.", "K @ np.swapaxes(Q, -1, -2) / d**0.5"),
    ("Your keys are the queries: the scores are Q with Q.", "Q @ np.swapaxes(Q, -1, -2) / d**0.5"),
    ("Your scores are made with the values. A value is what is handed over; its key says how well a place fits.", "Q @ np.swapaxes(V, -1, -2) / d**0.5"),
    ("`K.T` reverses ALL axes of K, so the sequences of a batch mix or do not fit. Only the last two change places: `np.swapaxes(K, -1, -2)`.", "Q @ K.T / d**0.5"),
]:
    causal_attend.mistake(sentence, scores=scores)

for axes in ("-2, -1", "-1, -2"):
    for scale in ("d**0.5", "np.sqrt(d)"):
        causal_attend.mistake("In NumPy `transpose` lists all axes of an array, in their new order; `np.swapaxes(K, -1, -2)` exchanges two.", scores=f"Q @ K.transpose({axes}) / {scale}")

for sentence, future in [
    ("Your triangle is transposed: each place sees the FUTURE and not the past. Row t is the place that asks, column u the place that is asked.", "np.tril(np.ones((T, T), bool), -1)"),
    ("Your mask also hides the diagonal, a place's own letter. The first place has then nothing at all to look at, and its row becomes NaN.", "np.triu(np.ones((T, T), bool))"),
    ("Your mask begins one step too far: each place still sees the next letter, the very one that it will have to predict.", "np.triu(np.ones((T, T), bool), 2)"),
    ("Your mask hides nothing: every place sees the whole text, the future as well.", "np.zeros((T, T), bool)"),
    ("True means hidden here. Your triangle marks the places that are allowed, so you hide the past and the present and show the future.", "np.tril(np.ones((T, T), bool))"),
    ("Your mask hides all places but a place's own: nothing of the past is left to look at.", "~np.eye(T, dtype=bool)"),
    ("Your mask hides the past beyond the last step. A place may look as far back as it likes.", "~np.tril(np.triu(np.ones((T, T), bool), -1))"),
]:
    causal_attend.mistake(sentence, future=future)

for sentence, A in [
    ("Your softmax runs down the columns. Each ROW has to sum to 1, over the keys of one query.", "A / A.sum(axis=-2, keepdims=True)"),
    ("You divide by the sum of everything. Each row has to sum to 1 by itself.", "A / A.sum()"),
    ("You divide by the largest of the row: then the best place has the weight 1, and the row sums to more.", "A / A.max(axis=-1, keepdims=True)"),
    ("The division is missing: exp alone gives rows that sum to anything.", "A"),
    ("Your sum has lost its axis (keepdims): NumPy lays it along the keys instead of beside the rows.", "A / A.sum(axis=-1)"),
]:
    causal_attend.mistake(sentence, A=A)


def _weights(Q, K):
    e = Q @ np.swapaxes(K, -1, -2) / Q.shape[-1] ** 0.5
    A = np.exp(e - e.max(axis=-1, keepdims=True))
    return e, A / A.sum(axis=-1, keepdims=True)


@causal_attend.mistake("The mask comes after the softmax: the future has taken its share already, so the weights of a row sum to less than 1.")
def _(Q, K, V):
    A = np.tril(_weights(Q, K)[1])
    return A @ V, A


@causal_attend.mistake("You multiply the scores by the mask. A future place then has the score 0, and exp(0) = 1 is a weight: it needs the score -∞.")
def _(Q, K, V):
    e = np.tril(_weights(Q, K)[0])
    A = np.exp(e - e.max(axis=-1, keepdims=True))
    A = A / A.sum(axis=-1, keepdims=True)
    return A @ V, A


@causal_attend.mistake("You multiply A transposed by the values: the weights of place t are ROW t.")
def _(Q, K, V):
    A = causal_attend(Q, K, V)[1]
    return np.swapaxes(A, -1, -2) @ V, A


@causal_attend.mistake("Right numbers in the wrong order: first what was found, then the weights.")
def _(Q, K, V):
    return causal_attend(Q, K, V)[::-1]
