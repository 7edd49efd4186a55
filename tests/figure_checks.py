"""What every figure has to keep to, whatever it shows: `test_figure = test_of({"name": a function that draws one, …})`.

`functions()` finds all that draw, in helpers/figures; test_figures.py holds the tests' own lists against it.
"""

import functools
import importlib
import inspect
import pkgutil
import re

import pytest
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg

import helpers.figures


def functions():
    """Return the names of all functions that return a figure, as "lstm.draw_cell"."""
    names = [found.name for found in pkgutil.iter_modules(helpers.figures.__path__)]
    modules = [importlib.import_module(f"helpers.figures.{name}") for name in names]
    return [f"{module.__name__.rpartition('.')[2]}.{name}" for module in modules
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if re.match("draw_|plot_", name) and function.__module__ == module.__name__]


@functools.lru_cache(maxsize=1)
def texts(figure):
    """Return the texts that are drawn: not those of ticks beyond the ends of their axis. Draws a figure once."""
    figure.canvas.draw()
    axes = [axis for a in figure.axes for axis in (a.xaxis, a.yaxis)]
    shown = [axis for axis in axes if axis.axes.axison]
    ticks = {
        id(label)
        for axis in axes
        for tick in (*axis.majorTicks, *axis.minorTicks)
        for label in (tick.label1, tick.label2)
    }
    hidden = {id(text) for axis in axes if axis not in shown for text in axis.findobj(pyplot.Text)}
    found = [text for text in figure.findobj(pyplot.Text) if id(text) not in ticks | hidden]
    for axis in shown:
        low, high = sorted(axis.get_view_interval())
        found += [
            label
            for at, label in zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
            if low <= at <= high
        ]
    return [text for text in found if text.get_text().strip() and text.get_visible()]


def check_no_text_runs_over_its_box(figure):
    renderer = figure.canvas.get_renderer()
    for patch, text in getattr(figure, "boxes", []):
        box, words = patch.get_window_extent(renderer), text.get_window_extent(renderer)
        assert box.x0 <= words.x0 and words.x1 <= box.x1 and box.y0 <= words.y0 and words.y1 <= box.y1, text.get_text()


def check_no_text_leaves_the_picture_or_is_too_small(figure):
    found = texts(figure)
    renderer, (width, height) = figure.canvas.get_renderer(), figure.canvas.get_width_height()
    for text in found:
        words = text.get_window_extent(renderer)
        assert words.x0 >= -1 and words.y0 >= -1 and words.x1 <= width + 1 and words.y1 <= height + 1, text.get_text()
        assert text.get_fontsize() >= 9, text.get_text()


def check_no_text_runs_into_another(figure):
    found = texts(figure)
    renderer = figure.canvas.get_renderer()
    boxes = [(x.get_text(), x.get_window_extent(renderer).padded(-1)) for x in found]
    boxes = [(words, box) for words, box in boxes if box.width > 0 and box.height > 0]
    for i, (words, box) in enumerate(boxes):
        for other, second in boxes[:i]:
            assert not box.overlaps(second), (words, other)


def check_as_wide_as_a_page_and_white(figure):
    assert 4 <= figure.get_figwidth() <= 8
    assert figure.get_facecolor()[:3] == (1, 1, 1)


def check_it_says_in_words_what_one_sees(figure):
    words = getattr(figure, "words", "")  # from `return described(figure, …)`
    assert len(words.split()) >= 8 and words.endswith((".", "?")), words
    assert not re.search(r"\bnan\b|array\(|dict_|[{}$\\]|  |[:,] ?\.", words), words  # what slips out of a program


CHECKS = (
    check_it_says_in_words_what_one_sees,
    check_no_text_runs_over_its_box,
    check_no_text_leaves_the_picture_or_is_too_small,
    check_no_text_runs_into_another,
    check_as_wide_as_a_page_and_white,
)


def test_of(figures):
    """Return a test that holds each check against each of the figures; a figure is drawn once for all of its checks."""
    drawn = {}

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
    @pytest.mark.parametrize("name", figures)
    def test_figure(name, check):
        if name not in drawn:
            drawn.clear()
            drawn[name] = figures[name]()
        FigureCanvasAgg(drawn[name])  # to close a figure takes its canvas away
        check(drawn[name])

    return test_figure


test_of.__test__ = False  # its name begins like a test's, and it makes one
