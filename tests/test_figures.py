"""The figures: nothing runs over its box or out of the picture, sliders move them, and pictures are told apart."""

import io
import math
import pathlib
import re

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402
from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: E402

from helpers import show  # noqa: E402
from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import rnn_concept as figures  # noqa: E402
from helpers.figures import style  # noqa: E402
from helpers.figures.style import new_figure  # noqa: E402
from helpers.figures.words import described, from_the_top, listed, reaches, trend, trends  # noqa: E402
from helpers.learner import answers, page  # noqa: E402
from tests.figure_checks import functions, test_of  # noqa: E402
from tests.pictures import FEW, comparable, difference  # noqa: E402

ADDER = find("1.7").reference()
bits = np.linspace(4, 2, 9)
sizes = 10 ** np.linspace(1, 6, 9)
t = np.arange(100)
FIGURES = {
    "unrolled": figures.draw_unrolled,
    "shapes": figures.draw_shapes,
    "tree": figures.draw_tree,
    "adder": lambda: figures.draw_adder(ADDER),
    "adder after 3": lambda: figures.draw_adder(ADDER, a=127, b=1, step=3),
    "adder before": lambda: figures.draw_adder(ADDER, step=0),
    "latch": figures.draw_latch,
    "latch that forgets": lambda: figures.draw_latch(0.3, -1.0, 3.0),
    "growth": lambda: figures.plot_parameter_growth(sizes, sizes * 4, sizes * 0 + 50),
    "bits": lambda: figures.plot_bits(range(9), bits, sizes, 1.9, 23_000),
    "wrong starts": lambda: figures.plot_wrong_starts({"the right state": bits, "blank": bits + 1, "another": bits + 2}),
    "surprise": lambda: figures.plot_surprise("in the beginning" * 9, np.linspace(0, 9, 144)),
    "forecasts": lambda: figures.plot_forecasts(
        t,
        np.sin(t),
        {k: {"window": (t, t * 0.0), "RNN": (t, t * 0.1)} for k in (1, 4, 16, 64)},
        {(k, n): 0.5 for k in (1, 4, 16, 64) for n in ("window", "RNN")},
    ),
}
test_figure = test_of(FIGURES)


def test_readers_own_settings_do_not_change_a_figure():
    def png():
        data = io.BytesIO()
        figures.draw_latch().savefig(data, dpi=50)
        return data.getvalue()

    plain = png()
    with matplotlib.rc_context({"lines.linewidth": 1, "axes.facecolor": "black", "font.size": 20}):
        assert difference(plain, png()) == 0


@pytest.mark.parametrize("name", functions())
def test_every_figure_of_the_course_is_drawn_by_a_test_and_so_held_against_all_checks(name):
    module, function = name.split(".")
    own = "" if module == "rnn_concept" else f"_{module}"
    drawn = (pathlib.Path(__file__).parent / f"test_figures{own}.py").read_text("utf-8")
    assert re.search(rf"figures\.{function}\b", drawn), f"{function} is in no list FIGURES"


def test_words_are_demanded_and_escaped():
    with pytest.raises(ValueError, match='no words of its own.*alt="what one sees"'):
        show(pyplot.figure())
    for nothing in ("", "a figure", 3):
        with pytest.raises(ValueError, match="alt should say in words"):
            show(figures.draw_latch(), alt=nothing)
    assert 'alt="a &lt;b&gt; &quot;c&quot; d"' in page.image(pyplot.figure(), alt='a <b> "c" d')


def test_a_figures_own_words_are_shown_unless_the_cell_gives_others(monkeypatch):
    shown = []
    monkeypatch.setattr(page, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    show(described(pyplot.figure(), "a line\n    that rises"))
    show(described(pyplot.figure(), "a line that rises"), alt="my own words")
    for data, words in zip(shown, ("a line that rises", "my own words"), strict=True):
        assert f'alt="{words}"' in data["text/html"] and data["text/plain"] == f"[figure: {words}]"


def test_how_a_curve_goes_in_words():
    ways = {"a": [1, 2, 3], "b": [3, 1.1, 1], "c": [1, 1.2, 0.9], "d": [0, 5, 1], "e": [4, 1, 5], "f": [0, 0, 1]}
    assert [trend(way) for way in ways.values()] == [
        "rises", "falls", "stays about level", "rises and falls again", "falls and rises again", "rises"]
    assert trend([1, 3, 9], times=10) == "stays about level"
    assert trends({name: ways[name] for name in "abf"}) == "rises for a and f; falls for b"
    ends = {"a": [1, 3], "b": [1, 0.5, 0.03], "c, d": [1, 1e-4], "e": [2, 1e-9]}
    assert reaches(ends) == ("ends higher than it begins for a; falls, but not below a thousandth, for b; "
                             "falls below a thousandth for “c, d” and e")
    assert from_the_top({"low": [1, 2], "high": [0, 9], "middle": 3}) == "high, middle, low"
    assert [listed(names) for names in ([], "a", "ab", "abc", np.arange(2))] == ["none", "a", "a and b", "a, b and c", "0 and 1"]
    assert listed(["a, b", "c"]) == "“a, b” and c"


def test_figure_is_closed_after_it_was_shown():
    figure = figures.draw_latch()
    page.image(figure)
    assert not pyplot.fignum_exists(figure.number)


def test_colours_have_one_meaning_each():
    used = [style.COLOURS[k] for k in ("rnn", "lstm", "gru", "attention", "window", "truth")]
    assert len(set(used)) == len(used)
    assert style.COLOURS["forward"] != style.COLOURS["backward"]


class TestSliders:
    ipywidgets = pytest.importorskip("ipywidgets")

    def test_moving_a_slider_replaces_the_figure_and_its_words_and_leaves_the_controls(self, monkeypatch):
        shown, moved, rows = [], [], []

        class Handle:
            def update(self, data, raw):
                moved.append(data["text/html"])

        def display(data, raw, display_id=None):
            shown.append(data)
            return Handle() if display_id else None

        made = page.sliders_and_figure
        monkeypatch.setattr(page, "sliders_and_figure", lambda *given, **named: rows.append(made(*given, **named)) or rows[-1])
        monkeypatch.setattr(page, "in_notebook", lambda: True)
        monkeypatch.setattr("IPython.display.display", display)
        page.explore(figures.draw_latch, w=(0.0, 3.0, 2.0))
        controls, figure = shown
        assert "application/vnd.jupyter.widget-view+json" in controls and "text/html" not in controls
        assert set(figure) == {"text/html", "text/plain"}  # an ordinary output: it stays in a saved notebook
        assert 'alt="w = 2,' in figure["text/html"] and "the pulse is remembered" in figure["text/plain"]
        rows[0][1]["w"].value = 0.5
        assert len(moved) == 1 and 'alt="w = 0.5,' in moved[0] and "the pulse is forgotten" in moved[0]
        assert moved[0].split("base64,")[1] != figure["text/html"].split("base64,")[1]

    def test_a_figure_that_moves_keeps_its_places_until_a_label_needs_more_room(self, monkeypatch):
        laid_out = []
        execute = ConstrainedLayoutEngine.execute
        monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda self, fig: laid_out.append(1) or execute(self, fig))

        def draw(top, words):
            figure, axes = new_figure(4, 3)
            axes.set(ylim=(0, top), yticks=[0, top], ylabel=words)
            places.append(axes)
            return described(figure, "an empty pair of axes")

        kept, places = {}, []
        for top in (5, 3, 9):
            page.image(draw(top, "height"), places=kept)
        assert len(laid_out) == 1 and places[2].get_position().bounds == places[0].get_position().bounds
        page.image(draw(1234567, "height"), places=kept)  # a wider label
        assert len(laid_out) == 2 and places[3].get_position().x0 > places[0].get_position().x0
        page.image(draw(5, "height"), places=kept)
        assert len(laid_out) == 2 and places[4].get_position().bounds == places[3].get_position().bounds
        page.image(draw(5, "a label so long that it leaves the picture at the end"), places=kept)  # cut off
        assert len(laid_out) == 3

    def test_a_control_says_its_name_when_the_mouse_rests_on_it(self):
        _, controls, _ = page.sliders_and_figure(figures.draw_latch, w=(0.0, 3.0, 2.0))
        assert controls["w"].tooltip == "w"

    def test_words_for_figures_of_ones_own_stay(self):
        _, controls, drawn = page.sliders_and_figure(
            lambda w: pyplot.figure(), alt="one unit that remembers", w=(0.0, 3.0, 2.0)
        )
        controls["w"].value = 0.5
        assert 'alt="one unit that remembers"' in drawn()["text/html"]
        with pytest.raises(ValueError, match="no words of its own"):
            page.explore(lambda w: pyplot.figure(), w=(0.0, 3.0, 2.0))

    def test_each_kind_of_control(self):
        seen = {}

        def draw(**values):
            seen.update(values)
            return figures.draw_latch()

        _, controls, drawn = page.sliders_and_figure(
            draw, k=(0, 5, 2), x=(0.0, 1.0, 0.5), mode=["a", "b"], late=(["a", "b"], "b"), on=True
        )
        drawn()
        assert seen == {"k": 2, "x": 0.5, "mode": "a", "late": "b", "on": True}
        assert controls["late"].options == ("a", "b")
        controls["mode"].value, controls["on"].value = "b", False
        drawn()
        assert seen["mode"] == "b" and seen["on"] is False
        assert math.isclose(controls["x"].step, 0.01)


def png(draw):
    data = io.BytesIO()
    figure, axes = pyplot.subplots(figsize=(4, 3), dpi=144)
    draw(axes)
    figure.savefig(data)
    return data.getvalue()


x = np.linspace(0, 1, 50)


def test_equal_pictures_are_equal_and_a_lost_or_moved_curve_is_seen():
    two = png(lambda axes: (axes.plot(x, x), axes.plot(x, 1 - x)))
    assert difference(two, png(lambda axes: (axes.plot(x, x), axes.plot(x, 1 - x)))) == 0
    assert difference(two, png(lambda axes: (axes.plot(x, x), axes.plot(x, 1 - x + 1e-4)))) <= FEW
    assert difference(two, png(lambda axes: (axes.plot(x, x), axes.plot(x, (1 - x) ** 2)))) > FEW
    assert difference(two, png(lambda axes: (axes.plot(x, x), axes.plot(x, 0 * x, alpha=0)))) > FEW


def test_only_the_picture_is_left_out_of_the_comparison():
    import base64

    code = base64.b64encode(png(lambda axes: axes.plot(x, x))).decode()
    other = base64.b64encode(png(lambda axes: axes.plot(x, x**9))).decode()

    def page_with(picture, alt="words"):
        return [
            {
                "output_type": "display_data",
                "data": {"text/html": f'<img alt="{alt}" src="data:image/png;base64,{picture}">'},
            }
        ]

    a, b = comparable(page_with(code), page_with(code))
    assert a == b
    a, b = comparable(page_with(code), page_with(other))
    assert a != b and "looks different" in a[0]["data"]["text/html"]
    a, b = comparable(page_with(code), page_with(code, "other words"))
    assert a != b


def test_the_readers_own_settings_neither_break_nor_change_a_figure_and_come_back():
    import matplotlib

    def drawn():
        return page.image(figures.draw_unrolled())

    before = drawn()
    mine = {"text.usetex": True, "savefig.bbox": "tight", "figure.autolayout": True, "xtick.direction": "in", "lines.marker": "o"}
    with matplotlib.rc_context(mine):
        assert drawn() == before
        assert all(matplotlib.rcParams[key] == value for key, value in mine.items())


def test_a_figure_reaches_latex_slides_and_a_script(tmp_path):
    """A browser takes the page with the words for those who cannot see; LaTeX takes the PNG beside it."""
    import nbconvert
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A title"),
            nbformat.v4.new_code_cell(
                f"import sys; sys.path.insert(0, {str(answers.ROOT)!r})\nfrom helpers import show\n"
                "from helpers.figures.start_here import plot_means\nshow(plot_means(10))"
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
    )
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[1].outputs
    assert "a bell around 0" in output.data["text/html"] and output.data["image/png"] in output.data["text/html"]
    assert "reveal" in nbconvert.SlidesExporter().from_notebook_node(notebook)[0]
    assert "# # A title" in nbconvert.PythonExporter().from_notebook_node(notebook)[0]
    notebook.cells = notebook.cells[1:]  # text goes through pandoc, which need not be there
    tex, kept = nbconvert.LatexExporter().from_notebook_node(notebook)
    assert "includegraphics" in tex and [png[:4] for png in kept["outputs"].values()] == [b"\x89PNG"]
