"""Exercise 5.6: perplexity."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("5.6", title="Perplexity", returns={"perplexity": ""}, hints=[
    "The cross-entropy is a mean of -log p over the words that count. Which function undoes a natural logarithm?",
    "Pick the log-probability of the word that came, leave out what the mask leaves out, take the mean, and only then exponentiate.",
    "`np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]` picks; `-picked[mask].mean()` averages; `np.exp` of that.",
])
def perplexity(logits, y, mask):
    """Return the perplexity: e to the mean of -log p of the words that came.

    logits (N, T, V) scores, y (N, T) the word that came, 0 … V-1, mask (N, T) True where a
    step counts (False, for example, where a short text was filled up to the longest one).
    To pick along an axis, np.take_along_axis(a, i, axis) needs an i with as many axes as a.
    Equal scores for V = 8 words: every word has p = 1/8, and the perplexity is 8.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))   # (N, T, V)
    picked = np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]  # TODO: (N, T), log p
    loss = -picked[mask].mean()      # TODO: the mean over what counts
    return np.exp(loss)              # TODO: as a number of words


def _draw_scores(rng, N, T, V, scale=2.0):
    return scale * rng.normal(size=(N, T, V)), rng.integers(0, V, (N, T))


@perplexity.cases
def _(rng):
    one = np.ones((1, 1), bool)
    yield "the worked number: one step, 8 equal scores", (np.zeros((1, 1, 8)), np.array([[3]]), one)
    yield "one step, V = 3", (*_draw_scores(rng, 1, 1, 3), one)
    yield "one sequence, T = 4, V = 3", (*_draw_scores(rng, 1, 4, 3), np.ones((1, 4), bool))
    yield "N = 2, T = 3, V = 5, all steps count", (*_draw_scores(rng, 2, 3, 5), np.ones((2, 3), bool))
    yield "N = 2, T = 4, V = 5, three steps do not count", (
        *_draw_scores(rng, 2, 4, 5), np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool))
    yield "N = T = V = 3, one step counts", (*_draw_scores(rng, 3, 3, 3), np.arange(9).reshape(3, 3) == 5)
    yield "scores in the hundreds, V = 4", (
        np.array([[[900.0, 899.0, 0.0, -900.0], [1.0, 0.0, 2.0, 1.0]]]), np.array([[1, 2]]), np.ones((1, 2), bool))
    for around in (-1000, 1000):
        scores, y = _draw_scores(rng, 2, 2, 4)
        yield f"scores around {around}", (scores + around, y, np.ones((2, 2), bool))
    yield "what came is 300 below the best score", (np.array([[[0.0, -300, 0], [0, 0, 0]]]), np.array([[1, 2]]), np.ones((1, 2), bool))
    yield "scores in whole numbers", (rng.integers(-3, 4, (2, 3, 4)), rng.integers(0, 4, (2, 3)), np.ones((2, 3), bool))
    yield "a vocabulary of one word", (*_draw_scores(rng, 1, 2, 1), np.ones((1, 2), bool))
    yield "N = 4 last words, T = 1", (*_draw_scores(rng, 4, 1, 6), np.ones((4, 1), bool))


@perplexity.same
def _(logits, y, mask):
    total = 0.0
    for n, t in zip(*np.nonzero(mask), strict=True):
        s = logits[n, t] - logits[n, t].max()
        total += np.log2(np.exp(s).sum()) - s[y[n, t]] / np.log(2)
    return 2 ** (total / mask.sum())


perplexity.same(perplexity.changed(
    ("np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]", "(log_p * np.eye(logits.shape[-1])[y]).sum(axis=-1)"),
    ("-picked[mask].mean()", "-np.sum(picked * mask) / mask.sum()")))


def _pick(scores="log_p", index="y", axis=-1):
    return f"np.take_along_axis({scores}, ({index})[..., None], axis={axis})[..., 0]"


PLACE = "You move y by a place. y already is the word that came after each step."
BITS = "You raise e to a loss in bits. Logarithm and power must have the same base: np.log2 goes with 2 to the power."
ROWS = "np.array([-row[m].mean() for row, m in zip(picked, mask)])"
for sentence, edits in [
    ("You average over the whole vocabulary: only the word that came counts, so pick it first.", dict(picked="log_p")),
    ("This is the perplexity of what the model believes (from its entropy), whatever came. It is the word that came whose p counts.", dict(picked="(np.exp(log_p) * log_p).sum(axis=-1)")),
    ("You pick the word that the model likes best. The one that *came* counts, y.", dict(picked="log_p.max(axis=-1)")),
    ("Your index pairs each place with *all* the words of y, not with its own: an (N, T, N, T) array of picks. One for each place is wanted.", dict(picked="log_p[..., y]")),
    ("You take y for the number of a sequence: a single index goes to the first axis. Which axis is the vocabulary?", dict(picked="log_p[y]")),
    ("You pick along the time axis. It is the vocabulary's axis, the last one, along which y says where to look.", dict(picked=_pick(axis=1))),
    ("`np.take` without an axis counts through the flattened array: it picks from the first place's words only.", dict(picked="np.take(log_p, y)")),
    ("You pick from `shifted`, which are still raw scores: it is `log_p` that is normalised.", dict(picked=_pick("shifted"))),
    ("You put the raw score of the word that came in the place of its log-probability: scores are not normalised, `log_p` is.", dict(picked=_pick("logits"))),
    ("You pick the probability and treat it as its logarithm: `log_p` is what the mean is taken of.", dict(picked=_pick("np.exp(log_p)"))),
    ("You pick the neighbour in the vocabulary, y - 1. The words are numbered from 0, as NumPy counts.", dict(picked=_pick(index="y - 1"))),
    (PLACE, dict(picked=_pick(index="np.roll(y, -1, axis=1)"))),
    (PLACE, dict(picked=_pick(index="np.roll(y, -1)"))),
    ("You raise e to the *sum* of the losses: that is one over the probability of the whole text. Take the mean first.", dict(loss="-picked[mask].sum()")),
    ("The minus sign is missing: you get one over the perplexity, which is below 1.", dict(loss="picked[mask].mean()")),
    ("The steps that the mask leaves out count in yours.", dict(loss="-picked.mean()")),
    ("You leave the masked steps out of the sum, and still divide by all N · T steps: divide by how many count.", dict(loss="-(picked * mask).mean()")),
    ("You divide by the number of sequences. The mean is over the words that count.", dict(loss="-(picked * mask).sum() / len(mask)")),
    ("You average each sequence first, so that a word of a short one weighs more. The mean is over all words that count.", dict(loss="-np.mean((picked * mask).sum(axis=1) / mask.sum(axis=1))")),
    ("You use the mask the wrong way: it is True where a step counts.", dict(loss="-picked[~mask].mean()")),
    ("You take the median of the losses. A perplexity has the mean: rare, great surprises count in full.", dict(loss="-np.median(picked[mask])")),
    ("You divide by the size of the vocabulary as well. One number was picked for each step: divide by the number of steps that count.", dict(loss="-picked[mask].sum() / (mask.sum() * logits.shape[-1])")),
    ("You take a number for each step. One number is asked: the mean over the steps comes first.", dict(loss="-picked[mask]")),
    ("You return the cross-entropy itself, in nats. The perplexity is e to that power.", dict(returns="loss")),
    ("You return bits. The perplexity is 2 to that power.", dict(returns="loss / np.log(2)")),
    ("You raise 2 to a loss in nats. Logarithm and power must have the same base: np.log goes with np.exp.", dict(returns="2**loss")),
    (BITS, dict(loss="-picked[mask].mean() / np.log(2)")),
    (BITS, dict(returns="np.exp(loss / np.log(2))")),
    ("You divide e to the mean by the size of the vocabulary. Without that it is the number of words: V at most, if the model has learnt something.",
     dict(returns="np.exp(loss) / logits.shape[-1]")),
    ("You take the logarithm of the loss once more. A logarithm is undone by the exponential.", dict(returns="np.log(loss)")),
    ("You average 1/p. One word that the model thought impossible then decides alone: average the logarithms, and exponentiate at the end.",
     dict(loss="-picked[mask]", returns="np.exp(loss).mean()")),
    ("You take one over the mean probability. Average the *logarithms* of the probabilities.", dict(loss="np.exp(picked[mask]).mean()", returns="1 / loss")),
    ("You take a perplexity for each sequence and average these. The mean comes before the exponential, and over all words.", dict(loss=ROWS, returns="np.exp(loss).mean()")),
    ("What you picked has kept an axis: (N, T, 1) times (N, T) lays the mask along the wrong axes.",
     dict(picked="np.take_along_axis(log_p, y[..., None], axis=-1)", loss="-(picked * mask).sum() / mask.sum()")),
]:
    perplexity.mistake(sentence, **edits)
