"""Notebook 08: word vectors, counted and learnt."""

import numpy as np

from helpers.checking.authoring import exercise

# ------------------------------------------------------------------------------------------- 8.6 sgns_loss_grad


@exercise("8.6", title="Skip-gram with negative sampling", returns={"loss": "", "dW": "V D", "dC": "V D"}, hints=[
    "What does a score s add to the loss if it belongs to a real pair, what if it belongs to a negative? What is the slope of each?",
    "The slope of -log σ(s) is σ(s) - 1; that of -log σ(-s) is σ(s). Because of the mean, both are divided by P. A score v · u sends its slope times u to v, and its slope times v to u. A word may come several times: `np.add.at` adds every one.",
    "`np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(axis=1))`, and for dC `dpos[:, None] * v` at `c` and `dbad[:, :, None] * v[:, None]` at `neg`.",
])
def sgns_loss_grad(w, c, neg, W, C):
    """Return the loss of P pairs, and its gradients dW and dC.

    w, c (P,) ids of the middle words and of their contexts; neg (P, K) ids of K negatives for each;
    W, C (V, D) the vectors of a word in the middle and around  ->  loss, dW (V, D), dC (V, D).

        loss = mean over the pairs of  -log σ(W[w] · C[c]) - Σ_k log σ(-W[w] · C[neg_k])

    One pair, K = 1, all vectors 0: the loss is 2 log 2 = 1.386.
    """
    P = len(w)
    v, u, n = W[w], C[c], C[neg]                              # (P, D), (P, D), (P, K, D)
    pos = np.sum(v * u, axis=1)                               # (P,)    scores of the real pairs
    bad = np.sum(v[:, None] * n, axis=2)                      # (P, K)  scores of the negatives
    loss = (np.logaddexp(0, -pos).sum() + np.logaddexp(0, bad).sum()) / P     # -log σ(s) = log(1 + e^-s)
    dpos = (1 / (1 + np.exp(-pos)) - 1) / P                   # TODO: (P,)   slope at each real pair's score
    dbad = 1 / (1 + np.exp(-bad)) / P                         # TODO: (P, K) slope at each negative's
    dW, dC = np.zeros_like(W), np.zeros_like(C)
    # TODO: what the two kinds of scores send to dW and to dC
    np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(axis=1))
    np.add.at(dC, c, dpos[:, None] * v)
    np.add.at(dC, neg, dbad[:, :, None] * v[:, None])
    # END
    return loss, dW, dC


@sgns_loss_grad.cases
def _(rng):
    def vectors(V, D):
        return rng.normal(size=(V, D)), rng.normal(size=(V, D))

    yield "one pair, one negative, D = 1", (np.array([0]), np.array([1]), np.array([[2]]), *vectors(3, 1))
    yield "one pair, two negatives, D = 3", (np.array([0]), np.array([1]), np.array([[2, 3]]), *vectors(4, 3))
    yield "two pairs, all words different", (np.array([0, 1]), np.array([2, 3]), np.array([[4], [5]]), *vectors(6, 2))
    yield "two pairs with the same middle word", (np.array([0, 0]), np.array([2, 3]), np.array([[4], [5]]), *vectors(6, 2))
    yield "two pairs with the same context", (np.array([0, 1]), np.array([2, 2]), np.array([[4], [5]]), *vectors(6, 2))
    yield "a negative drawn twice", (np.array([0]), np.array([1]), np.array([[2, 2]]), *vectors(4, 3))
    yield "a negative that is the context", (np.array([0]), np.array([1]), np.array([[1, 2]]), *vectors(4, 3))
    yield "9 pairs, 5 negatives, V = 6, D = 4", (rng.integers(0, 6, 9), rng.integers(0, 6, 9), rng.integers(0, 6, (9, 5)), *vectors(6, 4))


@sgns_loss_grad.same
def _(w, c, neg, W, C):
    loss, dW, dC = 0.0, np.zeros(W.shape), np.zeros(C.shape)
    for i in range(len(w)):
        for target, label in [(c[i], 1.0), *((k, 0.0) for k in neg[i])]:
            p = 1 / (1 + np.exp(-W[w[i]] @ C[target]))
            loss -= np.log(p if label else 1 - p) / len(w)
            dW[w[i]] += (p - label) * C[target] / len(w)
            dC[target] += (p - label) * W[w[i]] / len(w)
    return loss, dW, dC


@sgns_loss_grad.same
def _(w, c, neg, W, C):
    V, P = len(W), len(w)
    ids = np.concatenate([c[:, None], neg], axis=1)
    A, B = np.eye(V)[w], np.eye(V)[ids]                          # one-hot: (P, V), (P, 1 + K, V)
    scores = np.einsum("pv,vd,pkw,wd->pk", A, W, B, C)
    labels = np.zeros(scores.shape)
    labels[:, 0] = 1
    slope = (1 / (1 + np.exp(-scores)) - labels) / P
    loss = -np.sum(np.log(1 / (1 + np.exp(-scores * (2 * labels - 1))))) / P
    return loss, np.einsum("pk,pv,pkd->vd", slope, A, B @ C), np.einsum("pk,pkv,pd->vd", slope, B, A @ W)


@sgns_loss_grad.same
def _(w, c, neg, W, C):
    import helpers.layers.embedding as table

    v, u, n = W[w], C[c], C[neg]
    g, h = (-1 / (1 + np.exp((v * u).sum(1))) / len(w))[:, None], (1 / (1 + np.exp(-np.einsum("pd,pkd->pk", v, n))) / len(w))[:, :, None]
    loss = np.mean(np.log1p(np.exp(-(v * u).sum(1))) + np.log1p(np.exp(np.einsum("pd,pkd->pk", v, n))).sum(1))
    rows, ids = np.concatenate([g * v, (h * v[:, None]).reshape(-1, W.shape[1])]), np.concatenate([c, neg.ravel()])
    return loss, table.sum_rows(g * u + (h * n).sum(1), w, len(W)), table.sum_rows(rows, ids, len(C))


def _sgns(w, c, neg, W, C, *, add_w=np.add.at, add_c=np.add.at, add_n=np.add.at, pos_slope=None, neg_slope=None, scale=None,
          w_from_pos=True, w_from_neg=True, c_from_pos=True, c_from_neg=True, pos_share=1.0, neg_share=1.0):
    """The finished function with one part at a time exchanged."""
    P = len(w) if scale is None else scale
    v, u, n = W[w], C[c], C[neg]
    pos, bad = np.sum(v * u, axis=1), np.sum(v[:, None] * n, axis=2)
    loss = (np.logaddexp(0, -pos).sum() + np.logaddexp(0, bad).sum()) / len(w)
    sigmoid = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731
    dpos = (sigmoid(pos) - 1 if pos_slope is None else pos_slope(pos)) / P * pos_share
    dbad = (sigmoid(bad) if neg_slope is None else neg_slope(bad)) / P * neg_share
    dW, dC = np.zeros_like(W), np.zeros_like(C)
    add_w(dW, w, w_from_pos * dpos[:, None] * u + w_from_neg * (dbad[:, :, None] * n).sum(axis=1))
    add_c(dC, c, c_from_pos * dpos[:, None] * v)
    add_n(dC, neg, c_from_neg * dbad[:, :, None] * v[:, None])
    return loss, dW, dC


def _lose(array, ids, rows):
    array[ids] += rows


def _sigmoid(s):
    return 1 / (1 + np.exp(-s))


@sgns_loss_grad.mistake("`dW[w] += rows`, or `=`, keeps only ONE of the rows of a word that comes several times in `w`; the others are lost.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, add_w=_lose)


@sgns_loss_grad.mistake("`dC[c] += rows`, or `=`, keeps only ONE of the rows of a context that comes several times in `c`; the others are lost.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, add_c=_lose)


@sgns_loss_grad.mistake("`dC[neg] += rows`, or `=`, keeps only ONE of the rows of a negative that was drawn several times; the others are lost.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, add_n=_lose)


@sgns_loss_grad.mistake("`+=` with an array of ids, in dW and in dC: of a word that comes several times only ONE row is added, the others are lost.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, add_w=_lose, add_c=_lose, add_n=_lose)


@sgns_loss_grad.mistake("`=` overwrites: a word that is a context and a negative as well keeps only the row that was written last.")
def _(w, c, neg, W, C):
    def write(array, ids, rows):
        array[ids] = rows

    return _sgns(w, c, neg, W, C, add_w=write, add_c=write, add_n=write)


@sgns_loss_grad.mistake("The negatives have the wrong sign: you pull them towards the middle word, where they should be pushed away.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, neg_slope=lambda s: -_sigmoid(s))


@sgns_loss_grad.mistake("The real pairs have the wrong sign: the slope of -log σ(s) is σ(s) - 1, which is negative. A step against it must make s larger.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_slope=lambda s: 1 - _sigmoid(s))


@sgns_loss_grad.mistake("You treat the real pairs as negatives: the - 1 is missing in the slope of -log σ(s).")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_slope=_sigmoid)


@sgns_loss_grad.mistake("You treat the negatives as real pairs: the slope of -log σ(-s) is σ(s), without - 1.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, neg_slope=lambda s: _sigmoid(s) - 1)


@sgns_loss_grad.mistake("For the negatives you take σ(-s) as the slope of -log σ(-s). It is σ(s): a negative with a high score needs the strongest push.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, neg_slope=lambda s: _sigmoid(-s))


@sgns_loss_grad.mistake("All signs are reversed: this is the direction in which the loss falls, not its gradient.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_slope=lambda s: 1 - _sigmoid(s), neg_slope=lambda s: -_sigmoid(s))


@sgns_loss_grad.mistake("Your gradient is that of the sum, but the loss is the mean over the pairs: divide the slopes by P.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, scale=1)


@sgns_loss_grad.mistake("You divide by the number of all scores, P · (1 + K). The mean goes over the pairs; the negatives of a pair are summed.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, scale=neg.size + len(w))


@sgns_loss_grad.mistake("You divide by P twice: the mean over the pairs divides once.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, scale=len(w) ** 2)


@sgns_loss_grad.mistake("Only the slopes of the real pairs are divided by P. Those of the negatives stand in the same mean.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, neg_share=len(w))


@sgns_loss_grad.mistake("Only the slopes of the negatives are divided by P. Those of the real pairs stand in the same mean.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_share=len(w))


@sgns_loss_grad.mistake("In `σ - 1 / P` only the 1 is divided by P. It takes brackets around the difference.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_slope=lambda s: _sigmoid(s) - 1 / len(s), pos_share=len(w))


@sgns_loss_grad.mistake("The slopes of the negatives are divided by P · K. The mean goes over the pairs; the negatives of a pair are summed.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, neg_share=1 / neg.shape[1])


@sgns_loss_grad.mistake("The two slopes are exchanged: the - 1 belongs to the real pairs, which a step should bring to a higher score.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_slope=_sigmoid, neg_slope=lambda s: _sigmoid(s) - 1)


@sgns_loss_grad.mistake("You take σ(-s) where it should be σ(s), in both slopes: the better a pair already does, the harder it would be pushed.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, pos_slope=lambda s: _sigmoid(-s) - 1, neg_slope=lambda s: _sigmoid(-s))


@sgns_loss_grad.mistake("σ (1 - σ) is the slope of σ itself. Here the slope of its logarithm is wanted, and 1 / σ cancels one of the factors.")
def _(w, c, neg, W, C):
    slope = lambda s: _sigmoid(s) * (1 - _sigmoid(s))  # noqa: E731
    return _sgns(w, c, neg, W, C, pos_slope=slope, neg_slope=slope)


@sgns_loss_grad.mistake("dW and dC are exchanged: what goes to the middle words belongs to dW, what goes to contexts and negatives to dC.")
def _(w, c, neg, W, C):
    loss, dW, dC = sgns_loss_grad.reference(w, c, neg, W, C)
    return loss, dC, dW


def _parts(w, c, neg, W, C, send):
    """The finished function with other additions: send(dW, dC, v, u, n, dpos, dbad) makes them."""
    v, u, n = W[w], C[c], C[neg]
    dpos, dbad = (_sigmoid((v * u).sum(1)) - 1) / len(w), _sigmoid((v[:, None] * n).sum(2)) / len(w)
    loss, dW, dC = sgns_loss_grad.reference(w, c, neg, W, C)[0], np.zeros_like(W), np.zeros_like(C)
    send(dW, dC, v, u, n, dpos, dbad)
    return loss, dW, dC


@sgns_loss_grad.mistake("From a real pair, dW gets the middle word's own vector. A score sends to each vector its slope times the OTHER one.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos[:, None] * v + (dbad[:, :, None] * n).sum(1))
        np.add.at(dC, c, dpos[:, None] * v)
        np.add.at(dC, neg, dbad[:, :, None] * v[:, None])

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("From a real pair, dC gets the context's own vector. A score sends to each vector its slope times the OTHER one.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(1))
        np.add.at(dC, c, dpos[:, None] * u)
        np.add.at(dC, neg, dbad[:, :, None] * v[:, None])

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("The negatives get their own vectors in dC. A score sends to each vector its slope times the OTHER one.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(1))
        np.add.at(dC, c, dpos[:, None] * v)
        np.add.at(dC, neg, dbad[:, :, None] * n)

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("The share of the negatives is added to the row of the context. It belongs to the rows of the negatives themselves.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(1))
        np.add.at(dC, c, dpos[:, None] * v + (dbad[:, :, None] * v[:, None]).sum(1))

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("Only the first negative of each pair is used: there are K of them, and each is in the loss.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos[:, None] * u + dbad[:, :1] * n[:, 0])
        np.add.at(dC, c, dpos[:, None] * v)
        np.add.at(dC, neg[:, 0], dbad[:, :1] * v)

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("In `dpos * u`, (P,) times (P, D), the slopes run along D: slope i has to meet row i, so it needs a last axis of length 1.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos * u + (dbad[:, :, None] * n).sum(1))
        np.add.at(dC, c, dpos[:, None] * v)
        np.add.at(dC, neg, dbad[:, :, None] * v[:, None])

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("In `dpos * u` and `dpos * v`, (P,) times (P, D), the slopes run along D: slope i has to meet row i, so it needs a last axis of length 1.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos * u + (dbad[:, :, None] * n).sum(1))
        np.add.at(dC, c, dpos * v)
        np.add.at(dC, neg, dbad[:, :, None] * v[:, None])

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("You add into W and C themselves: the gradients stay 0, and the caller's vectors are changed.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(W, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(1))
        np.add.at(C, c, dpos[:, None] * v)
        np.add.at(C, neg, dbad[:, :, None] * v[:, None])

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("dW and dC stay 0: nothing arrives in them. `dW[w]`, with an array of ids, is a copy; what is added to a copy is lost.")
def _(w, c, neg, W, C):
    return _parts(w, c, neg, W, C, lambda *_: None)


@sgns_loss_grad.mistake("You add the negatives' share of dW at the rows `neg`. It belongs to the middle word's row, `w`.")
def _(w, c, neg, W, C):
    def send(dW, dC, v, u, n, dpos, dbad):
        np.add.at(dW, w, dpos[:, None] * u)
        np.add.at(dW, neg, dbad[:, :, None] * n)
        np.add.at(dC, c, dpos[:, None] * v)
        np.add.at(dC, neg, dbad[:, :, None] * v[:, None])

    return _parts(w, c, neg, W, C, send)


@sgns_loss_grad.mistake("dW has the share of the context only: the negatives send theirs to dW as well.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, w_from_neg=False)


@sgns_loss_grad.mistake("dW has the share of the negatives only: that of the context is missing.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, w_from_pos=False)


@sgns_loss_grad.mistake("dC has nothing from the negatives: they, too, are rows of C, and get a gradient.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, c_from_neg=False)


@sgns_loss_grad.mistake("dC has nothing from the real pairs: `dpos` times the middle word's vector belongs to the row of the context.")
def _(w, c, neg, W, C):
    return _sgns(w, c, neg, W, C, c_from_pos=False)


@sgns_loss_grad.mistake("You treat W as if it held contexts, too: all gradients end up in dW. A context's row is in C, so its gradient belongs to dC.")
def _(w, c, neg, W, C):
    loss, dW, dC = sgns_loss_grad.reference(w, c, neg, W, C)
    return loss, dW + dC, np.zeros_like(C)


@sgns_loss_grad.mistake("You send each vector its own row: a score v · u sends its slope times u to v, and its slope times v to u.")
def _(w, c, neg, W, C):
    loss, dW, dC = sgns_loss_grad.reference(w, c, neg, W, C)
    v, u, n = W[w], C[c], C[neg]
    dpos, dbad = (_sigmoid((v * u).sum(1)) - 1) / len(w), _sigmoid((v[:, None] * n).sum(2)) / len(w)
    dW, dC = np.zeros_like(W), np.zeros_like(C)
    np.add.at(dW, w, dpos[:, None] * v + (dbad.sum(1))[:, None] * v)
    np.add.at(dC, c, dpos[:, None] * u)
    np.add.at(dC, neg, dbad[:, :, None] * n)
    return loss, dW, dC


@sgns_loss_grad.mistake("In dW you average over the negatives of a pair. The loss sums over them, so each sends its whole share.")
def _(w, c, neg, W, C):
    K = neg.shape[1]
    return _sgns(w, c, neg, W, C, w_from_neg=1 / K)


@sgns_loss_grad.mistake("You return rows for the pairs, (P, D), where gradients like W and C are asked for: each row has to be added to its word.")
def _(w, c, neg, W, C):
    v, u, n = W[w], C[c], C[neg]
    dpos, dbad = (_sigmoid((v * u).sum(1)) - 1) / len(w), _sigmoid((v[:, None] * n).sum(2)) / len(w)
    loss = sgns_loss_grad.reference(w, c, neg, W, C)[0]
    return loss, dpos[:, None] * u + (dbad[:, :, None] * n).sum(1), dpos[:, None] * v


# -------------------------------------------------------------------------------------------------- 8.7 analogy


@exercise("8.7", title="a is to b as c is to …", returns={"word": ""}, hints=[
    "What has to be taken away from \"king\", and what has to be added, to come to \"queen\"?",
    "From b take a away and add c. If `exclude` is true, none of the three words of the question may be the answer.",
    "`v = E[ids[1]] - E[ids[0]] + E[ids[2]]`, and `scores[ids] = -np.inf` where `exclude` is true.",
])
def analogy(a, b, c, E, words, exclude=True):
    """Return the word d for "a is to b as c is to d": the one nearest to b - a + c by the cosine.

    a, b, c: strings; words: the list of all V words; E (V, D) their vectors, which are brought to
    length 1 first. exclude: True if a, b and c themselves must not be the answer.
    analogy("man", "king", "woman", E, words) should be "queen".
    """
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    ids = [words.index(a), words.index(b), words.index(c)]
    v = E[ids[1]] - E[ids[0]] + E[ids[2]]      # TODO: where the answer should lie
    scores = E @ v                             # the cosines, times |v|: the order is the same
    if exclude:
        scores[ids] = -np.inf                  # TODO: less than any score
    return words[int(np.argmax(scores))]


@analogy.cases
def _(rng):
    words = ["man", "king", "woman", "queen", "apple", "pear"]
    E = np.array([[1.0, 0, 0, 0.1], [1, 1, 0, 0.1], [-1, 0, 0, 0.1], [-1, 1, 0, 0.1], [0, 0, 1, 0.3], [0.2, -0.3, 2, 0]])
    yield "man : king :: woman : ?", ("man", "king", "woman", E, words, True)
    yield "man : woman :: king : ?", ("man", "woman", "king", E, words, True)
    names = [f"word{i}" for i in range(30)]
    for k in range(4):
        E = rng.normal(size=(30, 3)) * rng.uniform(0.2, 5, (30, 1))
        a, b, c = rng.choice(30, 3, replace=False)
        for exclude in (True, False):
            yield (f"30 random words, number {k + 1}, inputs {'excluded' if exclude else 'allowed'}",
                   (names[a], names[b], names[c], E, names, exclude))
    near = rng.normal(size=(30, 3))
    near[2] = near[0] + 0.05 * rng.normal(size=3)
    yield "a and c nearly alike, so that b itself comes nearest", (names[0], names[1], names[2], near, names, True)
    yield "a and b nearly alike, so that c itself comes nearest", (names[0], names[2], names[1], near, names, True)
    E = np.array([[1.0, 0.0, 0.0], [1.0, 0.3, 0.0], [1.0, -0.2, 0.1], [1.0, 1.0, 0.2], [0.5, -1.0, 1.0]])
    yield "a, b and c nearly alike, so that a itself comes nearest", ("u", "v", "w", E, ["u", "v", "w", "x", "y"], True)
    E = np.array([[0.0, -1.0], [0.05, 1.0], [-0.05, 1.0], [0.1, -1.0], [0.3, -1.0]])
    yield "only words that look far away are left", ("u", "v", "w", E, ["u", "v", "w", "x", "y"], True)
    E = np.array([[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [0.0, -1.0], [0.5, -1.0]])
    yield "only words that look away are left", ("u", "v", "w", E, ["u", "v", "w", "x", "y"], True)


@analogy.same
def _(a, b, c, E, words, exclude=True):
    unit = {word: e / np.sqrt(e @ e) for word, e in zip(words, E, strict=True)}
    target = unit[b] - unit[a] + unit[c]
    return max((w for w in words if not (exclude and w in (a, b, c))), key=lambda w: unit[w] @ target)


@analogy.same
def _(a, b, c, E, words, exclude=True):
    U, at = E / np.linalg.norm(E, axis=1)[:, None], words.index
    s = U @ U[at(b)] - U @ U[at(a)] + U @ U[at(c)]      # the sum of three cosines
    if exclude:
        s[[at(a), at(b), at(c)]] = -10
    return words[np.argmax(s)]


def _analogy(a, b, c, E, words, exclude, *, make=lambda a, b, c: b - a + c, out=(0, 1, 2), value=-np.inf, unit=True, always=False):
    U = E / np.linalg.norm(E, axis=1, keepdims=True)
    ids = [words.index(a), words.index(b), words.index(c)]
    scores = U @ make(*(U if unit else E)[ids])
    if exclude or always:
        scores[[ids[i] for i in out]] = value
    return words[int(np.argmax(scores))]


@analogy.mistake("This is a - b + c: the step goes from b to a, which is the wrong direction. a is taken away from b.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: a - b + c)


@analogy.mistake("This is a + b - c: a has to go, and c has to come in.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: a + b - c)


@analogy.mistake("You add all three. What a and b have in common must go: a is subtracted.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: a + b + c)


@analogy.mistake("Only the step from a to b is there; you forgot to start it from c.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: b - a)


@analogy.mistake("This is the nearest word to c: a and b are not used.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: c)


@analogy.mistake("The words of the question are allowed as answers also where `exclude` is true: then b or c often answers itself.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, False)


@analogy.mistake("You exclude the words of the question also where `exclude` is false.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, True, always=True)


@analogy.mistake("You exclude c only: a and b are inputs as well.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, out=(2,))


@analogy.mistake("You exclude b only: a and c are inputs as well.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, out=(1,))


@analogy.mistake("You exclude a only: b and c are inputs as well.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, out=(0,))


@analogy.mistake("You exclude a and b; c is an input as well.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, out=(0, 1))


@analogy.mistake("You exclude a and c; b is an input as well.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, out=(0, 2))


@analogy.mistake("You exclude b and c; a is an input as well.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, out=(1, 2))


@analogy.mistake("What you give the excluded words is not low enough: the scores are cosines times |v|, and these go down to -3, so an excluded word can still win.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, value=-1.0)


@analogy.mistake("An excluded word wins: `np.argmax` returns the place of +inf, and that of a NaN as well. It takes something less than every score.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, value=np.inf)


@analogy.mistake("This is b - a - c: a is taken away rightly, but c has to be added.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: b - a - c)


@analogy.mistake("This is b + c. What a and b have in common is still in it: a has to go.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: b + c)


@analogy.mistake("This is c - a: b is missing, the word that holds what a has and c should get.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: c - a)


@analogy.mistake("You multiply by c, number by number. The step from a to b is added to c.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, make=lambda a, b, c: (b - a) * c)


@analogy.mistake("a, b and c are words, and rows of E are found by number: `ids` has the three numbers.")
def _(a, b, c, E, words, exclude=True):
    return E[b] - E[a] + E[c]


@analogy.mistake("You calculate with the ids. An id is only a place in a list; it is the vectors that are added and taken away.")
def _(a, b, c, E, words, exclude=True):
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    ids = [words.index(a), words.index(b), words.index(c)]
    scores = E @ E[ids[1] - ids[0] + ids[2]]
    if exclude:
        scores[ids] = -np.inf
    return words[int(np.argmax(scores))]


@analogy.mistake("You give the excluded words a 0. If all other scores are negative, an excluded word still wins.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, value=0.0)


@analogy.mistake("You return the id. Asked for is the word, `words[id]`.")
def _(a, b, c, E, words, exclude=True):
    return words.index(analogy.reference(a, b, c, E, words, exclude))


@analogy.mistake("You take the vectors as they are, long ones and short ones: bring them to length 1 first, or the longest of the three decides alone.")
def _(a, b, c, E, words, exclude=True):
    return _analogy(a, b, c, E, words, exclude, unit=False)


@analogy.mistake("Your answer is the word that points away from b - a + c: a sign is wrong in the sum (a - b - c), or you look for the smallest score.")
def _(a, b, c, E, words, exclude=True):
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    ids = [words.index(a), words.index(b), words.index(c)]
    scores = E @ (E[ids[1]] - E[ids[0]] + E[ids[2]])
    if exclude:
        scores[ids] = np.inf
    return words[int(np.argmin(scores))]


# ----------------------------------------------------------------------------------------------- 8.8 best_score


@exercise("8.8", title="The score that every pair would like", returns={"s": "P"}, hints=[
    "The loss is a n-fold -log σ(s) and an m-fold -log σ(-s), with n = met and m = K · row · q. What is its slope in s? Use your slopes of 8.6.",
    "n (σ(s) - 1) + m σ(s) = 0 gives σ(s) = n / (n + m). Now solve σ(s) = 1 / (1 + e^-s) for s: what is e^-s?",
    "1 + e^-s = (n + m) / n, so e^-s = m / n, and s = log(n / m).",
])
def best_score(met, row, q, K):
    """Return the score s (P,) that makes the loss of each of P pairs as small as it can be.

    met (P,): how often the pair came as a real one; row (P,): how many real pairs its middle word has;
    q (P,): how likely it is that a negative is this context; K negatives are drawn for each real pair.

        loss(s) = -met log σ(s) - K row q log σ(-s)

    met = [2.], row = [10.], q = [0.1] and K = 2 give [0.]: as often real as made up.
    """
    s = np.log(met / (K * row * q))      # TODO: where the slope of the loss is 0
    return s


@best_score.cases
def _(rng):
    yield "one pair, as often real as made up", (np.array([2.0]), np.array([10.0]), np.array([0.1]), 2)
    yield "one pair, K = 1", (np.array([6.0]), np.array([10.0]), np.array([0.2]), 1)
    yield "one pair, K = 5", (np.array([3.0]), np.array([20.0]), np.array([0.5]), 5)
    yield "counts as whole numbers", (np.array([3, 1, 8]), np.array([20, 4, 30]), np.array([0.5, 0.25, 0.1]), 3)
    yield "7 pairs, K = 4", (rng.integers(1, 50, 7).astype(float), rng.integers(60, 400, 7).astype(float), rng.uniform(0.01, 0.3, 7), 4)


@best_score.same
def _(met, row, q, K):
    p = met / (met + K * row * q)
    return np.log(p) - np.log(1 - p)


@best_score.same
def _(met, row, q, K):
    return np.log(met / row) - np.log(q) - np.log(K)


def _wrong(sentence):
    def add(function):
        best_score.mistake(sentence)(lambda met, row, q, K: function(1.0 * met, 1.0 * K * row * q, row, q, K))
    return add


@_wrong("This is σ(s), the share of real ones. Asked for is the score s itself: solve σ(s) = 1 / (1 + e^-s) for s.")
def _(n, m, row, q, K):
    return n / (n + m)


@_wrong("This is the logarithm of the share of real ones. The score is another number: σ(s) is that share, so e^-s is one share divided by the other.")
def _(n, m, row, q, K):
    return np.log(n / (n + m))


@_wrong("The sign is reversed: a pair that is real more often than made up has a score above 0.")
def _(n, m, row, q, K):
    return np.log(m / n)


@_wrong("The logarithm is missing: this is the ratio of real to made up, which is e^s.")
def _(n, m, row, q, K):
    return n / m


@_wrong("K is missing: for each real pair K negatives are drawn.")
def _(n, m, row, q, K):
    return np.log(n / (row * q))


@_wrong("K is on the wrong side: more negatives make a pair more often made up, so its score falls.")
def _(n, m, row, q, K):
    return np.log(n * K / (row * q))


@_wrong("`row` is missing: negatives are drawn for ALL real pairs of the middle word, so there are K · row of them.")
def _(n, m, row, q, K):
    return np.log(n / (K * q))


@_wrong("q is missing: only a share q of the negatives is this context.")
def _(n, m, row, q, K):
    return np.log(n / (K * row))


@_wrong("In `met / K * row * q` only K is below the line. It takes brackets.")
def _(n, m, row, q, K):
    return np.log(n / K * row * q)


@_wrong("You take the logarithm to the base 2. σ is made with e, so it is the natural one.")
def _(n, m, row, q, K):
    return np.log2(n / m)


@_wrong("You return the smallest loss. Asked for is the score at which it is reached.")
def _(n, m, row, q, K):
    return -n * np.log(n / (n + m)) - m * np.log(m / (n + m))


@_wrong("This is the score at which real and made-up pairs differ by their number, met - K row q. Set the slope of the loss to 0 and solve for s.")
def _(n, m, row, q, K):
    return n - m


# -------------------------------------------------------------------------------------------------- 8.9 unusual


@exercise("8.9", title="Is that much?", returns={"found": "V"}, hints=[
    "If the middle 90 % of all words are ordinary, which share of them lies below, which above? And is that the same border in each training?",
    "`np.quantile(leanings, (1 - share) / 2, axis=1, keepdims=True)` has the lower border of each training, (R, 1). A word is found if it is below the lower border in all trainings, or above the upper one in all.",
    "`low, high = np.quantile(leanings, [(1 - share) / 2, (1 + share) / 2], axis=1, keepdims=True)`; `np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)`.",
])
def unusual(leanings, share):
    """Return which words lean unusually, True or False for each word (V,).

    leanings (R, V): how far each of V words leans, in each of R trainings. share: 0.9, say.
    A word is unusual if in EVERY training it lies outside of the middle share of all words of that
    training, and always on the same side.
    One training, leanings = [[0., 1., 2., 3., 9.]] and share = 0.5: True for 0. and for 9.
    """
    tail = (1 - share) / 2
    low, high = np.quantile(leanings, [tail, 1 - tail], axis=1, keepdims=True)             # TODO: (R, 1) each
    found = np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)               # TODO: (V,)
    return found


@unusual.cases
def _(rng):
    def runs(R, V, noise, shift=0.0, scale=None):
        word = rng.normal(size=V)
        scale = np.ones(R) if scale is None else np.asarray(scale)
        return scale[:, None] * (word + noise * rng.normal(size=(R, V))) + shift

    yield "one training, five words", (np.array([[0.0, 1.0, 2.0, 3.0, 9.0]]), 0.5)
    yield "one training, 40 words", (runs(1, 40, 0.0), 0.9)
    yield "three trainings that agree", (runs(3, 40, 0.05), 0.8)
    yield "all words lean to one side", (runs(3, 40, 0.05, shift=4.0), 0.8)
    yield "three trainings of different strength", (runs(3, 40, 0.1, scale=[0.2, 1.0, 5.0]), 0.7)
    yield "a word that changes sides", (np.stack([np.arange(7.0), np.array([6.0, 1, 2, 3, 4, 5, 0])]), 0.8)
    yield "five trainings with noise, 90 words", (runs(5, 90, 0.7), 0.65)


def _borders(leanings, share, axis=1):
    return np.quantile(leanings, [(1 - share) / 2, (1 + share) / 2], axis=axis, keepdims=True)


@unusual.same
def _(leanings, share):
    rank = leanings.argsort(axis=1).argsort(axis=1) / (leanings.shape[1] - 1)      # 0 the lowest, 1 the highest
    return (rank < (1 - share) / 2).all(0) | (rank > (1 + share) / 2).all(0)


@unusual.same
def _(leanings, share):
    low, high = (np.percentile(leanings, 50 * (1 + side * share), axis=1) for side in (-1, 1))
    return np.array([all(x < low) or all(x > high) for x in leanings.T])


@unusual.mistake("You only ask whether a word leans to the same side in every training. Nearly every word leans a little: compare with all the others.")
def _(leanings, share):
    return np.all(leanings > 0, axis=0) | np.all(leanings < 0, axis=0)


@unusual.mistake("Once is enough for you: a word that is outside in a single training counts. It has to be outside in every one.")
def _(leanings, share):
    low, high = _borders(leanings, share)
    return np.any(leanings < low, axis=0) | np.any(leanings > high, axis=0)


@unusual.mistake("A word that is far below in one training and far above in another counts for you. It has to be on the same side in all.")
def _(leanings, share):
    low, high = _borders(leanings, share)
    return np.all((leanings < low) | (leanings > high), axis=0)


@unusual.mistake("You look at the upper side only: a word may lean unusually far down as well.")
def _(leanings, share):
    return np.all(leanings > _borders(leanings, share)[1], axis=0)


@unusual.mistake("You look at the lower side only: a word may lean unusually far up as well.")
def _(leanings, share):
    return np.all(leanings < _borders(leanings, share)[0], axis=0)


@unusual.mistake("You mark the words INSIDE of the band.")
def _(leanings, share):
    low, high = _borders(leanings, share)
    return np.all((leanings >= low) & (leanings <= high), axis=0)


@unusual.mistake("Your borders lie at 1 - share and at share, which leaves twice as many words outside: half of 1 - share belongs to each side.")
def _(leanings, share):
    low, high = np.quantile(leanings, sorted([1 - share, share]), axis=1, keepdims=True)
    return np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)


@unusual.mistake("Your quantiles run along the trainings, axis 0: each word is compared with itself. The yardstick is all words of one training.")
def _(leanings, share):
    low, high = _borders(leanings, share, axis=0)
    return np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)


@unusual.mistake("You have one pair of borders for all trainings together. Each training has its own spread, and so its own borders.")
def _(leanings, share):
    low, high = _borders(leanings, share, axis=None)
    return np.all(leanings < low, axis=0) | np.all(leanings > high, axis=0)


@unusual.mistake("You average over the trainings first. Then one extreme training can carry a word that the others do not confirm.")
def _(leanings, share):
    mean = leanings.mean(axis=0, keepdims=True)
    low, high = _borders(mean, share)
    return np.all(mean < low, axis=0) | np.all(mean > high, axis=0)


@unusual.mistake("You use `share` itself as a border of the leanings. It is a share of the words: the border is the leaning that this share of them reaches.")
def _(leanings, share):
    return np.all(leanings < -share, axis=0) | np.all(leanings > share, axis=0)
