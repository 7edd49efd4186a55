"""Exercise 9.6: causal self-attention."""

import numpy as np

from helpers.checking.authoring import exercise

from .softmax import softmax


@exercise("9.6", title="Causal self-attention", returns={"Y": "N T E", "A": "N T T/key"}, hints=[
    "Every step is a query, a key and a value. So how many scores are there for T steps, and which of them look into the future?",
    "All scores at once are a matrix product of Q (N, T, H) with K, its last two axes exchanged: row t holds what step t asks. In row t the columns 0 … t are allowed: a triangle.",
    "`X @ Wq`, `X @ Wk`, `X @ Wv`; `Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])`; `np.tril(np.ones((T, T), bool))`, or `np.arange(T)[:, None] >= np.arange(T)`; `A @ V`.",
])
def causal_self_attention(X, Wq, Wk, Wv):
    """Let every step of a sequence look at itself and at all steps before it.

    X (N, T, D); Wq and Wk (D, H), Wv (D, E) make queries, keys and values. Scores are
    divided by √H.
    -> Y (N, T, E), the context of each step, and the weights A (N, T, T): row t says where
    step t looks.
    X = [[[0.], [1.]]] with Wq = [[1.]], Wk = [[log 3]], Wv = [[8.]] gives
    A = [[[1, 0], [.25, .75]]] and Y = [[[0.], [6.]]].
    """
    T = X.shape[1]
    # TODO: Q, K (N, T, H) and V (N, T, E)
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    # END
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])      # TODO: (N, T, T) q · k, scaled
    allowed = np.tril(np.ones((T, T), bool))                     # TODO: (T, T) may step t look?
    A = softmax(scores, np.broadcast_to(allowed, scores.shape))  # your 9.1
    Y = A @ V                                                    # TODO: (N, T, E)
    return Y, A


@causal_self_attention.cases
def _(rng):
    def draw(N, T, D, H, E, size=1.0):
        return size * rng.normal(size=(N, T, D)), rng.normal(size=(D, H)), rng.normal(size=(D, H)), rng.normal(size=(D, E))

    yield "two steps, one number each", (np.array([[[0.0], [1.0]]]), np.array([[1.0]]), np.array([[np.log(3.0)]]), np.array([[8.0]]))
    yield "three steps, H = 1", draw(1, 3, 2, 1, 1)
    yield "three steps, H = 4: scaled by ½", draw(1, 3, 2, 4, 2)
    yield "a batch of 2, D = H = E = T = 3", draw(2, 3, 3, 3, 3)
    yield "all five sizes 3", draw(3, 3, 3, 3, 3)
    yield "all sizes different", draw(2, 5, 4, 3, 6)
    yield "scores in the thousands", draw(2, 4, 3, 5, 2, 40.0)
    yield "a single step: it sees itself alone", draw(2, 1, 3, 2, 4)
    yield "whole numbers, all steps equal", (np.full((1, 4, 2), 3), np.array([[1], [2]]), np.array([[2], [-1]]), np.array([[1, 0], [2, 5]]))


@causal_self_attention.same
def _(X, Wq, Wk, Wv):
    (N, T, _), H = X.shape, Wq.shape[1]
    Y, A = np.zeros((N, T, Wv.shape[1])), np.zeros((N, T, T))
    for n in range(N):
        for t in range(T):
            e = np.array([X[n, t] @ Wq @ (X[n, u] @ Wk) / H**0.5 for u in range(t + 1)])
            a = np.exp(e - e.max())
            A[n, t, : t + 1] = a / a.sum()
            Y[n, t] = A[n, t, : t + 1] @ (X[n, : t + 1] @ Wv)
    return Y, A


causal_self_attention.same(causal_self_attention.changed(
    ("Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])", 'np.einsum("nth,nuh->ntu", Q, K) * Wk.shape[1] ** -0.5'),
    ("np.tril(np.ones((T, T), bool))", "np.arange(T)[:, None] >= np.arange(T)"),
    ("A @ V", 'np.einsum("ntu,nue->nte", A, V)')))

# queries, keys and values
EXCHANGED = "Query and key are exchanged: row t of the scores has to hold what step t ASKS, with Wq, of every key, with Wk."
AVERAGE_X = "You average X itself. What is handed over is the value, X @ Wv."
AVERAGE_K = "You average the keys. A key only says how well its step fits; what is handed over is the value."
SIGN = "Your scores have the wrong sign: each step looks most at the step that fits worst."
for sentence, *edits in [
    (EXCHANGED, "X @ Wk, X @ Wq, X @ Wv"),
    ("Your keys are the queries: the scores are Q with Q, and Wk is not used.", "X @ Wq, X @ Wq, X @ Wv"),
    ("Your queries are the keys: the scores are K with K, and Wq is not used.", "X @ Wk, X @ Wk, X @ Wv"),
    (AVERAGE_X, "X @ Wq, X @ Wk, X"),
    (AVERAGE_K, "X @ Wq, X @ Wk, X @ Wk"),
    ("You average the queries. A query only asks; what is handed over is the value, X @ Wv.", "X @ Wq, X @ Wk, X @ Wq"),
    ("The three matrices are mixed up: Q is made by Wq, K by Wk and V by Wv, and they stand on the left in this order.", "X @ Wq, X @ Wv, X @ Wk", "X @ Wv, X @ Wk, X @ Wq"),
    ("You transpose a matrix: X is (N, T, D), Wq and Wk are (D, H) and Wv (D, E), so they fit as they are.", "X @ Wq.T, X @ Wk, X @ Wv", "X @ Wq, X @ Wk.T, X @ Wv", "X @ Wq, X @ Wk, X @ Wv.T", "X @ Wq.T, X @ Wk.T, X @ Wv.T"),
    ("The matrices are on the wrong side: the rows of X are the steps, so X stands on the left of `@`.", "Wq @ X, Wk @ X, Wv @ X"),
    ("`*` multiplies number by number. Queries, keys and values are matrix products, `@`.", "X * Wq, X * Wk, X * Wv"),
    (SIGN, "-X @ Wq, X @ Wk, X @ Wv"),
    ("X is taken as it is for query, key and value: the three learnt matrices are not used.", "X, X, X"),
]:
    for edit in edits:
        causal_self_attention.mistake(sentence, block=f"Q, K, V = {edit}")

# the scores
DOTS = "Q @ K.transpose(0, 2, 1)"
causal_self_attention.mistakes_in("scores", [
    ("The scale is missing: the scores are to be divided by √H.", DOTS),
    ("You divide by H, or by √H twice. A sum of H independent products has a typical size of √H: divide by √H, and once.", f"{DOTS} / Q.shape[2]", f"{DOTS} / np.sqrt(Q.shape[2]) / np.sqrt(Q.shape[2])"),
    ("You multiply by √H: with long vectors the scores have to be made smaller, not larger.", f"{DOTS} * np.sqrt(Q.shape[2])"),
    ("You scale by √D, the size of the input. The dot product is a sum over the H numbers of query and key.", f"{DOTS} / np.sqrt(X.shape[2])"),
    ("You scale by √T, the number of steps. The dot product is a sum over the H numbers of query and key.", f"{DOTS} / np.sqrt(T)", f"{DOTS} / np.sqrt(Q.shape[1])"),
    ("You divide by √E, the size of the values. The dot product is a sum over the H numbers of query and key.", f"{DOTS} / np.sqrt(V.shape[2])"),
    (EXCHANGED, "K @ Q.transpose(0, 2, 1) / np.sqrt(Q.shape[2])"),
    ("Your keys are the queries: the scores are Q with Q, and Wk is not used.", "Q @ Q.transpose(0, 2, 1) / np.sqrt(Q.shape[2])"),
    ("`reshape` does not exchange axes: it lays the same numbers, in the same order, into another shape. `K.transpose(0, 2, 1)` exchanges.", "Q @ K.reshape(len(K), -1, T) / np.sqrt(Q.shape[2])"),
    ("`K.T` reverses ALL axes of K, to (H, T, N), so sequences of the batch mix or do not fit. Only the last two axes change places: `K.transpose(0, 2, 1)`.", "Q @ K.T / np.sqrt(Q.shape[2])"),
    ("The axes of Q and K do not meet like this: the H axis goes, so it has to be last in Q and last but one in K, `K.transpose(0, 2, 1)`.", "Q @ K / np.sqrt(Q.shape[2])"),
    ("Your exchange moves the batch axis. Axis 0, the batch, stays; the last two axes of K change places.", "Q @ K.transpose(1, 2, 0) / np.sqrt(Q.shape[2])"),
    ("You sum over the steps, and the H axis stays. The H axis goes: Q @ K with the last two axes of K exchanged is (N, T, T).", "Q.transpose(0, 2, 1) @ K / np.sqrt(Q.shape[2])"),
    ("`*` multiplies number by number. The scores are a matrix product, `@`: row t of Q with every row of K.", "Q * K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])"),
    (SIGN, f"-{DOTS} / np.sqrt(Q.shape[2])"),
    ("All allowed steps count the same: the scores are not used.", "np.zeros((len(X), T, T))"),
    ("Each step meets its own key alone. Every step asks every key, T x T scores: that is a matrix product, `@`.", "(Q * K).sum(axis=2) / np.sqrt(Q.shape[2])"),
    ("`np.dot` of two stacks multiplies every sentence with every other one, (N, T, N, T). `@` takes them sentence by sentence.", "np.dot(Q, K.transpose(0, 2, 1)) / np.sqrt(Q.shape[2])"),
])

# the triangle
UPPER = "Your triangle is the upper one: each step looks at itself and at the FUTURE, and never at the past."
causal_self_attention.mistakes_in("allowed", [
    ("Every step looks at all steps, also at those that come after it: the mask forbids nothing.", "np.ones((T, T), bool)"),
    (UPPER, "np.triu(np.ones((T, T), bool))", "np.tril(np.ones((T, T), bool)).T"),
    ("A step may not look at itself in your mask, so the first one has nothing at all to look at. The diagonal is allowed.", "np.tril(np.ones((T, T), bool), -1)"),
    ("Your mask is one diagonal too wide: each step also sees the next one, which a language model has to predict.", "np.tril(np.ones((T, T), bool), 1)"),
    ("Your mask is reversed: you hide the past and the present and allow only the future. True means that a place may be looked at.", "~np.tril(np.ones((T, T), bool))"),
    ("Each step looks only at itself: your mask is the diagonal alone.", "np.eye(T, dtype=bool)"),
    ("A mask of 0 and -1e9 is made to be ADDED to scores. The line below gives it to `softmax`, which takes True for what may be looked at, and every number but 0 is True.",
     "np.where(np.tril(np.ones((T, T))), 0, -1e9)"),
    ("You compare each number with itself, so nothing is forbidden. Rows against columns: `np.arange(T)[:, None]` makes a column of the steps that look.",
     "np.arange(T) >= np.arange(T)"),
])

AFTER = "The mask comes after the softmax: the future has already taken its share, and the weights of a row sum to less than 1."
ALL, ROOT = "np.ones((T, T), bool)", "np.sqrt(Q.shape[2])"
for sentence, edits in [
    ("You multiply the scores by the mask. A future step then has the score 0, and exp(0) = 1 is a weight: the mask belongs in the softmax.", dict(scores=f"np.tril({DOTS} / {ROOT})", allowed=ALL)),
    (AFTER, dict(allowed=ALL, Y="np.tril(A) @ V")),
    (UPPER, dict(scores=f"{DOTS} / {ROOT} + np.tril(np.full((T, T), -1e9), -1)", allowed=ALL)),
    ("-1e9 goes to the diagonal as well: a step may look at itself. Forbidden is what comes after it.", dict(scores=f"{DOTS} / {ROOT} + np.triu(np.full((T, T), -1e9))", allowed=ALL)),
]:
    causal_self_attention.mistake(sentence, **edits)
causal_self_attention.mistakes_in("scores", [("Past and future are both forbidden, the one by what you add to the scores, the other by `allowed`: each step sees only itself.", f"{DOTS} / {ROOT} + np.tril(np.full((T, T), -1e9), -1)")])

# the average of the values
causal_self_attention.mistakes_in("Y", [
    (AVERAGE_X, "A @ X"),
    (AVERAGE_K, "A @ K"),
    ("You multiply the values by the scores. The weights are what the softmax makes of them.", "scores @ V"),
    ("You multiply A transposed by the values: then column t decides what step t gets. The weights of step t are ROW t.", "A.transpose(0, 2, 1) @ V", "A.T @ V"),
    ("You sum over the steps that look. The sum runs over the steps that are looked at, the keys.", "(A[..., None] * V[:, None]).sum(axis=1)"),
    ("You divide by the number of steps once more. The weights already sum to 1, so the weighted SUM is the average.", "A @ V / T"),
    ("All allowed steps count the same: the weights are not used.", "allowed @ V / allowed.sum(axis=1, keepdims=True)"),
])

# another line of softmax, or another return

for sentence, *changes in [
    (AFTER,
    ("softmax(scores, np.broadcast_to(allowed, scores.shape))",
     "np.tril(softmax(scores, np.ones(scores.shape, bool)))")),
    ("Your softmax runs down the columns. Each ROW has to sum to 1: the keys of one query.",
     ("softmax(scores, np.broadcast_to(allowed, scores.shape))",
      "softmax(scores.transpose(0, 2, 1), np.broadcast_to(allowed.T, scores.shape)).transpose(0, 2, 1)")),
]:
    causal_self_attention.mistake(sentence)(causal_self_attention.changed(*changes))

causal_self_attention.mistake("Right numbers in the wrong order: first Y, then the weights.")(
    lambda X, Wq, Wk, Wv: causal_self_attention.reference(X, Wq, Wk, Wv)[::-1])
