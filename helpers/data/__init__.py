"""The course's data: real texts and word lists from data/, and sequences made to order.

One file per subject: bible, cmudict, cities, emoji (what data/ holds); sequences, pairs, series, planted (generators);
vocabulary (tokens and ids), splits (training and test), files (reading with checksums).

Belongs here: what is read from data/ and what a generator makes. Does not: batches (training/), what a
lesson measures (experiments/).
"""

from .bible import Verse, bible_text, load_bible, plain_letters, split_verses, words
from .cities import load_cities, split_cities
from .cmudict import families_of, load_cmudict, split_words
from .emoji import Emoji, load_emoji
from .files import DataFileError
from .pairs import copy_pairs, date_pairs, format_date, reverse_pairs, split_pairs, sum_pairs
from .planted import planted_analogies, planted_corpus
from .sequences import (
    adding_problem,
    binary_addition,
    bits_to_ints,
    carry_lengths,
    delayed_recall,
    echo,
    induction,
    majority_of_3,
    random_strings,
)
from .series import mackey_glass, narma10, noisy_sine
from .splits import split_groups
from .vocabulary import BOS, EOS, PAD, UNK, Vocabulary

__all__ = [
    "BOS", "EOS", "PAD", "UNK", "DataFileError", "Emoji", "Verse", "Vocabulary", "adding_problem", "bible_text",
    "binary_addition", "bits_to_ints", "carry_lengths", "copy_pairs", "date_pairs", "delayed_recall", "echo",
    "families_of", "format_date", "induction", "load_bible", "load_cities", "load_cmudict", "load_emoji",
    "mackey_glass", "majority_of_3", "narma10", "noisy_sine", "plain_letters", "planted_analogies", "planted_corpus",
    "random_strings", "reverse_pairs", "split_cities", "split_groups", "split_pairs", "split_verses", "split_words",
    "sum_pairs", "words",
]  # fmt: skip
