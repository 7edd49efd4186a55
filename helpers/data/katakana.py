"""City names in Latin letters and in katakana as ids, split fairly, and the attention net that was trained on them."""

import io

import numpy as np

from .cities import load_cities, split_cities
from .files import read_checked
from .vocabulary import BOS, EOS, PAD, Vocabulary

SIZES = {"embedding": 32, "hidden": 96}  # of the net in data/katakana_attention.npz


def names_and_katakana(folder=None):
    """Return (training names, test names, spellings, vocabulary of letters, vocabulary of katakana).

    spellings is {name: [katakana, …]} of all names, the best first. Names with the same longest word are on one side.
    Raises DataFileError where the file is missing or damaged.
    """
    cities = load_cities("katakana", folder)
    train, test = split_cities(cities, test=500)
    signs = Vocabulary.build([k for spellings in cities.values() for k in spellings], specials=(PAD, BOS, EOS))
    return train, test, cities, Vocabulary.build(cities, specials=(PAD,)), signs


def load_katakana_net(folder=None):
    """Return the weights of the trained net: {parameter of Translator: float32 array}.

    It is Translator(30, 85, **SIZES, attention="dot", bidirectional=True), for the vocabularies of `names_and_katakana`.
    Raises DataFileError where the file is missing or damaged. Made by data/make/katakana_attention.py.
    """
    with np.load(io.BytesIO(read_checked("katakana_attention.npz", folder)), allow_pickle=False) as file:
        return {name: file[name].astype(np.float32) for name in file.files}
