"""The figure of the page "Start here", also where its slider ends."""

import matplotlib

matplotlib.use("Agg")

from helpers.figures import start_here as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

test_figure = test_of({f"means of {n}": lambda n=n: figures.plot_means(n) for n in (1, 10, 100)})
