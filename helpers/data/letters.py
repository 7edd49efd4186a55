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


def ids_to_letters(ids):
    """Return ids 0 … 26 as text."""
    return "".join(ALPHABET[i] for i in np.asarray(ids).ravel())


def load_letter_rnn(folder=None):
    """Return the weights of the trained net: Wx (27, 128), Wh (128, 128), b (128,), Wy (128, 27), by (27,), float64.

    Raises DataFileError where the file is missing or damaged. Made by data/make/kjv_rnn.py.
    """
    with np.load(io.BytesIO(read_checked("kjv_rnn.npz", folder)), allow_pickle=False) as file:
        return {name: file[name].astype(np.float64) for name in file.files}
