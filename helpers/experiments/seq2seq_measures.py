"""What notebook 07 measures on its nets, besides what its reader writes: by length, by place, after a wrong letter.

`net` is a Translator without attention, `pairs` are (source, target), `vocabulary` is that of both.
"""

import numpy as np

from helpers.data.own_text import readable
from helpers.data.vocabulary import BOS, EOS
from helpers.layers import softmax_cross_entropy
from helpers.models.translator import pair_arrays


def speak_alone(net, pairs, vocabulary, wrong_at=None, rng=None):
    """Return what the free-running net says, what is wanted (both (N, S), only EOS after the end) and the mask (N, S).

    wrong_at : the place (from 0) at which the net says its word as ever, but then hears a random wrong letter in its place.
    """
    bos, eos = vocabulary.id(BOS), vocabulary.id(EOS)
    source, source_mask, so_far, wanted, mask = pair_arrays(pairs, vocabulary, vocabulary)
    state, memory = net.encode(source, source_mask)
    token, ended, said = np.full(len(source), bos), np.zeros(len(source), bool), []
    first = len(vocabulary.specials)
    letters = len(vocabulary) - first
    for t in range(wanted.shape[1]):
        log_p, state, _ = net.step(token, state, memory)
        token = np.where(ended, eos, log_p.argmax(axis=1))
        ended |= token == eos
        said.append(token)
        if t == wrong_at:
            token = np.where(ended, eos, (token - first + rng.integers(1, letters, len(token))) % letters + first)
    return np.stack(said, axis=1), np.where(mask, wanted, eos), mask


def said_beside_right(net, texts, vocabulary):
    """Return rows (text, what the net says, its reverse) for figures.draw_said; print why a text is left out."""
    rows = []
    for text in texts:
        text, trouble = readable(text, vocabulary, longest=11)
        if trouble:
            print(trouble)
            continue
        said, wanted, _ = speak_alone(net, [(text, text[::-1])], vocabulary)
        spelled = [vocabulary.decode(ids[0], specials=True) for ids in (said, wanted)]
        rows.append((text, *(["■" if token == EOS else token for token in tokens] for tokens in spelled)))
    return rows


def whole_right(net, pairs, vocabulary):
    """Return (N,) bool: which whole targets the free-running net says without a mistake."""
    said, wanted, _ = speak_alone(net, pairs, vocabulary)
    return (said == wanted).all(axis=1)


def right_by_length(nets, pairs, vocabulary):
    """Return (nets, L): the share of whole targets that each net says without a mistake, by the length of the source."""
    size = np.array([len(source) for source, _ in pairs])
    rows = [whole_right(net, pairs, vocabulary) for net in nets]
    return np.array([[row[size == T].mean() for T in np.unique(size)] for row in rows])


def right_by_place(net, pairs, vocabulary):
    """Return (S,): the share of right tokens at each place of the target, with the teacher; all targets of one length."""
    source, source_mask, so_far, wanted, _ = pair_arrays(pairs, vocabulary, vocabulary)
    scores, _ = net.forward(source, source_mask, so_far)
    return (scores.argmax(axis=2) == wanted).mean(axis=0)


def watch_places(pairs, vocabulary):
    """Return on_step for train_translators, and the dict that it fills: {step: (nets, S) shares right at each place}."""
    found = {}

    def look(step, nets):
        found[step] = np.array([right_by_place(net, pairs, vocabulary) for net in nets])

    return look, found


def after_a_mistake(right, mask):
    """Return the share of the tokens after a row's first mistake that are right; right and mask (N, S) bool."""
    wrong = ~right & mask
    first = np.where(wrong.any(axis=1), wrong.argmax(axis=1), right.shape[1])
    later = mask & (np.arange(right.shape[1]) > first[:, None])
    return right[later].mean() if later.any() else np.nan


def after_a_wrong_letter(net, pairs, vocabulary, places, rng):
    """Return {place: (S,) share right at each place}, of strings that the net says right until it hears ONE wrong letter.

    place : from 1, the letter that it hears wrong. Up to it everything is right, by the choice of the strings. All targets have
    one length. NaN where the net says none of them right.
    """
    good = [pair for pair, right in zip(pairs, whole_right(net, pairs, vocabulary), strict=True) if right]
    if not good:
        return {place: np.full(len(pairs[0][1]) + 1, np.nan) for place in places}
    found = {}
    for place in places:
        said, wanted, _ = speak_alone(net, good, vocabulary, wrong_at=place - 1, rng=rng)
        found[place] = (said == wanted).mean(axis=0)
    return found


def gradient_share(net, pairs, vocabulary):
    """Return (S, T): for each token that is said, the share of its gradient that arrives at each source letter.

    The gradient of the token's log p by the vector of a source letter is a vector; its length, as a share of the row's sum.
    """
    source, source_mask, so_far, wanted, mask = pair_arrays(pairs, vocabulary, vocabulary)
    scores, _ = net.forward(source, source_mask, so_far)
    _, dscores = softmax_cross_entropy(scores, wanted, mask)
    rows = []
    for t in range(source.shape[1]):
        one = np.zeros_like(dscores)
        one[:, t] = dscores[:, t] / np.linalg.norm(dscores[:, t], axis=1, keepdims=True)
        _, dlast = net.layers["decoder"].backward(net.layers["out"].backward(one))
        dx, _ = net.layers["encoder"].backward(dstate=dlast)
        norms = np.linalg.norm(dx, axis=2)                              # (N, T)
        rows.append((norms / norms.sum(axis=1, keepdims=True)).mean(axis=0))
    return np.array(rows)


def share_met(pairs, sources):
    """Return, for each length of `sources`, the share that is among the sources of `pairs`."""
    known, size = {source for source, _ in pairs}, np.array([len(source) for source in sources])
    hit = np.array([source in known for source in sources])
    return np.array([hit[size == T].mean() for T in np.unique(size)])
