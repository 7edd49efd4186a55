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


@softmax.mistake("Your mask is reversed: True means that a place may be looked at, and you hide these places.")
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


@softmax.mistake("Your exponent has the wrong sign: the smallest score gets the largest weight.")
def _(scores, mask):
    return _softmax(scores, mask, power=lambda a: np.exp(-a))


@softmax.mistake("Your exponent has the wrong sign: the smallest score gets the largest weight.")
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


@attend.mistake("You divide by H, or by √H twice. A sum of H independent products has a typical size of √H: divide by that, and once.")
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


@attend.mistake("Your mask is reversed: True means that a key may be looked at, and you hide these keys.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, ~mask, scaled)


@attend.mistake("Your scores are means over the H axis. A dot product is a sum: you divide by H, whether scaled or not.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: (q[:, None] * K).mean(axis=2))


@attend.mistake("You divide by the number of keys once more. The weights already sum to 1, so the weighted SUM is the average.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, context=lambda A, V: (A[:, :, None] * V).mean(axis=1))


@attend.mistake("Your scores have the wrong sign: the key that fits worst gets the largest weight.")
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


@attend.mistake("You use the flag the wrong way round: you scale where scaled is False, and do not scale where it is True.")
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


@attend.mistake("`q @` takes all queries as ONE matrix, and here its axes do not meet those of K: each query belongs with the keys of its own row. Multiply `q[:, None]` by K and sum over H, or let `np.einsum` name the axes.")
def _(q, K, V, mask, scaled):
    return _attend(q, K, V, mask, scaled, scores=lambda q, K: q @ K.T)


@attend.mistake("`q @` takes all queries as ONE matrix, and here its axes do not meet those of K: each query belongs with the keys of its own row. Multiply `q[:, None]` by K and sum over H, or let `np.einsum` name the axes.")
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
    "Backwards: context -> A and V; A -> scores (the softmax: when one weight grows, the others shrink); scores -> q and K, which multiply each other. Shapes say which axis is summed over.",
    '`dV = A[:, :, None] * dcontext[:, None]`; `dA = np.einsum("ne,nte->nt", dcontext, V)`; `A * (dA - (A * dA).sum(axis=1, keepdims=True))`; dq sums de · K over t, dK is de[:, :, None] * q[:, None].',
])
def attend_backward(dcontext, cache, scaled):
    """Return the gradients of q (N, H), K (N, T, H) and V (N, T, E), given that of the context (N, E).

    cache is (q, K, V, A), as `attend` used and returned them; scaled as there.
    With A = [[½, ½]], V = [[[0.], [8.]]] and dcontext = [[1.]], dA is [[0, 8]], and the gradient of the
    scores, de, is [[-2, 2]].
    """
    q, K, V, A = cache
    dV = A[:, :, None] * dcontext[:, None, :]              # TODO: (N, T, E)
    dA = np.einsum("ne,nte->nt", dcontext, V)              # TODO: (N, T)
    de = A * (dA - (A * dA).sum(axis=1, keepdims=True))    # TODO: (N, T) back through the softmax
    de = de / np.sqrt(q.shape[1]) if scaled else de
    # TODO: dq (N, H) and dK (N, T, H) from de, two lines
    dq = np.einsum("nt,nth->nh", de, K)
    dK = de[:, :, None] * q[:, None, :]
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
        de = J @ dA / (np.sqrt(q.shape[1]) if scaled else 1)
        dq[n], dK[n], dV[n] = de @ K[n], np.outer(de, q[n]), np.outer(A[n], dcontext[n])
    return dq, dK, dV


@attend_backward.same
def _(g, cache, scaled):
    q, K, V, A = cache
    dV = np.einsum("nt,ne->nte", A, g)
    dA = (V @ g[:, :, None])[:, :, 0]
    de = A * dA - A * np.sum(A * dA, axis=-1)[:, None]
    de *= q.shape[1] ** -0.5 if scaled else 1
    return (de[:, None] @ K)[:, 0], np.einsum("nt,nh->nth", de, q), dV


def _attend_back(dcontext, cache, scaled, to_V=None, to_A=None, to_e=None, factor=None, to_q=None, to_K=None):
    """The finished function with one part replaced."""
    q, K, V, A = cache
    dV = A[:, :, None] * dcontext[:, None, :] if to_V is None else to_V(A, dcontext, V)
    dA = np.einsum("ne,nte->nt", dcontext, V if to_A is None else to_A)
    de = (A * (dA - (A * dA).sum(axis=1, keepdims=True))) if to_e is None else to_e(A, dA)
    de = de * ((1 / np.sqrt(q.shape[1]) if scaled else 1) if factor is None else factor)
    dq = np.einsum("nt,nth->nh", de, K) if to_q is None else to_q(de, q, K)
    return dq, (de[:, :, None] * q[:, None, :] if to_K is None else to_K(de, q, K)), dV


@attend_backward.mistake("Your softmax step is `A * dA` alone. Weights sum to 1, so raising one lowers all others: the row's `Σ A · dA` has to be subtracted.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * dA)


@attend_backward.mistake("You subtract the plain sum of dA. The weights belong in that sum: Σ A · dA, the average of dA as A weighs it.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA - dA.sum(axis=1, keepdims=True)))


@attend_backward.mistake("You subtract the plain average of dA. It has to be the average as A weighs it: Σ A · dA.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA - dA.mean(axis=1, keepdims=True)))


@attend_backward.mistake("A (1 - A) is the slope of a sigmoid. It is the softmax's diagonal only; each weight also depends on all the other scores.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (1 - A) * dA)


@attend_backward.mistake("The softmax is skipped: dA goes to the scores as it is.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: dA)


@attend_backward.mistake("The A in front is missing: `dA - Σ A · dA` still has to be multiplied by A, so that a place without weight gets no gradient.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: dA - (A * dA).sum(axis=1, keepdims=True))


@attend_backward.mistake("Your sum in the softmax step runs over the batch: it belongs over the T keys of each row.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA - (A * dA).sum(axis=0, keepdims=True)))


@attend_backward.mistake("Your sum in the softmax step runs over the whole array, so the sentences of a batch mix. Each row has its own sum over its T keys.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA - (A * dA).sum()))


@attend_backward.mistake("The sum in the softmax step comes with a plus: what the other weights lose has to be subtracted.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA + (A * dA).sum(axis=1, keepdims=True)))


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


@attend_backward.mistake("You divide by √H once too often: the line below the softmax step does it already where scores were scaled.")
def _(dcontext, cache, scaled):
    H = cache[0].shape[1]
    return _attend_back(dcontext, cache, scaled, factor=1 / H if scaled else 1 / np.sqrt(H))


@attend_backward.mistake("You divide by √H once too often: the line below the softmax step does it already where scores were scaled.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, factor=1 / cache[0].shape[1] if scaled else 1)


@attend_backward.mistake("You multiply by √H on the way back. A constant factor is the same in both directions: divide.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, factor=np.sqrt(cache[0].shape[1]) if scaled else 1)


@attend_backward.mistake("dK is made with the keys. In q · k, the derivative for k is q.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_K=lambda de, q, K: de[:, :, None] * K)


@attend_backward.mistake("dq is made with the query itself. In q · k, the derivative for q is k, summed over all keys.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: (de[:, :, None] * q[:, None]).sum(axis=1))


@attend_backward.mistake("dq is averaged over the keys. One query is compared with all keys, so their gradients add up.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: (de[:, :, None] * K).mean(axis=1))


@attend_backward.mistake("dA is made with the keys. The weights multiply the VALUES in the context.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_A=cache[1])


@attend_backward.mistake("The A in front multiplies only dA: it belongs to the whole bracket, so the row's `Σ A · dA` is multiplied by A as well.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * dA - (A * dA).sum(axis=1, keepdims=True))


@attend_backward.mistake("Your sum over the keys has lost its axis (keepdims): it is (N,), and NumPy lays it along the keys instead of beside the rows.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA - (A * dA).sum(axis=1)))


@attend_backward.mistake("The softmax step has the wrong sign: where dA is LARGER than the average, the gradient of the score is positive (and the training step, which goes against it, lowers the score).")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: -A * (dA - (A * dA).sum(axis=1, keepdims=True)))


@attend_backward.mistake("You take the mean of A · dA. The weights sum to 1, so the weighted SUM already is the average: do not divide by T.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, dA: A * (dA - (A * dA).mean(axis=1, keepdims=True)))


@attend_backward.mistake("Your dA holds the scores q · k. How a weight changes the loss depends on its VALUE: dcontext and V.")
def _(dcontext, cache, scaled):
    q, K, _, A = cache
    dA = np.einsum("nh,nth->nt", q, K)
    return _attend_back(dcontext, cache, scaled, to_e=lambda A, _: A * (dA - (A * dA).sum(axis=1, keepdims=True)))


@attend_backward.mistake("Your dA is a mean over the E axis. All numbers of a value go into the context, so their parts add up.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_A=cache[2] / cache[2].shape[2])


@attend_backward.mistake("Your dV lacks the gradient that comes in: A alone, multiplied by the values or not, does not know what the loss wants.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: np.repeat(A[:, :, None], V.shape[2], axis=2))


@attend_backward.mistake("dq is made with A instead of de: what flows back into the query is the gradient of the scores.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: np.einsum("nt,nth->nh", cache[3], K))


@attend_backward.mistake("dK is made with A instead of de: what flows back into a key is the gradient of its score.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_K=lambda de, q, K: cache[3][:, :, None] * q[:, None])


@attend_backward.mistake("dq and dK are made with A instead of de: what flows back into both is the gradient of the scores.")
def _(dcontext, cache, scaled):
    A = cache[3]
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: np.einsum("nt,nth->nh", A, K),
                        to_K=lambda de, q, K: A[:, :, None] * q[:, None])


@attend_backward.mistake("dK is made with dA: the softmax is skipped on the way to the keys.")
def _(dcontext, cache, scaled):
    dA = np.einsum("ne,nte->nt", dcontext, cache[2])
    return _attend_back(dcontext, cache, scaled, to_K=lambda de, q, K: dA[:, :, None] * q[:, None])


@attend_backward.mistake("dq is made with dA: the softmax is skipped on the way to the query.")
def _(dcontext, cache, scaled):
    dA = np.einsum("ne,nte->nt", dcontext, cache[2])
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: np.einsum("nt,nth->nh", dA, K))


@attend_backward.mistake("dq is made with the values. The query was multiplied with the KEYS.")
def _(dcontext, cache, scaled):
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: np.einsum("nt,nth->nh", de, cache[2]))


@attend_backward.mistake("dV is made with de. In the context each value was multiplied by its weight A: this is what its gradient is multiplied by.")
def _(dcontext, cache, scaled):
    q, K, V, A = cache
    dA = np.einsum("ne,nte->nt", dcontext, V)
    de = A * (dA - (A * dA).sum(axis=1, keepdims=True))
    de = de / np.sqrt(q.shape[1]) if scaled else de
    return _attend_back(dcontext, cache, scaled, to_V=lambda A, g, V: de[:, :, None] * g[:, None])


@attend_backward.mistake("The scale is in dq twice: de is already scaled where scores were.")
def _(dcontext, cache, scaled):
    H = cache[0].shape[1]
    return _attend_back(dcontext, cache, scaled,
                        to_q=lambda de, q, K: np.einsum("nt,nth->nh", de, K) / (np.sqrt(H) if scaled else 1))


@attend_backward.mistake("The scale is in dq twice: de is already scaled where scores were.")
def _(dcontext, cache, scaled):
    H = cache[0].shape[1]
    return _attend_back(dcontext, cache, scaled, to_q=lambda de, q, K: np.einsum("nt,nth->nh", de, K) / np.sqrt(H))


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


@additive_score.mistake("The tanh is outside of v. Then everything before it is one linear map, and the query adds the same to every key: it has no say in which key wins.")
def _(q, K, Wq, Wk, v):
    return np.tanh(_additive(q, K, Wq, Wk, v, squash=lambda a: a))


@additive_score.mistake("The tanh is missing. Without it the query adds the same number to the score of every key, so it has no say in which key wins.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, squash=lambda a: a)


@additive_score.mistake("You use Wq for the keys as well: Wq and Wk are two matrices, because a query and a key mean different things.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wq, v)


@additive_score.mistake("You use Wk for the query as well: Wq and Wk are two matrices, because a query and a key mean different things.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wk, Wk, v)


@additive_score.mistake("Each matrix is at the other's place: Wq is for the query, Wk for the keys.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wk, Wq, v)


@additive_score.mistake("You squash query and key separately and add afterwards. The tanh has to see their sum, or the query again adds the same to every key.")
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


@additive_score.mistake("This is already the softmax. The exercise asks for the scores before it.")
def _(q, K, Wq, Wk, v):
    s = _additive(q, K, Wq, Wk, v)
    return softmax.reference(s, np.ones(s.shape, bool))


@additive_score.mistake("You squash with a sigmoid. The equation has tanh.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, squash=lambda a: 1 / (1 + np.exp(-a)))


@additive_score.mistake("You divide by √U. The tanh keeps this score small by itself, so it needs no scale.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v) / np.sqrt(len(v))


@additive_score.mistake("The query's new axis is in the wrong place: it belongs in the middle, where the keys have T, so that the query's share is (N, 1, U).")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq)[:, :, None] + K @ Wk) @ v


@additive_score.mistake("The query's new axis is in the wrong place: it belongs in the middle, where the keys have T, so that the query's share is (N, 1, U).")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq)[None] + K @ Wk) @ v


@additive_score.mistake("The first sentence's query asks for all sentences: each row has its own.")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq)[0] + K @ Wk) @ v


@additive_score.mistake("You take the mean over the units. v · hidden is a sum: nothing is divided by U.")
def _(q, K, Wq, Wk, v):
    return _additive(q, K, Wq, Wk, v, end=lambda hidden: (hidden * v).mean(axis=2))


@additive_score.mistake("You set negative sums to zero, which is a ReLU. The equation has tanh.")
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


@additive_score.mistake("Your matrix is transposed: q is (N, Hq) and Wq (Hq, U), so they fit as they are.")
def _(q, K, Wq, Wk, v):
    return np.tanh((q @ Wq.T)[:, None] + K @ Wk) @ v


@additive_score.mistake("Your matrix is transposed: q is (N, Hq) and Wq (Hq, U), so they fit as they are.")
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


@decoder_step_attn.mistake("You take `attend`'s results in the wrong order: it returns the context first, then the weights.")
def _(x, s, K, mask, cell, W, b):
    s = cell(x, s)
    A, context = attend.reference(s, K, K, mask, False)
    return np.tanh(np.concatenate([context, s], axis=1) @ W + b), s, A


@decoder_step_attn.mistake("The old state asks and is joined to the context, and the new one is only returned: here the state moves on first.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: s, join=lambda c, s, new: [c, s])


@decoder_step_attn.mistake("Your mask is reversed: True means that a place may be looked at, and you look only at padding.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, ~mask, cell, W, b)


@decoder_step_attn.mistake("You ask with the last token's vector. The query is the decoder's state, which knows all tokens so far.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: x)


@decoder_step_attn.mistake("The state moves twice before it asks: it had moved on in the line above.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K, mask, cell, W, b, query=lambda s, new: cell(x, new))


@decoder_step_attn.mistake("You join the token's vector to the context. The decoder's new state belongs beside it.")
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


@decoder_step_attn.mistake("What you multiply by W does not have 2H columns. Context and state belong side by side, (N, 2H): join them along axis 1.")
def _(x, s, K, mask, cell, W, b):
    new = cell(x, s)
    context, A = attend.reference(new, K, K, mask, False)
    return np.tanh(np.concatenate([context, new]) @ W + b), new, A


@decoder_step_attn.mistake("What you multiply by W does not have 2H columns. Context and state belong side by side, (N, 2H): join them along axis 1.")
def _(x, s, K, mask, cell, W, b):
    new = cell(x, s)
    context, A = attend.reference(new, K, K, mask, False)
    return np.tanh(np.concatenate([new, context]) @ W + b), new, A


@decoder_step_attn.mistake("You set the padding's states to 0 and look everywhere. A zero has the score 0, and e⁰ = 1 is a weight: the mask has to reach the softmax.")
def _(x, s, K, mask, cell, W, b):
    return _decoder(x, s, K * mask[:, :, None], np.ones_like(mask), cell, W, b)


# --------------------------------------------------------------------------------------- 9.6 causal_self_attention


@exercise("9.6", title="Causal self-attention", returns={"Y": "N T E", "A": "N T T/key"}, hints=[
    "Every step is a query, a key and a value. So how many scores are there for T steps, and which of them look into the future?",
    "All scores at once are a matrix product of Q (N, T, H) with K, its last two axes exchanged: row t holds what step t asks. In row t the columns 0 … t are allowed: a triangle.",
    "`X @ Wq`, `X @ Wk`, `X @ Wv`; `Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])`; `np.tril(np.ones((T, T), bool))`, or `np.arange(T)[:, None] >= np.arange(T)`; `A @ V`.",
])
def causal_self_attention(X, Wq, Wk, Wv):
    """Let every step of a sequence look at itself and at all steps before it.

    X (N, T, D); Wq and Wk (D, H), Wv (D, E) make queries, keys and values. Scores are divided by √H.
    -> Y (N, T, E), the context of each step, and the weights A (N, T, T): row t says where step t looks.
    X = [[[0.], [1.]]] with Wq = [[1.]], Wk = [[log 3]], Wv = [[8.]] gives A = [[[1, 0], [.25, .75]]] and
    Y = [[[0.], [6.]]].
    """
    T = X.shape[1]
    # TODO: Q, K (N, T, H) and V (N, T, E)
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    # END
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[2])      # TODO: (N, T, T) query with key, scaled
    allowed = np.tril(np.ones((T, T), bool))                     # TODO: (T, T) True: step t may look
    A = softmax(scores, np.broadcast_to(allowed, scores.shape))  # your 9.1
    Y = A @ V                                                    # TODO: (N, T, E)
    return Y, A


@causal_self_attention.cases
def _(rng):
    def draw(N, T, D, H, E, size=1.0):
        return (size * rng.normal(size=(N, T, D)), rng.normal(size=(D, H)), rng.normal(size=(D, H)), rng.normal(size=(D, E)))

    yield "two steps, one number each", (np.array([[[0.0], [1.0]]]), np.array([[1.0]]), np.array([[np.log(3.0)]]), np.array([[8.0]]))
    yield "three steps, H = 1", draw(1, 3, 2, 1, 1)
    yield "three steps, H = 4: scaled by ½", draw(1, 3, 2, 4, 2)
    yield "a batch of 2, D = H = E = T = 3", draw(2, 3, 3, 3, 3)
    yield "all sizes different", draw(2, 5, 4, 3, 6)
    yield "large scores", draw(2, 4, 3, 5, 2, 6.0)


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


@causal_self_attention.same
def _(X, Wq, Wk, Wv):
    t = np.arange(X.shape[1])
    e = np.einsum("nth,nuh->ntu", X @ Wq, X @ Wk) * Wk.shape[1] ** -0.5
    e = np.where(t[:, None] >= t, e, -np.inf)
    A = np.exp(e - e.max(axis=2, keepdims=True))
    A /= A.sum(axis=2, keepdims=True)
    return np.einsum("ntu,nue->nte", A, X @ Wv), A


def _causal(X, Wq, Wk, Wv, scores=None, factor=None, allowed=np.tril, weights=None, values=None, out=None):
    """The finished function with one part replaced."""
    T, H = X.shape[1], Wq.shape[1]
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    e = Q @ K.transpose(0, 2, 1) if scores is None else scores(Q, K)
    e = e * (1 / np.sqrt(H) if factor is None else factor)
    m = np.broadcast_to(allowed(np.ones((T, T), bool)), e.shape)
    A = softmax.reference(e, m) if weights is None else weights(e, m)
    V = V if values is None else values(X, Q, K)
    return (A @ V if out is None else out(A, V)), A


@causal_self_attention.mistake("Every step looks at all steps, also at those that come after it: the mask forbids nothing.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, allowed=lambda m: m)


@causal_self_attention.mistake("Your triangle is the upper one: each step looks at itself and at the FUTURE, and never at the past.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, allowed=np.triu)


@causal_self_attention.mistake("A step may not look at itself in your mask, so the first one has nothing at all to look at. The diagonal is allowed.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, allowed=lambda m: np.tril(m, -1))


@causal_self_attention.mistake("Your mask is one diagonal too wide: each step also sees the next one, which a language model has to predict.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, allowed=lambda m: np.tril(m, 1))


@causal_self_attention.mistake("Your mask is reversed: you hide the past and the present and allow only the future. True means that a place may be looked at.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, allowed=lambda m: ~np.tril(m))


@causal_self_attention.mistake("Each step looks only at itself: your mask is the diagonal alone.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, allowed=lambda m: np.eye(len(m), dtype=bool))


@causal_self_attention.mistake("You multiply the scores by the mask. A future step then has the score 0, and exp(0) = 1 is a weight: the mask belongs in the softmax.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, weights=lambda e, m: softmax.reference(e * m, np.ones_like(m)))


@causal_self_attention.mistake("The mask comes after the softmax: the future has already taken its share, and the weights of a row sum to less than 1.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, weights=lambda e, m: softmax.reference(e, np.ones_like(m)) * m)


@causal_self_attention.mistake("The scale is missing: the scores are to be divided by √H.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, factor=1.0)


@causal_self_attention.mistake("You divide by H. A sum of H independent products has a typical size of √H: divide by that.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, factor=1 / Wq.shape[1])


@causal_self_attention.mistake("You multiply by √H: with long vectors the scores have to be made smaller, not larger.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, factor=np.sqrt(Wq.shape[1]))


@causal_self_attention.mistake("You scale by √D, the size of the input. The dot product is a sum over the H numbers of query and key.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, factor=1 / np.sqrt(X.shape[2]))


@causal_self_attention.mistake("You scale by √T, the number of steps. The dot product is a sum over the H numbers of query and key.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, factor=1 / np.sqrt(X.shape[1]))


EXCHANGED = "Query and key are exchanged: row t of the scores has to hold what step t ASKS, with Wq, of every key, with Wk."


@causal_self_attention.mistake(EXCHANGED)
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, scores=lambda Q, K: K @ Q.transpose(0, 2, 1))


@causal_self_attention.mistake(EXCHANGED)
def _(X, Wq, Wk, Wv):
    return _causal(X, Wk, Wq, Wv)


@causal_self_attention.mistake("Your keys are the queries: the scores are Q with Q, and Wk is not used.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wq, Wv)


@causal_self_attention.mistake("Your queries are the keys: the scores are K with K, and Wq is not used.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wk, Wk, Wv)


@causal_self_attention.mistake("You average X itself. What is handed over is the value, X @ Wv.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, values=lambda X, Q, K: X)


@causal_self_attention.mistake("You average the keys. A key only says how well its step fits; what is handed over is the value.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, values=lambda X, Q, K: K)


@causal_self_attention.mistake("You multiply the values by the scores. The weights are what the softmax makes of them.")
def _(X, Wq, Wk, Wv):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    return Q @ K.transpose(0, 2, 1) / np.sqrt(Wq.shape[1]) @ V, causal_self_attention.reference(X, Wq, Wk, Wv)[1]


@causal_self_attention.mistake("You multiply A transposed by the values: then column t decides what step t gets. The weights of step t are ROW t.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, out=lambda A, V: A.transpose(0, 2, 1) @ V)


@causal_self_attention.mistake("Your softmax runs down the columns. Each ROW has to sum to 1: the keys of one query.")
def _(X, Wq, Wk, Wv):
    swap = (0, 2, 1)
    return _causal(X, Wq, Wk, Wv, weights=lambda e, m: softmax.reference(e.transpose(swap), m.transpose(swap)).transpose(swap))


@causal_self_attention.mistake("All allowed steps count the same: the scores are not used.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, factor=0.0)


@causal_self_attention.mistake("You divide by the number of steps once more. The weights already sum to 1, so the weighted SUM is the average.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, out=lambda A, V: A @ V / A.shape[1])


@causal_self_attention.mistake("`K.T` reverses ALL axes of K, to (H, T, N), so sequences of the batch mix or do not fit. Only the last two axes change places: `K.transpose(0, 2, 1)`.")
def _(X, Wq, Wk, Wv):
    return _causal(X, Wq, Wk, Wv, scores=lambda Q, K: Q @ K.T)


@causal_self_attention.mistake("Right numbers in the wrong order: first Y, then the weights.")
def _(X, Wq, Wk, Wv):
    return causal_self_attention.reference(X, Wq, Wk, Wv)[::-1]


# ------------------------------------------------------------------------------------------------ 9.7 forbid_place


@exercise("9.7", title="Forbid one place", returns={"left": "N T/key"}, hints=[
    "How does one find the place of the second largest number in a row? And how does one set ONE place in each row, another one in each?",
    "`np.argsort` gives places, smallest number first: sort the weights with a minus. Work on a copy of the mask. Two index arrays of length N, rows and places, name one place per row.",
    "`np.argsort(-A, axis=1)`; `left = allowed.copy()`; `left[np.arange(len(A)), order[:, rank]] = False`.",
])
def forbid_place(A, allowed, rank):
    """Return a mask with one more place forbidden in each row: the one whose weight has this rank.

    A (N, T) weights, allowed (N, T) True where a place may be looked at; rank 0 is the largest weight of
    a row, 1 the second largest, and so on.
    -> left (N, T), a new array; allowed stays as it was.
    A = [[.1, .6, .3]], all allowed: rank 0 gives [[True, False, True]], rank 1 [[True, True, False]].
    """
    order = np.argsort(-A, axis=1)               # TODO: (N, T) each row's places, largest weight first
    # TODO: a new mask, without the place of this rank in each row
    left = allowed.copy()
    left[np.arange(len(A)), order[:, rank]] = False
    # END
    return left


@forbid_place.cases
def _(rng):
    def weights(N, T):
        return softmax.reference(rng.normal(size=(N, T)), np.ones((N, T), bool))

    three = np.array([[0.1, 0.6, 0.3]])
    yield "one row of three, rank 0", (three, np.ones((1, 3), bool), 0)
    yield "one row of three, rank 1", (three, np.ones((1, 3), bool), 1)
    yield "two rows, another place in each", (np.array([[0.2, 0.7, 0.1], [0.5, 0.1, 0.4]]), np.ones((2, 3), bool), 0)
    yield "padding at the end of the first row", (np.array([[0.3, 0.7, 0.0], [0.2, 0.3, 0.5]]), np.array([[True, True, False], [True] * 3]), 1)
    yield "four rows of five, rank 0", (weights(4, 5), np.ones((4, 5), bool), 0)
    yield "four rows of five, rank 2", (weights(4, 5), np.ones((4, 5), bool), 2)
    yield "five rows of four, rank 1", (weights(5, 4), np.ones((5, 4), bool), 1)


@forbid_place.same
def _(A, allowed, rank):
    return allowed & (np.argsort(np.argsort(-A, axis=1), axis=1) != rank)


@forbid_place.same
def _(A, allowed, rank):
    left = [list(row) for row in allowed]
    for n, row in enumerate(A):
        left[n][sorted(range(len(row)), key=lambda t: -row[t])[rank]] = False
    return np.array(left)


def _places(A, allowed, rank, order=None, forbid=None):
    order = np.argsort(-A, axis=1) if order is None else order
    left = allowed.copy()
    if forbid is None:
        left[np.arange(len(A)), order[:, rank]] = False
    else:
        forbid(left, order)
    return left


@forbid_place.mistake("You sort upwards: rank 0 is then the SMALLEST weight, a place that hardly anybody looks at.")
def _(A, allowed, rank):
    return _places(A, allowed, rank, order=np.argsort(A, axis=1))


@forbid_place.mistake("You forbid these places in EVERY row. A pair of index arrays, the rows and the places, names one place per row.")
def _(A, allowed, rank):
    return _places(A, allowed, rank, forbid=lambda left, order: left.__setitem__((slice(None), order[:, rank]), False))


@forbid_place.mistake("You count the ranks from 1: here the largest weight has rank 0.")
def _(A, allowed, rank):
    return _places(A, allowed, rank - 1)


@forbid_place.mistake("The first row's place is forbidden in all rows: each row has its own.")
def _(A, allowed, rank):
    return _places(A, allowed, rank, forbid=lambda left, order: left.__setitem__((slice(None), order[0, rank]), False))


@forbid_place.mistake("You forbid all places up to this rank. Only the one of this rank is to go.")
def _(A, allowed, rank):
    return _places(A, allowed, rank, forbid=lambda left, order: np.put_along_axis(left, order[:, : rank + 1], False, axis=1))


@forbid_place.mistake("You always forbid the largest weight, whatever the rank is.")
def _(A, allowed, rank):
    return _places(A, allowed, 0)


@forbid_place.mistake("The old mask is lost: what was forbidden before is allowed again.")
def _(A, allowed, rank):
    return _places(A, np.ones_like(allowed), rank)


@forbid_place.mistake("Your mask is reversed: it allows the one place that should be forbidden, and nothing else.")
def _(A, allowed, rank):
    return ~_places(A, np.ones_like(allowed), rank)


@forbid_place.mistake("`np.argsort` says which PLACE has rank 0, 1, 2 …; you read it as the rank of place 0, 1, 2 and so on.")
def _(A, allowed, rank):
    return allowed & (np.argsort(-A, axis=1) != rank)


@forbid_place.mistake("You return the weights with a hole. The mask is what is asked for: with it the other places share out 1 anew.")
def _(A, allowed, rank):
    return A * _places(A, allowed, rank)


@forbid_place.mistake("You sort down the columns, across the rows of the batch. Each row is sorted by itself, along axis 1.")
def _(A, allowed, rank):
    order = np.argsort(-A, axis=0)
    left = allowed.copy()
    left[np.arange(len(A)), order[:, rank]] = False
    return left


@forbid_place.mistake("You return the mask as it was: no place is forbidden.")
def _(A, allowed, rank):
    return allowed.copy()
