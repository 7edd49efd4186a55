"""A trained Translator, step by step: its cell as a function, and what it says where some places are forbidden."""

import numpy as np

from helpers.models.translator import Translator


def gru_cell(params, name="decoder"):
    """Return cell(x, s) -> the next state: the GRU called `name` in the params of a net, gates in the order z, r, n.

    x (N, D), s (N, H).
    """
    Wx, Wh, b = (params[f"{name}.{part}"] for part in ("Wx", "Wh", "b"))
    H = len(Wh)

    def cell(x, s):
        a, u = x @ Wx + b, s @ Wh
        z, r = np.split(1 / (1 + np.exp(-(a[:, : 2 * H] + u[:, : 2 * H]))), 2, axis=1)
        return z * s + (1 - z) * np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])

    return cell


def write_by_hand(step, net, source, mask, steps, *, bos, look=None):
    """Return the likeliest tokens (N, steps) and the weights (N, steps, T), by the step of exercise 9.5 with a net's parameters.

    step(x (N, D), s (N, H), K (N, T, H), mask (N, T), cell, W, b) -> y (N, H), the next s, the weights (N, T)
    look (N, T) : where the decoder may look, if that is not the encoder's mask
    """
    p, cell = net.params, gru_cell(net.params)
    s, (K, _, _) = net.encode(source, mask)
    token, tokens, weights = np.full(len(source), bos), [], []
    for _ in range(steps):
        y, s, A = step(p["embed_target.W"][token], s, K, mask if look is None else look, cell, p["combine.W"], p["combine.b"])
        token = (y @ p["out.W"] + p["out.b"]).argmax(axis=1)
        tokens.append(token)
        weights.append(A)
    return np.stack(tokens, axis=1), np.stack(weights, axis=1)


def trained_translator(weights, source, target, **sizes):
    """Return a Translator with attention over an encoder that reads both ways, with these weights {name: array}.

    source, target : its vocabularies; sizes : embedding and hidden.
    """
    net = Translator(len(source), len(target), attention="dot", bidirectional=True, rng=np.random.default_rng(0), **sizes)
    for name, trained in weights.items():
        net.params[name][...] = trained
    return net


def mean_weights(nets, source, mask, steps, *, bos, eos):
    """Return (steps, T): where nets look at each step while they write, the mean over the rows of source (N, T) and the nets."""
    looks = (net.greedy(source, mask, bos=bos, eos=eos, max_len=steps)[1] for net in nets)
    return np.mean([A[:, :steps].mean(axis=0) for A in looks], axis=0)


def said_when_allowed(net, source, source_mask, so_far, allowed):
    """Return the likeliest next tokens (N, S) and the weights (N, S, T), when some places are forbidden.

    allowed (N, S, T) True where step s may look. The decoder is told the right tokens so far, and its state does not
    depend on where it looks: each step is a test by itself.
    """
    state, (K, _, first) = net.encode(source, source_mask)
    scores, _, A, _ = net._decode(so_far, state, (K, allowed, first))
    return scores.argmax(axis=2), A


def greedy_without_end(net, source, source_mask, *, bos, eos, steps):
    """Return the likeliest tokens (N, steps) when eos may not be said: what a net would go on to say if it did not stop."""
    state, memory = net.encode(source, source_mask)
    token, tokens = np.full(len(source), bos), []
    for _ in range(steps):
        log_p, state, _ = net.step(token, state, memory)
        log_p[:, eos] = -np.inf
        token = log_p.argmax(axis=1)
        tokens.append(token)
    return np.stack(tokens, axis=1)


def where_it_breaks(nets, source, source_mask, wanted, *, bos, eos):
    """Return what nets look at as long as all is right, and at which step their first mistake comes, on the same strings.

    wanted (N, S), the last of each row eos. -> the mean weights (S, T) over the rows that are right before the step, the share
    of all rows whose first mistake at each step is eos, too soon (S,), and the same for every other token (S,).
    """
    S, total, alive, stops, others = wanted.shape[1], 0.0, 0.0, 0.0, 0.0
    for net in nets:
        tokens, A = net.greedy(source, source_mask, bos=bos, eos=eos, max_len=S)
        missing = S - tokens.shape[1]                                  # all rows have ended before the last step
        tokens = np.pad(tokens, ((0, 0), (0, missing)), constant_values=eos)
        A = np.pad(A, ((0, 0), (0, missing), (0, 0)))
        wrong = tokens != wanted
        before = np.cumsum(wrong, axis=1) - wrong == 0                 # (N, S): no mistake yet
        first = wrong & before
        total, alive = total + (A * before[:, :, None]).sum(axis=0), alive + before.sum(axis=0)
        stops, others = stops + (first & (tokens == eos)).sum(axis=0), others + (first & (tokens != eos)).sum(axis=0)
    n = len(nets) * len(source)
    return total / np.maximum(alive, 1)[:, None], stops / n, others / n
