"""The pictures that README.md shows: the adder of notebook 01, the card of a wrong answer, figures of the solved notebooks."""

import base64
import html
import io
import json
import linecache
import pathlib
import re
import textwrap

from helpers.checking import authoring, check
from helpers.learner.cards import COLOURS, SIGNS

HERE = pathlib.Path(__file__).resolve().parent
WRONG = {"c_next": "i * c + f * g", "h_next": "o * c_next"}  # two slips that people make in 4.1
SHOWN = {"words.png": ("08_word2vec", "plot_words_map("), "race.png": ("10_transformer", "plot_race(")}
WIDTH, ROW = 880, 21
THEMES = {"light": ("#ffffff", "#1f2328", "#f6f8fa"), "dark": ("#0d1117", "#e6edf3", "#161b22")}


def pictures():
    """Return {path: bytes} of all of them."""
    return {
        HERE / "adder.png": adder(),
        **{HERE / f"card_{theme}.svg": card(theme).encode() for theme in THEMES},
        **{HERE / name: figure_of(*where) for name, where in SHOWN.items()},
    }


def adder():
    """Return the adder of notebook 01 at work, as PNG bytes."""
    import matplotlib

    matplotlib.use("Agg")
    from helpers.figures.rnn_concept import draw_adder

    png = io.BytesIO()
    draw_adder(authoring.find("1.7").reference()).savefig(png, dpi=110, facecolor="white", metadata={"Software": None})
    return png.getvalue()


def figure_of(notebook, call):
    """Return the figure that a cell of a solved notebook shows, as PNG bytes: that of the cell with this call."""
    cells = json.loads((HERE.parent / "solved" / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    cell = next(cell for cell in cells if cell["cell_type"] == "code" and call in "".join(cell["source"]))
    page = next("".join(out["data"]["text/html"]) for out in cell["outputs"] if "text/html" in out.get("data", {}))
    return base64.b64decode(re.search('base64,([^"]+)', page)[1])


def wrong_answer():
    """Return ({number: line} that a learner writes in exercise 4.1, two of four wrong; the Verdict on them)."""
    task, source = authoring.find("4.1"), authoring.find("4.1").filled()
    for name, slip in WRONG.items():
        source = re.sub(rf"(?m)^(    {name} = ).*$", rf"\g<1>{slip}", source)
    source = re.sub(r"(?m)\s+#.*$", "", source)
    space = {"np": __import__("numpy"), "exercise": lambda _: lambda function: function}
    linecache.cache["<an answer>"] = len(source), None, source.splitlines(True), "<an answer>"
    exec(compile(source, "<an answer>", "exec"), space)
    lines = source.splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("    i, f, o ="))
    return {k + 1: lines[k].strip() for k in range(first, first + 4)}, check(task, space[task.name])


def card(theme):
    """Return an SVG of the lines and the card that answers them, for a page that is `light` or `dark`."""
    ground, ink, box = THEMES[theme]
    written, verdict = wrong_answer()
    orange = f"rgb({COLOURS['wrong']})"
    rows, y = [], 18
    rows.append(f'<rect x="0" y="0" width="{WIDTH}" height="{len(written) * ROW + 24}" rx="6" fill="{box}"/>')
    code = 'font-family="Menlo,Consolas,monospace" font-size="14"'
    for number, line in written.items():
        rows += [_text(18, y + 10, str(number), ink, code + ' opacity=".5"'), _text(52, y + 10, line, ink, code)]
        y += ROW
    top = len(written) * ROW + 36
    y = top + 25
    rows.append(_text(20, y, f"{SIGNS['wrong']} 4.1 · {authoring.find('4.1').title}", ink, 'font-size="14"'))
    for line, weight in ((verdict.headline, "bold"), *((line, "normal") for line in verdict.details[:3])):
        for row in textwrap.wrap(_plain(line), 120):
            y += ROW
            rows.append(_text(20, y, row, ink, f'font-size="14" font-weight="{weight}"'))
        y += 3
    high = y + 16
    rows.insert(1, f'<rect x="0" y="{top}" width="{WIDTH}" height="{high - top}" fill="{orange}" fill-opacity=".12"/>'
                   f'<rect x="0" y="{top}" width="5" height="{high - top}" fill="{orange}"/>')  # fmt: skip
    said = html.escape(" ".join([*written.values(), verdict.headline, *verdict.details[:3]]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}" role="img" '
        f'font-family="-apple-system,Segoe UI,Helvetica,Arial,sans-serif"><title>{said}</title>'
        f'<rect width="{WIDTH}" height="{high}" fill="{ground}"/>{"".join(rows)}</svg>\n'
    )


def _plain(line):
    """Return a card's line without the marks of `code` and *stress*."""
    parts = line.split("`")
    return "".join(part if k % 2 else re.sub(r"\*(\S[^*]*)\*", r"\1", part) for k, part in enumerate(parts))


def _text(x, y, words, ink, style):
    return f'<text x="{x}" y="{y}" fill="{ink}" xml:space="preserve" {style}>{html.escape(words)}</text>'
