"""Emoji as a text: the "sentence" of an emoji is the set of words that Unicode gives it.

    symbols, keywords, table, names = emoji_table()      # table (emoji, keywords): 1.0 where an emoji has the keyword
"""

import re
from collections import Counter

import numpy as np

from helpers.data import load_emoji


def words_of(emoji):
    """Return the set of words in an emoji's name and keywords, in lower case."""
    return set(re.findall("[a-z]+", " ".join((emoji.name, *emoji.keywords)).lower()))


def with_a_vector(symbols, E):
    """Return the symbols whose row of E (symbols, D) is not almost zero, and these rows."""
    placed = np.linalg.norm(E, axis=1) > 0.01
    return [symbol for symbol, good in zip(symbols, placed, strict=True) if good], E[placed]


def parts_of(text, symbols):
    """Return the places among symbols of the emoji in a sum like "🔥 + 🚗", and ""; where one is not there, [] and a sentence."""
    parts = [part.strip().replace("\ufe0f", "") for part in text.split("+")]
    unknown = [part[:30] for part in parts if part not in symbols]
    if unknown:
        return [], "(no vector for " + ", ".join(f"'{part}'" for part in unknown) + ")"
    return [symbols.index(part) for part in parts], ""


def emoji_table():
    """Return (symbols, keywords, table, names): table (symbols, keywords) holds 1.0 where an emoji has the keyword, else 0.0.

    A keyword that only one emoji has is left out, for it says nothing of others, and so is an emoji with no keyword left.
    names : dict symbol -> its English name.
    """
    emoji = load_emoji()
    bags = {symbol: words_of(e) for symbol, e in emoji.items()}
    times = Counter(word for bag in bags.values() for word in bag)
    keywords = sorted(word for word, n in times.items() if n > 1)
    symbols = [symbol for symbol, bag in bags.items() if bag & set(keywords)]
    table = np.array([[word in bags[symbol] for word in keywords] for symbol in symbols], float)
    return symbols, keywords, table, {symbol: e.name for symbol, e in emoji.items()}
