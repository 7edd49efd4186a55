"""English spelling and sound as ids, split fairly, and the attention net that was trained on them."""

import io

import numpy as np

from .cmudict import letters_and_phones, load_cmudict, split_words
from .files import read_checked
from .vocabulary import PAD, Vocabulary

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIZES = {"embedding": 32, "hidden": 128}  # of the net in data/cmudict_attention.npz


def spelling_and_sound(folder=None):
    """Return (training words, test words, pronunciations, vocabulary of letters, vocabulary of phones).

    pronunciations is {word: [phones, …]} of all words, the dictionary's main one first. No test word is in training, nor
    is its plural or singular (see `split_words`).

    Raises DataFileError where the file is missing or damaged.
    """
    sounds = load_cmudict(folder=folder)
    train, test = split_words(sounds, test=1000)
    return train, test, sounds, Vocabulary(LETTERS, specials=(PAD,)), letters_and_phones(sounds)[1]


def load_speller(folder=None):
    """Return the weights of the trained net: {parameter of Translator: float32 array}.

    It is Translator(27, 42, **SIZES, attention="dot", bidirectional=True), for the vocabularies of `spelling_and_sound`.
    Raises DataFileError where the file is missing or damaged. Made by data/make/cmudict_attention.py.
    """
    with np.load(io.BytesIO(read_checked("cmudict_attention.npz", folder)), allow_pickle=False) as file:
        return {name: file[name].astype(np.float32) for name in file.files}
