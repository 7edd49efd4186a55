"""Put a figure on the page with its alt text, and tie sliders to a function that draws one."""

import base64
import bisect
import functools
import html
import io
import math

from helpers.figures.style import begin, end
from helpers.learner.cards import in_notebook

DPI = 144  # drawn finer than it is shown, so that it is sharp on every screen
SHOWN = 100  # shown at 100 pixels an inch of the figure
OFF = 4  # of 255: a colour that is no further off looks the same
COLOURS = (32, 48, 64, 96, 128, 192, 256)  # that a figure may be packed into


def show(figure, *, alt=None):
    """Show a matplotlib figure on the page, as an image with words for those who cannot see it, and close it.

    alt : str, what one sees in the figure; the course's own figures bring words along, which stand where there is no `alt`.
    Raises ValueError where there are no words.
    """
    alt = words_of(figure, alt)
    page = image(figure, alt=alt, small=True)
    if in_notebook():
        from IPython.display import display

        png = page.partition("base64,")[2].partition('"')[0]  # what LaTeX and slides show; a browser takes the page
        display({"text/html": page, "image/png": png, "text/plain": f"[figure: {alt}]"}, raw=True)


def words_of(figure, alt=None):
    """Return the words of what one sees in a figure: `alt`, or those that the figure brings along (helpers/figures/words.py).

    Raises ValueError where neither is in words.
    """
    words = getattr(figure, "words", None) if alt is None else alt
    if words is None:
        raise ValueError('this figure has no words of its own for those who cannot see it: give them, alt="what one sees"')
    if not isinstance(words, str) or len(words.split()) < 3:
        raise ValueError(f"alt should say in words what one sees in the figure, got {words!r}")
    return words


def image(figure, *, alt=None, small=False, places=None):
    """Return a figure as an HTML image tag with its words, and close the figure.

    alt : as for `show`. small : whether it is packed into 256 colours or fewer, a third of the size, which takes a little time.
    places : dict, where the axes of the drawing before lay, for figures that follow a slider: see `_pixels`.
    """
    alt = words_of(figure, alt)
    from matplotlib import pyplot
    from PIL import Image

    wide, high = (round(side * SHOWN) for side in figure.get_size_inches())
    begin()
    try:
        picture = Image.fromarray(_pixels(figure, {} if places is None else places)).convert("RGB")
    finally:
        end()
        pyplot.close(figure)
    data = base64.b64encode(_png(picture, small)).decode()
    return (
        f'<img alt="{html.escape(alt)}" width="{wide}" height="{high}" style="max-width:100%;height:auto;background:white" '
        f'src="data:image/png;base64,{data}">'
    )


def _pixels(figure, places):
    """Return a figure's pixels (rows, columns, 4), and put into `places` where its axes lie.

    Finding places where no label covers another takes two thirds of the time of a drawing. A figure that follows a slider keeps
    those of its first drawing, so nothing jumps; they are found anew where a label has become wider or is cut off.
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(DPI)
    canvas, engine = FigureCanvasAgg(figure), figure.get_layout_engine()
    kind = (len(figure.axes), *figure.get_size_inches())
    if engine and places.get("kind") == kind:
        figure.set_layout_engine("none")
        for axes, place in zip(figure.axes, places["axes"], strict=True):
            axes.set_position(place, which="original")
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())
        wider = [now > before for now, before in zip(_rooms(figure), places["rooms"], strict=True)]
        if not any(wider) and _edge_is_white(pixels):
            return pixels
        for axes in figure.axes:
            axes.set_in_layout(True)
        figure.set_layout_engine(engine)
    canvas.draw()  # savefig would lay the figure out twice: a fifth of the time
    pixels = np.asarray(canvas.buffer_rgba())
    if _edge_is_white(pixels):
        where = [axes.get_position(original=True) for axes in figure.axes]
        places.update(kind=kind, axes=where, rooms=_rooms(figure))
    return pixels


def _rooms(figure):
    """Return how much room the labels of each of a figure's axes ask for: letters beside it, lines above and below."""
    rooms = []
    for axes in figure.axes:
        lines = sum(text.count("\n") + bool(text) for text in (axes.get_title("left"), axes.get_xlabel(), axes.get_ylabel()))
        rooms.append(lines + max((len(label.get_text()) for label in axes.get_yticklabels()), default=0))
    return rooms


def _edge_is_white(pixels):
    return all((edge == 255).all() for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))


def _png(picture, small):
    """Return the bytes of a picture as a PNG: written fast, or with as few colours of its own as nobody sees."""
    png = io.BytesIO()
    if small:
        _packed(picture).save(png, "PNG", optimize=True)
    else:
        picture.save(png, "PNG", compress_level=1)
    return png.getvalue()


def _packed(picture):
    """Return a picture with the fewest of COLOURS with which 98 % of its pixels look the same, or with the most of them."""
    from PIL import Image, ImageChops

    @functools.cache
    def pack(colours):  # not MEDIANCUT: it counts pixels, and gives thin lines and small words the colour of others
        return picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)

    def looks_the_same(colours):
        red, green, blue = ImageChops.difference(pack(colours).convert("RGB"), picture).split()
        off = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()  # pixels by how far off they are
        return sum(off[OFF + 1 :]) < 0.02 * sum(off)

    return pack(COLOURS[bisect.bisect_left(COLOURS[:-1], True, key=looks_the_same)])


def explore(draw, *, alt=None, **sliders):
    """Show sliders above a figure that follows them: `draw(**values) -> figure`, drawn anew at each move, and so are its words.

    alt : str, words that hold wherever the sliders stand, for figures of your own.
    sliders : name -> (smallest, largest, start) for a number (whole if all three are), a list for a choice (the first one
        is the start, or give (list, start)), True or False for a switch.
    The figure is an output like any other, replaced at each move: a saved notebook shows it as it was left, without sliders.
    """
    row, controls, drawn = sliders_and_figure(draw, alt=alt, **sliders)
    start = drawn(small=True)
    if not in_notebook():
        return
    from IPython.display import display

    moving = ", ".join(name.replace("_", " ") for name in controls)
    view = {"model_id": row.model_id, "version_major": 2, "version_minor": 0}
    text = f"[sliders for {moving}: run this cell to move them]"
    display({"application/vnd.jupyter.widget-view+json": view, "text/plain": text}, raw=True)
    figure = display(start, raw=True, display_id=True)
    for control in controls.values():
        control.observe(lambda _: figure.update(drawn(), raw=True), names="value")


def sliders_and_figure(draw, *, alt=None, **sliders):
    """Return (row, controls, drawn): the row of controls, each of them by name, and what draws the figure where they stand."""
    import ipywidgets

    controls = {name: _control(ipywidgets, name, spec) for name, spec in sliders.items()}
    for control in controls.values():
        control.tooltip = control.description  # ipywidgets 8 shows "null" where it is told nothing

    places = {}

    def drawn(small=False):
        figure = draw(**{name: control.value for name, control in controls.items()})
        words = words_of(figure, alt)
        return {"text/html": image(figure, alt=words, small=small, places=places), "text/plain": f"[figure: {words}]"}

    return ipywidgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"}), controls, drawn


def _control(ipywidgets, name, spec):
    words = {"description": name.replace("_", " "), "style": {"description_width": "initial"}}
    if isinstance(spec, bool):
        return ipywidgets.Checkbox(value=spec, **words)
    if isinstance(spec, list):
        spec = (spec, spec[0])
    if isinstance(spec[0], list):
        return ipywidgets.Dropdown(options=spec[0], value=spec[1], **words)
    low, high, start = spec
    if all(isinstance(x, int) for x in spec):
        return ipywidgets.IntSlider(min=low, max=high, value=start, **words)
    step = 10.0 ** round(math.log10((high - low) / 100))
    return ipywidgets.FloatSlider(min=low, max=high, value=start, step=step, readout_format=".2f", **words)
