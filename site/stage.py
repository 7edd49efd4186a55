"""Lay out what Sphinx reads: the solved lessons, made fit for a page that is only read, and the pages beside them."""

import base64
import importlib.util
import json
import pathlib
import re
import shutil

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LESSONS = ROOT / "notebooks" / "solved"
FOR_DOING = re.compile(r"<sub>|\*After a restart|\[!\[Open in Colab\]")  # paragraphs for those who run the notebook
PICTURE = re.compile(r'<img ([^>]*)src="data:image/png;base64,([^"]+)"([^>]*)>')
CARD = re.compile(r'<picture>.*?srcset="([^"]*)".*?<img src="([^"]*)" ([^>]*)>.*?</picture>', re.S)
ROW = re.compile(r"^\| \[([^]]*)\]\(notebooks/([^)/]*)\) \| ([^|]*) \| [^|]* \| ([^|]*) \|", re.M)
SLIDERS = re.compile(r"\[sliders for ([^:]*):.*\]", re.S)


def stage(folder, lessons=LESSONS):
    """Fill a new folder with all that Sphinx needs; return the names of the lessons, in their order.

    lessons : the folder of the executed notebooks.
    Raises FileNotFoundError where there are none.
    """
    found = sorted(lessons.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        raise FileNotFoundError(f"there are no lessons in {lessons}: build them with notebooks/source/build.py")
    shutil.copytree(HERE / "pages", folder, dirs_exist_ok=True)
    shutil.copytree(HERE / "look", folder / "look")
    shutil.copy(HERE / "conf.py", folder)
    (folder / "extra" / "figures").mkdir(parents=True)
    stage_front(folder)
    for path in found:
        notebook = json.loads(path.read_text("utf-8"))
        figures = to_read(notebook, path.stem)
        (folder / path.name).write_text(json.dumps(notebook), "utf-8")
        for name, png in figures.items():
            (folder / "extra" / "figures" / name).write_bytes(png)
    return [path.stem for path in found]


def stage_front(folder):
    """Lay out what the first page shows of the README: the card, the figures, and the table of the lessons.

    Raises ValueError where the README has no such part any more.
    """
    readme = (ROOT / "README.md").read_text("utf-8")
    card, rows = CARD.search(readme), ROW.findall(readme)
    if not card or not rows:
        raise ValueError("the first page shows the README's card and its table of notebooks: one of them is not there")
    source = pathlib.Path("notebooks", "source")  # where the README names its pictures
    for pictures, where in (("*.svg", folder / "extra"), ("*.png", folder)):  # Sphinx copies the figures, and not the card
        (where / source).mkdir(parents=True)
        for picture in (ROOT / source).glob(pictures):
            shutil.copy(picture, where / source)
    dark, light, words = card.groups()
    both = (f'<a class="figure only-{theme}" href="{source}"><img class="dark-light" src="{source}" {words}></a>'
            for theme, source in (("light", light), ("dark", dark)))
    (folder / "readme.txt").write_text(readme.replace(card[0], "\n".join(both)), "utf-8")
    table = ["| lesson | you will | takes you |", "|---|---|---|"]
    table += [f"| [{title}]({name}) | {will} | {takes} |" for title, name, will, takes in rows]
    (folder / "lessons.txt").write_text("\n".join(table) + "\n", "utf-8")


def stage_mathjax(folder):
    """Put MathJax, with its fonts in one file, where conf.py expects it."""
    package = importlib.util.find_spec("sphinx-mathjax-offline").submodule_search_locations[0]
    shutil.copy(pathlib.Path(package) / "static" / "mathjax" / "tex-svg.js", folder / "extra" / "mathjax.js")


def to_read(notebook, name):
    """Change a notebook, as loaded from its file, into one to read; return its figures, file name -> bytes of the PNG.

    The set-up cell goes, and what is said to those who run it. Figures become files, so that a page opens at once and
    a click shows one in full size. Where
    sliders move a figure in the notebook, the page says so. Cells that print sentences alone are tagged, so that a phone
    breaks these lines and leaves tables as they are.
    """
    figures = {}

    def out_of_the_page(match):
        before, png, behind = match.groups()
        file = f"{name}-{len(figures) + 1:02}.png"
        figures[file] = base64.b64decode(png)
        return f'<a class="figure" href="figures/{file}"><img loading="lazy" {before}src="figures/{file}"{behind}></a>'

    notebook["cells"] = [cell for cell in notebook["cells"] if "helpers.open_notebook(" not in "".join(cell["source"])]
    head = "".join(notebook["cells"][0]["source"]).split("\n\n")
    notebook["cells"][0]["source"] = "\n\n".join(part for part in head if not FOR_DOING.match(part))
    for cell in notebook["cells"]:
        printed = "".join("".join(output.get("text", "")) for output in cell.get("outputs", [])).splitlines()
        if printed and all(line.startswith(("✓ ", "→ ", "No guess yet")) for line in printed):
            cell["metadata"].setdefault("tags", []).append("sentences")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = PICTURE.sub(out_of_the_page, "".join(data["text/html"]))
            elif found := SLIDERS.fullmatch("".join(data.get("text/plain", "")).strip()):
                words = f"In the notebook, sliders move this figure: {found[1]}."
                data["text/html"] = f'<p class="sliders">{words}</p>'
    return figures
