"""The pages to read, as a reader sees them: opened from their folder, without a network: `python start.py test browser`."""

import subprocess
import sys

import pytest
from lab import FLAGS, PICTURES, ROOT, browser_path
from playwright.sync_api import sync_playwright

PAGES = ROOT / "site" / "html"


@pytest.fixture(scope="module")
def reader():
    """A page that may read files and nothing else; the pages are built first, as anybody builds them."""
    done = subprocess.run([sys.executable, "start.py", "site"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda asked: page.problems.append(asked.url) if asked.url.startswith("http") else None)
        yield page
        browser.close()


def visit(page, name):
    page.goto(f"{PAGES.as_uri()}/{name}")
    page.wait_for_load_state("load")


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "notebooks" / "solved").glob("*.ipynb")))
@pytest.mark.parametrize("width", [1280, 400])
def test_every_lesson_fits_its_screen_and_shows_its_equations(reader, name, width):
    reader.set_viewport_size({"width": width, "height": 900})
    visit(reader, name.replace(".ipynb", ".html"))
    reader.wait_for_function("document.querySelectorAll('mjx-container').length == document.querySelectorAll('.math').length")
    assert reader.locator("mjx-merror").count() == 0
    assert reader.evaluate("document.documentElement.scrollWidth") <= width
    if width == 1280:  # a phone scrolls what is wide; here everything is seen at once
        wide = "found => found.filter(box => box.scrollWidth > box.clientWidth + 2).map(box => box.textContent.slice(0, 80))"
        for what in ("mjx-container[display=true]", "div.cell_input pre", "div.cell_output pre"):
            assert not reader.locator(f"article {what}").evaluate_all(wide), what
    reader.screenshot(path=PICTURES / f"page_{name[:2]}_{width}.png")
    assert not reader.problems, reader.problems


def test_a_line_of_92_letters_fits_its_box_and_no_word_of_a_table_is_cut_into_letters(reader):
    reader.set_viewport_size({"width": 1280, "height": 900})
    visit(reader, "00_start_here.html")
    assert reader.locator("div.cell_input pre").first.evaluate("""box => { box.textContent = "x".repeat(92);
        return box.scrollWidth <= box.clientWidth }""")
    reader.set_viewport_size({"width": 400, "height": 900})
    number = reader.locator("div.cell_output th", has_text="no.").first
    assert number.bounding_box()["height"] < 40


def test_a_choice_of_a_quiz_opens_its_reply(reader):
    visit(reader, "01_rnn_concept.html")
    choice = reader.locator("details:has(blockquote)").first  # a card of an exercise opens, too
    reply = choice.locator("blockquote")
    assert not reply.is_visible()
    choice.locator("summary").click()
    assert reply.is_visible() and reply.inner_text().startswith(("✓", "✗"))


@pytest.mark.parametrize("word", ["forget gate", "忘却ゲート", "beam"])
def test_the_search_finds_words_of_both_languages(reader, word):
    visit(reader, f"search.html?q={word}")
    reader.locator("#search-results li a", has_text="Glossary").first.wait_for()
    # the excerpts below the results come from the pages, which a page opened from a folder may not read
    assert set(reader.problems) <= {"Failed to fetch"}, reader.problems
