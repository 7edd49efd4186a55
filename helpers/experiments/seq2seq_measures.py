"""What notebook 07 measures on its nets, besides what its reader writes: by length, by place, after a wrong letter.

`net` is a Translator without attention, `pairs` are (source, target), `vocabulary` is that of both.
"""

import numpy as np

from helpers.data.own_text import readable
from helpers.data.vocabulary import BOS, EOS
from helpers.layers import softmax_cross_entropy
from helpers.models.stacked_translator import train_translators
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


def two_looks(found, steps):
    """Return (len(steps), S): the mean share right of the nets at each place, over the looks at a step and 20 steps before.

    found : what watch_places fills.
    """
    return np.array([np.mean([found[step - 20], found[step]], axis=(0, 1)) for step in steps])


def after_a_mistake(right, mask):
    """Return the share of the tokens after a row's first mistake that are right; right and mask (N, S) bool."""
    wrong = ~right & mask
    first = np.where(wrong.any(axis=1), wrong.argmax(axis=1), right.shape[1])
    later = mask & (np.arange(right.shape[1]) > first[:, None])
    return right[later].mean() if later.any() else np.nan


def compare_with_teacher(forced, alone):
    """Return in how many strings just one of the two ways is right as a whole, and (nets, 2) shares of tokens right later on.

    forced : for each net (…, right, mask), both (N, S) bool: which tokens are right with the teacher, and which count.
    alone : for each net what speak_alone says of the same pairs. Later on is after a row's first mistake, with the teacher and
    alone.
    """
    differ, later = 0, []
    for (*_, with_teacher, mask), (said, wanted, _) in zip(forced, alone, strict=True):
        differ += np.sum((with_teacher | ~mask).all(axis=1) != (said == wanted).all(axis=1))
        later.append([after_a_mistake(right, mask) for right in (with_teacher, said == wanted)])
    return int(differ), np.array(later)


def share_of_swaps(alone, begins_with_a_swap):
    """Return two shares of all wrong strings: those whose first mistake is a swap, and those in which nothing else is wrong.

    alone : for each net what speak_alone says. begins_with_a_swap(said, wanted) : (N,) bool for (N, S) tokens.
    """
    swaps, nothing_else, total = 0, 0, 0
    for said, wanted, _ in alone:
        swap, wrong = begins_with_a_swap(said, wanted), said != wanted
        swaps, total = swaps + swap.sum(), total + wrong.any(axis=1).sum()
        nothing_else += np.sum(swap & (wrong.sum(axis=1) == 2))
    return swaps / total, nothing_else / total


def after_a_wrong_letter(nets, pairs, vocabulary, places, seed=3):
    """Return {place: (nets, S) share right at each place}, of strings that a net says right until it hears ONE wrong letter.

    place : from 1, the letter that it hears wrong. Up to it everything is right, by the choice of the strings. All targets have
    one length. NaN where a net says none of them right.
    """
    found = [_after_a_wrong_letter(net, pairs, vocabulary, places, np.random.default_rng(seed)) for net in nets]
    return {place: np.array([one[place] for one in found]) for place in places}


def _after_a_wrong_letter(net, pairs, vocabulary, places, rng):
    good = [pair for pair, right in zip(pairs, whole_right(net, pairs, vocabulary), strict=True) if right]
    if not good:
        return {place: np.full(len(pairs[0][1]) + 1, np.nan) for place in places}
    found = {}
    for place in places:
        said, wanted, _ = speak_alone(net, good, vocabulary, wrong_at=place - 1, rng=rng)
        found[place] = (said == wanted).mean(axis=0)
    return found


def gradient_shares(nets, pairs, vocabulary):
    """Return (S, T): for each token that is said, the share of its gradient that arrives at each source letter, a median of nets.

    The gradient of the token's log p by the vector of a source letter is a vector; its length, as a share of the row's sum.
    """
    return np.median([_gradient_share(net, pairs, vocabulary) for net in nets], axis=0)


def _gradient_share(net, pairs, vocabulary):
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


def steps_of_the_centre(shares):
    """Return (S - 1,): how far the place where a row's gradient arrives on average moves to the right, from row to row."""
    return np.diff(shares @ np.arange(1, shares.shape[1] + 1))


def by_stage(stages, pairs, vocabulary):
    """Return {"500 steps": (lengths (L,), whole targets right (nets, L)), …} of {500: nets, …}, by the length of the source."""
    lengths = np.unique([len(source) for source, _ in pairs])
    return {f"{steps} steps": (lengths, right_by_length(nets, pairs, vocabulary)) for steps, nets in stages.items()}


def train_arms(arms, pairs, new_pairs, vocabulary, *, nets=3, **settings):
    """Return {arm: trained Translators}, and {arm: (nets,) shares of new pairs that they say right as a whole}.

    arms : dict name -> (peeky, order), order(pairs) what becomes of the pairs. settings : as for train_translators.
    """
    trained, right = {}, {}
    for name, (peeky, order) in arms.items():
        trained[name], _ = train_translators([order(pairs)] * nets, vocabulary, vocabulary, peeky=peeky, **settings)
        right[name] = np.array([whole_right(net, order(new_pairs), vocabulary).mean() for net in trained[name]])
    return trained, right


def best_arms(shares, near=0.1):
    """Return the arms whose median share is less than `near` below the best one's, as "backwards or both".

    shares : dict arm -> (nets,).
    """
    medians = {name: np.median(found) for name, found in shares.items()}
    return " or ".join(name for name in shares if medians[name] > max(medians.values()) - near)


def print_share_met(pairs, new_pairs):
    """Print, for each length of the sources of `new_pairs`, the share that is among the sources of `pairs`."""
    known, size = {source for source, _ in pairs}, np.array([len(source) for source, _ in new_pairs])
    hit = np.array([source in known for source, _ in new_pairs])
    lengths = np.unique(size)
    print("length:            ", *(f"{T:5}" for T in lengths))
    print("met in training:   ", *(f"{hit[size == T].mean():5.0%}" for T in lengths))
