"""The Bible as a stream of its 1000 most frequent words, and the small net that was trained on it."""

import io

import numpy as np

from .bible import bible_text, load_bible, split_verses, words
from .files import read_checked
from .vocabulary import UNK, Vocabulary


def bible_words(size=1000, folder=None):
    """Return (vocabulary, training ids, test ids): one chapter in ten is held out, seed 0.

    The vocabulary holds UNK, which is word 0, and the `size` - 1 most frequent words and marks of the training text.
    Raises DataFileError where the file is missing or damaged.
    """
    parts = split_verses(load_bible(folder=folder), test=0.1, seed=0)
    train, test = (words(bible_text(part)) for part in parts)
    vocab = Vocabulary.build([train], specials=(UNK,), max_size=size)
    return vocab, np.array(vocab.encode(train)), np.array(vocab.encode(test))


def spread_rows(ids, rows=32, width=200):
    """Return `rows` rows of `width` words (rows, width), which begin at even distances from each other in the text."""
    far = len(ids) // rows
    return ids[: rows * far].reshape(rows, far)[:, :width]


def print_corpus(vocab, train_ids, test_ids, rows, shown=12):
    """Print how many words there are, how many of those in rows (N, T) are unknown, and the first `shown` of rows."""
    print(f"{len(train_ids):,} words to train on")
    print(f"{len(test_ids):,} held out, {rows.size:,} of them used as the test")
    print(f"{np.mean(rows == 0):.0%} of the test's words are unknown")
    print("it begins:", *(vocab.tokens[i] for i in rows[0, :shown]))


def load_word_gru(folder=None):
    """Return the weights of the trained net, float32, by the names of a LanguageModel: embed.W (1000, 48), cell.Wx … out.b.

    Raises DataFileError where the file is missing or damaged. Made by data/make/kjv_word_gru.py.
    """
    with np.load(io.BytesIO(read_checked("kjv_word_gru.npz", folder)), allow_pickle=False) as file:
        return {name: file[name].astype(np.float32) for name in file.files}
