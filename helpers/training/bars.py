"""A progress bar that leaves nothing behind: not on the page when it is done, and not in a notebook that is saved."""

import sys


def tqdm(iterable=None, **settings):
    """Return tqdm's bar as plain text on the page, which goes when it is done.

    iterable : what the bar goes along with; None for a bar that is moved by hand, by `update`. settings : those of tqdm.
    The widget that tqdm itself would take in a notebook becomes an error message in a notebook that is opened again.
    """
    from tqdm import tqdm as bar  # here, so that helpers can be imported without it

    return bar(iterable, **{"file": sys.stdout, "leave": False, "mininterval": 0.2} | settings)
