"""A newcomer's first half hour, in a real JupyterLab and a real browser: `python start.py test browser`.

Open notebook 01 in a fresh copy of the course, answer exercise 1.1, run everything, see the tick, move a slider, see
its figure change, save. Pictures of the pages, light and dark, are left in tests/browser/pictures.
"""

import json
import time

import pytest
from lab import DARK, PICTURES, answer_of, is_saved, run_all, take_pictures, wait_until

MARK = '@exercise("1.1")'


@pytest.mark.parametrize("lab", ["01_rnn_concept"], indirect=True)
def test_a_newcomer_answers_the_first_exercise(lab, page):
    def say(what):
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    began, answer = time.monotonic(), answer_of("01_rnn_concept", "1.1")
    lab.open(page)
    say("the notebook is open")
    cell = page.locator(".jp-CodeCell", has_text=MARK).first
    assert "TODO" in cell.locator(".cm-content").inner_text(), "the exercise should be blank"

    assert page.locator(".jp-OutputArea-output").count() == 0, "no output should stand beside its question"

    # the blank first: nothing breaks, and nobody is told that they did it
    run_all(page)
    say("all cells ran with the exercise blank")
    assert "\u2713" not in cell.locator(".jp-OutputArea").inner_text()
    take_pictures(page, "blank_light")

    # then the answer; insert_text and not type(), as the editor would indent the new lines itself once more
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(answer)
    page.keyboard.press("Escape")
    run_all(page)
    cell.locator(".jp-OutputArea", has_text="\u2713").wait_for(timeout=10_000)
    say("answered: " + cell.locator(".jp-OutputArea").inner_text().strip().replace("\n", " "))

    # a slider: by keyboard, then by mouse; each time its figure changes
    slider = page.locator(".widget-slider:has(.noUi-handle)").first
    slider.scroll_into_view_if_needed()
    picture = page.locator(".jp-CodeCell:has(.widget-slider)").first.locator(".jp-OutputArea img").first
    picture.wait_for()
    for how in "key", "mouse":
        before = picture.get_attribute("src")
        if how == "key":
            readout = slider.locator(".widget-readout").first.inner_text()
            slider.locator(".noUi-handle").first.press("ArrowRight")
            page.wait_for_timeout(500)
            if slider.locator(".widget-readout").first.inner_text() == readout:      # it was at its right end
                slider.locator(".noUi-handle").first.press("ArrowLeft")
        else:
            box = slider.locator(".noUi-base").bounding_box()
            at = page.locator(".widget-slider .noUi-handle").first.bounding_box()["x"] - box["x"]
            page.mouse.click(box["x"] + box["width"] * (0.1 if at > box["width"] / 2 else 0.9),
                             box["y"] + box["height"] / 2)
        wait_until(page, lambda old=before: picture.get_attribute("src") not in (old, None), f"a new figure by {how}")
        say(f"the slider moves by {how}, and its figure with it")
    take_pictures(page, "light")

    page.keyboard.press("ControlOrMeta+s")
    wait_until(page, lambda: is_saved(lab, answer), "the answer to be in the file")
    saved = json.loads(lab.notebook.read_text("utf-8"))["cells"]
    assert any("\u2713" in json.dumps(cell["outputs"], ensure_ascii=False) for cell in saved
               if "".join(cell["source"]) == answer)
    say("saved, with the answer and its tick")

    # the answer is lost from the notebook, and comes back
    box = page.locator(".jp-CodeCell", has_text=MARK).first.locator(".cm-content")
    box.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text('restore("1.1")')
    page.keyboard.press("Shift+Enter")
    back = page.locator(".jp-CodeCell .cm-content", has_text=MARK).first
    back.wait_for(timeout=30_000)
    wait_until(page, lambda: back.inner_text().split() == answer.split(), "the answer to be back in its cell")
    say("restored into its cell")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_timeout(1000)

    # the same page, dark
    lab.set(DARK)
    lab.open(page)
    page.locator('body[data-jp-theme-light="false"]').wait_for(state="attached")
    run_all(page)
    cell.locator(".jp-OutputArea", has_text="\u2713").wait_for(timeout=10_000)
    take_pictures(page, "dark")
    say(f"pictures: {PICTURES}")
    assert not page.problems, page.problems
    assert not page.context.outside, f"the course asks other hosts: {page.context.outside}"
