"""Small models of words of which every sequence can be listed: what a search finds in them, and how long the best ones are."""

import numpy as np

END, START = 0, 4  # tokens: the end, three words, and what stands before the first one
LENGTH = 6  # tokens at most


def random_model(seed):
    """Return next_log_p(tokens) -> log p (4,) of the next token, which depends on the last one only."""
    rng = np.random.default_rng(seed)
    s = rng.normal(size=(5, 4)) - [1.0, 0, 0, 0]                    # the end is a little less likely
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return lambda tokens: log_p[tokens[-1]]


def from_table(table):
    """Return next_log_p(tokens) -> log p (4,) of the next token; table (5, 4) of p, a row for each token and for START."""
    return lambda tokens: np.log(np.maximum(table[tokens[-1]], 1e-12))


def greedy_path(table):
    """Return the tokens that greedy says, the end included, and their probability; table (5, 4) of p of the next token."""
    at, path, p = START, [], 1.0
    while at != END:
        at, p = int(table[at].argmax()), p * table[at].max()
        path.append(at)
    return path, p


def search_models(beam_search, widths, alphas, models):
    """Search some random models with beams and exactly, up to six tokens; return found, sizes, typical, cut.

    beam_search(next_log_p, bos, eos, width, max_len, alpha) : a list of (tokens, log p), the best first
    found     (models, widths) bool: does a beam of this width find the likeliest of all sequences?
    sizes     {alpha: (models,)}: tokens in the best of the sequences that end, ranked by log p / (number of tokens) ** alpha
    typical   (models,): the mean number of tokens over all sequences, weighted by their probability
    cut       (models,): how much of the probability belongs to sequences that have not ended after six tokens
    """
    found, typical, cut, sizes = [], [], [], {alpha: [] for alpha in alphas}
    for seed in range(models):
        model = random_model(seed)
        everything = beam_search(model, START, END, 10**6, LENGTH, 0.0)      # all sequences, best first
        logs = [beam_search(model, START, END, width, LENGTH, 0.0)[0][1] for width in widths]
        found.append(np.isclose(logs, everything[0][1]))
        typical.append(sum(np.exp(log_p) * len(tokens) for tokens, log_p in everything))
        cut.append(sum(np.exp(log_p) for tokens, log_p in everything if tokens[-1] != END))
        ended = [one for one in everything if one[0][-1] == END]
        for alpha in alphas:
            best = max(ended, key=lambda one: one[1] / len(one[0]) ** alpha)
            sizes[alpha].append(len(best[0]))
    return np.array(found), {alpha: np.array(n) for alpha, n in sizes.items()}, np.array(typical), np.array(cut)
