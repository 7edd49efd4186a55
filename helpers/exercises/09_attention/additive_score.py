"""Exercise 9.4: the additive score."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("9.4", title="The additive score", returns={"scores": "N T/key"}, hints=[
    "The query has no T axis and the keys have one. How do you add one row to each of T rows?",
    "Both are first taken to U units, each by its own matrix. The query's share (N, U) needs an axis in the middle; the tanh comes over the SUM; v makes one number of U.",
    "`np.tanh((q @ Wq)[:, None] + K @ Wk)`, then `hidden @ v`.",
])
def additive_score(q, K, Wq, Wk, v):
    """Return how well each key fits the query, by a small network: v · tanh(q Wq + k Wk).

    q (N, Hq), K (N, T, Hk), Wq (Hq, U), Wk (Hk, U), v (U,)
    -> scores (N, T), before any softmax.
    q = [[1.]], K = [[[0.], [1.]]], Wq = [[.5]], Wk = [[-.5]], v = [2.] gives
    [[2 tanh .5, 0.]].
    """
    hidden = np.tanh((q @ Wq)[:, None, :] + K @ Wk)  # TODO: (N, T, U) the same query for each key
    return hidden @ v                                # TODO: (N, T) one number for each key


@additive_score.cases
def _(rng):
    def draw(N, T, Hq, Hk, U):
        return rng.normal(size=(N, Hq)), rng.normal(size=(N, T, Hk)), rng.normal(size=(Hq, U)), rng.normal(size=(Hk, U)), rng.normal(size=U)

    yield "one number each, two keys", (np.array([[1.0]]), np.array([[[0.0], [1.0]]]), np.array([[0.5]]), np.array([[-0.5]]), np.array([2.0]))
    yield "two units, H = 1, large sums", (np.array([[3.0]]), np.array([[[1.0], [-2.0]]]), np.array([[1.0, -0.5]]), np.array([[1.0, 2.0]]), np.array([1.0, -0.7]))
    yield "N = T = 3, Hq = Hk = 2", draw(3, 3, 2, 2, 4)
    yield "all five sizes 3", draw(3, 3, 3, 3, 3)
    yield "all sizes different", draw(2, 5, 4, 3, 6)
    yield "a single key", draw(2, 1, 3, 2, 4)
    yield "whole numbers, sums of 1000 and -1000", (np.array([[10], [-10]]), np.array([[[1], [2]], [[-3], [0]]]), np.array([[100, -100]]), np.array([[2, 1]]), np.array([3, 5]))


@additive_score.same
def _(q, K, Wq, Wk, v):
    scores = np.empty(K.shape[:2])
    for n in range(len(q)):
        for t in range(K.shape[1]):
            scores[n, t] = v @ np.tanh(q[n] @ Wq + K[n, t] @ Wk)
    return scores


@additive_score.same
def _(q, K, Wq, Wk, v):
    both = np.concatenate([np.repeat(q[:, None], K.shape[1], axis=1), K], axis=2)
    return np.einsum("ntu,u->nt", np.tanh(both @ np.concatenate([Wq, Wk])), v)


# the hidden units
Q, SUM = "(q @ Wq)[:, None, :]", "(q @ Wq)[:, None, :] + K @ Wk"
additive_score.mistakes_in("hidden", [
    ("The tanh is missing. Without it the query adds the same number to the score of every key, so it has no say in which key wins.", SUM),
    ("You use Wq for the keys as well: Wq and Wk are two matrices, because a query and a key mean different things.", f"np.tanh({Q} + K @ Wq)"),
    ("You use Wk for the query as well: Wq and Wk are two matrices, because a query and a key mean different things.", "np.tanh((q @ Wk)[:, None, :] + K @ Wk)"),
    ("Each matrix is at the other's place: Wq is for the query, Wk for the keys.", "np.tanh((q @ Wk)[:, None, :] + K @ Wq)"),
    ("You squash query and key separately and add afterwards. The tanh has to see their sum, or the query again adds the same to every key.", f"np.tanh({Q}) + np.tanh(K @ Wk)"),
    ("The tanh is over one share alone. It has to see the sum, or the query again adds the same to every key.", f"np.tanh({Q}) + K @ Wk", f"{Q} + np.tanh(K @ Wk)"),
    ("You multiply the two shares. This score adds them: that is its name.", f"np.tanh({Q} * (K @ Wk))", f"np.tanh({Q}) * np.tanh(K @ Wk)"),
    ("The query is not in your scores: the same keys would win whatever is asked for.", "np.tanh(K @ Wk)"),
    ("You subtract the key's share from the query's: they are added.", f"np.tanh({Q} - K @ Wk)"),
    ("The query's axis is missing: (N, U) is added along T, so key number t meets the query of sentence number t. Each key of a sentence meets that sentence's query.", "np.tanh(q @ Wq + K @ Wk)"),
    ("You squash with a sigmoid. The equation has tanh.", f"1 / (1 + np.exp(-({SUM})))"),
    ("The query's new axis is in the wrong place: it belongs in the middle, where the keys have T, so that the query's share is (N, 1, U).", "np.tanh((q @ Wq)[:, :, None] + K @ Wk)", "np.tanh((q @ Wq)[None] + K @ Wk)"),
    ("The first sentence's query asks for all sentences: each row has its own.", "np.tanh((q @ Wq)[0] + K @ Wk)"),
    ("You set negative sums to zero, which is a ReLU. The equation has tanh.", f"np.maximum(0, {SUM})"),
    ("The keys are not in your scores: all places of a row get the same one.", f"np.tanh({Q} + 0 * K @ Wk)", f"np.tanh({Q})"),
    ("Your matrix is transposed: q is (N, Hq) and Wq (Hq, U), so they fit as they are, and K and Wk do too.", "np.tanh((q @ Wq.T)[:, None, :] + K @ Wk)", f"np.tanh({Q} + K @ Wk.T)", "np.tanh((q @ Wq.T)[:, None, :] + K @ Wk.T)"),
    ("You join the two shares. This score adds them; for that the query's share needs an axis in the middle, (N, 1, U).", "np.tanh(np.concatenate([q @ Wq, K @ Wk], axis=1))"),
    ("The matrices are on the wrong side: the rows of q and K are the vectors, so they stand on the left of `@`.", "np.tanh((Wq @ q)[:, None, :] + Wk @ K)"),
    ("v comes in with the next line: `hidden` keeps its U units, (N, T, U).", f"np.tanh({SUM}) @ v"),
])

# one number for each key
additive_score.mistakes_in("returns", [
    ("v is not used: you add up the units, as if each counted the same.", "hidden.sum(axis=2)"),
    ("v has to make ONE number of the U units; you only multiply, and keep all of them.", "hidden * v"),
    ("This is already the softmax. The exercise asks for the scores before it.", "np.exp(hidden @ v) / np.exp(hidden @ v).sum(axis=1, keepdims=True)"),
    ("You divide by √U. The tanh keeps this score small by itself, so it needs no scale.", "hidden @ v / np.sqrt(len(v))"),
    ("You take the mean over the units. v · hidden is a sum: nothing is divided by U.", "(hidden * v).mean(axis=2)"),
    ("You sum over the keys. What v weighs and adds up are the U units; each key keeps its own score.", "(hidden * v).sum(axis=1)"),
    ("There is a second tanh around the score. One, over the sum of both shares, is enough: the score itself is not squashed.", "np.tanh(hidden @ v)"),
    ("All scores are added up to ONE number. Each key keeps its own: sum over the units alone, the last axis.", "(hidden * v).sum()"),
    ("Your scores keep an axis of length 1, (N, T, 1): take it off.", "hidden @ v[:, None]"),
    ("Your scores have the wrong sign: a minus before v turns the best key into the worst.", "-hidden @ v"),
])
additive_score.mistake("The tanh is outside of v. Then everything before it is one linear map, and the query adds the same to every key: it has no say in which key wins.", hidden=SUM, returns="np.tanh(hidden @ v)")
