"""A learner's hour with a notebook, in a real JupyterLab and a real browser: `python start.py test browser`.

Run it blank, move each kind of control by mouse and by key, get a mistake named, mend it, bring the answer back, read the
progress, save, come back the next day in the dark theme. COURSE_BROWSER_NOTEBOOKS names other notebooks than these, by numbers.
"""

import json
import os
import re

import pytest
from lab import DARK, answer_of, is_saved, run_all, take_pictures, wait_until

# notebook: the exercise, what the right answer says there, what is written in its place, and words of the card
MISTAKES = {
    "00_start_here": ("0.1", "axis=1", "axis=0", "You take the mean of each"),
    "02_bptt": ("2.2", "dh * (1 - h**2)", "dh", "The slope of the tanh is missing"),
    "04_lstm": ("4.1", "f * c + i * g", "i * c + f * g", "Your input gate multiplies the old cell"),
    "08_word2vec": ("8.1", "i + window + 1", "i + window", "On the right your window is one place too short"),
    "09_attention": ("9.1", "-np.inf)  ", "0.0)  ", "You give a masked place the score 0"),
}
CHOSEN = [name for name in MISTAKES if name[:2] in os.environ.get("COURSE_BROWSER_NOTEBOOKS", "00 02 04 08 09").split()]
KINDS = {"slider": ".noUi-handle", "choice": ".widget-dropdown select", "switch": ".widget-checkbox input"}
TROUBLE = re.compile(r"Error displaying widget|\d%\||Traceback|[A-Z]\w+(?:Error|Warning):|model not found")


def explorers(page):
    return page.locator(".jp-CodeCell:has(.jupyter-widgets)").all()


def figure_of(cell):
    return cell.locator(".jp-OutputArea img").last


def move(page, cell, kind, how):
    """Move the first control of this kind in a cell, by "key" or by "mouse".

    A choice is made in its list in both cases: JupyterLab keeps the arrow keys for its cells.
    """
    control = cell.locator(KINDS[kind]).first
    control.scroll_into_view_if_needed()
    if kind == "switch":
        control.press("Space") if how == "key" else control.click()
    elif kind == "choice":
        chosen = control.evaluate("choice => choice.selectedIndex")
        control.select_option(index=chosen + 1 if chosen == 0 else 0)
    elif how == "key":
        at_the_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
        control.press("ArrowLeft" if at_the_end else "ArrowRight")
    else:
        box = cell.locator(".noUi-base").first.bounding_box()
        left = control.bounding_box()["x"] - box["x"] > box["width"] / 2
        page.mouse.click(box["x"] + box["width"] * (0.1 if left else 0.9), box["y"] + box["height"] / 2)


def type_and_run(page, cell, text):
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)  # and not type(): the editor would indent new lines itself once more
    page.keyboard.press("ControlOrMeta+Enter")


def outputs(page):
    return "\n".join(page.locator(".jp-OutputArea-output").all_inner_texts())


@pytest.mark.parametrize("lab", CHOSEN, indirect=True)
def test_a_learner_works_with_it(lab, page):
    name = lab.notebook.stem
    exercise, right, wrong, words = MISTAKES[name]
    answer, mark = answer_of(name, exercise), f'@exercise("{exercise}")'
    lab.open(page)
    run_all(page)
    assert not TROUBLE.search(outputs(page)), TROUBLE.search(outputs(page))
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0

    moved = set()
    for cell in explorers(page):
        for kind in KINDS:
            for how in ("key", "mouse") if cell.locator(KINDS[kind]).count() else ():
                before = figure_of(cell).get_attribute("src")
                move(page, cell, kind, how)
                wait_until(page, lambda old=before, at=cell: figure_of(at).get_attribute("src") != old, f"{kind} by {how}")
                moved.add(kind)
    assert moved, "no control in this notebook"
    print(f"{name}: moved by key and by mouse: {', '.join(sorted(moved))}", flush=True)

    texts = page.locator(".jp-CodeCell").all_inner_texts()
    cell = page.locator(".jp-CodeCell").nth(next(i for i, text in enumerate(texts) if mark in text))
    card = cell.locator(".jp-OutputArea")
    assert right in answer
    type_and_run(page, cell, answer.replace(right, wrong))
    card.get_by_text(words).wait_for(timeout=30_000)
    assert "✗" in card.inner_text() and "It is in line" in card.inner_text()
    cell.screenshot(path=lab.pictures / f"{name}_mistake.png")
    type_and_run(page, cell, answer)
    card.get_by_text("✓").first.wait_for(timeout=30_000)

    type_and_run(page, cell, f'restore("{exercise}")')
    wait_until(page, lambda: cell.locator(".cm-content").inner_text().split() == answer.split(), "the answer to be back")
    type_and_run(page, cell, answer)
    card.get_by_text("✓").first.wait_for(timeout=30_000)

    progress = page.locator(".jp-CodeCell").filter(has_text=re.compile(r"^\s*\S*\s*progress\(\)", re.M)).last
    type_and_run(page, progress, "progress()")
    progress.locator(".jp-OutputArea").get_by_text(re.compile(r"\b1 of \d+")).first.wait_for(timeout=30_000)

    # save, and come back the next day: another kernel, the dark theme, and what was seen is still there
    shown = len(page.locator(".jp-OutputArea img[alt]").all())
    page.keyboard.press("Escape")
    page.keyboard.press("ControlOrMeta+s")
    wait_until(page, lambda: is_saved(lab, answer), "the answer to be in the file")
    wait_until(page, lambda: "1 of" in lab.notebook.read_text("utf-8"), "the progress to be in the file")
    lab.end_kernels()
    lab.set(DARK)
    lab.open(page)
    page.locator('body[data-jp-theme-light="false"]').wait_for(state="attached")
    wait_until(page, lambda: len(page.locator(".jp-OutputArea img[alt]").all()) == shown, "all figures, still there")
    page.wait_for_timeout(2000)
    assert not TROUBLE.search(outputs(page)), TROUBLE.search(outputs(page))
    assert not TROUBLE.search(json.dumps([cell.get("outputs") for cell in lab.cells()]))
    take_pictures(page, f"{name}_reopened")
    assert not page.problems, page.problems
    assert not page.context.outside, f"the course asks other hosts: {page.context.outside}"
