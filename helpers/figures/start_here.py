"""The figure of the page "Start here"."""

import numpy as np

from helpers.figures.style import COLOURS, course_style, new_figure
from helpers.figures.words import described


def plot_means(n=10, rows=1000):
    """Return the histogram of the means of `rows` rows of n random numbers, beside how wide it should be."""
    means = np.random.default_rng(0).normal(size=(rows, n)).mean(axis=1)
    figure, axes = new_figure(6.4, 2.6)
    with course_style():
        axes.hist(means, bins=np.linspace(-3, 3, 61), color=COLOURS["state"])
        axes.axvspan(-1 / n**0.5, 1 / n**0.5, color=COLOURS["window"], alpha=0.25, lw=0)
        axes.set(xlim=(-3, 3), xlabel="mean of a row", ylabel=f"rows, of {rows}", title=f"Means of {n} numbers; shaded: ± 1/√{n}")
    return described(figure, f"A histogram of the means of {rows:,} rows of {n} random numbers: a bell around 0. The shaded band "
                             f"reaches from {-1 / n**0.5:.2f} to {1 / n**0.5:.2f}.")
