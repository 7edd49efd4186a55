"""Pairs of strings for sequence to sequence: copies, reversals, dates, sums. Each returns a list of (source, target)."""

import calendar

from .checks import generator, whole
from .sequences import random_strings
from .splits import split_groups

# Written out: the names in `calendar` follow the machine's language.
MONTHS = ("january february march april may june july august september october november december").split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


def copy_pairs(N, length, rng, alphabet="abcdefghijklmnopqrstuvwxyz"):
    """Return N pairs (string, the same string); `length` is a number or (shortest, longest)."""
    return [(text, text) for text in random_strings(N, length, rng, alphabet)]


def reverse_pairs(N, length, rng, alphabet="abcdefghijklmnopqrstuvwxyz"):
    """Return N pairs (string, the string backwards), as ("abc", "cba"); `length` is a number or (shortest, longest)."""
    return [(text, text[::-1]) for text in random_strings(N, length, rng, alphabet)]


def _ordinal(number):
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# Each takes year, month, day and the day of the week (0 = Monday). None leaves out what the ISO date needs, and none
# can be read in two ways: numbers alone are always day.month.year.
DATE_FORMATS = (
    lambda y, m, d, w: f"{d} {MONTHS[m - 1]} {y}",  # 27 march 1963
    lambda y, m, d, w: f"{MONTHS[m - 1]} {d}, {y}",  # march 27, 1963
    lambda y, m, d, w: f"{MONTHS[m - 1][:3]} {d}, {y}",  # mar 27, 1963
    lambda y, m, d, w: f"{d}. {MONTHS[m - 1][:3]} {y}",  # 27. mar 1963
    lambda y, m, d, w: f"{DAYS[w]}, {MONTHS[m - 1]} {d}, {y}",  # wednesday, march 27, 1963
    lambda y, m, d, w: f"the {_ordinal(d)} of {MONTHS[m - 1]} {y}",  # the 27th of march 1963
    lambda y, m, d, w: f"{d:02}.{m:02}.{y}",  # 27.03.1963
    lambda y, m, d, w: f"{d}.{m}.{y}",  # 27.3.1963
)


def format_date(year, month, day, style):
    """Return a date as people write it; style is the number of one of the eight DATE_FORMATS.

    Raises ValueError for a style or a date that does not exist.
    """
    style = whole("style", style, 0, len(DATE_FORMATS) - 1)
    year, month = whole("year", year, 1, 9999), whole("month", month, 1, 12)
    day = whole("day", day, 1, calendar.monthrange(year, month)[1])
    return DATE_FORMATS[style](year, month, day, calendar.weekday(year, month, day))


def date_pairs(N, rng, years=(1950, 2049)):
    """Return N pairs (a date as people write it, the ISO date), as ("mar 27, 1963", "1963-03-27").

    Dates are uniform over the years (both ends included), formats over the eight DATE_FORMATS. The same date can come
    twice in different formats: `split_pairs` keeps it on one side.

    Raises ValueError for years out of order or outside 1000 … 9999.
    """
    N, rng = whole("N", N), generator(rng)
    first, last = whole("years[0]", years[0], 1000, 9999), whole("years[1]", years[1], years[0], 9999)
    pairs = []
    for _ in range(N):
        year, month = int(rng.integers(first, last + 1)), int(rng.integers(1, 13))
        day = int(rng.integers(1, calendar.monthrange(year, month)[1] + 1))
        style = int(rng.integers(len(DATE_FORMATS)))
        pairs.append((format_date(year, month, day, style), f"{year}-{month:02}-{day:02}"))
    return pairs


def sum_pairs(N, rng, digits=2, distinct=True):
    """Return N pairs (sum as text, result), as ("57+5", "62"); each number is uniform from 0 to 10**digits - 1.

    distinct: no sum comes twice (and "5+57" is another one than "57+5").

    Raises ValueError for more distinct sums than there are, or digits outside 1 … 9.
    """
    N, rng, digits = whole("N", N), generator(rng), whole("digits", digits, 1, 9)
    top = 10**digits
    if distinct:
        N = whole("N (the number of distinct sums)", N, 1, top * top)
        chosen = rng.choice(top * top, N, replace=False).tolist()  # each number stands for one pair (a, b)
    else:
        chosen = rng.integers(0, top * top, N).tolist()
    return [(f"{ab // top}+{ab % top}", str(ab // top + ab % top)) for ab in chosen]


def split_pairs(pairs, test=0.1, seed=0, by="source"):
    """Return (training pairs, test pairs), with no source (or, by="target", no target) on both sides.

    For dates use by="target", so that the test has only days that training never saw, in any format. For sums, "57+5"
    and "5+57" can be on two sides: by="operands" keeps them together.

    Raises ValueError if either side would be empty or `by` is none of the three.
    """
    keys_by = {
        "source": lambda source, target: source,
        "target": lambda source, target: target,
        "operands": lambda source, target: "+".join(sorted(source.split("+"))),
    }
    if by not in keys_by:
        raise ValueError(f'by must be "source", "target" or "operands", got {by!r}')
    train, held = split_groups([keys_by[by](*pair) for pair in pairs], test=test, seed=seed)
    return [pairs[i] for i in train], [pairs[i] for i in held]
