"""The King James Bible: 31,102 verses with their references (data/kjv.txt.xz)."""

import re
from typing import NamedTuple

from .files import read_text
from .splits import split_groups


class Verse(NamedTuple):
    """One verse: book ("Genesis"), chapter and verse (from 1), and its text."""

    book: str
    chapter: int
    verse: int
    text: str


def load_bible(books=None, folder=None):
    """Return the verses of the King James Bible, in order, as a list of Verse(book, chapter, verse, text).

    books: names of the books to keep, as ["Genesis", "Exodus"]; all 66 if not given.

    Raises ValueError for a book that is not there; DataFileError if the file is missing or damaged.
    """
    verses = []
    for line in read_text("kjv.txt.xz", folder).splitlines():
        reference, text = line.split("\t")
        book, place = reference.rsplit(" ", 1)
        chapter, verse = place.split(":")
        verses.append(Verse(book, int(chapter), int(verse), text))
    if books is None:
        return verses
    _known_books(books, verses, "books")
    return [verse for verse in verses if verse.book in set(books)]


def split_verses(verses, test=0.1, by="chapter", seed=0):
    """Return (training verses, test verses), both in reading order, with no chapter (or book) on both sides.

    test: the share of chapters (or books) to hold out, drawn by seed; or a list of book names to hold out.
    by: "chapter" or "book"; what is kept in one piece when test is a share.

    Neighbouring verses tell one story in the same words, so single verses are never split. Some chapters retell others
    (Kings and Chronicles, the four Gospels): where that matters, hold out whole books that have no twin.

    Raises ValueError for an unknown book, a `by` that is neither, or a share that leaves one side empty.
    """
    if by not in ("chapter", "book"):
        raise ValueError(f'by must be "chapter" or "book", got {by!r}')
    if isinstance(test, (int, float)):
        keys = [verse[:2] if by == "chapter" else verse[:1] for verse in verses]
        train_rows, test_rows = split_groups(keys, test=test, seed=seed)
        return [verses[i] for i in train_rows], [verses[i] for i in test_rows]
    _known_books(test, verses, "test")
    held = set(test)
    return [v for v in verses if v.book not in held], [v for v in verses if v.book in held]


def bible_text(verses, lower=False):
    """Return the verses as one string, one verse a line (what a character model reads)."""
    text = "\n".join(verse.text for verse in verses)
    return text.lower() if lower else text


def plain_letters(text):
    """Return the text with nothing but a–z and single spaces: "The king's" -> "the kings"."""
    return " ".join(re.findall("[a-z]+", text.lower().replace("'", "")))


def words(text, lower=True, punctuation=True):
    """Return the words of a text in order: "Jesus wept." -> ["jesus", "wept", "."].

    An apostrophe or hyphen inside a word stays in it ("king's"); punctuation=False leaves the marks out.
    """
    pattern = r"[A-Za-z]+(?:['-][A-Za-z]+)*'?" + (r"|[.,:;?!()]" if punctuation else "")
    return re.findall(pattern, text.lower() if lower else text)


def _known_books(books, verses, argument):
    if isinstance(books, str):
        raise ValueError(f"{argument} must be a list of book names, got the string {books!r}: write [{books!r}]")
    known = list(dict.fromkeys(verse.book for verse in verses))
    for book in books:
        if book not in known:
            raise ValueError(f"{argument} has {book!r}, which is none of the books {', '.join(known)}")
