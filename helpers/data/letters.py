"""The Bible as a stream of 27 letters, with four books held out, and the small net that was trained on it."""

import io

import numpy as np

from .bible import bible_text, load_bible, plain_letters, split_verses
from .files import read_checked

ALPHABET = " abcdefghijklmnopqrstuvwxyz"
HELD_OUT = ["Ruth", "Esther", "Jonah", "James"]


def bible_letters(folder=None):
    """Return (training ids, test ids, alphabet): the Bible's letters as whole numbers 0 … 26, 0 is the space.

    The test ids are the books Ruth, Esther, Jonah and James, which the training ids do not have.
    Raises DataFileError where the file is missing or damaged.
    """
    train, test = split_verses(load_bible(folder=folder), test=HELD_OUT)
    return letters_to_ids(bible_text(train)), letters_to_ids(bible_text(test)), ALPHABET


def letters_to_ids(text):
    """Return the letters a–z and single spaces of a text as ids (T,); everything else is left out."""
    codes = np.frombuffer(plain_letters(text).encode("ascii"), np.uint8).astype(np.int64)
    return np.where(codes == ord(" "), 0, codes - ord("a") + 1)


def random_letters(ids, N, T, seed):
    """Yield letters from N places in ids, one-hot X (N, T, 27), float32, and the letter after each (N, T), without end."""
    rng, letters = np.random.default_rng(seed), np.eye(27, dtype=np.float32)
    while True:
        some = ids[rng.integers(0, len(ids) - T - 1, N)[:, None] + np.arange(T + 1)]
        yield letters[some[:, :-1]], some[:, 1:]


def ids_to_letters(ids):
    """Return ids 0 … 26 as text."""
    return "".join(ALPHABET[i] for i in np.asarray(ids).ravel())


def without_spaces(ids):
    """Return the letters of ids (T,) alone, as 0 … 25, and for each a 1 where a space followed it, else 0."""
    follows = np.append(ids[1:], 0) == 0
    return ids[ids > 0] - 1, follows[ids > 0].astype(int)


def restore_spaces(text, nets):
    """Print a text without its spaces, and where each net puts them; nets : name -> function X (1, T, 26) -> scores (1, T, 2)."""
    ids, follows = without_spaces(letters_to_ids(str(text)))
    if not len(ids):
        print(f"There is no letter a–z in {str(text)[:40]!r}.")
        return
    wide = max(map(len, ["run on", *nets])) + 2
    print(f"{'run on':{wide}}{ids_to_letters(ids + 1)}")
    for name, net in nets.items():
        cut = net(np.eye(26, dtype=np.float32)[ids][None])[0].argmax(axis=1)
        line = "".join(ALPHABET[i + 1] + " " * c for i, c in zip(ids, cut, strict=True)).strip()
        print(f"{name:{wide}}{line}   ({np.sum(cut[:-1] != follows[:-1])} wrong)")


def load_letter_rnn(folder=None):
    """Return the weights of the trained net: Wx (27, 128), Wh (128, 128), b (128,), Wy (128, 27), by (27,), float64.

    Raises DataFileError where the file is missing or damaged. Made by data/make/kjv_rnn.py.
    """
    with np.load(io.BytesIO(read_checked("kjv_rnn.npz", folder)), allow_pickle=False) as file:
        return {name: file[name].astype(np.float64) for name in file.files}
