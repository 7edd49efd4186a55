"""Exercise 13.4: a state looks at the places of a picture."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("13.4", title="Look at a picture", returns={"context": "N D", "A": "N P/place"}, hints=[
    "How do 48 numbers of a state meet the 32 numbers of a place? And over what should the weights of one picture sum to 1?",
    "`h @ Wq` is a question of the places' length. Its dot product with each place's vector is the place's score. A place that may not be looked at needs the score that the softmax turns into exactly 0.",
    "`(F @ q[:, :, None])[:, :, 0]`; `np.where(allowed, scores, -np.inf)`; `A / A.sum(axis=1, keepdims=True)`; `(A[:, None] @ F)[:, 0]`.",
])
def look(h, F, Wq, allowed=None):
    """Let the state of a caption look at the places of its picture.

    h (N, H) the state before the word, F (N, P, D) one vector for each of P places,
    Wq (H, D). allowed (N, P) is True where the net may look; None: everywhere.
    -> context (N, D), the average of the places with the weights A (N, P), which sum to 1
    over the places.
    h = [[1.]], Wq = [[log 3]] and F = [[[0.], [1.]]] give A = [[.25, .75]] and the context
    [[.75]].
    """
    q = h @ Wq                                        # TODO: (N, D) the question
    scores = (F @ q[:, :, None])[:, :, 0]             # TODO: (N, P) dot product with each place
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)   # TODO: no weight where it may not look
    A = np.exp(scores - scores.max(axis=1, keepdims=True))
    A = A / A.sum(axis=1, keepdims=True)              # TODO: (N, P) weights
    context = (A[:, None] @ F)[:, 0]                  # TODO: (N, D)
    return context, A


@look.cases
def _(rng):
    def draw(N, P, D, H, share=None, size=1.0):
        allowed = None if share is None else rng.random((N, P)) < share
        if allowed is not None:
            allowed[:, 0] = True
        return size * rng.normal(size=(N, H)), rng.normal(size=(N, P, D)), rng.normal(size=(H, D)), allowed

    yield "two places, one number each", (np.array([[1.0]]), np.array([[[0.0], [1.0]]]), np.array([[np.log(3.0)]]), None)
    yield "one picture, three places", draw(1, 3, 2, 2)
    yield "the best place is hidden", (np.array([[1.0]]), np.array([[[0.0], [1.0], [9.0]]]), np.array([[1.0]]), np.array([[True, True, False]]))
    yield "all scores below 0, one hidden", (np.array([[1.0]]), np.array([[[-3.0], [-4.0], [-5.0]]]), np.array([[1.0]]), np.array([[True, True, False]]))
    yield "all scores far below 0, one hidden", (np.array([[100.0]]), np.array([[[-3.0], [-4.0], [-5.0]]]), np.array([[1.0]]), np.array([[True, True, False]]))
    yield "2 pictures, 4 places, D = 3, H = 5", draw(2, 4, 3, 5)
    yield "3 pictures, 5 places, D = 4, H = 4, some hidden", draw(3, 5, 4, 4, 0.6)
    yield "as many pictures as places and numbers", draw(4, 4, 4, 4, 0.7)
    yield "scores in the hundreds", draw(2, 6, 3, 4, 0.6, 300.0)
    yield "one place", draw(2, 1, 3, 2)


@look.same
def _(h, F, Wq, allowed=None):
    e = np.einsum("nh,hd,npd->np", h, Wq, F)
    if allowed is not None:
        e = e + np.where(allowed, 0, -1e30)
    A = np.exp(e - e.max(1)[:, None])
    A /= A.sum(1)[:, None]
    return np.einsum("np,npd->nd", A, F), A


@look.same
def _(h, F, Wq, allowed=None):
    out, weights = [], []
    for n in range(len(h)):
        scores = F[n] @ Wq.T @ h[n]
        free = np.ones(len(scores), bool) if allowed is None else allowed[n]
        a = np.zeros(len(scores))
        a[free] = np.exp(scores[free] - scores[free].max())
        weights.append(a / a.sum())
        out.append(weights[-1] @ F[n])
    return np.stack(out), np.stack(weights)


look.mistakes_in("q", [
    ("Your question is the state itself: it has H numbers, and a place has D. Wq turns one into the other.", "h"),
    ("Your Wq is transposed in the question.", "h @ Wq.T", "Wq @ h.T", "Wq.T @ h"),
    ("Your question is divided by a root. Here the dot product is taken as it is.", "h @ Wq / np.sqrt(Wq.shape[1])", "h @ Wq / np.sqrt(F.shape[2])", "h @ Wq / Wq.shape[1] ** 0.5", "h @ Wq / len(Wq) ** 0.5"),
    ("There is a tanh around your question. It is a plain product.", "np.tanh(h @ Wq)"),
    ("All pictures of the batch ask the same question, the average one.", "np.broadcast_to((h @ Wq).mean(axis=0), (len(h), Wq.shape[1]))"),
])

look.mistakes_in("scores", [
    ("Your scores sum over the places and keep the D numbers: each place needs one score.", "np.einsum('nd,npd->nd', q, F)", "(q[:, None] * F).sum(axis=1)"),
    ("You multiply question and places and do not add up the D products.", "q[:, None] * F"),
    ("Your score is the mean of the products. It is their sum.", "(q[:, None] * F).mean(axis=2)"),
    ("Your scores have the wrong sign: the place that fits worst would get the largest weight.", "-(F @ q[:, :, None])[:, :, 0]"),
    ("Every question meets the places of every picture: the questions are taken as one matrix.", "F @ q.T"),
    ("`F @ q[:, :, None]` keeps an axis of length 1 at its end: take it off.", "F @ q[:, :, None]"),
    ("You divide by √D. Here the dot product stands as it is.", "(F @ q[:, :, None])[:, :, 0] / np.sqrt(F.shape[2])", "(F @ q[:, :, None])[:, :, 0] / np.sqrt(q.shape[1])"),
    ("The question is not used: a place's score comes from the place alone.", "F.sum(axis=2)"),
])

look.mistakes_in("scores__2", [
    ("You multiply the scores by what is allowed: a hidden place then has the score 0, and e⁰ = 1 is a weight.", "scores * allowed"),
    ("You give a hidden place the score 0. That is a score like any other: e⁰ = 1.", "np.where(allowed, scores, 0)", "np.where(allowed, scores, 0.0)"),
    ("Your mask is used the wrong way round: True means that the net may look there.", "np.where(allowed, -np.inf, scores)", "np.where(~allowed, scores, -np.inf)"),
    ("The mask is ignored: hidden places are looked at.", "scores"),
    ("You give hidden places the score +infinity, so they would take all the weight.", "np.where(allowed, scores, np.inf)"),
    ("A hidden place gets the smallest score that is there. It then still has weight.", "np.where(allowed, scores, scores.min())", "np.where(allowed, scores, scores.min(axis=1, keepdims=True))"),
    ("A hidden place gets the score -1, which is a small one only by chance.", "np.where(allowed, scores, -1)", "np.where(allowed, scores, -1.0)"),
    ("A hidden place gets a score like any other, only a low one: a little weight is left there, and much where all scores are low.", "np.where(allowed, scores, -10)", "np.where(allowed, scores, -10.0)", "np.where(allowed, scores, -100)"),
])

look.mistakes_in("A", [
    ("Your weights sum to 1 over the batch: pictures should not share. Each picture's places share the weight among them.", "A / A.sum(axis=0, keepdims=True)"),
    ("The weights of all pictures together sum to 1. Each picture should have its own 1.", "A / A.sum()"),
    ("The division is missing: these are powers of e, not weights that sum to 1.", "A"),
    ("You divide by the largest, so the best place has the weight 1 and the others come on top.", "A / A.max(axis=1, keepdims=True)"),
    ("Your sums have lost their axis (keepdims): NumPy lays them along the places.", "A / A.sum(axis=1)"),
    ("A sigmoid gives each place a weight of its own, and they sum to anything: the context would grow with what is in the picture.", "1 / (1 + np.exp(-scores))"),
    ("You divide by the number of places. The powers are divided by their own sum.", "A / A.shape[1]"),
    ("All the weight is given to the best place. This choice has no gradient.", "np.eye(A.shape[1])[A.argmax(axis=1)]"),
])

look.mistakes_in("context", [
    ("Your context is the mean of all places: the weights are not used.", "F.mean(axis=1)"),
    ("Your context is the sum of all places: the weights are not used.", "F.sum(axis=1)"),
    ("You take the best place alone. The context is the average of all places with their weights.", "F[np.arange(len(F)), A.argmax(axis=1)]"),
    ("The places are weighed with their scores. It is the weights that sum to 1.", "(scores[:, None] @ F)[:, 0]"),
    ("You weigh the places and do not add them up: the P places become one vector.", "A[:, :, None] * F"),
    ("The weighted places are averaged. The weights already sum to 1, so their sum is the average.", "(A[:, :, None] * F).mean(axis=1)", "(A[:, None] @ F)[:, 0] / F.shape[1]"),
    ("Your context keeps an axis of length 1: take it off.", "A[:, None] @ F"),
    ("All weights are taken as one matrix, so every picture is weighed with the weights of all the others.", "A @ F"),
    ("You sum over the D numbers of a place. It is the places that are summed up.", "(A[:, :, None] * F).sum(axis=2)"),
])


@look.mistake("What you return is exchanged: the context comes first, then the weights.")
def _(h, F, Wq, allowed=None):
    return look(h, F, Wq, allowed)[::-1]


@look.mistake("Hidden places lose their weight after the softmax, so what is left sums to less than 1.")
def _(h, F, Wq, allowed=None):
    A = look(h, F, Wq)[1]
    A = A if allowed is None else A * allowed
    return (A[:, None] @ F)[:, 0], A
