"""Exercise 9.2: look up values by how well their keys fit."""

import numpy as np

from helpers.checking.authoring import exercise

from .softmax import softmax


@exercise("9.2", title="Attend", returns={"context": "N E", "A": "N T/key"}, hints=[
    "Which number says how well a key fits the query? And how do you make one vector of T values and T weights?",
    "The scores (N, T) are dot products over the H axis, one for each key. `softmax` is your 9.1. The context is a sum over the T axis: weight times VALUE.",
    '`np.einsum("nh,nth->nt", q, K)`, times 1 / √H if scaled; `softmax(scores, mask)`; `np.einsum("nt,nte->ne", A, V)`.',
])
def attend(q, K, V, mask, scaled):
    """Look up values by how well their keys fit a query.

    q (N, H) one query a row, K (N, T, H) keys, V (N, T, E) values, mask (N, T) True where a
    key may be looked at; scaled: True divides the scores by √H.
    -> context (N, E), the weighted average of the values, and the weights A (N, T).
    With q = [[1.]], K = [[[0.], [log 3]]], V = [[[0.], [8.]]] and nothing masked,
    A = [[.25, .75]] and the context is [[6.]].
    """
    scale = 1 / np.sqrt(q.shape[1]) if scaled else 1.0
    scores = scale * np.einsum("nh,nth->nt", q, K)   # TODO: (N, T) query · key, for each; scaled
    A = softmax(scores, mask)                        # TODO: (N, T) the weights
    context = np.einsum("nt,nte->ne", A, V)          # TODO: (N, E) weighted average of the values
    return context, A


@attend.cases
def _(rng):
    def draw(N, T, H, E, p=1.0):
        return rng.normal(size=(N, H)), rng.normal(size=(N, T, H)), rng.normal(size=(N, T, E)), rng.random((N, T)) < p

    one = np.ones((1, 2), bool)
    yield "one query, two keys, one number each", (np.array([[1.0]]), np.array([[[0.0], [np.log(3.0)]]]), np.array([[[0.0], [8.0]]]), one, False)
    yield "H = 4, scaled by ½", (np.ones((1, 4)), np.array([[[0.0] * 4, [1.0, 0.0, -1.0, 2.0]]]), np.array([[[0.0], [8.0]]]), one, True)
    yield "H = 4, not scaled", (np.ones((1, 4)), np.array([[[0.0] * 4, [1.0, 0.0, -1.0, 2.0]]]), np.array([[[0.0], [8.0]]]), one, False)
    yield "two rows, three keys, H = E = 2", (*draw(2, 3, 2, 2), False)
    yield "padding at the end of the first row", (*draw(2, 3, 2, 2)[:3], np.array([[True, True, False], [True] * 3]), False)
    yield "all sizes different, scaled", (*draw(3, 5, 4, 2, 0.7), True)
    yield "all sizes different, not scaled", (*draw(2, 4, 3, 5, 0.7), False)
    yield "a single key", (*draw(2, 1, 3, 2), True)
    yield "a row that is masked everywhere", (*draw(2, 3, 2, 2)[:3], np.array([[False] * 3, [True] * 3]), True)
    yield "whole numbers, scores of 1000 and -1000", (np.array([[10], [20]]), np.array([[[100], [99]], [[-50], [-49]]]), np.array([[[1], [2]], [[3], [4]]]), np.ones((2, 2), bool), False)


@attend.same
def _(q, K, V, mask, scaled):
    context, A = np.zeros((len(q), V.shape[2])), np.zeros(mask.shape)
    for n in range(len(q)):
        scores = [float(q[n] @ k) / (len(q[n]) ** 0.5 if scaled else 1) for k in K[n]]
        top = max((s for s, free in zip(scores, mask[n], strict=True) if free), default=0)
        powers = [np.exp(s - top) if free else 0.0 for s, free in zip(scores, mask[n], strict=True)]
        for t, power in enumerate(powers):
            A[n, t] = power / (sum(powers) or 1)
            context[n] += A[n, t] * V[n, t]
    return context, A


attend.same(attend.changed(('np.einsum("nh,nth->nt", q, K)', "(K @ q[:, :, None])[:, :, 0]"),
                           ('np.einsum("nt,nte->ne", A, V)', "(A[:, None] @ V)[:, 0]")))

# the scale
DOT = 'np.einsum("nh,nth->nt", q, K)'
BY_H = "You divide by H, or by √H twice. A sum of H independent products has a typical size of √H: divide by that, and once."
MEAN = "Your scores are means over the H axis. A dot product is a sum: you divide by H, whether scaled or not."
attend.mistakes_in("scores", [
    ("The scale is missing: where scaled is True, the scores are to be divided by √H.", DOT),
    ("You divide the scores by √H even where scaled is False.", f"{DOT} / np.sqrt(q.shape[1])"),
    (BY_H, f"{DOT} / (q.shape[1] if scaled else 1)", f"scale**2 * {DOT}"),
    (MEAN, f"scale * {DOT} / q.shape[1]"),
    ("You divide by √H once more: where scaled is True, `scale` already is 1 / √H.", f"scale * {DOT} / np.sqrt(q.shape[1])"),
    ("You multiply by √H: long vectors need smaller scores, not larger ones.", f"{DOT} / scale"),
    ("You scale by the number of keys T. The dot product is a sum over the H entries of a key.", f"{DOT} / (np.sqrt(K.shape[1]) if scaled else 1)"),
    ("You use the flag the wrong way round: you scale where scaled is False, and do not scale where it is True.", f"{DOT} * (1 if scaled else 1 / np.sqrt(q.shape[1]))"),
])

# query and key
attend.mistakes_in("scores", [
    ("You compare the query with the values. It is compared with the keys.", 'scale * np.einsum("nh,nth->nt", q, V)'),
    ("Every query looks at the keys of the first sentence: each row of the batch has its own.", "scale * q @ K[0].T"),
    ("Each query is compared with the keys of all sentences of the batch at once: your sum runs over the batch axis as well.", "scale * q @ K.sum(axis=0).T", 'scale * np.einsum("nh,mth->nt", q, K)'),
    ("Every row is asked with the first query: each sentence of the batch has its own.", "scale * K @ q[0]"),
    ("Your score is the distance between query and key: the better they fit, the SMALLER it is, so the worst key wins.", "scale * np.linalg.norm(q[:, None] - K, axis=2)"),
    ("Your score is the squared distance of section 2, with a minus. Here the score is the dot product.", "-scale * ((q[:, None] - K) ** 2).sum(axis=2)"),
    (MEAN, "scale * (q[:, None] * K).mean(axis=2)"),
    ("Your scores have the wrong sign: the key that fits worst gets the largest weight.", f"-scale * {DOT}"),
    ("You sum over the T keys. A score is the sum over the H products of one query and one key: axis 2.", "scale * (q[:, None] * K).sum(axis=1)"),
    ("You sum over all axes, so all keys of the batch share ONE number. Each key has its own score: sum over axis 2.", "scale * (q[:, None] * K).sum()"),
    ("`q @` takes all queries as ONE matrix: each of them meets every sentence, or the axes do not meet at all. Each query belongs with the keys of its own row: multiply `q[:, None]` by K and sum over H, or let `np.einsum` name the axes.", "scale * q @ K.transpose(0, 2, 1)", "scale * (q @ K.transpose(0, 2, 1))", "q @ K.transpose(0, 2, 1) * scale", "scale * q @ K.T", "scale * (q @ K.T)", "q @ K.T * scale", "q @ K.T", "scale * q @ K", "scale * (q @ K)", "q @ K * scale", "q @ K"),
    ("In `K @ q` the queries are taken as ONE matrix, and each sentence meets all of them. Each sentence has one query: its scores are (T,), those of the batch (N, T).", "scale * K @ q", "scale * (K @ q)", "scale * K @ q.T", "scale * (K @ q.T)"),
    ("Your scores keep an axis of length 1, so they do not fit the mask (N, T): take it off.", "scale * K @ q[:, :, None]", "scale * (K @ q[:, :, None])", "scale * q[:, None] @ K.transpose(0, 2, 1)", "scale * (q[:, None] @ K.transpose(0, 2, 1))"),
    ("You multiply and do not add up: the H products of query and key should become ONE score.", "scale * q[:, None] * K"),
    ("q (N, H) lacks the axis of the keys, so it lies along T instead of beside each key: `q[:, None]` is (N, 1, H).", "scale * (q * K).sum(axis=2)"),
])

# the weights
AFTER_SOFTMAX = "You scale the weights after the softmax: then they do not sum to 1. It is the scores that are scaled."
attend.mistakes_in("A", [
    ("Your softmax runs down the batch: the weights of one sentence should sum to 1 over its own T keys.", "softmax(scores.T, mask.T).T"),
    (AFTER_SOFTMAX, "scale * softmax(scores, mask)"),
    ("The mask is not used: the query looks at padding as if it were text.", "softmax(scores, np.ones_like(mask))"),
    ("The mask comes after the softmax: padding has already taken its share, and the weights sum to less than 1.", "softmax(scores, np.ones_like(mask)) * mask"),
    ("A holds the scores, without a softmax: scores are no weights, they can be negative and sum to anything.", "scores"),
    ("Your mask is reversed: True means that a key may be looked at, and you hide these keys.", "softmax(scores, ~mask)"),
    ("All the weight goes to the key that fits best. That choice has no gradient: the softmax gives every key its part.", "np.eye(scores.shape[1])[np.where(mask, scores, -np.inf).argmax(axis=1)]", "np.eye(scores.shape[1])[scores.argmax(axis=1)]"),
    ("The softmax is applied twice: weights are not scores, and the second time makes them nearly equal.", "softmax(softmax(scores, mask), mask)"),
    ("You multiply the scores by the mask. Padding then has the score 0, and e⁰ = 1 is a weight: the mask belongs in the softmax.", "softmax(scores * mask, np.ones_like(mask))"),
    (BY_H, "softmax(scale * scores, mask)"),
])
attend.mistake(AFTER_SOFTMAX, scores=DOT, A="scale * softmax(scores, mask)")

# the average of the values
CONTEXT = "You scale the context. It is the scores that are scaled, before the softmax."
attend.mistakes_in("context", [
    ("You average the keys. A key only says how well its place fits; what is handed over is the value.", 'np.einsum("nt,nth->nh", A, K)'),
    ("All values count the same: the weights are computed and not used.", "V.mean(axis=1)"),
    ("You take the value with the largest weight alone. That choice has no gradient; a weighted average of all has one.", "V[np.arange(len(A)), A.argmax(axis=1)]"),
    ("You divide by the number of keys once more. The weights already sum to 1, so the weighted SUM is the average.", "(A[:, :, None] * V).mean(axis=1)"),
    ("You weigh the values with the scores. The weights are what the softmax makes of them.", 'np.einsum("nt,nte->ne", scores, V)'),
    ("You add up the values as they are: the weights are computed and not used.", "V.sum(axis=1)"),
    (CONTEXT, 'scale * np.einsum("nt,nte->ne", A, V)'),
    ("`A @` takes all weights as ONE matrix, so each row meets the values of every sentence, (N, N, E). Let `np.einsum` name the axes, or multiply `A[:, :, None]` by V and sum over the keys.", "A @ V"),
    ("Your context keeps an axis of length 1, (N, 1, E): take it off.", "A[:, None] @ V"),
    ("You sum over the E numbers of a value, and the keys stay. It is the axis of the keys that goes: axis 1.", "(A[:, :, None] * V).sum(axis=2)"),
    ("You sum over the batch, and the keys stay. It is the axis of the keys that goes: axis 1.", "(A[:, :, None] * V).sum(axis=0)"),
    ("You multiply the values by their weights and do not add them up: the T keys should become ONE vector.", "A[:, :, None] * V"),
])
attend.mistake(CONTEXT, scores=DOT, context='scale * np.einsum("nt,nte->ne", A, V)')
attend.mistake("You return the scores as the second result. The weights A come out of the softmax.", A="scores", context='np.einsum("nt,nte->ne", softmax(scores, mask), V)')

attend.mistake("Right numbers in the wrong order: first the context, then the weights.")(
    lambda q, K, V, mask, scaled: attend.reference(q, K, V, mask, scaled)[::-1])
