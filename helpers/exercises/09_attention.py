"""Notebook 09: attention."""

import numpy as np

from helpers.checking.authoring import exercise

# ----------------------------------------------------------------------------------------------------- 9.1 softmax


@exercise("9.1", title="Softmax with a mask", returns={"weights": "N T/key"}, hints=[
    "What is e to the power of minus infinity, and so: which score makes a weight of exactly 0?",
    "First give the masked places the score -inf. Then subtract the row's largest score before `np.exp`. Rows are the last axis. A row with nothing left has the total 0: divide it by 1 instead.",
    "`np.where(mask, scores, -np.inf)`; `np.exp(scores - top)`; `weights / np.where(total > 0, total, 1)`.",
])
def softmax(scores, mask):
    """Turn scores into weights: along the last axis none is negative, and they sum to 1.

    scores (N, T) or (N, S, T); mask, of the same shape, is True where a place may be looked at.
    -> weights of the same shape, 0 where mask is False. A row that is masked everywhere becomes zeros.
    [[0., log 3, 7.]] with the mask [[True, True, False]] becomes [[0.25, 0.75, 0.]].
    """
    scores = np.where(mask, scores, -np.inf)               # TODO: masked places: which score gives 0?
    top = scores.max(axis=-1, keepdims=True)               # (N, 1) or (N, S, 1): the largest of each row
    top = np.where(np.isfinite(top), top, 0)               # it is -inf where all of a row is masked
    weights = np.exp(scores - top)                         # TODO: e to each score, without overflow
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1)         # TODO: rows sum to 1; an empty one stays 0


@softmax.cases
def _(rng):
    free = np.ones
    yield "one row of two scores, nothing masked", (np.array([[0.0, np.log(3.0)]]), free((1, 2), bool))
    yield "scores near 1000, nothing masked", (np.array([[1000.0, 1001.0], [0.0, 1.0]]), free((2, 2), bool))
    yield "three scores, the last one masked", (np.array([[0.3, -0.5, 0.2]]), np.array([[True, True, False]]))
    yield "the masked score is the largest by far", (np.array([[1.0, 0.5, 2000.0]]), np.array([[True, True, False]]))
    yield "all scores negative, the first masked", (np.array([[-9.0, -3.0, -4.0]]), np.array([[False, True, True]]))
    yield "a row that is masked everywhere", (np.array([[1.0, 2.0], [0.5, 0.1]]), np.array([[False, False], [True, True]]))
    yield "random scores (3, 5), random mask", (rng.normal(size=(3, 5)), rng.random((3, 5)) < 0.7)
    yield "three axes (2, 3, 4)", (rng.normal(size=(2, 3, 4)), rng.random((2, 3, 4)) < 0.7)


@softmax.same
def _(scores, mask):
    out = np.zeros(scores.shape)
    for place in np.ndindex(*scores.shape[:-1]):
        s, free = scores[place], mask[place]
        if free.any():
            e = np.exp(s[free] - s[free].max())
            out[place][free] = e / e.sum()
    return out


@softmax.same
def _(s, m):
    low = np.where(m, s, -1e300)
    e = np.exp(low - low.max(-1, keepdims=True)) * m
    return e / np.maximum(e.sum(-1, keepdims=True), 1e-300)


def _softmax(scores, mask, hide=None, top=None, power=np.exp, axis=-1, safe=True, end=None):
    """The finished function with one part replaced."""
    scores = np.where(mask, scores, -np.inf) if hide is None else hide(scores, mask)
    best = scores.max(axis=axis, keepdims=True) if top is None else top(scores)
    best = np.where(np.isfinite(best), best, 0)
    weights = power(scores - best)
    total = weights.sum(axis=axis, keepdims=True)
    if end is not None:
        return end(weights, total)
    return weights / (np.where(total > 0, total, 1) if safe else total)


@softmax.mistake("`np.exp` of a score near 1000 is infinite, and infinity by infinity is NaN: subtract the row's largest score first, with a minus. The weights stay the same.")
def _(scores, mask):
    return _softmax(scores, mask, top=lambda s: np.zeros(1))


@softmax.mistake("You mask after the division: the masked places have already taken their share, so the rest of the row sums to less than 1.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: s) * mask


@softmax.mistake("You give a masked place the score 0. That is a score like any other, with e⁰ = 1, so the place still gets weight.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: s * m)


@softmax.mistake("You never use the mask: padding gets its weight as if it were a word.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: s)


@softmax.mistake("Your mask is turned round: True means that a place may be looked at, and you hide these.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: np.where(m, -np.inf, s))


@softmax.mistake("A row that is masked everywhere becomes NaN: its total is 0, and 0/0 is not a number.")
def _(scores, mask):
    return _softmax(scores, mask, safe=False)


@softmax.mistake("A row that is masked everywhere gets equal weights, from the same large negative number at every place or put in by hand. Nothing may be looked at there, so all its weights are 0.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: np.where(m, s, -1e9))


@softmax.mistake("The largest score that you subtract is one of a masked place. Far above the others, it pushes all of them to 0.")
def _(scores, mask):
    return _softmax(scores, mask, top=lambda s: s.max(axis=-1, keepdims=True), hide=lambda s, m: s, power=np.exp,
                    end=lambda w, total: w * mask / np.where((w * mask).sum(-1, keepdims=True) > 0, (w * mask).sum(-1, keepdims=True), 1))


@softmax.mistake("The largest score that you subtract is one of a masked place. Far above the others, it pushes all of them to 0, and 0/0 is NaN. Look for the largest among the places that count.")
def _(scores, mask):
    return _softmax(scores, mask, top=lambda s: s.max(axis=-1, keepdims=True), hide=lambda s, m: s,
                    end=lambda w, total: w * mask / (w * mask).sum(axis=-1, keepdims=True))


@softmax.mistake("Two things: no largest score is subtracted, so scores near 1000 overflow; and -1e9 is not minus infinity.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: np.where(m, s, -1e9), top=lambda s: np.zeros(1), safe=False)


@softmax.mistake("You subtract the largest score of the whole array. A row far below it becomes zeros: each row needs its own.")
def _(scores, mask):
    return _softmax(scores, mask, top=lambda s: s.max())


@softmax.mistake("Your weights sum to 1 down the first axis, across the batch: the sentences of a batch should not share. Sum along the last axis.")
def _(scores, mask):
    return _softmax(scores, mask, axis=0)


@softmax.mistake("With three axes you sum along axis 1. The places to look at are on the LAST axis, -1.")
def _(scores, mask):
    return _softmax(scores, mask, axis=1)


@softmax.mistake("All weights of the array together sum to 1: each row should do so by itself.")
def _(scores, mask):
    return _softmax(scores, mask, axis=None)


@softmax.mistake("These are the powers of e, not yet weights that sum to 1: you do not divide, or you divide by the largest, which is 1 here, instead of by the sum.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w)


@softmax.mistake("These are the powers of e, not yet weights that sum to 1: you do not divide, or you divide by the largest, which is 1 here, instead of by the sum.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / w.max(axis=-1, keepdims=True))


@softmax.mistake("All weights of the array together sum to 1: each row should do so by itself.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / w.sum())


@softmax.mistake("You divide by the number of places that may be looked at. The powers have to be divided by their own sum.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / np.maximum(mask.sum(axis=-1, keepdims=True), 1))


@softmax.mistake("You divide by the number of places that may be looked at. The powers have to be divided by their own sum.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / mask.sum(axis=-1, keepdims=True))


@softmax.mistake("Your totals have lost the last axis (keepdims): NumPy lays them along the places instead of beside the rows.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / np.where(total > 0, total, 1)[..., 0])


@softmax.mistake("Your totals have lost the last axis (keepdims): NumPy lays them along the places instead of beside the rows.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / w.sum(axis=-1))


@softmax.mistake("You give masked places the score +infinity: e to that is infinite, so they would take all. It is minus infinity that makes 0.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: np.where(m, s, np.inf))


@softmax.mistake("You multiply infinity by the mask, and infinity times False (which is 0) is NaN: choose between the two numbers, do not calculate.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: s + -np.inf * ~m)


@softmax.mistake("Your exponent has the sign turned round: the smallest score gets the largest weight.")
def _(scores, mask):
    return _softmax(scores, mask, power=lambda a: np.exp(-a))


@softmax.mistake("Your exponent has the sign turned round: the smallest score gets the largest weight.")
def _(scores, mask):
    return _softmax(-scores, mask)


@softmax.mistake("You give masked places the smallest score there is. That is a score like any other, and gets a weight.")
def _(scores, mask):
    return _softmax(scores, mask, hide=lambda s, m: np.where(m, s, s.min()))


@softmax.mistake("You divide by the number of places. The powers have to be divided by their own sum.")
def _(scores, mask):
    return _softmax(scores, mask, end=lambda w, total: w / w.shape[-1])


@softmax.mistake("The exponential is missing: scores may be negative, weights may not.")
def _(scores, mask):
    free = scores * mask
    return free / free.sum(axis=-1, keepdims=True)


@softmax.mistake("You return the logarithm of the weights.")
def _(scores, mask):
    return np.log(_softmax(scores, mask))


# ------------------------------------------------------------------------------------------------------ 9.2 attend


@exercise("9.2", title="Attend", returns={"context": "N E", "A": "N T/key"}, hints=[
    "Which number says how well a key fits the query? And how do you make one vector of T values and T weights?",
    "The scores (N, T) are dot products over the H axis, one for each key. `softmax` is your 9.1. The context is a sum over the T axis: weight times VALUE.",
    '`np.einsum("nh,nth->nt", q, K)`, times 1 / √H if scaled; `softmax(scores, mask)`; `np.einsum("nt,nte->ne", A, V)`.',
])
def attend(q, K, V, mask, scaled):
    """Look up values by how well their keys fit a query.

    q (N, H) one query a row, K (N, T, H) keys, V (N, T, E) values, mask (N, T) True where a key may be
    looked at; scaled: True divides the scores by √H.
    -> context (N, E), the weighted average of the values, and the weights A (N, T).
    With q = [[1.]], K = [[[0.], [log 3]]], V = [[[0.], [8.]]] and nothing masked, A = [[.25, .75]] and
    the context is [[6.]].
    """
    scale = 1 / np.sqrt(q.shape[1]) if scaled else 1.0
    scores = scale * np.einsum("nh,nth->nt", q, K)         # TODO: (N, T) query · key, for each key; scaled
    A = softmax(scores, mask)                              # TODO: (N, T) the weights
    context = np.einsum("nt,nte->ne", A, V)                # TODO: (N, E) the weighted average of the values
    return context, A


@attend.cases
def _(rng):
    def draw(N, T, H, E, p=1.0):
        return rng.normal(size=(N, H)), rng.normal(size=(N, T, H)), rng.normal(size=(N, T, E)), rng.random((N, T)) < p

    one = np.ones((1, 2), bool)
    yield "one query, two keys, one number each", (np.array([[1.0]]), np.array([[[0.0], [np.log(3.0)]]]),
                                                   np.array([[[0.0], [8.0]]]), one, False)
    yield "H = 4, scaled by ½", (rng.normal(size=(1, 4)), rng.normal(size=(1, 2, 4)), rng.normal(size=(1, 2, 1)), one, True)
    yield "two rows, three keys, H = E = 2", (*draw(2, 3, 2, 2), False)
    yield "padding at the end of the first row", (*draw(2, 3, 2, 2)[:3], np.array([[True, True, False], [True] * 3]), False)
    yield "all sizes different, scaled", (*draw(3, 5, 4, 2, 0.7), True)
    yield "all sizes different, not scaled", (*draw(2, 4, 3, 5, 0.7), False)


@attend.same
def _(q, K, V, mask, scaled):
    context, A = np.zeros((len(q), V.shape[2])), np.zeros(mask.shape)
    for n in range(len(q)):
        scores = [float(q[n] @ k) / (len(q[n]) ** 0.5 if scaled else 1) for k in K[n]]
        powers = [np.exp(s) if free else 0.0 for s, free in zip(scores, mask[n], strict=True)]
        for t, power in enumerate(powers):
            A[n, t] = power / (sum(powers) or 1)
            context[n] += A[n, t] * V[n, t]
    return context, A


@attend.same
def _(q, K, V, mask, scaled):
    s = (K @ q[:, :, None])[:, :, 0]
    A = softmax(s / np.sqrt(K.shape[2]) if scaled else s, mask)
    return (A[:, None] @ V)[:, 0], A


def _attend(q, K, V, mask, scaled, scores=None, factor=None, weights=None, context=None):
    """The finished function with one part replaced."""
    scale = (1 / np.sqrt(q.shape[1]) if scaled else 1.0) if factor is None else factor
    s = scale * (np.einsum("nh,nth->nt", q, K) if scores is None else scores(q, K))
    A = (weights or softmax.reference)(s, mask)
    return (np.einsum("nt,nte->ne", A, V) if context is None else context(A, V)), A


@attend.mistake("Your softmax runs down the batch: the weights of one sentence should sum to 1 over its own T keys.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, weights=lambda s, m: softmax.reference(s.T, m.T).T)


@attend.mistake("The scale is missing: where scaled is True, the scores are to be divided by √H.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, factor=1.0)


@attend.mistake("You divide the scores by √H even where scaled is False.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, factor=1 / np.sqrt(q.shape[1]))


@attend.mistake("In all you divide by H (by √H twice?). A sum of H independent products has a typical size of √H: divide by that, and once.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, factor=1 / q.shape[1] if scaled else 1.0)


@attend.mistake("You multiply by √H: long vectors need smaller scores, not larger ones.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, factor=np.sqrt(q.shape[1]) if scaled else 1.0)


@attend.mistake("You scale by the number of keys T. The dot product is a sum over the H entries of a key.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, factor=1 / np.sqrt(K.shape[1]) if scaled else 1.0)


@attend.mistake("You scale the weights after the softmax: then they do not sum to 1. It is the scores that are scaled.")
def _(q, K, V, mask, scaled):
    scale = 1 / np.sqrt(q.shape[1]) if scaled else 1.0
    return _attend(q, K, V, mask, scaled, factor=1.0, weights=lambda s, m: softmax.reference(s, m) * scale)


@attend.mistake("The mask is not used: the query looks at padding as if it were text.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, np.ones_like(mask), scaled)


@attend.mistake("The mask comes after the softmax: padding has already taken its share, and the weights sum to less than 1.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, weights=lambda s, m: softmax.reference(s, np.ones_like(m)) * m)


@attend.mistake("You average the keys. A key only says how well its place fits; what is handed over is the value.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, context=lambda A, V: np.einsum("nt,nth->nh", A, K))


@attend.mistake("You compare the query with the values. It is compared with the keys.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: np.einsum("nh,nth->nt", q, V))


@attend.mistake("All values count the same: the weights are computed and not used.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, context=lambda A, V: V.mean(axis=1))


@attend.mistake("You take the value with the largest weight alone. That choice has no gradient; a weighted average of all has one.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, context=lambda A, V: V[np.arange(len(A)), A.argmax(axis=1)])


@attend.mistake("The softmax is missing: scores are no weights, they can be negative and sum to anything.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, weights=lambda s, m: s)


@attend.mistake("Every query looks at the keys of the first sentence: each row of the batch has its own.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: q @ K[0].T)


@attend.mistake("Each query is compared with the keys of all sentences of the batch at once: your sum runs over the batch axis as well.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: q @ K.sum(axis=0).T)


@attend.mistake("Your score is the distance between query and key: the better they fit, the SMALLER it is, so the worst key wins.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: np.linalg.norm(q[:, None] - K, axis=2))


@attend.mistake("Your mask is turned round: True means that a key may be looked at, and you hide these.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, ~mask, scaled)


@attend.mistake("Your scores are means over the H axis. A dot product is a sum: you divide by H, whether scaled or not.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: (q[:, None] * K).mean(axis=2))


@attend.mistake("You divide by the number of keys once more. The weights already sum to 1, so the weighted SUM is the average.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, context=lambda A, V: (A[:, :, None] * V).mean(axis=1))


@attend.mistake("Your scores have the sign turned round: the key that fits worst gets the largest weight.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: -np.einsum("nh,nth->nt", q, K))


@attend.mistake("You weigh the values with the scores. The weights are what the softmax makes of them.")
def _(q, K, V, mask, scaled):
    scale = 1 / np.sqrt(q.shape[1]) if scaled else 1.0
    scores = scale * np.einsum("nh,nth->nt", q, K)
    return np.einsum("nt,nte->ne", scores, V), softmax.reference(scores, mask)


@attend.mistake("You return the scores as the second result. The weights A come out of the softmax.")
def _(q, K, V, mask, scaled):
    scale = 1 / np.sqrt(q.shape[1]) if scaled else 1.0
    return attend.reference(q, K, V, mask, scaled)[0], scale * np.einsum("nh,nth->nt", q, K)


@attend.mistake("All the weight goes to the key that fits best. That choice has no gradient: the softmax gives every key its part.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, weights=lambda s, m: np.eye(s.shape[1])[np.where(m, s, -np.inf).argmax(axis=1)])


@attend.mistake("All the weight goes to the key that fits best. That choice has no gradient: the softmax gives every key its part.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, weights=lambda s, m: np.eye(s.shape[1])[s.argmax(axis=1)])


@attend.mistake("The softmax is applied twice: weights are not scores, and the second time makes them nearly equal.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, weights=lambda s, m: softmax.reference(softmax.reference(s, m), m))


@attend.mistake("The flag is turned round: you scale where scaled is False, and do not where it is True.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, not scaled)


@attend.mistake("You add up the values as they are: the weights are computed and not used.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, context=lambda A, V: V.sum(axis=1))


@attend.mistake("Every row is asked with the first query: each sentence of the batch has its own.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: K @ q[0])


@attend.mistake("You scale the context. It is the scores that are scaled, before the softmax.")
def _(q, K, V, mask, scaled):
    scale = 1 / np.sqrt(q.shape[1]) if scaled else 1.0
    return _attend(q, K, V, mask, False, context=lambda A, V: scale * np.einsum("nt,nte->ne", A, V))


@attend.mistake("Your score is the squared distance of section 2, with a minus. Here the score is the dot product.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: -((q[:, None] - K) ** 2).sum(axis=2))


@attend.mistake("`K.T` turns ALL axes of K round, to (H, T, N): the batch is no longer in front. Each query belongs with the keys of its own row.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: q @ K.T)


@attend.mistake("`K.T` turns ALL axes of K round, to (H, T, N): the batch is no longer in front. Each query belongs with the keys of its own row.")
def _(q, K, V, mask, scaled):
    return np.dot(q, K.T)


@attend.mistake("In `K @ q` the queries are taken as ONE matrix, and each sentence meets all of them. Each sentence has one query: its scores are (T,), those of the batch (N, T).")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: K @ q)


@attend.mistake("In `K @ q` the queries are taken as ONE matrix, and each sentence meets all of them. Each sentence has one query: its scores are (T,), those of the batch (N, T).")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: K @ q.T)


@attend.mistake("Your scores keep an axis of length 1, (N, T, 1), so they do not fit the mask (N, T): take it off.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: K @ q[:, :, None])


@attend.mistake("Right numbers in the wrong order: first the context, then the weights.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled)[::-1]


# --------------------------------------------------------------------------------------------- 9.3 attend_backward


@exercise("9.3", title="Attend, backwards", returns={"dq": "N H", "dK": "N T/key H", "dV": "N T/key E"}, hints=[
    "The context is a product of A and V, summed over t. Which factor does each of them leave to the other?",
    "Backwards: context -> A and V; A -> scores (the softmax: what one weight gains, the others lose); scores -> q and K, which multiply each other. Shapes say which axis is summed over.",
    '`dV = A[:, :, None] * dcontext[:, None]`; `dA = np.einsum("ne,nte->nt", dcontext, V)`; `A * (dA - (A * dA).sum(axis=1, keepdims=True))`; dq sums ds · K over t, dK is ds[:, :, None] * q[:, None].',
])
def attend_backward(dcontext, cache, scaled):
    """Return the gradients of q (N, H), K (N, T, H) and V (N, T, E), given that of the context (N, E).

    cache is (q, K, V, A), as `attend` used and returned them; scaled as there.
    With A = [[½, ½]], V = [[[0.], [8.]]] and dcontext = [[1.]], dA is [[0, 8]] and ds is [[-2, 2]].
    """
    q, K, V, A = cache
    dV = A[:, :, None] * dcontext[:, None, :]              # TODO: (N, T, E)
    dA = np.einsum("ne,nte->nt", dcontext, V)              # TODO: (N, T)
    ds = A * (dA - (A * dA).sum(axis=1, keepdims=True))    # TODO: (N, T) back through the softmax
    ds = ds / np.sqrt(q.shape[1]) if scaled else ds
    # TODO: dq (N, H) and dK (N, T, H) from ds, two lines
    dq = np.einsum("nt,nth->nh", ds, K)
    dK = ds[:, :, None] * q[:, None, :]
    # END
    return dq, dK, dV


@attend_backward.cases
def _(rng):
    def draw(N, T, H, E, scaled, p=1.0):
        q, K, V = rng.normal(size=(N, H)), rng.normal(size=(N, T, H)), rng.normal(size=(N, T, E))
        A = attend.reference(q, K, V, rng.random((N, T)) < p, scaled)[1]
        return rng.normal(size=(N, E)), (q, K, V, A), scaled

    yield "one query, two keys, one number each", draw(1, 2, 1, 1, False)
    yield "H = 4, scaled", draw(1, 3, 4, 1, True)
    yield "two rows, H = E = 2", draw(2, 3, 2, 2, False)
    yield "with masked keys, whose A is 0", draw(2, 4, 3, 3, False, 0.6)
    yield "all sizes different, scaled", draw(3, 5, 4, 2, True, 0.8)


@attend_backward.same
def _(dcontext, cache, scaled):
    q, K, V, A = cache
    dq, dK, dV = np.zeros_like(q), np.zeros_like(K), np.zeros_like(V)
    for n in range(len(q)):
        dA = V[n] @ dcontext[n]
        J = np.diag(A[n]) - np.outer(A[n], A[n])           # the softmax's Jacobian
        ds = J @ dA / (np.sqrt(q.shape[1]) if scaled else 1)
        dq[n], dK[n], dV[n] = ds @ K[n], np.outer(ds, q[n]), np.outer(A[n], dcontext[n])
    return dq, dK, dV


@attend_backward.same
def _(g, cache, scaled):
    q, K, V, A = cache
    dV = np.einsum("nt,ne->nte", A, g)
    dA = (V @ g[:, :, None])[:, :, 0]
    ds = A * dA - A * np.sum(A * dA, axis=-1)[:, None]
    ds *= q.shape[1] ** -0.5 if scaled else 1
    return (ds[:, None] @ K)[:, 0], np.einsum("nt,nh->nth", ds, q), dV


def _attend_back(dcontext, cache, scaled, to_V=None, to_A=None, to_s=None, factor=None, to_q=None, to_K=None):
    """The finished function with one part replaced."""
    q, K, V, A = cache
    dV = A[:, :, None] * dcontext[:, None, :] if to_V is None else to_V(A, dcontext, V)
    dA = np.einsum("ne,nte->nt", dcontext, V if to_A is None else to_A)
    ds = (A * (dA - (A * dA).sum(axis=1, keepdims=True))) if to_s is None else to_s(A, dA)
    ds = ds * ((1 / np.sqrt(q.shape[1]) if scaled else 1) if factor is None else factor)
    dq = np.einsum("nt,nth->nh", ds, K) if to_q is None else to_q(ds, q, K)
    return dq, (ds[:, :, None] * q[:, None, :] if to_K is None else to_K(ds, q, K)), dV


@attend_backward.mistake("Your softmax step is `A * dA` alone. Weights sum to 1, so raising one lowers all others: the row's `Σ A · dA` has to be taken off.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * dA)


@attend_backward.mistake("You subtract the plain sum of dA. The weights belong into that sum: Σ A · dA, the average of dA as A weighs it.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA - dA.sum(axis=1, keepdims=True)))


@attend_backward.mistake("You subtract the plain average of dA. It has to be the average as A weighs it: Σ A · dA.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA - dA.mean(axis=1, keepdims=True)))


@attend_backward.mistake("A (1 - A) is the slope of a sigmoid. It is the softmax's diagonal only; each weight also depends on all the other scores.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (1 - A) * dA)


@attend_backward.mistake("The softmax is skipped: dA goes to the scores as it is.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: dA)


@attend_backward.mistake("The A in front is missing: `dA - Σ A · dA` still has to be multiplied by A, so that a place without weight gets no gradient.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: dA - (A * dA).sum(axis=1, keepdims=True))


@attend_backward.mistake("Your sum in the softmax step runs over the batch: it belongs over the T keys of each row.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA - (A * dA).sum(axis=0, keepdims=True)))


@attend_backward.mistake("Your sum in the softmax step runs over the whole array, so the sentences of a batch mix. Each row has its own sum over its T keys.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA - (A * dA).sum()))


@attend_backward.mistake("The sum in the softmax step comes with a plus: what the other weights lose has to be taken off.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA + (A * dA).sum(axis=1, keepdims=True)))


@attend_backward.mistake("dV is zero: the values are in the context too, so they get their part of its gradient.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: np.zeros_like(V))


@attend_backward.mistake("Every value gets the whole gradient. A value of which the context has taken a tenth gets a tenth: multiply by A.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: np.repeat(g[:, None], V.shape[1], axis=1))


@attend_backward.mistake("Your dV holds the values themselves. The derivative of A · V for V is A, times what comes in.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: A[:, :, None] * V)


@attend_backward.mistake("The scale is missing on the way back: the scores were divided by √H, so their gradient passes on divided by √H as well.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, factor=1)


@attend_backward.mistake("You divide by √H once too often: the line below the softmax step does it already, where it is due.")
def _(dcontext, cache, scaled):
    H = cache[0].shape[1]
    return _attend_back(dcontext, cache, scaled, factor=1 / H if scaled else 1 / np.sqrt(H))


@attend_backward.mistake("You divide by √H once too often: the line below the softmax step does it already, where it is due.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, factor=1 / cache[0].shape[1] if scaled else 1)


@attend_backward.mistake("You multiply by √H on the way back. A constant factor is the same in both directions: divide.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, factor=np.sqrt(cache[0].shape[1]) if scaled else 1)


@attend_backward.mistake("dK is made with the keys. In q · k, the derivative for k is q.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_K=lambda ds, q, K: ds[:, :, None] * K)


@attend_backward.mistake("dq is made with the query itself. In q · k, the derivative for q is k, summed over all keys.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: (ds[:, :, None] * q[:, None]).sum(axis=1))


@attend_backward.mistake("dq is averaged over the keys. One query is compared with all keys, so their gradients add up.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: (ds[:, :, None] * K).mean(axis=1))


@attend_backward.mistake("dA is made with the keys. The weights multiply the VALUES in the context.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_A=cache[1])


@attend_backward.mistake("The A in front multiplies only dA: it belongs to the whole bracket, so the row's `Σ A · dA` is multiplied by A as well.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * dA - (A * dA).sum(axis=1, keepdims=True))


@attend_backward.mistake("Your sum over the keys has lost its axis (keepdims): it is (N,), and NumPy lays it along the keys instead of beside the rows.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA - (A * dA).sum(axis=1)))


@attend_backward.mistake("The sign of the softmax step is turned round: a place gains if it was MORE useful than the average.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: -A * (dA - (A * dA).sum(axis=1, keepdims=True)))


@attend_backward.mistake("You take the mean of A · dA. The weights sum to 1, so the weighted SUM already is the average: do not divide by T.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, dA: A * (dA - (A * dA).mean(axis=1, keepdims=True)))


@attend_backward.mistake("Your dA holds the scores q · k. What a weight is worth is what its VALUE does to the loss: dcontext and V.")
def _(dcontext, cache, scaled):
    q, K, _, A = cache
    dA = np.einsum("nh,nth->nt", q, K)
    return _attend_back(dcontext, cache, scaled, to_s=lambda A, _: A * (dA - (A * dA).sum(axis=1, keepdims=True)))


@attend_backward.mistake("Your dA is a mean over the E axis. All numbers of a value are handed over, so what they say adds up.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_A=cache[2] / cache[2].shape[2])


@attend_backward.mistake("Your dV lacks the gradient that comes in: A alone, multiplied by the values or not, does not know what the loss wants.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: np.repeat(A[:, :, None], V.shape[2], axis=2))


@attend_backward.mistake("dq is made with A instead of ds: what flows back into the query is the gradient of the scores.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: np.einsum("nt,nth->nh", cache[3], K))


@attend_backward.mistake("dK is made with A instead of ds: what flows back into a key is the gradient of its score.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_K=lambda ds, q, K: cache[3][:, :, None] * q[:, None])


@attend_backward.mistake("dq and dK are made with A instead of ds: what flows back into both is the gradient of the scores.")
def _(dcontext, cache, scaled):
    A = cache[3]
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: np.einsum("nt,nth->nh", A, K),
                        to_K=lambda ds, q, K: A[:, :, None] * q[:, None])


@attend_backward.mistake("dK is made with dA: the softmax is skipped on the way to the keys.")
def _(dcontext, cache, scaled):
    dA = np.einsum("ne,nte->nt", dcontext, cache[2])
    return _attend_back(dcontext, cache, scaled, to_K=lambda ds, q, K: dA[:, :, None] * q[:, None])


@attend_backward.mistake("dq is made with dA: the softmax is skipped on the way to the query.")
def _(dcontext, cache, scaled):
    dA = np.einsum("ne,nte->nt", dcontext, cache[2])
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: np.einsum("nt,nth->nh", dA, K))


@attend_backward.mistake("dq is made with the values. The query was multiplied with the KEYS.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: np.einsum("nt,nth->nh", ds, cache[2]))


@attend_backward.mistake("dV is made with ds. In the context each value was multiplied by its weight A: this is what its gradient is multiplied by.")
def _(dcontext, cache, scaled):
    q, K, V, A = cache
    dA = np.einsum("ne,nte->nt", dcontext, V)
    ds = A * (dA - (A * dA).sum(axis=1, keepdims=True))
    ds = ds / np.sqrt(q.shape[1]) if scaled else ds
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: ds[:, :, None] * g[:, None])


@attend_backward.mistake("The scale is in dq twice: ds is already scaled where scores were.")
def _(dcontext, cache, scaled):
    H = cache[0].shape[1]
    return _attend_back(dcontext, cache, scaled,
                        to_q=lambda ds, q, K: np.einsum("nt,nth->nh", ds, K) / (np.sqrt(H) if scaled else 1))


@attend_backward.mistake("The scale is in dq twice: ds is already scaled where scores were.")
def _(dcontext, cache, scaled):
    H = cache[0].shape[1]
    return _attend_back(dcontext, cache, scaled, to_q=lambda ds, q, K: np.einsum("nt,nth->nh", ds, K) / np.sqrt(H))


@attend_backward.mistake("Right numbers in the wrong order: dq, dK, dV, as q, K and V come in.")
def _(dcontext, cache, scaled):
    dq, dK, dV = attend_backward.reference(dcontext, cache, scaled)
    return dq, dV, dK


@attend_backward.mistake("Right numbers in the wrong order: dq, dK, dV, as q, K and V come in.")
def _(dcontext, cache, scaled):
    dq, dK, dV = attend_backward.reference(dcontext, cache, scaled)
    return dK, dq, dV


@attend_backward.mistake("Right numbers in the wrong order: dq, dK, dV, as q, K and V come in.")
def _(dcontext, cache, scaled):
    return attend_backward.reference(dcontext, cache, scaled)[::-1]


# ---------------------------------------------------------------------------------------------- 9.4 additive_score


@exercise("9.4", title="The additive score", returns={"scores": "N T/key"}, hints=[
    "The query has no T axis and the keys have one. How do you add one row to each of T rows?",
    "Both are first taken to U units, each by its own matrix. The query's share (N, U) needs an axis in the middle; the tanh comes over the SUM; v makes one number of U.",
    "`np.tanh((q @ Wq)[:, None] + K @ Wk)`, then `hidden @ v`.",
])
def additive_score(q, K, Wq, Wk, v):
    """Return how well each key fits the query, by a small network: v · tanh(q Wq + k Wk).

    q (N, Hq), K (N, T, Hk), Wq (Hq, U), Wk (Hk, U), v (U,) -> scores (N, T), before any softmax.
    q = [[1.]], K = [[[0.], [1.]]], Wq = [[.5]], Wk = [[-.5]], v = [2.] gives [[2 tanh .5, 0.]].
    """
    hidden = np.tanh((q @ Wq)[:, None, :] + K @ Wk)        # TODO: (N, T, U) the same query beside each key
    return hidden @ v                                      # TODO: (N, T) one number for each key


@additive_score.cases
def _(rng):
    def draw(N, T, Hq, Hk, U):
        return (rng.normal(size=(N, Hq)), rng.normal(size=(N, T, Hk)), rng.normal(size=(Hq, U)), rng.normal(size=(Hk, U)),
                rng.normal(size=U))

    yield "one number each, two keys", (np.array([[1.0]]), np.array([[[0.0], [1.0]]]), np.array([[0.5]]), np.array([[-0.5]]), np.array([2.0]))
    yield "two units, H = 1, large sums", (np.array([[3.0]]), np.array([[[1.0], [-2.0]]]), np.array([[1.0, -0.5]]),
                                           np.array([[1.0, 2.0]]), np.array([1.0, -0.7]))
    yield "N = T = 3, Hq = Hk = 2", draw(3, 3, 2, 2, 4)
    yield "all sizes different", draw(2, 5, 4, 3, 6)


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


def _additive(q, K, Wq, Wk, v, squash=np.tanh, mix=lambda a, b: a + b, end=None):
    hidden = squash(mix((q @ Wq)[:, None], K @ Wk))
    return hidden @ v if end is None else end(hidden)


@additive_score.mistake("The tanh is outside of v. Then all is one linear map before it, and the query adds the same to every key: it has no say in which key wins.")
def _(q, K, Wq, Wk, v):
    return np.tanh(_additive(q, K, Wq, Wk, v, squash=lambda a: a))


@additive_score.mistake("The tanh is missing. Without it the query adds the same number to the score of every key, so it has no say in which key wins.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, squash=lambda a: a)


@additive_score.mistake("You use Wq for the keys as well: Wq and Wk are two matrices, for a query and a key mean different things.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wq, v)


@additive_score.mistake("You use Wk for the query as well: Wq and Wk are two matrices, for a query and a key mean different things.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wk, Wk, v)


@additive_score.mistake("Each matrix is at the other's place: Wq is for the query, Wk for the keys.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wk, Wq, v)


@additive_score.mistake("You squash query and key one by one and add afterwards. The tanh has to see their sum, or the query again adds the same to every key.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, squash=lambda a: a, mix=lambda a, b: np.tanh(a) + np.tanh(b))


@additive_score.mistake("You multiply the two shares. This score adds them: that is its name.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, mix=lambda a, b: a * b)


@additive_score.mistake("The query is not in your scores: the same keys would win whatever is asked for.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, mix=lambda a, b: b)


@additive_score.mistake("You subtract the key's share from the query's: they are added.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, mix=lambda a, b: a - b)


@additive_score.mistake("v is not used: you add up the units, as if each counted the same.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, end=lambda hidden: hidden.sum(axis=2))


@additive_score.mistake("v has to make ONE number of the U units; you only multiply, and keep all of them.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, end=lambda hidden: hidden * v)


@additive_score.mistake("The query's axis is missing: (N, U) is added along T, so key number t meets the query of sentence number t. Each key of a sentence meets that sentence's query.")
def _(q, K, Wq, Wk, v):
    return np.tanh(q @ Wq + K @ Wk) @ v


@additive_score.mistake("This is already the softmax. Asked for are the scores before it.")
def _(q, K, Wq, Wk, v):
    s = _additive(q, K, Wq, Wk, v)
    return softmax.reference(s, np.ones(s.shape, bool))


@additive_score.mistake("You squash with a sigmoid: then no unit can speak against a key. The equation has tanh.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, squash=lambda a: 1 / (1 + np.exp(-a)))


@additive_score.mistake("You divide by √U. The tanh keeps this score small by itself, so it needs no scale.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v) / np.sqrt(len(v))


@additive_score.mistake("The query's new axis is at the wrong place: it belongs in the middle, where the keys have T, so that the query's share is (N, 1, U).")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq)[:, :, None] + K @ Wk) @ v


@additive_score.mistake("The query's new axis is at the wrong place: it belongs in the middle, where the keys have T, so that the query's share is (N, 1, U).")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq)[None] + K @ Wk) @ v


@additive_score.mistake("The first sentence's query asks for all sentences: each row has its own.")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq)[0] + K @ Wk) @ v


@additive_score.mistake("You take the mean over the units. v · hidden is a sum: nothing is divided by U.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, end=lambda hidden: (hidden * v).mean(axis=2))


@additive_score.mistake("You cut off below zero (ReLU): then no unit can speak against a key. The equation has tanh.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, squash=lambda a: np.maximum(0, a))


@additive_score.mistake("The keys are not in your scores: all places of a row get the same one.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, mix=lambda a, b: a + 0 * b)


@additive_score.mistake("The keys are not in your scores: all places of a row get the same one.")
def _(q, K, Wq, Wk, v):
    return np.tanh(q @ Wq) @ v


@additive_score.mistake("You sum over the keys. What v weighs and adds up are the U units; each key keeps its own score.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, end=lambda hidden: (hidden * v).sum(axis=1))


@additive_score.mistake("There is a second tanh around the score. One, over the sum of both shares, is enough: the score itself is not squashed.")
def _(q, K, Wq, Wk, v):
    return np.tanh(_additive(q, K, Wq, Wk, v))


@additive_score.mistake("Your matrix is turned round: q is (N, Hq) and Wq (Hq, U), so they fit as they are.")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq.T)[:, None] + K @ Wk) @ v


@additive_score.mistake("Your matrix is turned round: q is (N, Hq) and Wq (Hq, U), so they fit as they are.")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq.T)[:, None] + K @ Wk.T) @ v


# ------------------------------------------------------------------------------------------- 9.5 decoder_step_attn


@exercise("9.5", title="A decoder's step with attention", returns={"y": "N H", "s": "N H", "A": "N T/key"}, hints=[
    "What does the decoder know before it looks at the source: the old state, or the new one?",
    "Three lines, in this order: the cell moves the state on; the NEW state asks the encoder's states, which are keys and values at once; context and new state, side by side in this order, pass through W, b and tanh.",
    "`cell(x, s)`; `attend(s, K, K, mask, False)`; `np.tanh(np.concatenate([context, s], axis=1) @ W + b)`.",
])
def decoder_step_attn(x, s, K, mask, cell, W, b):
    """Take one step of a decoder that looks at the source (Luong's order: first move on, then look).

    x (N, D) the last token's vector, s (N, H) the decoder's state, K (N, T, H) the encoder's states,
    keys and values at once, mask (N, T); cell(x, s) returns the next state (N, H); W (2H, H), b (H,).
    -> y (N, H) what the next token is read from, the new state s (N, H), the weights A (N, T).
    The scores are not scaled. With a single key A is 1 and y = tanh([K[:, 0] | s] @ W + b).
    """
    s = cell(x, s)                                                   # TODO: the state moves on
    context, A = attend(s, K, K, mask, False)                        # TODO: what it looks for in the source
    y = np.tanh(np.concatenate([context, s], axis=1) @ W + b)        # TODO: [context | state], mixed
    return y, s, A


def _cell(x, s):
    """A cell for the cases: each unit hears the token, less and less of it, its neighbour and itself."""
    heard = x.sum(axis=1, keepdims=True) / np.arange(1, s.shape[1] + 1)
    return np.tanh(heard + 0.7 * np.roll(s, 1, axis=1) - 0.4 * s)


@decoder_step_attn.cases
def _(rng):
    def draw(N, T, D, H, p=1.0):
        mask = rng.random((N, T)) < p
        mask[:, 0] = True
        return (rng.normal(size=(N, D)), rng.normal(size=(N, H)), rng.normal(size=(N, T, H)), mask, _cell,
                rng.normal(size=(2 * H, H)), rng.normal(size=H))

    yield "one unit, a single key", draw(1, 1, 1, 1)
    yield "two units, three keys", draw(1, 3, 2, 2)
    yield "padding in the source", draw(3, 4, 2, 2, 0.6)
    yield "all sizes different", draw(2, 5, 4, 3, 0.8)


@decoder_step_attn.same
def _(x, s, K, mask, cell, W, b):
    new = cell(x, s)
    H = new.shape[1]
    scores = np.where(mask, np.einsum("nth,nh->nt", K, new), -np.inf)
    A = np.exp(scores - scores.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    return np.tanh((A[:, :, None] * K).sum(axis=1) @ W[:H] + new @ W[H:] + b), new, A


def _decoder(x, s, K, mask, cell, W, b, query=None, join=None, squash=np.tanh, keep=None, scaled=False, out=None):
    """The finished function with one part replaced."""
    new = cell(x, s)
    context, A = attend.reference(new if query is None else query(s, new), K, K, mask, scaled)
    y = squash(np.concatenate([context, new] if join is None else join(context, s, new), axis=1) @ W + b)
    return (y if out is None else out(y, context)), (new if keep is None else keep(s, new, y)), A


@decoder_step_attn.mistake("You look with the old state. It does not know the last token yet; here the state moves on first, and the new one asks. Bahdanau's decoder asks with the old one, but then feeds the context to the cell.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: s)


@decoder_step_attn.mistake("You hand back the old state: the decoder would stand still.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, keep=lambda s, new, y: s)


@decoder_step_attn.mistake("You ask with the new state and then join the OLD one to the context: one step uses one state.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [c, s])


@decoder_step_attn.mistake("You use the old state throughout: the cell is never called.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, lambda x, s: s, W, b)


@decoder_step_attn.mistake("Context and state are joined in the wrong order: the first H rows of W belong to the context.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [new, c])


@decoder_step_attn.mistake("You hand y on as the state. y is what the token is read from; the cell goes on with its own state.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, keep=lambda s, new, y: y)


@decoder_step_attn.mistake("The tanh over the mix is missing.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, squash=lambda a: a)


@decoder_step_attn.mistake("The bias b is missing in the mix.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b * 0)


@decoder_step_attn.mistake("The mask is not handed on: the decoder looks at padding.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, np.ones_like(mask), cell, W, b)


@decoder_step_attn.mistake("The cell is called twice in one step: call it once and use its result three times.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, lambda x, s: cell(x, cell(x, s)), W, b)


@decoder_step_attn.mistake("Your scores are divided by √H. This decoder's are not scaled.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, scaled=True)


@decoder_step_attn.mistake("The context is joined with itself: the decoder's own state belongs beside it.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [c, c])


@decoder_step_attn.mistake("The state is joined with itself: what was looked up, the context, is not used.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [new, new])


@decoder_step_attn.mistake("You return the context where y is asked for: y also knows the decoder's state.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, out=lambda y, context: context)


@decoder_step_attn.mistake("You ask with the encoder's last state. The query has to be the decoder's state, which changes from step to step.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: K[:, -1])


@decoder_step_attn.mistake("The cell's arguments are exchanged: the token's vector comes first, then the state.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, lambda x, s: cell(s, x), W, b)


@decoder_step_attn.mistake("Right numbers in the wrong order: y, then the new state, then the weights.")
def _(x, s, K, mask, cell, W, b):
    y, s, A = decoder_step_attn.reference(x, s, K, mask, cell, W, b)
    return s, y, A


@decoder_step_attn.mistake("Right numbers in the wrong order: y, then the new state, then the weights.")
def _(x, s, K, mask, cell, W, b):
    y, s, A = decoder_step_attn.reference(x, s, K, mask, cell, W, b)
    return y, A, s


@decoder_step_attn.mistake("You take `attend`'s results the wrong way round: it returns the context first, then the weights.")
def _(x, s, K, mask, cell, W, b):
    s = cell(x, s)
    A, context = attend.reference(s, K, K, mask, False)
    return np.tanh(np.concatenate([context, s], axis=1) @ W + b), s, A


@decoder_step_attn.mistake("The old state asks and is joined to the context, and the new one is only handed back: here the state moves on first.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: s, join=lambda c, s, new: [c, s])


@decoder_step_attn.mistake("Your mask is turned round: True means that a place may be looked at, and you look at padding only.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, ~mask, cell, W, b)


@decoder_step_attn.mistake("You ask with the last token's vector. The query is the decoder's state, which knows all tokens so far.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: x)


@decoder_step_attn.mistake("The state moves twice before it asks: it had moved on in the line above.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: cell(x, new))


@decoder_step_attn.mistake("You join the token's vector to the context. Beside it belongs the decoder's new state.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [c, x])


@decoder_step_attn.mistake("The bias is added after the tanh. It belongs inside, so that y stays between -1 and 1.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b * 0, out=lambda y, context: y + b)


@decoder_step_attn.mistake("You squash with a sigmoid: y could not be negative. The equation has tanh.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, squash=lambda a: 1 / (1 + np.exp(-a)))


@decoder_step_attn.mistake("Only the context goes into y: the decoder's state, the second half of the mix, is missing.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [c, 0 * new])


@decoder_step_attn.mistake("Only the state goes into y: what was looked up, the first half of the mix, is missing.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [0 * c, new])


@decoder_step_attn.mistake("Your context is the plain mean of the encoder's states, whatever was asked. The weights decide how much each counts.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [K.mean(axis=1), new])


@decoder_step_attn.mistake("Your context is the encoder's last state: that is the bottleneck again. It is the average that `attend` returns.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, join=lambda c, s, new: [K[:, -1], new])


@decoder_step_attn.mistake("Context and state lie one below the other, (2N, H). They belong side by side, (N, 2H): say along which axis.")
def _(x, s, K, mask, cell, W, b):
    new = cell(x, s)
    context, A = attend.reference(new, K, K, mask, False)
    return np.tanh(np.concatenate([context, new]) @ W + b), new, A


@decoder_step_attn.mistake("Context and state lie one below the other, (2N, H). They belong side by side, (N, 2H): say along which axis.")
def _(x, s, K, mask, cell, W, b):
    new = cell(x, s)
    context, A = attend.reference(new, K, K, mask, False)
    return np.tanh(np.concatenate([new, context]) @ W + b), new, A


@decoder_step_attn.mistake("You set the padding's states to 0 and look everywhere. A zero has the score 0, and e⁰ = 1 is a weight: the mask has to reach the softmax.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K * mask[:, :, None], np.ones_like(mask), cell, W, b)


# -------------------------------------------------------------------------------------------- 9.6 permutation_test


@exercise("9.6", title="What does the order matter?", returns={"equivariant": "", "invariant": ""}, hints=[
    "If you shuffle the words before the function, what would you have to do to the old result to get the new one?",
    "Two questions. Equivariant: is the result of the shuffled input the shuffled result? Invariant: is it the very same result as before? Time is axis 1.",
    "`np.allclose(f(X[:, order]), f(X)[:, order])` and `np.allclose(f(X[:, order]), f(X))`.",
])
def permutation_test(f, X, order):
    """Say what a function makes of another order of its inputs.

    f takes X (N, T, D) and returns (N, T, E); order (T,) is a shuffle of 0 … T - 1 along time.
    -> equivariant: does shuffling the input shuffle the output in the same way, and do nothing else?
       invariant: does shuffling the input not change the output at all?  (True or False, for this order,
       up to rounding.) np.tanh is equivariant and not invariant, for any order that moves something.
    """
    shuffled = f(X[:, order])                                   # TODO: the output for the shuffled input
    equivariant = np.allclose(shuffled, f(X)[:, order])         # TODO: is it the shuffled output?
    invariant = np.allclose(shuffled, f(X))                     # TODO: is it the same output as before?
    return equivariant, invariant


def _self_attention(X):
    S = X @ X.transpose(0, 2, 1)
    A = np.exp(S - S.max(axis=2, keepdims=True))
    return A / A.sum(axis=2, keepdims=True) @ X


def _mean_everywhere(X):
    return np.repeat(X.mean(axis=1, keepdims=True), X.shape[1], axis=1)


def _running_sum(X):
    return np.cumsum(X, axis=1)


def _sorted(X):
    return np.sort(X, axis=1)


def _less_the_sum(X):
    return X - X.sum(axis=1, keepdims=True)


def _position_added(X):
    return X + 0.1 * np.arange(X.shape[1])[:, None]


def _pairs(X):
    return np.repeat((X[:, ::2] + X[:, 1::2]) / 2, 2, axis=1)


def _one_feature_runs(X):
    return np.stack([X[..., 0], np.cumsum(X[..., 1], axis=1), X[..., 2]], axis=2)


def _two_features_are_means(X):
    return np.where(np.arange(X.shape[2]) == 1, X, X.mean(axis=1, keepdims=True))


def _position_hardly(X):
    return X + 1e-3 * np.arange(X.shape[1])[:, None]


def _nearly_the_mean(X):
    return X.mean(axis=1, keepdims=True) + 1e-3 * X


def _last_step_runs(X):
    return np.concatenate([X[:, :-1], X[:, -1:] + 0.5], axis=1)


def _weighted(X):
    return np.cumsum(X, axis=1) * np.arange(1, X.shape[2] + 1)


@permutation_test.cases
def _(rng):
    cycle = np.array([1, 2, 0])
    yield "tanh, three steps", (np.tanh, rng.normal(size=(1, 3, 1)), cycle)
    yield "the running sum", (_running_sum, rng.normal(size=(1, 3, 1)), cycle)
    yield "the mean, at every step", (_mean_everywhere, rng.normal(size=(1, 3, 1)), cycle)
    yield "sorted along time", (_sorted, rng.normal(size=(2, 3, 1)), cycle)
    yield "each less the sum, which rounding makes differ in the last digit", (_less_the_sum, np.array([[[0.1], [0.2], [0.3]]]), np.array([2, 1, 0]))
    yield "only the last two steps change places", (_running_sum, rng.normal(size=(1, 4, 1)), np.array([0, 1, 3, 2]))
    yield "self-attention (3, 5, 4)", (_self_attention, rng.normal(size=(3, 5, 4)), np.array([3, 0, 4, 1, 2]))
    yield "a number for the position is added (2, 5, 3)", (_position_added, rng.normal(size=(2, 5, 3)), np.array([1, 2, 3, 4, 0]))
    yield "the mean of steps 0 and 1, and of 2 and 3, when 0 and 1 change places", (_pairs, rng.normal(size=(1, 4, 1)), np.array([1, 0, 2, 3]))
    yield "a running sum, times 1, 2, 3 by feature, N = T = D = 3", (_weighted, rng.normal(size=(3, 3, 3)), cycle)
    yield "a running sum, and only the middle row of three is not zero", (_running_sum, rng.normal(size=(3, 3, 1)) * np.array([0, 1, 0])[:, None, None], cycle)
    yield "only feature 1 of three is a running sum", (_one_feature_runs, rng.normal(size=(2, 4, 3)), np.array([2, 0, 3, 1]))
    yield "features 0 and 2 are means, feature 1 is not", (_two_features_are_means, rng.normal(size=(2, 4, 3)), np.array([2, 0, 3, 1]))
    yield "a thousandth of the position is added", (_position_hardly, rng.normal(size=(1, 4, 1)), np.array([1, 2, 3, 0]))
    yield "the mean, and a thousandth of the input", (_nearly_the_mean, rng.normal(size=(1, 4, 1)), np.array([1, 2, 3, 0]))
    yield "only the last step gets something added", (_last_step_runs, rng.normal(size=(1, 4, 1)), np.array([1, 2, 3, 0]))
    yield "each less the sum, with numbers near a thousand", (_less_the_sum, 1e3 + rng.normal(size=(2, 50, 2)), rng.permutation(50))
    yield "sorted along time, where the shuffle has sorted them already", (_sorted, np.array([[[2.0], [-1.0], [0.5]]]), cycle)
    yield "a running sum, three equal rows", (_running_sum, np.repeat(rng.normal(size=(1, 3, 3)), 3, axis=0), cycle)


@permutation_test.same
def _(f, X, order):
    plain, back = f(X), np.argsort(order)
    after = f(np.take(X, order, axis=1))
    return bool(np.abs(after[:, back] - plain).max() < 1e-8), bool(np.abs(after - plain).max() < 1e-8)


@permutation_test.same
def _(f, X, order):
    one, two = f(X), f(np.stack([X[:, t] for t in order], axis=1))
    same = all(np.allclose(two[:, i], one[:, t]) for i, t in enumerate(order))
    return same, all(np.allclose(two[:, i], one[:, i]) for i in range(len(order)))


def _permuted(f, X, order, into=None, equal=np.allclose, shuffle=None):
    """The finished function with one part replaced."""
    shuffled = f(X[:, order] if into is None else into(X))
    other = f(X)[:, order] if shuffle is None else shuffle(f(X))
    return equal(shuffled, other), equal(shuffled, f(X))


@permutation_test.mistake("For equivariance you compare with the output as it was. The output moves along with the input, so it has to be compared with the SHUFFLED old output.")
def _(f, X, order):
    same = np.allclose(f(X[:, order]), f(X))
    return same, same


@permutation_test.mistake("You shuffle the batch, the first axis: sentences change places, but no word does. Time is axis 1.")
def _(f, X, order):
    return _permuted(f, X, order, into=lambda X: X[order], shuffle=lambda Y: Y[order])


@permutation_test.mistake("On the way in you shuffle the batch, the first axis; on the way out you shuffle time. Both should be time, axis 1.")
def _(f, X, order):
    return _permuted(f, X, order, into=lambda X: X[order])


@permutation_test.mistake("You shuffle the features, the last axis. Time is axis 1.")
def _(f, X, order):
    return _permuted(f, X, order, into=lambda X: X[..., order], shuffle=lambda Y: Y[..., order])


@permutation_test.mistake("The input is never shuffled: you compare f(X) with itself.")
def _(f, X, order):
    return _permuted(f, X, order, into=lambda X: X)


@permutation_test.mistake("You compare with `==`, to the last digit. A sum in another order may differ there: that is rounding, not a broken symmetry.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: bool((a == b).all()))


@permutation_test.mistake("Your two sides are shuffled in opposite directions: the same order, applied once more, does not undo a shuffle.")
def _(f, X, order):
    shuffled = f(X[:, order])
    return np.allclose(shuffled[:, order], f(X)), np.allclose(shuffled, f(X))


@permutation_test.mistake("It is enough for you if SOME place agrees. All have to.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: bool(np.isclose(a, b).any()))


@permutation_test.mistake("You compare only the first step. All have to agree.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a[:, 0], b[:, 0]))


@permutation_test.mistake("You compare sums or averages, or add up signed differences, where plus and minus cancel: these forget the order, which is what the test is about.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a.mean(axis=1), b.mean(axis=1)))


@permutation_test.mistake("The two answers are exchanged: first equivariant, then invariant.")
def _(f, X, order):
    return _permuted(f, X, order)[::-1]


@permutation_test.mistake("Your answers are turned round: True should mean that the two agree.")
def _(f, X, order):
    return tuple(not answer for answer in _permuted(f, X, order))


@permutation_test.mistake("You reverse time instead of using the order that was given: that is one shuffle of many.")
def _(f, X, order):
    return _permuted(f, X, order, into=lambda X: X[:, ::-1], shuffle=lambda Y: Y[:, ::-1])


@permutation_test.mistake("For equivariance you shuffle the input again, instead of the output: f(X[:, order]) is compared with itself.")
def _(f, X, order):
    return True, np.allclose(f(X[:, order]), f(X))


@permutation_test.mistake("Your `shuffled` is the shuffled INPUT: f has not been applied to it.")
def _(f, X, order):
    return np.allclose(X[:, order], f(X)[:, order]), np.allclose(X[:, order], f(X))


@permutation_test.mistake("You shuffle the output, not the input: f never sees another order.")
def _(f, X, order):
    return True, np.allclose(f(X)[:, order], f(X))


@permutation_test.mistake("You shuffle the output, not the input: f never sees another order.")
def _(f, X, order):
    return np.allclose(f(X)[:, order][:, order], f(X)[:, order]), np.allclose(f(X)[:, order], f(X))


@permutation_test.mistake("For equivariance you compare the old output with its own shuffle: in that f never sees another order.")
def _(f, X, order):
    return np.allclose(f(X)[:, order], f(X)), np.allclose(f(X[:, order]), f(X))


@permutation_test.mistake("On the way in you shuffle the features, the last axis; words keep their places. Time is axis 1.")
def _(f, X, order):
    return _permuted(f, X, order, into=lambda X: X[:, :, order])


@permutation_test.mistake("On the way out you shuffle the batch, the first axis: sentences change places instead of words.")
def _(f, X, order):
    return _permuted(f, X, order, shuffle=lambda Y: Y[order])


@permutation_test.mistake("You take it that only one of the two can be true. The mean at every step is both: no shuffle changes it.")
def _(f, X, order):
    equivariant, invariant = _permuted(f, X, order)
    return equivariant, invariant and not equivariant


@permutation_test.mistake("You take it that only one of the two can be true. The mean at every step is both: no shuffle changes it.")
def _(f, X, order):
    equivariant, invariant = _permuted(f, X, order)
    return equivariant and not invariant, invariant


@permutation_test.mistake("You take one answer for the opposite of the other. A function can be both, as the mean is, or neither, as an RNN is.")
def _(f, X, order):
    equivariant, _ = _permuted(f, X, order)
    return equivariant, not equivariant


@permutation_test.mistake("You compare the output with the input. Both questions compare two outputs: before and after the shuffle.")
def _(f, X, order):
    shuffled = f(X[:, order])
    return np.allclose(shuffled, X[:, order]), np.allclose(shuffled, X)


@permutation_test.mistake("You shuffle X in place: the old order is lost, so the `old` output is made from the new one, and whoever called you has another X.")
def _(f, X, order):
    X[:] = X[:, order]
    return np.allclose(f(X), f(X)[:, order]), True


@permutation_test.mistake("You compare only the last step. All have to agree.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a[:, -1], b[:, -1]))


@permutation_test.mistake("You compare only one sequence of the batch. All have to agree.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a[0], b[0]))


@permutation_test.mistake("You compare only one feature. All have to agree.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a[..., 0], b[..., 0]))


@permutation_test.mistake("Your tolerance is too wide: a difference of a thousandth is no rounding.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a, b, atol=0.1))


@permutation_test.mistake("Your tolerance is too wide: a difference of a thousandth is no rounding.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(a, b, atol=1))


@permutation_test.mistake("Your tolerance is too narrow: rounding grows with the numbers, and where these are large it is more than you allow.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: bool(np.abs(a - b).max() < 1e-15))


@permutation_test.mistake("For invariance you compare the inputs. Whether these differ says nothing about f: compare its two outputs.")
def _(f, X, order):
    return _permuted(f, X, order)[0], np.allclose(X[:, order], X)


@permutation_test.mistake("You sort before you compare: that asks whether the same numbers come out, not where.")
def _(f, X, order):
    return _permuted(f, X, order, equal=lambda a, b: np.allclose(np.sort(a, axis=1), np.sort(b, axis=1)))


@permutation_test.mistake("You sort before you compare: that asks whether the same numbers come out, not where.")
def _(f, X, order):
    shuffled, plain = f(X[:, order]), f(X)
    return np.allclose(np.sort(shuffled, axis=1), np.sort(plain, axis=1)), np.allclose(shuffled, plain)
