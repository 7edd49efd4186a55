"""The course's colours and the look of its axes: the one place for both."""

import contextlib

# Okabe & Ito (2008), readable for the colour-blind; one meaning each, in all nine notebooks
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


@contextlib.contextmanager
def course_style():
    """Draw everything in the body of the `with` in the course's style, whatever the reader's own settings are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcParams.update(LOOK)
        yield


def new_figure(width=7.0, height=3.2, rows=1, columns=1, **settings):
    """Return (figure, axes) in the course's style: width and height in inches, 100 pixels each on the page."""
    from matplotlib import pyplot

    with course_style():
        return pyplot.subplots(rows, columns, figsize=(width, height), **settings)
