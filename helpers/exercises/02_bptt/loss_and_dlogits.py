"""Exercise 2.4: the loss and its gradient."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("2.4", title="The loss and its gradient", returns={"loss": "", "dlogits": "N T K"}, hints=[
    "The loss of one step is log Σ exp(s) - s_y. What is the slope of each of its two parts for the score s_k? And how many steps count?",
    "The slope of log u is 1/u, so the first part gives exp(s_k) / Σ exp(s), which is p_k. The second gives -1 where k is the right class, else 0. Loss and gradient are divided by the number of steps that count.",
    "The count is `mask.sum()`. `log_p * true` leaves the right class alone; `np.exp(log_p)` are the probabilities; and `mask[..., None]` has the axis that the mask lacks.",
])
def loss_and_dlogits(logits, y, mask):
    """Mean cross-entropy over the steps that count, and its gradient.

    logits (N, T, K) scores, y (N, T) the right class of each step, 0 … K-1,
    mask (N, T) True where a step counts
    -> loss (one number), dlogits (N, T, K).
    One step with scores [0., 0.] and y = 1: loss = log 2 = 0.693, dlogits = [0.5, -0.5].
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)        # np.exp(1000) is infinite
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))       # (N, T, K)
    true = np.eye(logits.shape[-1])[y]                           # (N, T, K), one-hot
    count = mask.sum()                                           # TODO: how many steps count
    loss = -(log_p * true * mask[..., None]).sum() / count       # TODO: mean of -log p of class y
    dlogits = (np.exp(log_p) - true) * mask[..., None] / count   # TODO: its gradient, (N, T, K)
    return loss, dlogits


@loss_and_dlogits.cases
def _(rng):
    def draw(N, T, K, scale=1.0):
        return scale * rng.normal(size=(N, T, K)), rng.integers(0, K, (N, T))

    yield "one step, two equal scores", (np.zeros((1, 1, 2)), np.array([[1]]), np.ones((1, 1), bool))
    yield "one step, K = 3", (*draw(1, 1, 3), np.ones((1, 1), bool))
    yield "a batch of 2, T = 3, K = 4, all steps count", (*draw(2, 3, 4), np.ones((2, 3), bool))
    yield "a batch of 2, T = 4, K = 3, three steps do not count", (
        *draw(2, 4, 3), np.array([[0, 0, 1, 1], [0, 1, 1, 1]], bool))
    yield "scores in the thousands", (*draw(2, 3, 3, 1500.0), np.array([[1, 1, 0], [1, 1, 1]], bool))
    scores, y = draw(2, 3, 3)
    yield "scores near -1000", (scores - 1000, y, np.array([[1, 1, 1], [0, 1, 1]], bool))
    yield "scores near 1000", (scores + 1000, y, np.array([[1, 1, 1], [0, 1, 1]], bool))
    yield "scores in whole numbers, one step counts", (np.array([[[2, -1], [0, 3]]]), np.array([[0, 0]]), np.array([[False, True]]))


@loss_and_dlogits.same
def _(logits, y, mask):
    n, t = np.nonzero(mask)
    s = logits[n, t]
    rows = np.arange(len(n))
    top = s.max(axis=1)
    log_sum = top + np.log(np.exp(s - top[:, None]).sum(axis=1))
    dlogits = np.zeros(logits.shape)
    p = np.exp(s - log_sum[:, None])
    p[rows, y[n, t]] -= 1
    dlogits[n, t] = p / len(n)
    return np.mean(log_sum - s[rows, y[n, t]]), dlogits


_no_p = "What you subtract the one-hot vector from are not probabilities: those lie between 0 and 1 and add up to 1 at each step."
_by_K = "You divide {} by the K classes as well. One step has one loss, however many classes there are."
_loss, _slope = "-(log_p * true * mask[..., None]).sum()", "(np.exp(log_p) - true) * mask[..., None]"
for _sentence, *_edits in [
    ("You divide by all N · T steps. Steps that the mask leaves out do not count: divide by `mask.sum()`.", {"count": "mask.size"}),
    ("You average over the sequences of the batch alone. The mean is over all steps that count.", {"count": "len(mask)"}),
    ("You count the classes as well. The mean is over the steps that count.", {"count": "logits.size"}),
    ("You add the steps up. The loss is their mean: otherwise loss and gradient grow with the batch, as if the learning rate were larger.", {"count": "1"}, {"loss": _loss, "dlogits": _slope}),
    ("You ignore the mask altogether: mean and gradient run over all steps.", {"count": "mask.size", "loss": "-(log_p * true).sum() / count", "dlogits": "(np.exp(log_p) - true) / count"}),
    ("The masked steps go into your loss and gradient as if they counted: multiply by the mask.", {"loss": "-(log_p * true).sum() / count", "dlogits": "(np.exp(log_p) - true) / count"}),
    ("The masked steps still count in this loss: multiply by the mask, or pick the steps that count.", {"loss": "-(log_p * true).sum() / count"}),
    ("The masked steps still have a gradient: what does not count in the loss must not pull at the weights.", {"dlogits": "(np.exp(log_p) - true) / count"}),
    ("The gradient is that of a mean, and the loss is a sum: divide it by the number of steps that count as well.", {"loss": _loss}),
    ("The loss is a mean, and its gradient is not: divide dlogits by the number of steps that count as well.", {"dlogits": _slope}),
    ("The loss has the wrong sign: log p is below 0, and a loss has to be above it, so it is -log p.", {"loss": "(log_p * true * mask[..., None]).sum() / count"}),
    ("You take the largest log-probability of each step: that asks how sure the net was, not whether it was right. Pick the right class with the one-hot vector.",
     {"loss": "-(log_p.max(axis=-1, keepdims=True) * mask[..., None]).sum() / count"}),
    ("You take the logarithm of all probabilities, not of the right class's alone: pick it with the one-hot vector.", {"loss": "-(log_p * mask[..., None]).sum() / count"}),
    ("Your loss is in bits (log to the base 2), its gradient is that of nats: use the natural logarithm, np.log.", {"loss": f"{_loss} / count / np.log(2)"}),
    ("Your loss is minus the probability: the logarithm is missing.", {"loss": "-(np.exp(log_p) * true * mask[..., None]).sum() / count"}),
    ("Your loss is the missing probability, 1 - p. It hardly punishes a confident mistake; the cross-entropy is -log p.", {"loss": "((1 - np.exp(log_p)) * true * mask[..., None]).sum() / count"}),
    ("The loss is divided by all N · T steps, the gradient by those that count. The mean is over the steps that count, in both.", {"loss": f"{_loss} / mask.size"}),
    ("You take the mean over all N · T · K numbers, most of which are 0. Add them up, and divide by the steps that count.", {"loss": "-(log_p * true * mask[..., None]).mean()"}),
    ("You take the mean of each sequence first, and then the mean of those: steps of a short sequence would weigh more. All steps that count weigh alike.",
     {"loss": "-np.mean((log_p * true * mask[..., None]).sum(axis=(1, 2)) / mask.sum(axis=1))"}),
    (_by_K.format("the loss"), {"loss": f"{_loss} / count / logits.shape[-1]"}),
    (_by_K.format("the gradient"), {"dlogits": f"{_slope} / count / logits.shape[-1]"}),
    (_by_K.format("loss and gradient"), {"loss": f"{_loss} / count / logits.shape[-1]", "dlogits": f"{_slope} / count / logits.shape[-1]"}),
    ("The mask (N, T) lacks an axis: to multiply something of shape (N, T, K) it has to be (N, T, 1), so that it applies to all classes of a step.",
     {"loss": "-(log_p * true * mask).sum() / count"}, {"dlogits": "(np.exp(log_p) - true) * mask / count"},
     {"loss": "-(log_p * true * mask).sum() / count", "dlogits": "(np.exp(log_p) - true) * mask / count"}),
    ("The gradient has the wrong sign: the right class's score should *rise*, so its slope is p - 1, below 0.", {"dlogits": "(true - np.exp(log_p)) * mask[..., None] / count"}),
    ("Your dlogits is the probability alone: at the right class 1 has to be subtracted.", {"dlogits": "np.exp(log_p) * mask[..., None] / count"}),
    ("`*` binds more tightly than `-`, so the mask applies to the one-hot vector alone: put brackets around p - true.",
     {"dlogits": "np.exp(log_p) - true * mask[..., None] / count"}, {"dlogits": "(np.exp(log_p) - true * mask[..., None]) / count"}),
    ("Your dlogits has one row for each step that counts. Keep all steps, (N, T, K): those that do not count have a gradient of 0.", {"dlogits": "(np.exp(log_p) - true)[mask] / count"}),
    ("You subtract the log-probabilities from 0 and 1. The slope is made of the probabilities themselves: np.exp(log_p).", {"dlogits": "(log_p - true) * mask[..., None] / count"}),
    *((_no_p, {"dlogits": f"({what} - true) * mask[..., None] / count"}) for what in ("logits", "np.exp(logits)", "np.exp(shifted)")),
    ("You subtract `y`, a number from 0 to K - 1. It is the one-hot vector, 1 at the right class and 0 elsewhere, that is subtracted.",
     {"dlogits": "(np.exp(log_p) - y[..., None]) * mask[..., None] / count"}),
]:
    for _edit in _edits:
        loss_and_dlogits.mistake(_sentence, **_edit)

_below = "Scores far below 0 vanish: you subtract the largest score only where it is above 0. Subtract it always, and exp has a 1 to add up."
_log_of_0 = "With large scores a probability becomes exactly 0, and its logarithm infinite: compute log p from the scores, not from p."
_log_p = "shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))"
_log_of_p = "np.log(np.exp({0}) / np.exp({0}).sum(axis=-1, keepdims=True))"
_only_above = ("logits.max(axis=-1, keepdims=True)", "np.maximum(0, logits.max(axis=-1, keepdims=True))")
for sentence, *changes in [
    ("Scores in the thousands overflow: you exponentiate before you subtract the largest score.",
     (_log_p, _log_of_p.format("logits"))),
    (_below, _only_above, (_log_p, _log_of_p.format("shifted"))),
    (_below, _only_above),
    (_log_of_0, (_log_p, _log_of_p.format("shifted"))),
    ("You subtract one largest score for all steps. Each step has its own: the scores of another may lie thousands below it.",
     ("logits.max(axis=-1, keepdims=True)", "logits.max()")),
    ("The softmax runs over time: the probabilities of the classes of *one* step add up to 1, so it is the last axis.",
     ("axis=-1", "axis=1")),
    (_log_of_0, ("return loss", "return loss if loss < 700 else np.inf")),
    ("The two results are in the wrong order: the loss comes first, then dlogits.",
     ("return loss, dlogits", "return dlogits, loss")),
]:
    loss_and_dlogits.mistake(sentence)(loss_and_dlogits.changed(*changes))
