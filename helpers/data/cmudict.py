"""English words with their phones (data/cmudict.txt.xz) and a fair split of them."""

from .files import read_text
from .splits import split_groups
from .vocabulary import BOS, EOS, PAD, Vocabulary


def load_cmudict(stress=False, folder=None):
    """Return {word: pronunciations}: 106,317 words of 3 to 10 letters, {"read": [("R", "EH", "D"), ("R", "IY", "D")], …}.

    stress: keep the digits on vowels (0 none, 1 first, 2 second: "EH1"); without them, variants that become equal are
    one. The first pronunciation is the dictionary's main one.

    Source: the CMU Pronouncing Dictionary, Carnegie Mellon University. Raises DataFileError.
    """
    text = read_text("cmudict.txt.xz", folder)
    if not stress:
        text = text.replace("0", "").replace("1", "").replace("2", "")  # spellings hold no digits
    entries = (line.split("\t") for line in text.splitlines())
    # dict.fromkeys drops variants that have become equal, and keeps the order
    return {word: list(dict.fromkeys(tuple(p.split()) for p in phones.split("|"))) for word, phones in entries}


def split_words(words, test=1000, families=True, seed=0):
    """Return (training words, test words), two lists with no word on both sides.

    test: how many to hold out, or which share. families=True keeps a word and its plural, "cat" and "cats", "city" and
    "cities", on one side (see `families_of`), for a net that knows "cat" has all but learnt "cats"; the number held out
    then counts families. Other relatives ("walk", "walked"; "fire", "fireman") may be on two sides.
    A dict of words, as from `load_cmudict`, has each word once with all its variants, so no variant can leak.

    Raises ValueError if either side would be empty.
    """
    words = list(dict.fromkeys(words))
    keys = list(families_of(words).values()) if families else words
    train, held = split_groups(keys, test=test, seed=seed)
    return [words[i] for i in train], [words[i] for i in held]


def families_of(words):
    """Return {word: head of its family}, the head being the family's shortest word: {"cats": "cat", "cat": "cat", …}.

    A word in -s, -es or -ies belongs to the family of the given word without it. The rule knows spelling only, so it
    also joins "pas" and "pass", and through "cates" even "cat" and "cate": rather too strict than leaky.
    """
    words = list(words)
    parent = {word: word for word in words}

    def head(word):
        while parent[word] != word:
            word = parent[word]
        return word

    for word in words:
        singulars = [word[:-1]] if word.endswith("s") else []
        singulars += [word[:-2]] if word.endswith("es") else []
        singulars += [word[:-3] + "y"] if word.endswith("ies") else []
        for singular in singulars:
            if singular in parent:  # join the two families under the shorter head
                first, second = sorted((head(word), head(singular)), key=lambda w: (len(w), w))
                parent[second] = first
    return {word: head(word) for word in words}


def letters_and_phones(words):
    """Return the vocabulary of the letters of words and that of their phones; words : as from `load_cmudict`."""
    phones = Vocabulary.build([p for ways in words.values() for p in ways], specials=(PAD, BOS, EOS))
    return Vocabulary.build(words, specials=(PAD,)), phones
