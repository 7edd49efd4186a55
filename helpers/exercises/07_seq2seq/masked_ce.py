"""Exercise 7.4: the loss of a batch, and the log-probability of each target."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("7.4", title="The loss of a batch, and the log-probability of each target", returns={"log_p": "N", "loss": ""}, hints=[
    "The probability of a whole target is a product over its tokens. What is the logarithm of a product? And over how many tokens is the loss averaged?",
    "`np.take_along_axis(A, ids, axis=2)` picks, at each place (n, s), the entries ids[n, s] of A[n, s]; ids needs as many axes as A: `y[..., None]`. "
    "`np.take_along_axis(log_softmax, y[..., None], axis=2)[..., 0]` is one number at each place. Multiply by the mask *before* you add up.",
    "`log_p = (picked * mask).sum(axis=1)` and `loss = -log_p.sum() / mask.sum()`.",
])
def masked_ce(logits, y, mask):
    """Return log p of each whole target, and the mean cross-entropy of a token.

    logits (N, S, K) scores, y (N, S) the wanted ids, mask (N, S) True where a token (or
    EOS) is wanted
    -> log_p (N,): for each row the sum of log p over its tokens; loss: minus the mean of
       log p over all places that count, in nats.
    Scores 0 for K = 2 and a row of two tokens: log_p = [2 log ½] = [-1.386],
    loss = log 2 = 0.693.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (N, S, K)
    picked = np.take_along_axis(log_softmax, y[..., None], axis=-1)[..., 0]  # TODO: log p of y
    log_p = (picked * mask).sum(axis=1)         # TODO: log p of each whole target
    loss = -log_p.sum() / mask.sum()            # TODO: the mean over the tokens that count
    return log_p, loss


@masked_ce.cases
def _(rng):
    def draw(N, S, K, lengths):
        return 2 * rng.normal(size=(N, S, K)), rng.integers(0, K, (N, S)), np.arange(S) < np.array(lengths)[:, None]

    yield "one target of two tokens, two equal scores", (np.zeros((1, 2, 2)), np.array([[1, 0]]), np.ones((1, 2), bool))
    yield "one target of three tokens, K = 4", draw(1, 3, 4, [3])
    yield "one target of two tokens, two places of padding", draw(1, 4, 3, [2])
    yield "two targets of three tokens", draw(2, 3, 5, [3, 3])
    yield "four targets of 5, 1, 2 and 3 tokens, K = 6", draw(4, 5, 6, [5, 1, 2, 3])
    high_and_low = np.array([[[1000.0, 998, 999], [-1000, -1003, -1001]], [[0, 2, 1], [700, -700, 0]]])
    yield "scores near 1000 at one place, near -1000 at the next", (high_and_low, np.array([[1, 2], [0, 2]]), np.ones((2, 2), bool))
    yield "scores near -1000 beside others, one place of padding", (high_and_low[:, ::-1] - [[[500.0]], [[0.0]]], np.array([[1, 1], [1, 0]]), np.array([[True, True], [True, False]]))
    yield "one place, one token", (np.array([[[3.0]]]), np.array([[0]]), np.array([[True]]))


@masked_ce.same
def _(logits, y, mask):
    log_p = np.zeros(len(y))
    for n, s in np.argwhere(mask):
        score = logits[n, s] - logits[n, s].max()
        log_p[n] += score[y[n, s]] - np.log(np.exp(score).sum())
    return log_p, -log_p.sum() / np.count_nonzero(mask)


masked_ce.same(masked_ce.changed(
    ("np.take_along_axis(log_softmax, y[..., None], axis=-1)[..., 0]",
     "(log_softmax * np.eye(logits.shape[2])[y]).sum(axis=2)"),
    ("(picked * mask).sum(axis=1)", "np.where(mask, picked, 0).sum(axis=1)"),
    ("-log_p.sum() / mask.sum()", "-picked[mask].mean()")))

PICK = "np.take_along_axis(log_softmax, y[..., None], axis=-1)[..., 0]"
LOSS = "-(picked * mask).sum() / mask.sum()"
NOT_SHIFTED = "The scores are not shifted: exp of a score of 1000 is infinite. Less the largest score of its place, no score is above 0, and the softmax stays the same."
ID_0 = "You take the id 0 for padding. The mask tells what counts: 0 may be a token, and PAD another id."
INVERTED = "Your mask is inverted: you add up the padding and leave out the tokens."
LAST_PLACE = "You leave out the last place: EOS is wanted as well, and the mask already says what counts."
BITS = "You count in bits (log to the base 2): here we count in nats."
ALL_WITH_ALL = ("Your indices are not paired: every place gets the ids of all other places too, so there are too many axes. "
                "One number at each place (n, s) is wanted, the one of y[n, s]: `np.take_along_axis` does that.")

masked_ce.mistakes_in("picked", [
    ("You take the largest log p at each place, whatever token was wanted: that is how sure the net is, not how right.", "log_softmax.max(axis=2)"),
    ("You add up the log p of all K tokens at a place. Only the wanted one counts.", "log_softmax.sum(axis=2)"),
    ("You pick the scores themselves: without the softmax's denominator they are no log-probabilities.", PICK.replace("log_softmax", "logits")),
    ("You pick before the logarithm of the sum is subtracted: the shifted scores are no log-probabilities yet.", PICK.replace("log_softmax", "shifted")),
    ("You add probabilities where their logarithms should be added.", f"np.exp({PICK})"),
    ("The axis of length 1 that `take_along_axis` leaves is still there: `[..., 0]` takes it away.", PICK.replace("[..., 0]", "")),
    ("You multiply by the ids. They are names, not numbers: they say which of the K log p is picked.", "log_softmax.max(axis=2) * y", "log_softmax * y[..., None]"),
    (ALL_WITH_ALL, "log_softmax[:, :, y]", "log_softmax[:, np.arange(y.shape[1]), y]"),
])

for sentence, log_p in [
    ("log_p adds up the padding as well: multiply by the mask first, then add up.", "picked.sum(axis=1)"),
    ("Your log_p is the mean of a row. The probability of the whole target is a product over its tokens, so its logarithm is their sum.", "(picked * mask).sum(axis=1) / mask.sum(axis=1)"),
    ("Your log_p is the mean over all places of a row, the padding too. The logarithm of a product is a sum.", "(picked * mask).mean(axis=1)"),
    ("Your log_p is the probability itself, a product over the tokens. Over long targets that becomes 0; the logarithm is asked for.", "np.exp((picked * mask).sum(axis=1))"),
    ("You add probabilities where their logarithms should be added.", "(np.exp(picked) * mask).sum(axis=1)"),
    ("You multiply logarithms. The logarithm of a product is a sum.", "np.prod(np.where(mask, picked, 1), axis=1)"),
    ("Your log_p has the wrong sign: the logarithm of a probability is never above 0.", "-(picked * mask).sum(axis=1)"),
    ("You add along the batch: log_p has one number for each target (N,), so the sum runs over the places.", "(picked * mask).sum(axis=0)"),
    ("You add up the whole batch: log_p has one number for each target (N,), so the sum runs over the places alone.", "(picked * mask).sum()"),
    (BITS, "(picked * mask).sum(axis=1) / np.log(2)"),
    (INVERTED, "(picked * ~mask).sum(axis=1)"),
    (LAST_PLACE, "(picked * mask)[:, :-1].sum(axis=1)"),
    (ID_0, "(picked * (y != 0)).sum(axis=1)"),
]:
    masked_ce.mistake(sentence, log_p=log_p)
    masked_ce.mistake(sentence, log_p=log_p, loss=LOSS)

for sentence, edits in [
    ("You divide by all N · S places. Padding does not count: otherwise a batch of short targets seems easy.", {"loss": "-log_p.sum() / mask.size"}),
    ("Your loss averages over the padding too: the mask comes too late, or not at all.", {"loss": "-picked.mean()"}),
    ("The padding counts in both: what the net says there does not matter. Mask first, then add up.", {"log_p": "picked.sum(axis=1)", "loss": "-picked.mean()"}),
    ("You average over the tokens of each row first, and then over the rows: then a token of a short target counts for more than one of a long target.", {"loss": "-(log_p / mask.sum(axis=1)).mean()"}),
    ("Your loss is a sum over all tokens. The mean of a token is asked for: else it grows with the batch.", {"loss": "-log_p.sum()"}),
    ("Your loss is the mean of a target. The mean of a *token* is asked for: divide by the number of places that count.", {"loss": "-log_p.mean()"}),
    ("The loss has the wrong sign: log p is below 0, a loss above it.", {"loss": "log_p.sum() / mask.sum()"}),
    ("Your loss counts in bits (log to the base 2): here we count in nats.", {"loss": "-log_p.sum() / mask.sum() / np.log(2)"}),
    ("That is the perplexity, e to the power of the loss. The loss itself is asked for.", {"loss": "np.exp(-log_p.sum() / mask.sum())"}),
    ("One loss for each target is too many: the mean over all places that count is one number.", {"loss": "-log_p / mask.sum(axis=1)"}),
    (INVERTED, {"log_p": "(picked * ~mask).sum(axis=1)", "loss": "-log_p.sum() / (~mask).sum()"}),
    (LAST_PLACE, {"log_p": "(picked * mask)[:, :-1].sum(axis=1)", "loss": "-log_p.sum() / mask[:, :-1].sum()"}),
    (ID_0, {"log_p": "(picked * (y != 0)).sum(axis=1)", "loss": "-log_p.sum() / (y != 0).sum()"}),
]:
    masked_ce.mistake(sentence, **edits)

for sentence, *changes in [
    ("The two results are swapped: first log_p (N,), then the loss.", ("return log_p, loss", "return loss, log_p")),
    ("You take the maxima over the places (axis 1): a different number is subtracted from each of the K scores of a place, and that changes the softmax. Each place has one maximum.", ("logits.max(axis=-1", "logits.max(axis=1")),
    (NOT_SHIFTED, ("shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))", "np.log(np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))")),
    ("Your softmax runs over the places: the probabilities of the tokens at ONE place add up to 1, so it is the last axis.", ("np.exp(shifted).sum(axis=-1", "np.exp(shifted).sum(axis=1")),
    (NOT_SHIFTED, ("logits - logits.max(axis=-1, keepdims=True)", "logits")),
    ("You subtract one maximum for all places: where the scores are far below it, every exp is 0, and log 0 is minus infinity. Each place has its own maximum.", ("logits - logits.max(axis=-1, keepdims=True)", "logits - logits.max()")),
    ("You subtract one maximum for each row: where a place's scores are far below it, every exp is 0, and log 0 is minus infinity. Each place has its own maximum.",
     ("logits - logits.max(axis=-1, keepdims=True)", "logits - logits.max(axis=(1, 2), keepdims=True)")),
]:
    masked_ce.mistake(sentence)(masked_ce.changed(*changes))
