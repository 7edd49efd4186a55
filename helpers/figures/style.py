"""The course's colours and the look of its axes: the one place for both."""

import contextlib

# Okabe & Ito (2008), readable for the colour-blind; one meaning each, in all notebooks
COLOURS = {
    "rnn": "#0072B2",
    "lstm": "#D55E00",
    "gru": "#009E73",
    "attention": "#CC79A7",
    "forward": "#0072B2",
    "backward": "#D55E00",
    "input": "#009E73",
    "state": "#0072B2",
    "output": "#CC79A7",
    "window": "#E69F00",
    "truth": "#333333",
    "quiet": "#9A9A9A",
}
PALE = {"input": "#D4EFE6", "state": "#D3E6F3", "output": "#F6E3EC", "quiet": "#EEEEEE", "window": "#FBEBCB"}
MAGNITUDE, SIGNED = "Blues", "RdBu_r"  # colour maps: sequential, and diverging around 0

LOOK = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "text.color": "#222222",
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 10,
    "axes.labelcolor": "#222222",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "axes.grid": False,
    "lines.linewidth": 1.8,
    "image.cmap": MAGNITUDE,
}


_readers = []  # the reader's own settings, while a figure of the course is drawn


@contextlib.contextmanager
def course_style():
    """Draw everything from here until the figure is shown in the course's style, whatever the reader's own settings are."""
    begin()
    yield


def begin():
    """Put matplotlib's defaults and the course's style in the place of the reader's settings, until `end`.

    The reader's own fonts stay as those for signs that ours lacks; the backend stays.
    """
    import matplotlib

    if not _readers:
        _readers.append(matplotlib.rcParams.copy())
    kept = {"font.family": [LOOK["font.family"], *(f for f in _readers[0]["font.family"] if f != LOOK["font.family"])]}
    defaults = {k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith(("backend", "interactive", "webagg"))}
    matplotlib.rcParams.update({**defaults, **LOOK, **kept})


def end():
    """Give the reader's settings back."""
    import matplotlib

    if _readers:
        settings = _readers.pop()
        matplotlib.rcParams.update({k: v for k, v in settings.items() if not k.startswith(("backend", "interactive", "webagg"))})


def share_maps(figure, axes, maps, *, shrink):
    """Draw maps of shares of the largest of 32 by 32 steps, logarithmic down to a thousandth, with one bar of colours.

    axes : an array of axes. maps : dict title -> (32, 32), at most 1. shrink : how long the bar is, as a share of the axes.
    """
    import numpy as np

    for ax, (title, M) in zip(axes.flat, maps.items(), strict=True):
        shown = ax.imshow(np.log10(np.maximum(M, 1e-8)), vmin=-3, vmax=0, cmap=MAGNITUDE)
        ax.set(title=title, xticks=[0, 10, 20, 30], yticks=[0, 10, 20, 30])
    bar = figure.colorbar(shown, ax=axes, shrink=shrink, ticks=[-3, -2, -1, 0])
    bar.ax.set_yticklabels(["≤ 0.001", "0.01", "0.1", "1"])
    bar.set_label("share of the largest")


def new_figure(width=7.0, height=3.2, rows=1, columns=1, **settings):
    """Return (figure, axes) in the course's style, which holds until the figure is shown.

    width and height in inches, 100 pixels each on the page.
    """
    from matplotlib import pyplot

    begin()
    return pyplot.subplots(rows, columns, figsize=(width, height), **settings)
