"""Exercise 10.10: the loss of the next letter."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("10.10", title="The next letter's loss", returns={"loss": "", "dlogits": "N T V"}, hints=[
    "At which place does the net predict letter t: at place t, or one earlier? And which place predicts a letter that nobody has?",
    "Scores of the places 0 … T-2 are compared with the letters 1 … T-1. `known` belongs to the letters, so it is shifted as they are. "
    "The last place predicts nothing, and gets the gradient 0.",
    "`ids[:, 1:]`; `known[:, 1:]`; `-np.log(right[counted]).mean()`; `(P - np.eye(V)[targets]) * counted[..., None] / counted.sum()`.",
])
def next_token_loss(logits, ids, known):
    """Return the mean of -log p(next letter) over the letters that count, and its gradient.

    logits (N, T, V), the scores after each of the letters ids (N, T):
    place t predicts letter t + 1.
    known (N, T) True where the LETTER at this place counts.
    The last place has nothing to predict.
    -> loss, one number in nats, and dlogits (N, T, V).
    With V = 2, ids = [[0, 1]], logits all 0 and all known, the loss is log 2 = 0.69 and
    dlogits is [[[.5, -.5], [0, 0]]].
    """
    V = logits.shape[2]
    targets = ids[:, 1:]                     # TODO: (N, T-1) what is to be predicted
    counted = known[:, 1:]                   # TODO: (N, T-1) does it count?
    scores = logits[:, :-1]                  # TODO: (N, T-1, V) by whom
    P = np.exp(scores - scores.max(axis=2, keepdims=True))
    P = P / P.sum(axis=2, keepdims=True)
    right = np.take_along_axis(P, targets[:, :, None], axis=2)[:, :, 0]    # p(right letter)
    loss = -np.log(right[counted]).mean()    # TODO: over the letters that count
    dlogits = np.zeros_like(logits)
    dlogits[:, :-1] = ((P - np.eye(V)[targets])
                       * counted[:, :, None] / counted.sum())    # TODO: (N, T-1, V)
    return loss, dlogits


@next_token_loss.cases
def _(rng):
    def draw(N, T, V, p=1.0, size=1.0):
        known = rng.random((N, T)) < p
        known[:, 1] = True
        return size * rng.normal(size=(N, T, V)), rng.integers(0, V, (N, T)), known

    yield "two letters, scores 0", (np.zeros((1, 2, 2)), np.array([[0, 1]]), np.ones((1, 2), bool))
    yield "three different letters", (rng.normal(size=(1, 3, 4)), np.array([[0, 2, 1]]), np.ones((1, 3), bool))
    yield "the last letter does not count", (rng.normal(size=(1, 4, 3)), np.array([[0, 2, 1, 0]]), np.array([[True, True, True, False]]))
    yield "only the last letter counts", (rng.normal(size=(1, 4, 3)), np.array([[0, 2, 1, 0]]), np.array([[False, False, False, True]]))
    yield "3 rows, T = 5, V = 6", draw(3, 5, 6)
    yield "3 rows, T = 5, V = 6, some count", draw(3, 5, 6, 0.5)
    yield "2 rows, T = 7, V = 4, large scores", draw(2, 7, 4, 0.7, 5.0)


@next_token_loss.same
def _(logits, ids, known):
    loss, dlogits, count = 0.0, np.zeros(logits.shape), known[:, 1:].sum()
    for n, t in zip(*np.nonzero(known[:, 1:]), strict=True):
        e = np.exp(logits[n, t] - logits[n, t].max())
        p = e / e.sum()
        loss -= np.log(p[ids[n, t + 1]]) / count
        dlogits[n, t] = p / count
        dlogits[n, t, ids[n, t + 1]] -= 1 / count
    return loss, dlogits


NO_INDEX = "-100 is no index in NumPy. A letter that does not count keeps its number as a target; `counted` leaves it out."

for sentence, targets in [
    ("Your target is the letter itself: it is not shifted. A net that copies what it reads would be perfect.", "ids[:, :-1]"),
    ("You shift the other way: place t is asked for letter t - 1, which it has read. The last letter comes round to the front.", "np.roll(ids, 1, axis=1)[:, :-1]"),
    ("Your targets are two letters ahead.", "np.roll(ids, -2, axis=1)[:, :-1]"),
    ("You shift the rows, not the letters: the targets come from another text.", "np.roll(ids, 1, axis=0)[:, 1:]"),
    (NO_INDEX, "np.where(known, ids, -100)[:, 1:]"),
    (NO_INDEX, "np.where(known[:, 1:], ids[:, 1:], -100)"),
]:
    next_token_loss.mistake(sentence, targets=targets)

for sentence, counted in [
    ("`known` speaks of letters, and the letter that place t predicts is number t + 1: shift it as the targets are shifted.", "known[:, :-1]"),
    ("Everything counts in your loss: `known` is not used.", "np.ones_like(known[:, 1:])"),
    ("You count the letters that are NOT known.", "~known[:, 1:]"),
]:
    next_token_loss.mistake(sentence, counted=counted)

for sentence, scores in [
    ("You compare the scores of place t with letter t: the scores belong one place earlier, 0 … T-2.", "logits[:, 1:]"),
    ("Your scores come in reversed order.", "logits[:, :-1][:, ::-1]"),
]:
    next_token_loss.mistake(sentence, scores=scores)

for sentence, loss in [
    ("Your loss is a sum. Divide by how many letters count.", "-np.log(right[counted]).sum()"),
    ("You divide by the number of rows. Divide by how many letters count, in all rows together.", "-np.log(right[counted]).sum() / len(ids)"),
    ("You divide by all letters, also by those that do not count.", "-(np.log(right) * counted).mean()"),
    ("The letters that do not count are in your mean.", "-np.log(right).mean()"),
    ("The minus is missing: a logarithm of a probability is negative.", "np.log(right[counted]).mean()"),
    ("You take the logarithm of the mean probability. It is the mean of the logarithms.", "-np.log(right[counted].mean())"),
    ("The logarithm is missing.", "-right[counted].mean()"),
    ("Your logarithm has the base 2: that is bits. In nats it is np.log.", "-np.log2(right[counted]).mean()"),
    ("You average row by row first. A row in which few letters count would weigh as much as one with many.", "-np.mean([np.log(r[c]).mean() for r, c in zip(right, counted) if c.any()])"),
]:
    next_token_loss.mistake(sentence, loss=loss)

for sentence, dlogits in [
    ("The gradient is not divided by the number of letters that count, as the loss is.", "(P - np.eye(V)[targets]) * counted[:, :, None]"),
    ("The gradient is divided by the number of rows. The loss is a mean over all letters that count.", "(P - np.eye(V)[targets]) * counted[:, :, None] / len(ids)"),
    ("The gradient is divided by all letters, also by those that do not count.", "(P - np.eye(V)[targets]) * counted[:, :, None] / counted.size"),
    ("Your gradient does without `counted`: letters that do not count get a gradient, and nothing is divided by how many count.", "P - np.eye(V)[targets]"),
    ("Your gradient does without `counted`: letters that do not count get a gradient, and you divide by all letters instead of by those that count.", "(P - np.eye(V)[targets]) / targets.size"),
    ("`counted` is (N, T-1), P is (N, T-1, V): it needs one more axis, `counted[:, :, None]`.", "(P - np.eye(V)[targets]) * counted / counted.sum()"),
    ("Letters that do not count have a gradient.", "(P - np.eye(V)[targets]) / counted.sum()"),
    ("The sign is wrong: the right letter's score has a negative gradient, so that the step raises it.", "(np.eye(V)[targets] - P) * counted[:, :, None] / counted.sum()"),
    ("The one-hot vector of the right letter is missing: all scores would be lowered.", "P * counted[:, :, None] / counted.sum()"),
    ("Only the right letter gets a gradient. The others' scores are in the softmax as well: P.", "-np.eye(V)[targets] * counted[:, :, None] / counted.sum()"),
    ("You subtract the scores' letters instead of the targets: the gradient belongs to a loss that is not shifted.", "(P - np.eye(V)[ids[:, :-1]]) * counted[:, :, None] / counted.sum()"),
]:
    next_token_loss.mistake(sentence, dlogits_1=dlogits)


@next_token_loss.mistake("You return the loss alone. The gradient of the scores is asked for as well.")
def _(logits, ids, known):
    return next_token_loss(logits, ids, known)[0]
