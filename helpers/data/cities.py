"""Names of cities in Latin letters, katakana and Cyrillic (data/cities.txt.xz) and a fair split of them."""

from .files import read_text
from .splits import split_groups

SCRIPTS = ("katakana", "cyrillic")


def load_cities(script, folder=None):
    """Return {name: spellings}, as {"chelmsford": ["チェルムスフォード"], …}; the spellings are best first.

    script: "katakana" (6,409 names) or "cyrillic" (13,081). Names are in a–z, space, hyphen and apostrophe.
    Translated names were filtered out by sound, so a model looks better here than on all cities (data/README.md).

    Source: GeoNames (geonames.org), CC BY 4.0. Raises ValueError for another script; DataFileError.
    """
    if script not in SCRIPTS:
        raise ValueError(f'script must be "katakana" or "cyrillic", got {script!r}')
    column = 1 + SCRIPTS.index(script)
    rows = (line.split("\t") for line in read_text("cities.txt.xz", folder).splitlines())
    return {row[0]: row[column].split("|") for row in rows if row[column]}


def split_cities(names, test=0.1, seed=0):
    """Return (training names, test names), two lists; names with the same longest word are on one side.

    So "york" and "new york" stay together; short common parts ("san", "new") are on both sides.
    test: the share of those groups to hold out, or how many.

    Raises ValueError if either side would be empty.
    """
    names = list(names)
    keys = [max(name.replace("-", " ").split(), key=len) for name in names]
    train, held = split_groups(keys, test=test, seed=seed)
    return [names[i] for i in train], [names[i] for i in held]
