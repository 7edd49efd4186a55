"""The figures: nothing runs over its box or out of the picture, sliders move them, and pictures are told apart."""

import io
import math

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

from helpers import show  # noqa: E402
from helpers.checking.authoring import find  # noqa: E402
from helpers.figures import rnn_concept as figures  # noqa: E402
from helpers.figures import style  # noqa: E402
from helpers.learner import answers, page  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402
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


def test_alt_text_is_demanded_and_escaped():
    with pytest.raises(ValueError, match="alt"):
        show(figures.draw_latch(), alt="")
    assert 'alt="a &lt;b&gt; &quot;c&quot; d"' in page.image(figures.draw_latch(), alt='a <b> "c" d')


def test_figure_is_closed_after_it_was_shown():
    figure = figures.draw_latch()
    page.image(figure, alt="one unit that remembers")
    assert not pyplot.fignum_exists(figure.number)


def test_colours_have_one_meaning_each():
    used = [style.COLOURS[k] for k in ("rnn", "lstm", "gru", "attention", "window", "truth")]
    assert len(set(used)) == len(used)
    assert style.COLOURS["forward"] != style.COLOURS["backward"]


class TestSliders:
    ipywidgets = pytest.importorskip("ipywidgets")

    def test_moving_a_slider_replaces_the_figure_and_leaves_the_controls(self, monkeypatch):
        shown, moved = [], []

        class Handle:
            def update(self, data, raw):
                moved.append(data["text/html"])

        def display(data, raw, display_id=None):
            shown.append(data)
            return Handle() if display_id else None

        rows = []

        def kept(*given, **named):
            rows.append(made(*given, **named))
            return rows[-1]

        made = page.sliders_and_figure
        monkeypatch.setattr(page, "sliders_and_figure", kept)
        monkeypatch.setattr(page, "in_notebook", lambda: True)
        monkeypatch.setattr("IPython.display.display", display)
        page.explore(figures.draw_latch, alt="one unit that remembers", w=(0.0, 3.0, 2.0))
        controls, figure = shown
        assert "application/vnd.jupyter.widget-view+json" in controls and "text/html" not in controls
        assert set(figure) == {"text/html", "text/plain"}  # an ordinary output: it stays in a saved notebook
        rows[0][1]["w"].value = 0.5
        assert len(moved) == 1 and moved[0] != figure["text/html"] and "one unit that remembers" in moved[0]

    def test_a_control_says_its_name_when_the_mouse_rests_on_it(self):
        _, controls, _ = page.sliders_and_figure(figures.draw_latch, alt="one unit that remembers", w=(0.0, 3.0, 2.0))
        assert controls["w"].tooltip == "w"

    def test_each_kind_of_control(self):
        seen = {}

        def draw(**values):
            seen.update(values)
            return figures.draw_latch()

        _, controls, drawn = page.sliders_and_figure(
            draw, alt="one two three", k=(0, 5, 2), x=(0.0, 1.0, 0.5), mode=["a", "b"], late=(["a", "b"], "b"), on=True
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
        return page.image(figures.draw_unrolled(), alt="one two three")

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
                "from helpers.figures.start_here import plot_means\nshow(plot_means(10), alt='a bell around zero')"
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
    )
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[1].outputs
    assert 'alt="a bell around zero"' in output.data["text/html"] and output.data["image/png"] in output.data["text/html"]
    assert "reveal" in nbconvert.SlidesExporter().from_notebook_node(notebook)[0]
    assert "# # A title" in nbconvert.PythonExporter().from_notebook_node(notebook)[0]
    notebook.cells = notebook.cells[1:]  # text goes through pandoc, which need not be there
    tex, kept = nbconvert.LatexExporter().from_notebook_node(notebook)
    assert "includegraphics" in tex and [png[:4] for png in kept["outputs"].values()] == [b"\x89PNG"]
