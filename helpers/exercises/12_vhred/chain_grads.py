"""Exercise 12.3: an autoencoder, there and back."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("12.3", title="There and back", returns={"loss": "", "dWs": None, "dbs": None}, hints=[
    "The loss is a mean over rows, and a sum over the numbers of a row. What is its slope along one number that comes out? And what does a layer hand back to the layer below?",
    "`A[k]` went into layer k, `A[k + 1]` came out. With a tanh, the gradient first passes 1 - (what came out)². Then it is that of a linear layer: `A[k]` and the gradient make dW, the gradient's sum over rows is db, and the weights, transposed, carry it down.",
    "`((A[-1] - target) ** 2).sum() / len(X)`; `2 * (A[-1] - target) / len(X)`; `d * (1 - A[k + 1] ** 2)`; `A[k].T @ d`; `d.sum(axis=0)`; `d @ Ws[k].T`.",
])
def chain_grads(X, target, Ws, bs, bent):
    """Return the loss of a chain of layers and its gradients: two lists like Ws and bs.

    Layer k makes A[k + 1] of A[k] (N, D): A[k] @ Ws[k] + bs[k], and a tanh of it
    where bent[k] is True.
    loss: for each row the SUM of (what comes out - target)², and of this
    the mean over the N rows.
    With one straight layer, X = [[1.]], target = [[5.]], W = [[2.]] and b = [0.], the loss
    is 9, dW is [[-6.]] and db is [-6.].
    """
    A = [X]
    for W, b, tanh in zip(Ws, bs, bent, strict=True):
        A.append(np.tanh(A[-1] @ W + b) if tanh else A[-1] @ W + b)
    loss = ((A[-1] - target) ** 2).sum() / len(X)      # TODO: sum over a row, mean over rows
    d = 2 * (A[-1] - target) / len(X)                  # TODO: its gradient, for what comes out
    dWs, dbs = [None] * len(Ws), [None] * len(bs)
    for k in reversed(range(len(Ws))):
        if bent[k]:
            d = d * (1 - A[k + 1] ** 2)                # TODO: back through the tanh
        dWs[k] = A[k].T @ d                            # TODO: like Ws[k]
        dbs[k] = d.sum(axis=0)                         # TODO: like bs[k]
        d = d @ Ws[k].T                                # TODO: for what went into layer k
    return loss, dWs, dbs


def _draw(rng, N, widths, bends, size=1.0):
    Ws = [size * rng.normal(size=(d, k)) / d**0.5 for d, k in zip(widths, widths[1:], strict=False)]
    bs = [0.3 * rng.normal(size=k) for k in widths[1:]]
    X = rng.normal(size=(N, widths[0]))
    return X, rng.normal(size=(N, widths[-1])), Ws, bs, [b == "~" for b in bends]


@chain_grads.cases
def _(rng):
    yield "one straight layer, one number", (np.array([[1.0]]), np.array([[5.0]]), [np.array([[2.0]])], [np.zeros(1)], [False])
    yield "one straight layer, 3 rows, 2 -> 4", _draw(rng, 3, (2, 4), "-")
    yield "one layer with a tanh, 3 rows, 2 -> 4", _draw(rng, 3, (2, 4), "~")
    yield "two straight layers, 3-1-3, one row", _draw(rng, 1, (3, 1, 3), "--")
    yield "two straight layers, 5 rows, 4-2-4", _draw(rng, 5, (4, 2, 4), "--")
    yield "tanh, straight, 5 rows, 4-3-4", _draw(rng, 5, (4, 3, 4), "~-")
    yield "four layers, 6 rows, 4-5-2-5-4", _draw(rng, 6, (4, 5, 2, 5, 4), "~-~-")
    yield "all four with a tanh", _draw(rng, 4, (3, 5, 2, 4, 3), "~~~~")
    yield "large weights, where a tanh is flat", _draw(rng, 4, (3, 5, 2, 5, 3), "~-~-", 8.0)


@chain_grads.same
def _(X, target, Ws, bs, bent):
    outs, grads, N = [X], [], X.shape[0]
    for W, b, t in zip(Ws, bs, bent, strict=True):
        a = outs[-1].dot(W) + b
        outs.append(np.tanh(a) if t else a)
    off = outs[-1] - target
    d = off * 2.0
    for k in range(len(Ws) - 1, -1, -1):
        d = d - d * outs[k + 1] ** 2 if bent[k] else d
        grads.append((np.einsum("nd,nk->dk", outs[k], d) / N, d.mean(axis=0)))
        d = np.einsum("nk,dk->nd", d, Ws[k])
    return np.mean(np.sum(off**2, axis=1)), [g[0] for g in grads[::-1]], [g[1] for g in grads[::-1]]


chain_grads.mistakes_in("loss", [
    ("Your loss is a mean over everything. Over the numbers of a row it should be a sum.", "((A[-1] - target) ** 2).mean()"),
    ("Your loss is a sum over all rows. Divide by how many rows there are.", "((A[-1] - target) ** 2).sum()"),
    ("Your loss compares with the input. What should come out is the target: for a net that cleans pictures the two differ.", "((A[-1] - X) ** 2).sum() / len(X)"),
    ("The square in the loss is missing: errors of both signs cancel.", "(A[-1] - target).sum() / len(X)"),
    ("Your loss is halved. Here it is the plain sum of squares.", "((A[-1] - target) ** 2).sum() / len(X) / 2"),
    ("You take absolute differences in the loss, where squares were asked for.", "np.abs(A[-1] - target).sum() / len(X)"),
    ("Your loss is a root. It is the sum of squares itself, averaged over rows.", "np.sqrt(((A[-1] - target) ** 2).sum()) / len(X)"),
])
chain_grads.mistakes_in("d", [
    ("The 2 of the square is missing in the gradient.", "(A[-1] - target) / len(X)"),
    ("The gradient is not divided by the number of rows, as the loss is.", "2 * (A[-1] - target)"),
    ("The gradient is divided by all numbers. The loss is a sum over the numbers of a row, and a mean over rows alone.", "2 * (A[-1] - target) / X.size", "2 * (A[-1] - target) / target.size"),
    ("The sign of the gradient is wrong: it is (what comes out) minus (what should).", "2 * (target - A[-1]) / len(X)"),
    ("The gradient compares with the input instead of the target.", "2 * (A[-1] - X) / len(X)"),
    ("The gradient is the loss's square again: the slope of a square is twice what is squared.", "(A[-1] - target) ** 2 / len(X)"),
    ("The target is forgotten in the gradient.", "2 * A[-1] / len(X)"),
])
chain_grads.mistakes_in("d__2", [
    ("The slope of tanh is 1 - (its OUTPUT)². You take what went into the tanh.", "d * (1 - (A[k] @ Ws[k] + bs[k]) ** 2)"),
    ("This is the slope of a sigmoid. That of tanh is 1 - y².", "d * A[k + 1] * (1 - A[k + 1])"),
    ("The square is missing in the slope of tanh: 1 - y².", "d * (1 - A[k + 1])"),
    ("You multiply by tanh itself. It is its slope that the gradient passes: 1 - y².", "d * A[k + 1]"),
    ("You replace the gradient by the slope: what comes from above is lost.", "1 - A[k + 1] ** 2"),
    ("You apply tanh to the gradient. Backwards one multiplies by the slope.", "np.tanh(d)"),
    ("The tanh is squashed twice before its slope is taken: A[k + 1] is what came out of it already.", "d * (1 - np.tanh(A[k + 1]) ** 2)"),
    ("You divide by the slope of the tanh. A gradient is multiplied by it.", "d / (1 - A[k + 1] ** 2)"),
    ("You pass the gradient on unchanged, as if there were no tanh.", "d"),
    ("The sign in the slope of tanh is wrong: 1 MINUS y².", "d * (1 + A[k + 1] ** 2)"),
])
chain_grads.mistakes_in("dWs_k", [
    ("Every dW is made with X. What went into layer k is A[k].", "X.T @ d"),
    ("dW is made with what came OUT of the layer. It is made with what went in.", "A[k + 1].T @ d"),
    ("Your dW is transposed.", "d.T @ A[k]"),
    ("dW is divided by the number of rows a second time: that is in d already.", "A[k].T @ d / len(X)"),
    ("The transpose in dW stands at the wrong factor: rows have to meet rows, A[k].T @ d.", "A[k] @ d.T"),
])
chain_grads.mistakes_in("dbs_k", [
    ("db is a mean over the rows. The bias was added in every row, so its gradients add up; the division is in d already.", "d.mean(axis=0)"),
    ("db is summed over the numbers of a row. The bias has one number for each of them: sum over the rows.", "d.sum(axis=1)"),
    ("db is one number. It has one for each number that the layer makes.", "d.sum()"),
    ("db is not summed: it still has a row for each row of X.", "d"),
    ("db is made with what went into the layer. Nothing multiplies the bias.", "(A[k].T @ d).sum(axis=0)"),
])
chain_grads.mistakes_in("d__3", [
    ("The way down needs the weights transposed.", "d @ Ws[k]"),
    ("You go down through the weights of the layer below, not of this one.", "d @ Ws[k - 1].T"),
    ("You go down through dW. The gradient is carried by the weights themselves.", "d @ dWs[k].T"),
    ("You do not go down at all: the layer below gets the gradient of this one's output.", "d"),
])


@chain_grads.mistake("You return the gradients from the last layer to the first: the lists are like Ws and bs.")
def _(X, target, Ws, bs, bent):
    loss, dWs, dbs = chain_grads(X, target, Ws, bs, bent)
    return loss, dWs[::-1], dbs[::-1]


@chain_grads.mistake("You return the loss without the gradients.")
def _(X, target, Ws, bs, bent):
    return chain_grads(X, target, Ws, bs, bent)[0]

chain_grads.mistakes_in("loss", [
    ("One loss for each row is left: take the mean over the rows as well.", "((A[-1] - target) ** 2).sum(axis=1)"),
])
