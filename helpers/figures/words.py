"""What one sees in a figure, in words: for those who cannot see it.

Words say what is drawn from these arguments and no more, since a slider at another place, another seed or a changed experiment
draws something else. How a curve goes and which one is on top is computed; numbers that a training brought stay out, for another
processor brings others.
"""

import numpy as np


def described(figure, words):
    """Return the figure with the words of what one sees in it, which `show` and `explore` put onto the page."""
    figure.words = " ".join(words.split())
    return figure


def listed(names, empty="none"):
    """Return "a", "a and b" or "a, b and c", a name that holds a comma in quotes; `empty` where there are none."""
    *most, last = map(_quoted, names) if len(names) else [empty]
    return f"{', '.join(most)} and {last}" if most else last


def trend(values, times=1.25):
    """Return how a curve of numbers from 0 up goes, from its first to its last.

    "rises", "falls", "stays about level", or "rises and falls again", "falls and rises again" where it leaves both ends.
    What is less than `times` as large counts as level.
    """
    first, last = values[0], values[-1]
    if np.max(values) > times * max(first, last):
        return "rises and falls again"
    if times * np.min(values) < min(first, last):
        return "falls and rises again"
    return "rises" if last > times * first else "falls" if first > times * last else "stays about level"


def trends(curves, times=1.25):
    """Return the names of curves by how they go: "falls for a and b; rises for c". curves : dict name -> (K,)."""
    ways = {}
    for name, values in curves.items():
        ways.setdefault(trend(values, times), []).append(name)
    return "; ".join(f"{way} for {listed(names)}" for way, names in ways.items())


def reaches(curves):
    """Return how far gradients reach: which end below a thousandth of their beginning, and which do not, higher or lower.

    curves : dict name -> (K,), from 1 step back to K.
    """
    ends = {name: curve[-1] / curve[0] for name, curve in curves.items()}
    ways = {"ends higher than it begins": [name for name, end in ends.items() if end >= 1],
            "falls, but not below a thousandth,": [name for name, end in ends.items() if 1e-3 <= end < 1],
            "falls below a thousandth": [name for name, end in ends.items() if end < 1e-3]}
    return "; ".join(f"{way} for {listed(names)}" for way, names in ways.items() if names)


def from_the_top(values):
    """Return the names from that of the largest number to that of the smallest. values : dict name -> number or numbers."""
    return ", ".join(_quoted(name) for name in sorted(values, key=lambda name: -np.median(values[name])))


def _quoted(name):
    return f"“{name}”" if "," in str(name) else str(name)
