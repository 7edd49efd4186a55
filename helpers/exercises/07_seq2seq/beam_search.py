"""Exercise 7.6: beam search."""

import numpy as np

from helpers.checking.authoring import exercise

from .shared import Model


@exercise("7.6", title="Beam search", returns={"hypotheses": ""}, hints=[
    "What is the log-probability of a longer sequence, given that of its beginning? And among which candidates are the best ones chosen: those of one parent, or all?",
    "One list for the candidates of all parents. Sort it once by log p and keep `width`. Those that end in EOS go to `ended` and are not extended any more.",
    "`candidates.append(((*tokens, k), log_p + float(q)))`; `best = sorted(candidates, key=lambda c: c[1], reverse=True)[:width]`; "
    "`beam = [c for c in best if c[0][-1] != eos]`; divide by `len(c[0]) ** alpha` in the last line.",
])
def beam_search(next_log_p, bos, eos, width, max_len, alpha):
    """Return the `width` best sequences that a beam finds, best first.

    next_log_p(tokens) -> (K,), log p of each next token after these (a tuple, bos first)
    -> a tuple of pairs (tokens, log p): tokens without bos, with eos where they have ended.
    A beam keeps the `width` likeliest candidates of all parents together; one that ends in
    eos leaves the beam and is kept apart. In the end all, ended or not, are ranked by
    log p / length^alpha, the length being the number of tokens, eos counted; alpha = 0 is
    plain log p.
    A sequence a, eos with p = .5 · .4 has log p = log .2 = -1.609.
    """
    beam, ended = [((), 0.0)], []
    for _ in range(max_len):
        candidates = []
        for tokens, log_p in beam:
            for k, q in enumerate(next_log_p((bos, *tokens))):
                # TODO: write the line: append the pair (tokens, log p) to `candidates`
                candidates.append(((*tokens, k), log_p + float(q)))
                # END
        # TODO: write the line: `best`, the `width` likeliest of all candidates
        best = sorted(candidates, key=lambda c: c[1], reverse=True)[:width]
        # END
        ended += [c for c in best if c[0][-1] == eos]
        beam = [c for c in best if c[0][-1] != eos]        # TODO: those that can go on, a list
        if not beam:
            break
    # TODO: write the line: `ranked`, all by log p / length^alpha, best first
    ranked = sorted(ended + beam, key=lambda c: c[1] / len(c[0]) ** alpha, reverse=True)
    # END
    return tuple(ranked[:width])


def _next_of(table, time, shift, tokens):
    """Return log p of the next token, which depends on the last one and on how many there are, plus `shift`."""
    s = table[tokens[-1] if tokens else 0] + time[min(len(tokens), 11)]
    return s - s.max() - np.log(np.exp(s - s.max()).sum()) + shift


def _known(rng, K, scale=1.0, eos=0, liking=0.0, shift=0.0):
    """Return next_log_p of a random model."""
    table, time = scale * rng.normal(size=(K, K)), scale * 0.7 * rng.normal(size=(12, K))
    table[:, eos] += liking
    return Model(_next_of, table, time, shift)


def _trap(tokens):
    """The likeliest first token leads nowhere: a greedy search finds .6 · .4, the best sequence has .4 · .9."""
    p = {1: [0.0001, 0.0001, 0.5998, 0.4], 2: [0.4, 0.0001, 0.2999, 0.3], 3: [0.9, 0.0001, 0.05, 0.0499], 0: [0.25] * 4}
    return np.log(p[tokens[-1] if tokens else 0])


def _late(tokens):
    """The best sequence, 3 2 0, begins well, is third after two tokens, and wins with the last."""
    after = {
        (): [0.01, 0.01, 0.55, 0.43], (2,): [0.05, 0.05, 0.5, 0.4], (3,): [0.1, 0.08, 0.42, 0.4],
        (2, 2): [0.3, 0.25, 0.24, 0.21], (2, 3): [0.28, 0.27, 0.23, 0.22], (3, 2): [0.97, 0.01, 0.01, 0.01],
    }
    return np.log(after.get(tokens[1:], [0.4, 0.3, 0.2, 0.1]))


@beam_search.cases
def _(rng):
    yield "width 1, the likeliest first token is a trap", (_trap, 1, 0, 1, 3, 0.0)
    yield "width 2, the same model", (_trap, 1, 0, 2, 3, 0.0)
    yield "width 2, the best sequence is third on its way", (_late, 1, 0, 2, 3, 0.0)
    yield "width 3, a random model of 4 tokens", (_known(rng, 4), 1, 0, 3, 4, 0.0)
    yield "width 2, eos is likely from the start, alpha = 1", (_known(rng, 5, 1.2, liking=1.0), 1, 0, 2, 5, 1.0)
    yield "width 4, 6 tokens, alpha = 0.7", (_known(rng, 6, 1.5, liking=1.0), 2, 0, 4, 6, 0.7)
    yield "width 3, very unlikely tokens, alpha = 0", (_known(rng, 5, 60.0, shift=-200.0), 1, 0, 3, 6, 0.0)
    table = np.array([[1, 0, 0, 0], [.35, .05, .2, .4], [.11, .37, .27, .25], [.65, .05, .15, .15], [.01, .13, .79, .07]])
    yield "width 1, the model of section 8", (Model(_next_of, np.log(np.maximum(table, 1e-12)), np.zeros((12, 4)), 0.0), 4, 0, 1, 4, 0.0)
    # ended and running ones are close together in these, so that every other order or choice shows
    yield "width 2, eos = 2, alpha = 1", (_known(np.random.default_rng(68), 5, 0.6, eos=2, liking=0.5), 1, 2, 2, 6, 1.0)
    yield "width 3, eos = 2, alpha = 0.5", (_known(np.random.default_rng(111), 4, 0.8, eos=2, liking=0.2), 1, 2, 3, 6, 0.5)
    yield "width 2, eos = 2, alpha = 0.5", (_known(np.random.default_rng(85), 4, 0.5, eos=2, liking=0.4), 1, 2, 2, 5, 0.5)
    yield "a width that never prunes", (_known(rng, 3), 1, 0, 60, 3, 0.0)
    yield "one token, width 2", (_known(rng, 5), 1, 0, 2, 1, 1.0)


beam_search.same(beam_search.changed(      # ties the other way round
    ("sorted(candidates, key=lambda c: c[1], reverse=True)", "sorted(candidates, key=lambda c: c[1])[::-1]"),
    ("** alpha, reverse=True)", "** alpha)[::-1]")))


@beam_search.same
def _(next_log_p, bos, eos, width, max_len, alpha):
    import heapq

    live, done = {(): 0.0}, {}
    for _ in range(max_len):
        grown = {(*tokens, k): log_p + q for tokens, log_p in live.items() for k, q in enumerate(next_log_p((bos, *tokens)))}
        kept = heapq.nlargest(width, grown, key=grown.get)
        done |= {tokens: grown[tokens] for tokens in kept if tokens[-1] == eos}
        live = {tokens: grown[tokens] for tokens in kept if tokens[-1] != eos}
    everything = done | live
    return tuple((t, everything[t]) for t in heapq.nlargest(width, everything, key=lambda t: everything[t] / len(t) ** alpha))


@beam_search.same
def _(next_log_p, bos, eos, width, max_len, alpha):
    beam, ended = [((), 0.0)], []
    while beam and len(beam[0][0]) < max_len:
        scores = np.concatenate([log_p + next_log_p((bos, *tokens)) for tokens, log_p in beam])
        K = len(scores) // len(beam)
        order = np.argsort(-scores / (len(beam[0][0]) + 1) ** alpha)[:width]      # all of one length: alpha changes nothing here
        best = [((*beam[i // K][0], int(i % K)), float(scores[i])) for i in order]
        ended, beam = ended + [b for b in best if b[0][-1] == eos], [b for b in best if b[0][-1] != eos]
    return tuple(sorted(beam + ended, key=lambda c: -c[1] / len(c[0]) ** alpha)[:width])


@beam_search.observed_by
def _(answer, next_log_p, bos, eos, width, max_len, alpha):
    if not isinstance(answer, (tuple, list)):
        raise ValueError(f"Expected a tuple of pairs (tokens, log p); got {type(answer).__name__}.")
    pairs = []
    for pair in answer:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], (tuple, list)):
            raise ValueError("Each entry of the result should be a pair (tokens, log p), tokens being a tuple.")
        try:
            pairs.append((" ".join(str(int(k)) for k in pair[0]), np.float64(float(pair[1]))))
        except (TypeError, ValueError):
            raise ValueError("In each pair (tokens, log p) the tokens should be ids, and log p one number.") from None
    return tuple(pairs)


@beam_search.explained_by
def _(answer, next_log_p, bos, eos, width, max_len, alpha):
    right = beam_search.reference(next_log_p, bos, eos, width, max_len, alpha)
    if len(answer) != len(right):
        return f"Expected {len(right)} sequence{'s' * (len(right) != 1)}, got {len(answer)}."
    if [tuple(map(int, t)) for t, _ in answer] == [t for t, _ in right]:
        return "The sequences are right, but not all of their log-probabilities."
    if sorted(tuple(map(int, t)) for t, _ in answer) == sorted(t for t, _ in right):
        return "The right sequences, in the wrong order."
    return "Not the sequences that a beam of this width finds."


SORTED = "best = sorted(candidates, {}"
BY_LOG_P = "key=lambda c: c[1], reverse=True)"
RANKED = "ranked = sorted(ended + beam, key=lambda c: {}, reverse=True)"
WORST = "The worst come first: the largest log p, the one nearest to 0, is the best."
KEEPS_WORST = "The beam keeps the *least* likely candidates: sort so that the largest log p comes first."
EXTENDED = "What has ended stays in your beam, and is extended again after its EOS: only those go on that have not ended."
CONSTANT = "You look for the token 0 as the end. The id of EOS is an argument, and another vocabulary has another."
STAYS_0 = "Every log p of yours stays 0, as it was at the start: that of the new token has to be added, for the logarithm of a product is a sum."
NO_POWER = "alpha is not the power of the length in yours: as a factor, or around the whole quotient, it does not change the order. Only the length is raised to the power alpha."

beam_search.mistakes_in("block", [
    (STAYS_0, "candidates.append(((*tokens, k), log_p * float(q)))", "candidates.append(((*tokens, k), log_p))"),
    ("Each candidate carries only the log p of its last token: that of its beginning has to be added.", "candidates.append(((*tokens, k), float(q)))"),
    ("You add a probability to a logarithm. The logarithm of a product is a sum of logarithms, and q is one already.", "candidates.append(((*tokens, k), log_p + float(np.exp(q))))"),
    ("The log p of the new token is subtracted: both are added, and log p gets lower with each token.", "candidates.append(((*tokens, k), log_p - float(q)))"),
    ("`next_log_p` returns logarithms already: the logarithm of a number below 0 is NaN.", "candidates.append(((*tokens, k), log_p + float(np.log(q))))"),
    ("The new token is put before the others: a sequence grows at its end.", "candidates.append(((k, *tokens), log_p + float(q)))"),
    ("Your sequences hold the last token alone: the new token comes after all those that its beginning has.", "candidates.append(((k,), log_p + float(q)))"),
    ("You divide by the length at each step. Carry the plain sum; divide once, when all is ranked in the end.",
     "candidates.append(((*tokens, k), (log_p + float(q)) / (len(tokens) + 1) ** alpha))",
     "candidates.append(((*tokens, k), (log_p * len(tokens) + float(q)) / (len(tokens) + 1)))"),
])

beam_search.mistakes_in("block__2", [
    ("Your beam is never wider than 1: `width` is not used, or each parent passes on its best child alone. The `width` best of ALL candidates are kept, also two of one parent.",
     SORTED.format(BY_LOG_P + "[:1]")),
    ("You keep the best `width` children of EACH parent: that beam gets wider at every step. The `width` best of all are kept.",
     "best = [c for t, _ in beam for c in sorted([c for c in candidates if c[0][:-1] == t], key=lambda c: -c[1])[:width]]"),
    ("Nothing is pruned: this is exact search, and its cost grows exponentially with the length.", "best = candidates"),
    ("You cut before you sort: the first `width` candidates are not the best ones.", "best = sorted(candidates[:width], " + BY_LOG_P),
    ("Nothing is sorted: the first `width` candidates are not the best ones.", "best = candidates[:width]"),
    ("Your beam is one too wide: `width` candidates are kept, not one more.", SORTED.format(BY_LOG_P + "[: width + 1]")),
    ("Pairs are sorted by their first entry, and here that is the tokens: the ids decide who is kept. Sort by log p.", SORTED.format("reverse=True)[:width]")),
    ("Your beam gets narrower with each sequence that has ended: at each step `width` candidates are kept.", SORTED.format(BY_LOG_P + "[: max(0, width - len(ended))]")),
    (KEEPS_WORST, SORTED.format("key=lambda c: c[1])[:width]")),
])

beam_search.mistakes_in("beam", [
    (EXTENDED, "best"),
    ("An ended sequence takes one of the `width` places of its step; you fill the beam up again with worse ones.", "sorted([c for c in candidates if c[0][-1] != eos], key=lambda c: c[1], reverse=True)[:width]"),
    (CONSTANT, "[c for c in best if c[0][-1] != 0]"),
    ("Those that have ended go on, and those that have not are dropped: it is the other way round.", "[c for c in best if c[0][-1] == eos]"),
])

beam_search.mistakes_in("block__3", [
    ("Your ended sequences are lost: they leave the beam, but they have to be ranked with the others in the end.", RANKED.format("c[1] / len(c[0]) ** alpha").replace("ended + ", "")),
    ("You drop what is still in the beam when max_len is reached: those sequences have to be ranked, too.", RANKED.format("c[1] / len(c[0]) ** alpha").replace(" + beam", "")),
    ("You drop what is still in the beam when max_len is reached: those sequences have to be ranked, too.", RANKED.format("c[1] / len(c[0]) ** alpha").replace("+", "or")),
    ("An ended one is counted twice: `best` holds it and `ended` as well. Rank what has ended and what is still in the beam.",
     RANKED.format("c[1] / len(c[0]) ** alpha").replace("beam", "best")),
    ("Nothing is ranked in the end: ended ones and those in the beam have to be sorted together, best first.", "ranked = ended + beam"),
    ("alpha has no effect: rank by log p divided by the length to the power alpha.", RANKED.format("c[1]")),
    ("You multiply by the length to the power alpha. That punishes long sequences even more; dividing makes up for their length.", RANKED.format("c[1] * len(c[0]) ** alpha")),
    ("You divide by the length whatever alpha is: with alpha = 0 it is the plain log p that ranks.", RANKED.format("c[1] / len(c[0])")),
    (NO_POWER, RANKED.format("c[1] / len(c[0]) * alpha")),
    ("The power is around the whole quotient, (log p / length)^alpha. Only the length is raised to the power alpha.", RANKED.format("(c[1] / len(c[0])) ** alpha")),
    (NO_POWER, RANKED.format("-(abs(c[1] / len(c[0])) ** alpha)")),
    ("BOS is counted into your length: it is the number of tokens that are said, and BOS is only heard.", RANKED.format("c[1] / (len(c[0]) + 1) ** alpha")),
    ("You leave EOS out of the length: it counts, like every token that is said.", RANKED.format("c[1] / max(1, len(c[0]) - (c[0][-1] == eos)) ** alpha")),
    ("That is another penalty, ((5 + length) / 6) to the power alpha, in use elsewhere. Here it is the plain length to the power alpha.",
     RANKED.format("c[1] / ((5 + len(c[0])) / 6) ** alpha")),
    (WORST, RANKED.format("c[1]").replace(", reverse=True", "")),
    (WORST, RANKED.format("c[1] / len(c[0]) ** alpha").replace(", reverse=True", "")),
    ("You return log p divided by the length: rank by that, but return log p itself.", "ranked = sorted([(t, p / len(t) ** alpha) for t, p in ended + beam], key=lambda c: c[1], reverse=True)"),
])

beam_search.mistake("Both of your sorts begin with the smallest log p: the likeliest is the one whose log p is largest, nearest to 0.",
                    block__2=SORTED.format("key=lambda c: c[1])[:width]"), block__3=RANKED.format("c[1] / len(c[0]) ** alpha").replace(", reverse=True", ""))

BEGIN, ASK, STOP = "beam, ended = [((), 0.0)], []", "next_log_p((bos, *tokens))", "        if not beam:"
SORT = "best = sorted(candidates, key=lambda c: c[1], reverse=True)[:width]"
NOT_RETURNED = "`list.sort` sorts the list where it stands and returns None: there is nothing to keep. `sorted` returns a list."
for sentence, *changes in [
    ("You carry probabilities, not their logarithms: over long sequences they underflow to 0, and what is asked for is log p, a sum.", (BEGIN, "beam, ended = [((), 1.0)], []"), ("log_p + float(q)", "log_p * float(np.exp(q))")),
    ("You multiply log-probabilities. The logarithm of a product is a sum.", (BEGIN, "beam, ended = [((), 1.0)], []"), ("log_p + float(q)", "log_p * float(q)")),
    ("Your beam starts with `width` beginnings that are all equal: each sequence comes `width` times, and the copies fill the beam. It starts with one.", (BEGIN, "beam, ended = [((), 0.0)] * width, []")),
    ("The candidates of the steps before are still in your list: each step begins with an empty one.", ("        candidates = []\n", ""), (BEGIN, "beam, ended, candidates = [((), 0.0)], [], []")),
    ("Sequences that have ended are extended further: after EOS nothing may follow.", ("        ended += [c for c in best if c[0][-1] == eos]\n", ""), ("beam = [c for c in best if c[0][-1] != eos]", "beam = best")),
    ("You set aside ended candidates that the beam had pruned: only those that are among the `best` count.", ("ended += [c for c in best", "ended += [c for c in candidates")),
    (CONSTANT, ("c[0][-1] == eos", "c[0][-1] == 0"), ("c[0][-1] != eos", "c[0][-1] != 0")),
    ("You stop as soon as one sequence has ended: another one in the beam may end later and be likelier.", (STOP, "        if ended or not beam:")),
    ("You stop as soon as `width` sequences have ended: those still in the beam may end later and be likelier.", (STOP, "        if len(ended) >= width or not beam:")),
    ("BOS is missing before the tokens when you ask for the next: the model hears another beginning.", (ASK, "next_log_p(tokens)")),
    ("Your sequences begin with BOS: it is heard, not said. Leave it out of the length, too.", (BEGIN, "beam, ended = [((bos,), 0.0)], []"), (ASK, "next_log_p(tokens)")),
    ("Your sequences begin with BOS: it is heard, not said. Leave it out of the length, too.", ("tuple(ranked[:width])", "tuple(((bos, *t), p) for t, p in ranked[:width])")),
    ("Only the best sequence is returned. The `width` best are wanted.", ("tuple(ranked[:width])", "tuple(ranked[:1])")),
    (NOT_RETURNED, (SORT, "best = candidates.sort(key=lambda c: c[1], reverse=True)[:width]")),
    (NOT_RETURNED, (SORT, "best = candidates.sort(key=lambda c: c[1], reverse=True)")),
    ("The tokens are a tuple, and a tuple takes no list: `(*tokens, k)`, or `tokens + (k,)`.", ("((*tokens, k), ", "(tokens + [k], ")),
]:
    beam_search.mistake(sentence)(beam_search.changed(*changes))


@beam_search.mistake("Ended sequences keep their place in your beam and take it from others. Here they leave it, and are ranked in the end.")
def _(next_log_p, bos, eos, width, max_len, alpha):
    beam = [((), 0.0)]
    for _ in range(max_len):
        ended = [c for c in beam if c[0][-1:] == (eos,)]
        grown = [((*t, k), p + float(q)) for t, p in beam if t[-1:] != (eos,) for k, q in enumerate(next_log_p((bos, *t)))]
        beam = sorted(ended + grown, key=lambda c: c[1], reverse=True)[:width]
    return tuple(sorted(beam, key=lambda c: c[1] / len(c[0]) ** alpha, reverse=True))
