"""Nets that learn to reply, and how good and how varied their replies are.

    net, seen = learn_to_reply("hred", seed)                       # seen: what each step's loss was made of
    share_right(net, small_talk=4, seed=77)                        # the whole reply right
    variety(net.reply(utterances, words="drawn", rng=rng), places) # how many are valid, bland, different
"""

import functools

import numpy as np

from helpers.data.dialogues import BLAND, BLAND_SHARE, PLACES, PLANS, SMALL_TALK, TIMES, dialogues, padded
from helpers.models import DialogueNet
from helpers.training import fit, linear_decay
from helpers.training.optimisers import Adam
from helpers.training.parameters import in_one_vector, joined, take_over

# a dialogue of the second world, where five replies are right: nats that no loss can be below
LEAST = -BLAND_SHARE * np.log(BLAND_SHARE) - 4 * (1 - BLAND_SHARE) / 4 * np.log((1 - BLAND_SHARE) / 4)


def learn_to_reply(kind, seed, *, steps=400, lr=0.02, size=32, small_talk=(1, 4), chance=False, weight=None, **settings):
    """Return a DialogueNet that was trained on fresh dialogues, and (steps, 2): the cross-entropy and the KL of each step.

    weight : function (step, steps) -> the KL's weight; None is 1 from the start.  settings : those of DialogueNet.
    """
    net, seen = DialogueNet(kind, rng=np.random.default_rng(seed), **settings), []
    vector, net.params = in_one_vector(net.params)
    take_over(net.layers, net.params)

    def loss_and_grads(utterances, replies):
        if weight is not None:
            net.weight = weight(len(seen), steps)
        loss, grads = net.loss_and_grads(utterances, replies)
        seen.append((net.ce, net.kl))
        return loss, {"all": joined(grads, net.params)}

    batches = _fresh_dialogues(500 + seed, steps, size, tuple(small_talk), chance)
    fit(loss_and_grads, {"all": vector}, batches, optimiser=Adam(lr), steps=steps, clip=5.0, schedule=linear_decay,
        progress=False)
    return net, np.array(seen)


@functools.lru_cache(maxsize=8)
def _fresh_dialogues(seed, steps, size, small_talk, chance):
    """Return `steps` batches (utterances, replies). Nets that are compared read the same ones, so they are kept."""
    rng = np.random.default_rng(seed)
    return [dialogues(size, rng, small_talk, chance)[:2] for _ in range(steps)]


def share_right(net, small_talk, seed, count=200):
    """Return how many of `count` replies are right as a whole, in dialogues with so many utterances of small talk."""
    utterances, replies, _ = dialogues(count, np.random.default_rng(seed), (small_talk, small_talk))
    return float(np.mean([said == right for said, right in zip(net.reply(utterances), replies, strict=True)]))


def agreement(net, utterances, rng):
    """Return how often two replies with drawn words are the same: with the same z, and with another z."""
    mu, log_var = net.prior(net.context(utterances))
    one, other = (mu + np.exp(log_var / 2) * rng.normal(size=mu.shape) for _ in range(2))
    first, *others = (net.reply(utterances, words="drawn", rng=rng, z=z) for z in (one, one, other))
    return tuple(float(np.mean([a == b for a, b in zip(first, said, strict=True)])) for said in others)


def open_dialogues(count=300, seed=900):
    """Return utterances and places of dialogues in the world where five replies are right."""
    utterances, _, places = dialogues(count, np.random.default_rng(seed), (1, 3), chance=True)
    return utterances, places


def variety(replies, places):
    """Return four numbers on replies and the places they were given at.

    The share that is bland; the share that is valid (bland, or a plan of this place); how many of a place's 4 plans are
    said at all, averaged over places; and how far the replies are from the world's own shares (0 … 1, total variation).
    """
    bland = np.mean([said == BLAND for said in replies])
    valid = np.mean([said == BLAND or said in PLANS[place] for said, place in zip(replies, places, strict=True)])
    plans, apart = [], []
    for place, four in PLANS.items():
        here = [said for said, where in zip(replies, places, strict=True) if where == place]
        plans.append(len(set(here) & set(four)))
        true = {BLAND: BLAND_SHARE, **{text: (1 - BLAND_SHARE) / 4 for text in four}}
        apart.append(sum(abs(here.count(text) / len(here) - true.get(text, 0)) for text in {*here, *true}) / 2)
    return float(bland), float(valid), float(np.mean(plans)), float(np.mean(apart))


def arrays_and_cells(net, utterances):
    """Return what a net of the kind "hred" reads and with what: X (N, U, T, E), lengths (N, U), turns (N,), and its two cells.

    A cell is a function of one step, cell(x (M, E), h (M, H)) -> h.
    """
    N, most = len(utterances), max(map(len, utterances))
    ids, lengths = padded([text for row in utterances for text in [*row, *[""] * (most - len(row))]])
    X = net.layers["embed"].forward(ids).reshape(N, most, ids.shape[1], -1)

    def cell(name):
        layer, dtype = net.layers[name], net.dtype
        return lambda x, h: layer.forward(x[:, None].astype(dtype), h.astype(dtype))[1]

    return X, lengths.reshape(N, most), np.array([len(row) for row in utterances]), cell("encoder"), cell("context")


def table_of_replies(replies, place):
    """Return the shares of the five right replies for a place, and of everything else: a dict reply -> share."""
    right = [BLAND, *PLANS[place]]
    shares = {text: float(np.mean([said == text for said in replies])) for text in right}
    return {**shares, "anything else": 1 - sum(shares.values())}


def weight_of_utterances(net, utterances, reply):
    """Return (U,): how much less likely a reply is, in nats, when each utterance is exchanged for others of its kind.

    Averaged over all others: two places, three times of day, eleven utterances of small talk. 0 for the question.
    """
    rows = [list(utterances)]
    for u, said in enumerate(utterances):
        rows += [[*utterances[:u], other, *utterances[u + 1 :]] for other in _others(said)]
    costs = iter([net.loss([row], [reply]) for row in rows])
    whole = next(costs)
    return np.array([np.mean([next(costs) for _ in _others(said)] or [whole]) - whole for said in utterances])


def _others(said):
    """Return the utterances that could stand in the place of one."""
    kinds = ([f"we are by the {place}" for place in PLACES], [f"i love the {time}" for time in TIMES], SMALL_TALK)
    return [other for kind in kinds if said in kind for other in kind if other != said]
