"""What counting predicts: tables of the neighbours of a gap, and the best that a sum of two such tables can do.

A text is (shown, answers, asked): whole numbers (T,) that may be seen, the right answers (T,), and where one is asked for.
"""

import numpy as np


def percent_right(pair):
    """Return in per cent how many of the answers (predicted, true), (M,) each, are right."""
    return 100 * np.mean(np.equal(*pair))


def table_predictions(train, test, offsets, symbols):
    """Count which answer came most often with each pattern of neighbours; return (predicted, true), (M,) whole numbers.

    train, test : texts (see above). offsets : which neighbours are looked at, (-2, -1, 1, 2) for two on each side.
    symbols : how many there are, so that the table has symbols ** len(offsets) rows.
    Asked places too near to an end are left out. A pattern that was never counted gets the answer 0.
    """
    classes = int(train[1].max()) + 1
    (key, answer), (asked, true) = _rows(train, offsets, symbols), _rows(test, offsets, symbols)
    counts = np.bincount(classes * key + answer, minlength=classes * symbols ** len(offsets)).reshape(-1, classes)
    return counts.argmax(axis=1)[asked], true


def widest_known(train, test, widest, symbols):
    """Look at `widest` neighbours on each side, and at fewer where that pattern was never counted.

    -> (predicted, true), (M,) whole numbers as in table_predictions, and how many rows all these tables have.
    """
    margin, classes, rows = (widest, widest), int(train[1].max()) + 1, 0
    predicted = None
    for width in range(widest + 1):
        offsets = [d for d in range(-width, width + 1) if d]
        (key, answer), (asked, true) = (_rows(text, offsets, symbols, margin) for text in (train, test))
        known, row = np.unique(key, return_inverse=True)
        counts = np.bincount(classes * row + answer, minlength=classes * len(known)).reshape(-1, classes)
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        found = counts[at].argmax(axis=1)
        predicted = found if predicted is None else np.where(known[at] == asked, found, predicted)
        rows += len(known)
    return (predicted, true), rows


def sum_predictions(train, test, left, right, symbols, rounds=10):
    """Return (predicted, true) of the best table whose score is score(left neighbours) + score(right neighbours).

    It has the same probability of each answer with each left pattern, and with each right pattern, as the training text; the
    scores that do this make the text most probable (iterative proportional fitting, `rounds` times on each side).
    left, right : offsets, as in table_predictions.
    """
    classes = int(train[1].max()) + 1
    sides, answer = _sides(train, (left, right), symbols)
    pairs, pair_of, times = np.unique(sides[0] * symbols ** len(right) + sides[1], return_inverse=True, return_counts=True)
    at = pairs // symbols ** len(right), pairs % symbols ** len(right)              # (P,) each: the patterns of each pair
    scores = [np.zeros((symbols ** len(offsets), classes)) for offsets in (left, right)]
    wanted = [_sums(side, np.eye(classes)[answer], len(score)) for side, score in zip(sides, scores, strict=True)]
    for _ in range(rounds):
        for k in range(2):
            S = scores[0][at[0]] + scores[1][at[1]]
            P = np.exp(S - S.max(axis=1, keepdims=True))
            P *= (times / P.sum(axis=1))[:, None]
            scores[k] += np.log((wanted[k] + 0.1) / (_sums(at[k], P, len(scores[k])) + 0.1))
    sides, true = _sides(test, (left, right), symbols)
    return (scores[0][sides[0]] + scores[1][sides[1]]).argmax(axis=1), true


def _rows(text, offsets, symbols, margin=None):
    """Return the pattern (M,) and the answer (M,) at each asked place."""
    shown, answers, asked = text
    before, behind = margin or (max([0, *(-d for d in offsets)]), max([0, *offsets]))
    T = len(shown)
    key = np.zeros(T - before - behind, int)
    for d in offsets:
        key = symbols * key + shown[before + d : T - behind + d]
    here = slice(before, T - behind)
    return key[asked[here]], answers[here][asked[here]]


def _sides(text, both, symbols):
    margin = max(-d for d in both[0]), max(both[1])
    (left, answer), (right, _) = (_rows(text, offsets, symbols, margin) for offsets in both)
    return (left, right), answer


def _sums(key, values, size):
    """Return (size, K): the rows of values (M, K) added up by key (M,)."""
    return np.stack([np.bincount(key, values[:, k], minlength=size) for k in range(values.shape[1])], axis=1)
