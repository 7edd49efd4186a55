"""What Jupyter and a dev container are told: a saved notebook reopens without errors, and nothing is asked at the start."""

import importlib.util
import json
import os
import pathlib
import runpy
import types

from helpers.learner import page

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDGET = "application/vnd.jupyter.widget-view+json"


def saved(*outputs):
    """Return what is in the file when a notebook with one cell is saved by way of the course's settings."""
    told = types.SimpleNamespace(FileContentsManager=types.SimpleNamespace())
    runpy.run_path(str(ROOT / "settings" / "jupyter_server_config.py"), {"c": told})
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": list(outputs)}]
    model = {"type": "notebook", "content": {"cells": cells}}
    told.FileContentsManager.pre_save_hook(model=model, path="a.ipynb", contents_manager=None)
    return model["content"]["cells"][1]["outputs"]


def test_the_words_of_sliders_are_saved_and_not_their_number():
    text = {"output_type": "stream", "text": "a"}
    figure = {"data": {"text/html": "<img>", "text/plain": "[figure]"}}
    sliders = {"data": {WIDGET: {"model_id": "1"}, "text/plain": "[sliders for w: run this cell to move them]"}}
    alone = {"data": {WIDGET: {"model_id": "2"}}}
    kept = saved(text, figure, sliders, alone)
    assert kept == [text, figure, {"data": {"text/plain": "[sliders for w: run this cell to move them]"}}, alone]


def test_what_explore_shows_has_words_to_be_saved(monkeypatch):
    shown = []
    monkeypatch.setattr(page, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    from helpers.figures import rnn_concept as figures

    page.explore(figures.draw_latch, w=(0.0, 3.0, 2.0))
    kept = saved(*({"data": data} for data in shown))
    assert [list(output["data"]) for output in kept] == [["text/plain"], ["text/html", "text/plain"]]


def test_other_files_are_saved_as_they_are():
    told = types.SimpleNamespace(FileContentsManager=types.SimpleNamespace())
    runpy.run_path(str(ROOT / "settings" / "jupyter_server_config.py"), {"c": told})
    for model in ({"type": "file", "content": "a"}, {"type": "notebook", "content": None}):
        before = dict(model)
        told.FileContentsManager.pre_save_hook(model=model)
        assert model == before


def test_start_tells_jupyter_where_its_settings_are(monkeypatch):
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    spec.loader.exec_module(start := importlib.util.module_from_spec(spec))
    monkeypatch.setattr(start, "set_up", lambda *_: "python")
    monkeypatch.setattr(start, "hand_over", lambda command: command)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    assert start.main([])[1:3] == ["-m", "jupyterlab"]
    assert os.environ["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(ROOT / "settings"), "mine"])


def test_settings_are_where_the_dev_container_and_jupyter_look_for_them():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    folder = container["containerEnv"]["JUPYTER_CONFIG_PATH"].replace("${containerWorkspaceFolder}", str(ROOT))
    assert (pathlib.Path(folder) / "jupyter_server_config.py").exists()
    assert (ROOT / container["postCreateCommand"].rpartition(" ")[2]).exists()
    asked = json.loads((ROOT / "settings" / "labconfig" / "default_setting_overrides.json").read_text("utf-8"))
    assert all(isinstance(value, dict) and ":" in plugin for plugin, value in asked.items())
