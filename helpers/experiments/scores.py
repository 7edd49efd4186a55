"""How good a produced sequence is: right as a whole, or how many changes away from a right one."""

import numpy as np


def edit_distance(one, other):
    """Return the smallest number of insertions, deletions and substitutions that turn one sequence into the other.

    one, other: strings or lists of tokens; edit_distance("kitten", "sitting") is 3.
    Source: Levenshtein, Binary Codes Capable of Correcting Deletions, Insertions, and Reversals, 1966.
    """
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def exact_match(found, references):
    """Return the share of sequences in `found` that equal one of their references (a list of right answers each).

    Raises ValueError: no sequences, or not one list of references for each.
    """
    _check(found, references)
    return float(np.mean([any(list(f) == list(r) for r in right) for f, right in zip(found, references, strict=True)]))


def token_accuracy(found, references):
    """Return 1 - edit distance / length of the reference, summed over all sequences, each with its nearest reference.

    That is 1 minus what speech recognition calls the error rate (of words, or of phones); it can fall below 0.
    Raises ValueError: no sequences, or not one list of references for each.
    """
    _check(found, references)
    changes = length = 0
    for f, right in zip(found, references, strict=True):
        distance, size = min((edit_distance(f, r), len(r)) for r in right)
        changes, length = changes + distance, length + size
    return 1 - changes / length


def mean_of_best(score, found, references, *settings):
    """Return the mean over all sequences in `found` of their best score(sequence, reference, *settings) among their references.

    Raises ValueError: no sequences, or not one list of references for each.
    """
    _check(found, references)
    return float(np.mean([max(score(f, r, *settings) for r in right) for f, right in zip(found, references, strict=True)]))


def _check(found, references):
    if not len(found) or len(found) != len(references):
        raise ValueError(f"{len(found)} sequences and {len(references)} lists of references: one for each is needed")
    if any(isinstance(right, str) or not len(right) for right in references):
        raise ValueError("references: a list of right answers for each sequence, as [['cat'], ['read', 'red']]")
