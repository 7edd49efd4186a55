"""The pages to read: what is made of a notebook, what is called broken, and that the pages beside them fit the lessons."""

import importlib.util
import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SITE = ROOT / "site"


def load(name):
    spec = importlib.util.spec_from_file_location(f"site_{name}", SITE / f"{name}.py")
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


stage, check = load("stage"), load("check")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def markdown(text):
    return {"cell_type": "markdown", "source": text.splitlines(keepends=True)}


def code(source, *data):
    outputs = [{"output_type": "display_data", "data": one} for one in data]
    return {"cell_type": "code", "source": [source], "metadata": {}, "outputs": outputs}


def test_a_lesson_to_read_is_without_what_runs_it_and_its_figures_are_files():
    notebook = {"cells": [
        markdown("# 02 · Title\n\nIt begins.\n\n*After a restart:* run it.\n\n<sub>Made from source.</sub>"),
        code('import helpers\nhelpers.open_notebook("02_x", edition=1)'),
        code("show(f)", {"text/html": [f'<img alt="a curve" width="9" src="data:image/png;base64,{PNG}">']}),
        code("explore(f)", {"text/plain": ["[sliders for w, b: run this cell to move them]"]}),
    ]}
    figures = stage.to_read(notebook, "02_x")
    first, shown, moving = notebook["cells"]
    assert first["source"] == "# 02 · Title\n\nIt begins."
    assert list(figures) == ["02_x-01.png"] and figures["02_x-01.png"].startswith(b"\x89PNG")
    page = shown["outputs"][0]["data"]["text/html"]
    assert 'alt="a curve"' in page and 'href="figures/02_x-01.png"' in page and "base64" not in page
    assert "sliders move this figure: w, b." in moving["outputs"][0]["data"]["text/html"]


def test_cells_that_print_sentences_alone_are_tagged():
    def printing(*texts):
        outputs = [{"output_type": "stream", "text": [text]} for text in texts]
        return {"cell_type": "code", "source": "x", "metadata": {}, "outputs": outputs}

    notebook = {"cells": [markdown("# T"), printing("✓ a claim\n", "→ a guess\n"), printing("k  1  2\n✓ a claim\n"), printing()]}
    stage.to_read(notebook, "02_x")
    assert [cell["metadata"].get("tags") for cell in notebook["cells"][1:]] == [["sentences"], None, None]


def test_the_first_page_shows_the_card_and_all_lessons_of_the_readme(tmp_path, monkeypatch):
    names = stage.stage(tmp_path / "read")
    card, table = ((tmp_path / "read" / name).read_text("utf-8") for name in ("readme.txt", "lessons.txt"))
    assert re.findall(r"\]\((\w+)\.ipynb\) \| \S", table) == names
    shown = re.findall(r'class="figure only-(\w+)" href="([^"]+)"', card)
    assert [theme for theme, _ in shown] == ["light", "dark"]
    assert all((tmp_path / "read" / "extra" / source).exists() for _, source in shown)
    page = (ROOT / "site" / "pages" / "index.md").read_text("utf-8")
    assert all(mark in card for mark in re.findall(r':(?:start-after|end-before): "?([^"\n\\]+)', page))
    (tmp_path / "README.md").write_text("# No card\n", "utf-8")
    monkeypatch.setattr(stage, "ROOT", tmp_path)
    with pytest.raises(ValueError, match="the README's card"):
        stage.stage_front(tmp_path)


def test_all_lessons_are_laid_out(tmp_path):
    names = stage.stage(tmp_path / "read")
    assert names == sorted(path.stem for path in (ROOT / "notebooks" / "solved").glob("*.ipynb"))
    for name in names:
        text = (tmp_path / "read" / f"{name}.ipynb").read_text("utf-8")
        assert "open_notebook(" not in text and "base64," not in text
        used = set(re.findall(r'href=\\"figures/([\w-]+\.png)', text))
        assert used == {path.name for path in (tmp_path / "read" / "extra" / "figures").glob(f"{name}-*")}
        outputs = [output["data"] for cell in json.loads(text)["cells"] for output in cell.get("outputs", []) if "data" in output]
        assert all("text/html" in data for data in outputs if "[sliders" in str(data))
    with pytest.raises(FileNotFoundError, match="no lessons"):
        stage.stage(tmp_path / "again", tmp_path)


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "b.html").write_text('<h2 id="here">B</h2><a href="https://example.org/x">elsewhere</a>', "utf-8")
    return tmp_path


GOOD = ('<a href="b.html#here">b</a><a href="#top" id="top">up</a><img src="a.png" alt="a">'
        "<details><summary>One</summary><p>✓ Yes.</p></details>")


def test_whole_pages_have_no_fault(pages):
    (pages / "a.html").write_text(GOOD, "utf-8")
    assert list(check.faults(pages)) == []


@pytest.mark.parametrize(("change", "words"), [
    (("b.html#here", "c.html"), "c.html: is not there"),
    (("b.html#here", "b.html#there"), "no such place"),
    (("#top", "#bottom"), "no such place"),
    (('src="a.png"', 'src="x.png"'), "x.png: is not there"),
    (('src="a.png"', 'src="https://example.org/a.png"'), "asks another host"),
    (('alt="a"', 'alt=" "'), "an image without words"),
    ((' alt="a"', ""), "an image without words"),
    (("<p>✓ Yes.</p>", ""), "a choice of a quiz has no reply: One"),
    (("✓ Yes.", "Error displaying widget"), "the page shows 'Error displaying widget'"),
    (("✓ Yes.", " 0%| | 0/5"), "the page shows '0%|'"),
    (("<details>", '<script src="//example.org/x.js"></script><details>'), "asks another host"),
])
def test_each_fault_is_found(pages, change, words):
    assert change[0] in GOOD
    (pages / "a.html").write_text(GOOD.replace(*change), "utf-8")
    found = list(check.faults(pages))
    assert len(found) == 1 and words in found[0] and found[0].startswith("a.html"), found


def test_a_folder_without_pages_is_a_fault(tmp_path):
    assert "no page" in next(check.faults(tmp_path))


def glossary():
    """Return the entries of the glossary: their terms, and what they say."""
    text = (SITE / "pages" / "glossary.md").read_text("utf-8")
    blocks = text.partition(":sorted:")[2].replace("```", "").strip().split("\n\n")
    return [([row for row in block.splitlines() if not row.startswith(" ")],
             " ".join(row for row in block.splitlines() if row.startswith(" "))) for block in blocks]


def test_every_word_of_the_glossary_has_its_japanese_term_its_meaning_and_its_lesson():
    terms = [term for names, _ in glossary() for term in names]
    assert len(terms) == len(set(terms))
    for names, meaning in glossary():
        assert any(re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", name) for name in names), names
        assert len(meaning.split()) >= 6 and re.search(r"\[\d\d\]\(\d\d_\w+\.ipynb\)$", meaning), names
    for word in ("逆誤差伝播", "勾配消失", "忘却ゲート", "双方向", "注意機構"):
        assert word in terms


def test_links_of_the_pages_lead_to_lessons():
    for path in (SITE / "pages").glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            assert (SITE / "pages" / target).exists() or (ROOT / "notebooks" / "solved" / target).exists(), (path.name, target)


def test_only_site_needs_what_site_needs():
    """The pages have an environment of their own: nothing of it may be asked for by the course or its tests."""
    names = set(re.findall(r"^[a-z-]+", (SITE / "requirements.txt").read_text("utf-8"), re.M))
    others = "".join((ROOT / path).read_text("utf-8") for path in ("requirements.txt", "tests/requirements.txt"))
    assert len(names) == 4 and not names & set(re.findall(r"^[a-z-]+", others, re.M))
