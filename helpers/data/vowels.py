"""The Bible with its vowels hidden, and the two-layer net that was trained to put them back."""

import io
import re

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


def windows(ids, starts, T=40):
    """Return windows of T letters that begin at starts (N,): X (N, T, 23) one-hot, which vowel (N, T), and where (N, T, bool)."""
    shown, which, asked = game(ids[np.asarray(starts)[:, None] + np.arange(T)])
    return np.eye(SYMBOLS)[shown], which, asked


def random_windows(ids, rng, N=32, T=40):
    """Yield batches of N windows of T letters, without end, as `windows` returns them."""
    while True:
        yield windows(ids, rng.integers(0, len(ids) - T, N), T)


def blank(phrase, left, right):
    """Return what a net may see of a phrase with one vowel in brackets, "h[e]r name", and what stands around the gap.

    left, right : how many letters before and behind the gap may be seen.
    -> X (1, T, 23) one-hot, the gap's place in it, the letters before and behind it (vowels hidden), and the vowel.
    Raises ValueError where there is not one vowel in brackets.
    """
    found = re.fullmatch(r"([^\[\]]*)\[([aeiou])\]([^\[\]]*)", phrase)
    if not found:
        raise ValueError(f'put one vowel of the phrase in brackets, as in "h[e]r name"; got {phrase!r}')
    before, true, behind = found[1], found[2], found[3]
    shown = hide(before + true + behind)
    at = len(hide(before + true)) - 1
    first, last = max(0, at - left), min(len(shown), at + right + 1)
    ids = letters_to_ids(before + true + behind)[first:last]
    return np.eye(SYMBOLS)[game(ids)[0]][None], at - first, shown[first:at], shown[at + 1 : last], true


def restore_vowels(sentence, nets):
    """Print a sentence without its vowels, and what each net puts in.

    nets : name -> function X (1, T, 23) -> scores (1, T, 5)
    """
    ids = letters_to_ids(str(sentence))
    shown, vowel, asked = game(ids)
    if not asked.any():
        print(f"There is no a, e, i, o or u to put back in {str(sentence)[:40]!r}.")
        return
    wide = max(map(len, ["hidden", *nets])) + 2
    print(f"{'hidden':{wide}}{hide(str(sentence))}")
    for name, net in nets.items():
        said = net(np.eye(SYMBOLS)[shown][None])[0].argmax(axis=1)
        print(f"{name:{wide}}{put_back(ids, said)}   ({np.sum((said != vowel)[asked])} of {asked.sum()} wrong)")


def chances(phrase, left, right, nets):
    """Return what stands before and behind the gap of a phrase (see `blank`), each net's five chances, and the vowel."""
    X, at, before, behind, true = blank(phrase, left, right)
    scores = {name: net(X)[0, at] for name, net in nets.items()}
    return before, behind, {name: np.exp(s - s.max()) / np.exp(s - s.max()).sum() for name, s in scores.items()}, true


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
