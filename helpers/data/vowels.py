"""The Bible with its vowels hidden, and the two-layer net that was trained to put them back."""

import io

import numpy as np

from .files import read_checked
from .letters import ALPHABET, ids_to_letters, letters_to_ids

VOWELS = "aeiou"
SYMBOLS = 23  # what is shown: the space, 21 consonants, and "_" in the place of a vowel
HIDDEN = 96  # units each way, in each of the two layers of data/kjv_vowels.npz
IS_VOWEL = np.array([letter in VOWELS for letter in ALPHABET])
_SHOWN = np.where(IS_VOWEL, SYMBOLS - 1, np.cumsum(~IS_VOWEL) - 1)
_WHICH = np.array([max(VOWELS.find(letter), 0) for letter in ALPHABET])


def game(ids):
    """Return what is shown (0 … 22, where 22 is "_"), which vowel it is (0 … 4), and where there is one (bool).

    ids : whole numbers 0 … 26 of any shape, as bible_letters and letters_to_ids give them; the three answers have its shape.
    """
    return _SHOWN[ids], _WHICH[ids], IS_VOWEL[ids]


def hide(text):
    """Return a text in plain letters, with _ for each vowel."""
    return "".join("_" if IS_VOWEL[i] else ALPHABET[i] for i in letters_to_ids(text))


def put_back(ids, vowels):
    """Return letters ids (T,) as text, with vowels (T,), whole numbers 0 … 4, in the places of its vowels."""
    return "".join(VOWELS[k] if IS_VOWEL[i] else letter for i, k, letter in zip(ids, vowels, ids_to_letters(ids), strict=True))


def table_predictions(train, test, left, right):
    """Count which vowel stood most often between each pattern of neighbours; return (predicted, true), (M,) whole numbers 0 … 4.

    train, test : ids (T,). left, right : how many neighbours the table looks at before and behind the gap.
    M is the number of vowels in test (those too near to an end left out). A pattern that was never counted is answered "a".
    """
    (key, vowel), (asked, true) = _rows(train, left, right), _rows(test, left, right)
    counts = np.bincount(5 * key + vowel, minlength=5 * SYMBOLS ** (left + right)).reshape(-1, 5)
    return counts.argmax(axis=1)[asked], true


def load_vowel_net(folder=None):
    """Return the trained net: [(pf, pb), (pf, pb)], the two layers, and its read-out Wy (192, 5), by (5,), float64.

    pf and pb are dicts Wx (D, 96), Wh (96, 96), b (96,); D is 23 in the first layer and 192 in the second.
    Raises DataFileError where the file is missing or damaged. Made by data/make/kjv_vowels.py.
    """
    with np.load(io.BytesIO(read_checked("kjv_vowels.npz", folder)), allow_pickle=False) as file:
        p = {name: file[name].astype(np.float64) for name in file.files}
    layers = [tuple({name: p[f"{layer}.{way}.{name}"] for name in ("Wx", "Wh", "b")} for way in ("forward", "backward"))
              for layer in ("first", "second")]
    return layers, p["out.W"], p["out.b"]


def _rows(ids, left, right):
    shown, which, asked = game(ids)
    T = len(ids)
    key = np.zeros(T - left - right, int)
    for d in [*range(-left, 0), *range(1, right + 1)]:                 # the neighbours, not the gap
        key = SYMBOLS * key + shown[left + d:T - right + d]
    here = slice(left, T - right)
    return key[asked[here]], which[here][asked[here]]
