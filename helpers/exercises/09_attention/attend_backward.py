"""Exercise 9.3: attention, backwards."""

import numpy as np

from helpers.checking.authoring import exercise

from .attend import attend


@exercise("9.3", title="Attend, backwards", returns={"dq": "N H", "dK": "N T/key H", "dV": "N T/key E"}, hints=[
    "The context is a product of A and V, summed over t. Which factor does each of them leave to the other?",
    "Backwards: context -> A and V; A -> scores (the softmax: when one weight grows, the others shrink); scores -> q and K, which multiply each other. Shapes say which axis is summed over.",
    '`dV = A[:, :, None] * dcontext[:, None]`; `dA = np.einsum("ne,nte->nt", dcontext, V)`; `A * (dA - (A * dA).sum(axis=1, keepdims=True))`; dq sums de · K over t, dK is de[:, :, None] * q[:, None].',
])
def attend_backward(dcontext, cache, scaled):
    """Return the gradients of q (N, H), K (N, T, H), V (N, T, E) from the context's (N, E).

    cache is (q, K, V, A), as `attend` used and returned them; scaled as there.
    With A = [[½, ½]], V = [[[0.], [8.]]] and dcontext = [[1.]], dA is [[0, 8]], and the
    gradient of the scores, de, is [[-2, 2]].
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

    two = np.array([[2.0]]), np.array([[[1.0], [3.0]]]), np.array([[[0.0], [8.0]]])
    yield "one query, two keys, one number each", (np.array([[1.0]]), (*two, np.array([[0.25, 0.75]])), False)
    yield "H = 4, scaled", draw(1, 3, 4, 1, True)
    yield "H = 4, not scaled", draw(1, 3, 4, 1, False)
    yield "two rows, H = E = 2", draw(2, 3, 2, 2, False)
    yield "with masked keys, whose A is 0", draw(2, 4, 3, 3, False, 0.6)
    yield "all sizes different, scaled", draw(3, 5, 4, 2, True, 0.8)
    yield "a single key: its weight stays 1", draw(2, 1, 3, 2, True)
    yield "one key has all the weight, or none has any", (np.array([[1.0], [-1.0]]), (*(rng.normal(size=shape) for shape in ((2, 2), (2, 3, 2), (2, 3, 1))), np.array([[0.0, 1, 0], [0, 0, 0]])), True)
    yield "whole numbers, large values", (np.array([[2], [-1]]), (np.array([[3], [1]]), np.array([[[1], [2]], [[0], [5]]]), np.array([[[1000], [-1000]], [[500], [400]]]), np.full((2, 2), 0.5)), False)


@attend_backward.same
def _(dcontext, cache, scaled):
    q, K, V, A = cache
    dq, dK, dV = np.zeros(q.shape), np.zeros(K.shape), np.zeros(V.shape)
    for n in range(len(q)):
        dA = V[n] @ dcontext[n]
        J = np.diag(A[n]) - np.outer(A[n], A[n])           # the softmax's Jacobian
        de = J @ dA / (np.sqrt(q.shape[1]) if scaled else 1)
        dq[n], dK[n], dV[n] = de @ K[n], np.outer(de, q[n]), np.outer(A[n], dcontext[n])
    return dq, dK, dV


attend_backward.same(attend_backward.changed(
    ("A[:, :, None] * dcontext[:, None, :]", 'np.einsum("nt,ne->nte", A, dcontext)'),
    ('np.einsum("ne,nte->nt", dcontext, V)', "(V @ dcontext[:, :, None])[:, :, 0]"),
    ("A * (dA - (A * dA)", "A * dA - A * ((A * dA)"), ('np.einsum("nt,nth->nh", de, K)', "(de[:, None] @ K)[:, 0]"),
    ("de[:, :, None] * q[:, None, :]", 'np.einsum("nt,nh->nth", de, q)')))

TWICE = "You divide by √H, or by H, once too often: the line below the softmax step divides by √H where scores were scaled, and no other line does."

ONE = "`@` takes the rows of dcontext as ONE matrix, and each meets every sentence, or the axes do not meet at all. A row belongs with the values of its own sentence: let `np.einsum` name the axes."

# dV and dA
attend_backward.mistakes_in("dV", [
    ("dV is zero: the values are in the context too, so they get their part of its gradient.", "np.zeros_like(V)"),
    ("Every value gets the whole gradient. A value of which the context has taken a tenth gets a tenth: multiply by A.", "np.repeat(dcontext[:, None], V.shape[1], axis=1)", "dcontext[:, None, :]"),
    ("Your dV holds the values themselves. The derivative of A · V for V is A, times what comes in.", "A[:, :, None] * V"),
    ("Your dV holds the values, where A belongs. The derivative of A · V for V is A, times what comes in.", "V * dcontext[:, None, :]"),
    ("Your dV lacks the gradient that comes in: A alone does not know what the loss wants.", "np.repeat(A[:, :, None], V.shape[2], axis=2)", "A[:, :, None]"),
    ("Your dV is summed over the keys. Each value has its own gradient: dV has the shape of V, (N, T, E).", "(A[:, :, None] * dcontext[:, None, :]).sum(axis=1)"),
    ("A (N, T) and dcontext (N, E) need a new axis each before they are multiplied to (N, T, E): A at its end, dcontext in the middle.", "A * dcontext", "A[:, None, :] * dcontext[:, :, None]"),
    ("The batch is summed over: each row of A and of dcontext belongs to its own sentence.", "A.T @ dcontext"),
    ("V does not belong in dV as well: A times dcontext is all.", "A[:, :, None] * dcontext[:, None, :] * V"),
])

attend_backward.mistakes_in("dA", [
    ("dcontext (N, E) lacks the axis of the keys: `dcontext[:, None]` is (N, 1, E), and lies beside each value.", "(dcontext * V).sum(axis=2)"),
    ("dA is made with the keys. The weights multiply the VALUES in the context.", 'np.einsum("ne,nte->nt", dcontext, K)'),
    ("Your dA holds the scores q · k. How a weight changes the loss depends on its VALUE: dcontext and V.", 'np.einsum("nh,nth->nt", q, K)'),
    ("Your dA is a mean over the E axis. All numbers of a value go into the context, so their parts add up.", "(dcontext[:, None, :] * V).mean(axis=2)"),
    ("Your dA lacks the gradient that comes in: it is a sum over V alone, whatever the loss wants.", "V.sum(axis=2)"),
    ("Your dA holds A as a factor. In A · V the derivative for A is V; A comes in with the softmax step below.", 'A * np.einsum("ne,nte->nt", dcontext, V)'),
    (TWICE, 'np.einsum("ne,nte->nt", dcontext, V) / np.sqrt(q.shape[1])', 'np.einsum("ne,nte->nt", dcontext, V) / q.shape[1]'),
    (ONE, "dcontext @ V", "dcontext @ V.T", "dcontext @ V.transpose(0, 2, 1)", "V @ dcontext", "V @ dcontext.T"),
    ("Your dA keeps an axis of length 1, so it does not fit A (N, T): take it off.", "dcontext[:, None] @ V.transpose(0, 2, 1)", "V @ dcontext[:, :, None]"),
    ("You multiply and do not add up: the E products of dcontext and a value should become ONE number.", "dcontext[:, None] * V"),
])

# back through the softmax
SUM = "(A * dA).sum(axis=1, keepdims=True)"
STEP = f"A * (dA - {SUM})"
attend_backward.mistakes_in("de", [
    ("Your softmax step is `A * dA` alone. Weights sum to 1, so raising one lowers all others: the row's `Σ A · dA` has to be subtracted.", "A * dA"),
    ("You subtract the plain sum of dA. The weights belong in that sum: Σ A · dA, the average of dA as A weighs it.", "A * (dA - dA.sum(axis=1, keepdims=True))"),
    ("You subtract the plain average of dA. It has to be the average as A weighs it: Σ A · dA.", "A * (dA - dA.mean(axis=1, keepdims=True))"),
    ("A (1 - A) is the slope of a sigmoid. It is the softmax's diagonal only; each weight also depends on all the other scores.", "A * (1 - A) * dA"),
    ("The softmax is skipped: dA goes to the scores as it is.", "dA"),
    ("The A in front is missing: `dA - Σ A · dA` still has to be multiplied by A, so that a place without weight gets no gradient.", f"dA - {SUM}"),
    ("Your sum in the softmax step runs over the batch: it belongs over the T keys of each row.", "A * (dA - (A * dA).sum(axis=0, keepdims=True))"),
    ("Your sum in the softmax step runs over the whole array, so the sentences of a batch mix. Each row has its own sum over its T keys.", "A * (dA - (A * dA).sum())"),
    ("The sum in the softmax step comes with a plus: what the other weights lose has to be subtracted.", f"A * (dA + {SUM})"),
    (TWICE, f"{STEP} / np.sqrt(q.shape[1])", f"{STEP} / (np.sqrt(q.shape[1]) if scaled else 1)", f"{STEP} / q.shape[1]", f"{STEP} / (q.shape[1] if scaled else 1)"),
    ("You multiply by √H on the way back. A constant factor is the same in both directions, and the line below divides by it.", f"{STEP} * np.sqrt(q.shape[1])"),
    ("The A in front multiplies only dA: it belongs to the whole bracket, so the row's `Σ A · dA` is multiplied by A as well.", f"A * dA - {SUM}"),
    ("Your sum over the keys has lost its axis (keepdims): it is (N,), and NumPy lays it along the keys instead of beside the rows.", "A * (dA - (A * dA).sum(axis=1))"),
    ("The softmax step has the wrong sign: where dA is LARGER than the average, the gradient of the score is positive (and the training step, which goes against it, lowers the score).", f"A * ({SUM} - dA)"),
    ("You take the mean of A · dA. The weights sum to 1, so the weighted SUM already is the average: do not divide by T.", "A * (dA - (A * dA).mean(axis=1, keepdims=True))"),
    ("You run dA through a softmax again. The way back multiplies by the derivative of the softmax: A · (dA - Σ A · dA).", "np.exp(dA) / np.exp(dA).sum(axis=1, keepdims=True)"),
])

# dq and dK
DQ, DK = 'dq = np.einsum("nt,nth->nh", de, K)', "dK = de[:, :, None] * q[:, None, :]"
NO_KEYS = "dq is made without the keys, of de alone or with the query itself. In q · k, the derivative for q is k, summed over all keys."
MEAN = "You divide by the size of the batch. If the loss is a mean, dcontext has that factor already."
SCALE_Q = "The scale is in dq twice: de is already scaled where scores were."
SCALE_K = "The scale is in dK twice: de is already scaled where scores were."
for sentence, dq, dK in [
    ("dK is made with the keys. In q · k, the derivative for k is q.", DQ, "dK = de[:, :, None] * K"),
    ("dK is made with A instead of de: what flows back into a key is the gradient of its score.", DQ, "dK = A[:, :, None] * q[:, None, :]"),
    ("dK is made with dA: the softmax is skipped on the way to the keys.", DQ, "dK = dA[:, :, None] * q[:, None, :]"),
    ("dK lacks q: it holds only the gradient of the scores. In q · k, the derivative for k is q.", DQ, "dK = de[:, :, None] * np.ones_like(K)"),
    ("dK lacks de: it holds only the query, whatever the loss wants.", DQ, "dK = q[:, None, :] * np.ones_like(K)"),
    ("de (N, T) and q (N, H) need a new axis each before they are multiplied to (N, T, H): de at its end, q in the middle.", DQ, "dK = de * q"),
    ("dK is made with dcontext. The keys have made the scores together with the query: in q · k, the derivative for k is q.", DQ, "dK = de[:, :, None] * dcontext[:, None, :]"),
    ("dK lacks q: it holds only the gradient of the scores. In q · k, the derivative for k is q.", DQ, "dK = de[:, :, None]"),
    ("dK has the wrong sign: no minus belongs there, as q · k grows by q.", DQ, "dK = -de[:, :, None] * q[:, None, :]"),
    ("dq has the wrong sign: no minus belongs there, as q · k grows by k.", "dq = -np.einsum(\"nt,nth->nh\", de, K)", DK),
    (SCALE_K, DQ, f"{DK} / np.sqrt(q.shape[1])"),
    (SCALE_K, DQ, f"{DK} / (np.sqrt(q.shape[1]) if scaled else 1)"),
    (NO_KEYS, "dq = (de[:, :, None] * q[:, None]).sum(axis=1)", DK),
    ("dq is averaged over the keys. One query is compared with all keys, so their gradients add up.", "dq = (de[:, :, None] * K).mean(axis=1)", DK),
    ("dq is not summed over the keys. One query is compared with all of them, so their gradients add up to (N, H).", "dq = de[:, :, None] * K", DK),
    ("dq is made with A instead of de: what flows back into the query is the gradient of the scores.", 'dq = np.einsum("nt,nth->nh", A, K)', DK),
    ("dq is made with dA: the softmax is skipped on the way to the query.", 'dq = np.einsum("nt,nth->nh", dA, K)', DK),
    ("dq is made with the values. The query was multiplied with the KEYS.", 'dq = np.einsum("nt,nth->nh", de, V)', DK),
    (NO_KEYS, "dq = de.sum(axis=1, keepdims=True) * np.ones_like(q)", DK),
    ("`de @ K` takes the rows of de as ONE matrix, so each meets the keys of every sentence, (N, N, H). Let `np.einsum` name the axes.", "dq = de @ K", DK),
    (MEAN, f"{DQ} / len(q)", DK),
    (MEAN, f"{DQ} / len(q)", f"{DK} / len(q)"),
    (SCALE_Q, f"{DQ} / (np.sqrt(q.shape[1]) if scaled else 1)", DK),
    (SCALE_Q, f"{DQ} / np.sqrt(q.shape[1])", DK),
    (TWICE, f"{DQ} / np.sqrt(q.shape[1])", f"{DK} / np.sqrt(q.shape[1])"),
    ("dq and dK are made with A instead of de: what flows back into both is the gradient of the scores.", 'dq = np.einsum("nt,nth->nh", A, K)', "dK = A[:, :, None] * q[:, None, :]"),
    ("dq and dK are made with dA instead of de: what flows back into both has gone through the softmax.", 'dq = np.einsum("nt,nth->nh", dA, K)', "dK = dA[:, :, None] * q[:, None, :]"),
    ("dV is made with de. In the context each value was multiplied by its weight A: this is what its gradient is multiplied by.", f"{DQ}\ndV = de[:, :, None] * dcontext[:, None, :]", DK),
    ("Right numbers, but dq and dK are exchanged: dq has the shape of q, (N, H), and dK that of K, (N, T, H).", DQ.replace("dq", "dK"), DK.replace("dK", "dq")),
]:
    attend_backward.mistake(sentence, block=f"{dq}\n{dK}")

attend_backward.mistake("The scale is missing on the way back: the scores were divided by √H, so their gradient passes on divided by √H as well.")(
    lambda dcontext, cache, scaled: attend_backward.reference(dcontext, cache, False))

for order in ("dq, dV, dK", "dV, dK, dq"):
    attend_backward.mistake("Right numbers in the wrong order: dq, dK, dV, as q, K and V come in.")(
        attend_backward.changed(("return dq, dK, dV", f"return {order}")))
