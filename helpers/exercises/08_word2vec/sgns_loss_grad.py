"""Exercise 8.6: loss and gradient of skip-gram with negative sampling."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("8.6", title="Skip-gram with negative sampling", returns={"loss": "", "dW": "V D", "dC": "V D"}, hints=[
    "What does a score s add to the loss if it belongs to a real pair, what if it belongs to a negative? What is the slope of each?",
    "The slope of -log σ(s) is σ(s) - 1; that of -log σ(-s) is σ(s). Because of the mean, both are divided by P. A score v · u sends its slope times u to v, and its slope times v to u. A word may come several times: `np.add.at` adds every one.",
    "`np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(axis=1))`, and for dC `dpos[:, None] * v` at `c` and `dbad[:, :, None] * v[:, None]` at `neg`.",
])
def sgns_loss_grad(w, c, neg, W, C):
    """Return the loss of P pairs, and its gradients dW and dC.

    w, c (P,) ids of the middle words and of their contexts; neg (P, K) ids of K negatives
    for each; W, C (V, D) the vectors of a word in the middle and around
    -> loss, dW (V, D), dC (V, D).

        loss = mean over the pairs of  -log σ(W[w] · C[c]) - Σ_k log σ(-W[w] · C[neg_k])

    One pair, K = 1, all vectors 0: the loss is 2 log 2 = 1.386.
    """
    P = len(w)
    v, u, n = W[w], C[c], C[neg]                # (P, D), (P, D), (P, K, D)
    pos = np.sum(v * u, axis=1)                 # (P,)    scores of the real pairs
    bad = np.sum(v[:, None] * n, axis=2)        # (P, K)  scores of the negatives
    # -log σ(s) = log(1 + e^-s)
    loss = (np.logaddexp(0, -pos).sum() + np.logaddexp(0, bad).sum()) / P
    dpos = (1 / (1 + np.exp(-pos)) - 1) / P     # TODO: (P,)   slope at each real pair's score
    dbad = 1 / (1 + np.exp(-bad)) / P           # TODO: (P, K) slope at each negative's
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
    yield "a word that is its own context, and its own negative", (np.array([1]), np.array([1]), np.array([[0, 1]]), *vectors(3, 2))
    yield "no negatives, K = 0", (np.array([0, 1, 0]), np.array([2, 2, 1]), np.zeros((3, 0), int), *vectors(3, 4))
    yield "W with other rows than C, as in CBOW", (np.arange(4), np.array([6, 2, 6, 0]), rng.integers(0, 7, (4, 3)), vectors(4, 5)[0], vectors(7, 5)[1])
    yield "9 pairs, 5 negatives, V = 6, D = 4", (rng.integers(0, 6, 9), rng.integers(0, 6, 9), rng.integers(0, 6, (9, 5)), *vectors(6, 4))
    one, far = np.array([0, 1]), np.array([[20.0, 0.0], [-20.0, 0.0]])
    yield "scores of 1000 and -1000", (one, one, one[::-1, None], np.array([[50.0, 1.0], [50.0, -1.0]]), far)
    yield "float32, all scores 0", (one, one, one[::-1, None], np.array([[0, 3], [0, -1]], np.float32), far.astype(np.float32))


@sgns_loss_grad.same
def _(w, c, neg, W, C):
    loss, dW, dC = 0.0, np.zeros(W.shape), np.zeros(C.shape)
    for i in range(len(w)):
        for target, label in [(c[i], 1.0), *((k, 0.0) for k in neg[i])]:
            s = W[w[i]] @ C[target]
            slope = (1 / (1 + np.exp(-s)) - label) / len(w)
            loss += np.logaddexp(0, -s if label else s) / len(w)
            dW[w[i]] += slope * C[target]
            dC[target] += slope * W[w[i]]
    return loss, dW, dC


@sgns_loss_grad.same
def _(w, c, neg, W, C):
    ids = np.concatenate([c[:, None], neg], axis=1)
    A, B = np.eye(len(W))[w], np.eye(len(C))[ids]                # one-hot: (P, rows of W), (P, 1 + K, V)
    scores = np.einsum("pv,vd,pkw,wd->pk", A, W, B, C)
    labels = np.zeros(scores.shape)
    labels[:, 0] = 1
    slope = (0.5 + 0.5 * np.tanh(scores / 2) - labels) / len(w)
    loss = np.sum(np.logaddexp(0, scores * (1 - 2 * labels))) / len(w)
    return loss, np.einsum("pk,pv,pkd->vd", slope, A, B @ C), np.einsum("pk,pkv,pd->vd", slope, B, A @ W)


@sgns_loss_grad.same
def _(w, c, neg, W, C):
    import helpers.layers.embedding as table

    v, u, n = W[w], C[c], C[neg]
    pos, bad = (v * u).sum(1), np.einsum("pd,pkd->pk", v, n)
    g, h = (-1 / (1 + np.exp(pos)) / len(w))[:, None], (1 / (1 + np.exp(-bad)) / len(w))[:, :, None]
    loss = np.mean(np.logaddexp(0, -pos) + np.logaddexp(0, bad).sum(1))
    rows, ids = np.concatenate([g * v, (h * v[:, None]).reshape(-1, W.shape[1])]), np.concatenate([c, neg.ravel()])
    return loss, table.sum_rows(g * u + (h * n).sum(1), w, len(W)), table.sum_rows(rows, ids, len(C))


sgns_loss_grad.mistakes_in("dpos", [
    ("The real pairs have the wrong sign: the slope of -log σ(s) is σ(s) - 1, which is negative. A step against it must make s larger.", "(1 - 1 / (1 + np.exp(-pos))) / P"),
    ("You treat the real pairs as negatives: the - 1 is missing in the slope of -log σ(s).", "1 / (1 + np.exp(-pos)) / P"),
    ("The slopes of the real pairs are not divided by P. They stand in the same mean as those of the negatives.", "1 / (1 + np.exp(-pos)) - 1"),
    ("In `σ - 1 / P` only the 1 is divided by P. It takes brackets around the difference.", "1 / (1 + np.exp(-pos)) - 1 / P"),
    ("For the real pairs you take σ(-s) - 1. It is σ(s) - 1: a pair that already has a high score needs the weakest pull.", "(1 / (1 + np.exp(pos)) - 1) / P"),
    ("For the real pairs σ (1 - σ) is the slope of σ itself. Here the slope of its logarithm is wanted, and 1 / σ cancels one of the factors.",
     "1 / (1 + np.exp(-pos)) * (1 - 1 / (1 + np.exp(-pos))) / P", "-1 / (1 + np.exp(-pos)) * (1 - 1 / (1 + np.exp(-pos))) / P"),
    ("This is the real pairs' part of the loss itself. Asked for is its slope in each score.", "np.logaddexp(0, -pos) / P", "-np.log(1 / (1 + np.exp(-pos))) / P"),
    ("Where a score is near 1000 or -1000 you divide inf by inf, which is NaN: let the `np.exp` stand below the line only, as in `1 / (1 + np.exp(-s))`.", "(np.exp(pos) / (1 + np.exp(pos)) - 1) / P", "-np.exp(-pos) / (1 + np.exp(-pos)) / P"),
    ("`tanh` runs from -1 to 1. A probability, σ, runs from 0 to 1.", "(np.tanh(pos) - 1) / P"),
])

sgns_loss_grad.mistakes_in("dbad", [
    ("The negatives have the wrong sign: you pull them towards the middle word, where they should be pushed away.", "-1 / (1 + np.exp(-bad)) / P"),
    ("You treat the negatives as real pairs: the slope of -log σ(-s) is σ(s), without - 1.", "(1 / (1 + np.exp(-bad)) - 1) / P"),
    ("For the negatives you take σ(-s) as the slope of -log σ(-s). It is σ(s): a negative with a high score needs the strongest push.", "1 / (1 + np.exp(bad)) / P", "(1 - 1 / (1 + np.exp(-bad))) / P"),
    ("The slopes of the negatives are not divided by P. They stand in the same mean as those of the real pairs.", "1 / (1 + np.exp(-bad))"),
    ("The slopes of the negatives are divided by P · K. The mean goes over the pairs; the negatives of a pair are summed.", "1 / (1 + np.exp(-bad)) / (P * neg.shape[1])", "1 / (1 + np.exp(-bad)) / neg.size"),
    ("For the negatives σ (1 - σ) is the slope of σ itself. Here the slope of -log σ(-s) is wanted: σ(-s) is 1 - σ(s), and the logarithm's 1 / σ(-s) cancels the factor 1 - σ.", "1 / (1 + np.exp(-bad)) * (1 - 1 / (1 + np.exp(-bad))) / P"),
    ("This is the negatives' part of the loss itself. Asked for is its slope in each score.", "np.logaddexp(0, bad) / P", "-np.log(1 / (1 + np.exp(bad))) / P"),
    ("Where a score is near 1000 or -1000 you divide inf by inf, which is NaN: let the `np.exp` stand below the line only, as in `1 / (1 + np.exp(-s))`.", "np.exp(bad) / (1 + np.exp(bad)) / P"),
    ("`tanh` runs from -1 to 1. A probability, σ, runs from 0 to 1.", "np.tanh(bad) / P"),
])

for sentence, dpos, dbad in [
    ("All signs are reversed: this is the direction in which the loss falls, not its gradient.", "(1 - 1 / (1 + np.exp(-pos))) / P", "-1 / (1 + np.exp(-bad)) / P"),
    ("Your gradient is that of the sum, but the loss is the mean over the pairs: divide the slopes by P.", "1 / (1 + np.exp(-pos)) - 1", "1 / (1 + np.exp(-bad))"),
    ("You divide by the number of all scores, P · (1 + K). The mean goes over the pairs; the negatives of a pair are summed.",
     "(1 / (1 + np.exp(-pos)) - 1) / (P + neg.size)", "1 / (1 + np.exp(-bad)) / (P + neg.size)"),
    ("You divide by P twice: the mean over the pairs divides once.", "(1 / (1 + np.exp(-pos)) - 1) / P**2", "1 / (1 + np.exp(-bad)) / P**2"),
    ("The two slopes are exchanged: the - 1 belongs to the real pairs, which a step should bring to a higher score.", "1 / (1 + np.exp(-pos)) / P", "(1 / (1 + np.exp(-bad)) - 1) / P"),
    ("You take σ(-s) where it should be σ(s), in both slopes: the better a pair already does, the harder it would be pushed.", "(1 / (1 + np.exp(pos)) - 1) / P", "1 / (1 + np.exp(bad)) / P"),
]:
    sgns_loss_grad.mistake(sentence, dpos=dpos, dbad=dbad)

# the block: what goes to dW, and to dC from contexts and negatives
W_ROWS, C_ROWS, NEG_ROWS = "dpos[:, None] * u + (dbad[:, :, None] * n).sum(axis=1)", "dpos[:, None] * v", "dbad[:, :, None] * v[:, None]"
TO_W, TO_C, TO_NEG = f"np.add.at(dW, w, {W_ROWS})", f"np.add.at(dC, c, {C_ROWS})", f"np.add.at(dC, neg, {NEG_ROWS})"

LAST = "`=` overwrites: a word that comes several times, as a middle word, as a context or as a negative, keeps only the row that was written last."
ADDED = "You take a share away. Whether a score pulls or pushes is in its slope already: all shares are added."
LOOP = "for i in range(P):\n    dW[w[i]] += dpos[i] * u[i] + dbad[i] @ n[i]\n    dC[c[i]] += dpos[i] * v[i]\n    for k in range(neg.shape[1]):\n"

for sentence, *lines in [
    ("`dW[w] += rows`, or `=`, keeps only ONE of the rows of a word that comes several times in `w`; the others are lost.", f"dW[w] += {W_ROWS}", TO_C, TO_NEG),
    ("`dC[c] += rows`, or `=`, keeps only ONE of the rows of a context that comes several times in `c`; the others are lost.", TO_W, f"dC[c] += {C_ROWS}", TO_NEG),
    ("`dC[neg] += rows` keeps only ONE of the rows of a negative that was drawn several times; the others are lost.", TO_W, TO_C, f"dC[neg] += {NEG_ROWS}"),
    ("`+=` with an array of ids, in both lines of dC: of a word that comes several times only ONE row is added, the others are lost.", TO_W, f"dC[c] += {C_ROWS}", f"dC[neg] += {NEG_ROWS}"),
    ("`+=` with an array of ids, in dW and in dC: of a word that comes several times only ONE row is added, the others are lost.", f"dW[w] += {W_ROWS}", f"dC[c] += {C_ROWS}", f"dC[neg] += {NEG_ROWS}"),
    (LAST, f"{LOOP}        dC[neg[i, k]] += dbad[i, k] * v[i]".replace("+=", "=")),
    (LAST, f"dW[w] = {W_ROWS}", f"dC[c] = {C_ROWS}", f"dC[neg] = {NEG_ROWS}"),
    ("`dC[neg] = rows` overwrites what the contexts sent there, and keeps only ONE row of a negative that was drawn several times.", TO_W, TO_C, f"dC[neg] = {NEG_ROWS}"),
    ("dW has the share of the context only: the negatives send theirs to dW as well.", "np.add.at(dW, w, dpos[:, None] * u)", TO_C, TO_NEG),
    ("dW has the share of the negatives only: that of the context is missing.", "np.add.at(dW, w, (dbad[:, :, None] * n).sum(axis=1))", TO_C, TO_NEG),
    (ADDED, TO_W.replace("+", "-"), TO_C, TO_NEG),
    (ADDED, TO_W.replace("dpos", "-dpos"), TO_C, TO_NEG),
    (ADDED, TO_W, TO_C.replace("dpos", "-dpos"), TO_NEG),
    (ADDED, TO_W, TO_C, TO_NEG.replace("dbad", "-dbad")),
    ("You divide by P twice: the mean over the pairs divides once.", TO_W, TO_C, f"np.add.at(dC, neg, {NEG_ROWS} / P)"),
    ("You divide by P twice: the mean over the pairs divides once.", TO_W, TO_C, TO_NEG, "dW /= P", "dC /= P"),
    ("A negative that happens to be the context is in the loss as well: do not leave it out.", "dbad = dbad * (neg != c[:, None])", TO_W, TO_C, TO_NEG),
    ("What belongs to the middle words goes to dC. Their rows are in W, so their gradient belongs to dW.", TO_W.replace("dW", "dC"), TO_C, TO_NEG),
    ("In dW you average over the negatives of a pair. The loss sums over them, so each sends its whole share.", "np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).mean(axis=1))", TO_C, TO_NEG),
    ("In dW you sum over the pairs, axis 0. Each pair has a row of its own; its K negatives, axis 1, are summed.", "np.add.at(dW, w, dpos[:, None] * u + (dbad[:, :, None] * n).sum(axis=0))", TO_C, TO_NEG),
    ("In dW the negatives' vectors are added as they are: each has to be multiplied by its slope.", "np.add.at(dW, w, dpos[:, None] * u + n.sum(axis=1))", TO_C, TO_NEG),
    ("In dW the context's vector is added as it is: it has to be multiplied by its pair's slope.", "np.add.at(dW, w, u + (dbad[:, :, None] * n).sum(axis=1))", TO_C, TO_NEG),
    ("In dC the middle word's vector is added as it is: it has to be multiplied by its pair's slope.", TO_W, "np.add.at(dC, c, v)", TO_NEG),
    ("dC has nothing from the negatives: they, too, are rows of C, and get a gradient.", TO_W, TO_C),
    ("dC has nothing from the real pairs: `dpos` times the middle word's vector belongs to the row of the context.", TO_W, TO_NEG),
    ("dC stays 0: contexts and negatives are rows of C, and get a gradient.", TO_W),
    ("dW stays 0: a middle word gets a share from its context and from each of its negatives.", TO_C, TO_NEG),
    ("From a real pair, dW gets the middle word's own vector. A score sends to each vector its slope times the OTHER one.", TO_W.replace("* u", "* v"), TO_C, TO_NEG),
    ("From a real pair, dC gets the context's own vector. A score sends to each vector its slope times the OTHER one.", TO_W, TO_C.replace("* v", "* u"), TO_NEG),
    ("The negatives get their own vectors in dC. A score sends to each vector its slope times the OTHER one.", TO_W, TO_C, "np.add.at(dC, neg, dbad[:, :, None] * n)"),
    ("The negatives get the context's vector in dC. Their scores are made with the middle word's.", TO_W, TO_C, "np.add.at(dC, neg, dbad[:, :, None] * u[:, None])"),
    ("You send each vector its own row: a score v · u sends its slope times u to v, and its slope times v to u.",
     "np.add.at(dW, w, dpos[:, None] * v + dbad.sum(axis=1)[:, None] * v)", "np.add.at(dC, c, dpos[:, None] * u)", "np.add.at(dC, neg, dbad[:, :, None] * n)"),
    ("The share of the negatives is added to the row of the context. It belongs to the rows of the negatives themselves.", TO_W, f"np.add.at(dC, c, {C_ROWS} + ({NEG_ROWS}).sum(axis=1))"),
    ("You add the negatives' share of dW at the rows `neg`. It belongs to the middle word's row, `w`.", "np.add.at(dW, w, dpos[:, None] * u)", "np.add.at(dW, neg, dbad[:, :, None] * n)", TO_C, TO_NEG),
    ("Only the first negative of each pair is used: there are K of them, and each is in the loss.",
     "np.add.at(dW, w, dpos[:, None] * u + dbad[:, :1] * n[:, 0])", TO_C, "np.add.at(dC, neg[:, 0], dbad[:, :1] * v)"),
    ("In `dpos * u`, (P,) times (P, D), the slopes run along D: slope i has to meet row i, so it needs a last axis of length 1.", TO_W.replace("dpos[:, None]", "dpos"), TO_C, TO_NEG),
    ("In `dpos * u` and `dpos * v`, (P,) times (P, D), the slopes run along D: slope i has to meet row i, so it needs a last axis of length 1.",
     TO_W.replace("dpos[:, None]", "dpos"), TO_C.replace("dpos[:, None]", "dpos"), TO_NEG),
    ("In `dbad[:, :, None] * v`, (P, K, 1) times (P, D), v has no axis for the negatives: pair i has to meet pair i.", TO_W, TO_C, "np.add.at(dC, neg, dbad[:, :, None] * v)"),
    ("dW and dC are exchanged: what goes to the middle words belongs to dW, what goes to contexts and negatives to dC.", TO_W.replace("dW", "dC"), TO_C.replace("dC", "dW"), TO_NEG.replace("dC", "dW")),
    ("You treat W as if it held contexts, too: all gradients end up in dW. A context's row is in C, so its gradient belongs to dC.", TO_W, TO_C.replace("dC", "dW"), TO_NEG.replace("dC", "dW")),
    ("The ids `w` and `c` are exchanged: dW has the rows of the middle words, dC those of the contexts.", TO_W.replace(" w,", " c,"), TO_C.replace(" c,", " w,"), TO_NEG),
    ("You add into W and C themselves: the gradients stay 0, and the caller's vectors are changed.", TO_W.replace("dW", "W"), TO_C.replace("dC", "C"), TO_NEG.replace("dC", "C")),
    ("dW and dC stay 0: nothing arrives in them. `dW[w]`, with an array of ids, is a copy; what is added to a copy is lost.", "rows = dW[w]", f"rows += {W_ROWS}", "rows = dC[c]", f"rows += {C_ROWS}"),
    ("You return rows for the pairs, (P, D), where gradients like W and C are asked for: each row has to be added to its word.", f"dW = {W_ROWS}", f"dC = {C_ROWS}"),
]:
    sgns_loss_grad.mistake(sentence, block="\n".join(lines))
