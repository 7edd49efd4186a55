"""What emoji are called and go with, in English (data/emoji.txt.xz)."""

from typing import NamedTuple

from .files import read_text


class Emoji(NamedTuple):
    """One emoji's English short name ("angry face") and keywords (("anger", "angry", "blame", …))."""

    name: str
    keywords: tuple


def load_emoji(folder=None):
    """Return {emoji: Emoji(name, keywords)} for 1,539 of them, as {"👑": Emoji("crown", ("clothing", …)), …}.

    Source: Unicode CLDR 48.2 annotations, Unicode License v3. Raises DataFileError.
    """
    rows = (line.split("\t") for line in read_text("emoji.txt.xz", folder).splitlines())
    return {symbol: Emoji(name, tuple(keywords.split("|"))) for symbol, name, keywords in rows}
