"""Shaking: the jitter changes trained numbers and nothing else, and a knife-edge claim is caught by it."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from tests import shaken

TRAIN = """
import numpy as np
rng = np.random.default_rng(0)
a, b = np.random.default_rng(0), np.random.default_rng(rng)
ints, order, x = rng.integers(9, size=50), rng.permutation(20), rng.normal(size=(3, 4)).astype(np.float32)
x = 0.3 + 0.1 * np.random.default_rng(1).random()
for _ in range(60):                    # chaos, as in a training that runs at its edge
    x = 3.9 * x * (1 - x)
print(list(ints), list(order), sep=";", end=";")
print(f"{x:.12f}", isinstance(rng, np.random.Generator), b is rng, type(a.normal()).__name__, a.random(2, dtype=np.float32).dtype)
"""


def printed(jitter):
    environment = {**os.environ, "PYTHONPATH": shaken.JITTER, "COURSE_JITTER": jitter}
    return subprocess.run(
        [sys.executable, "-c", TRAIN], env=environment, capture_output=True, text=True, check=True
    ).stdout.split(";")


def test_jitter_changes_what_is_trained_and_leaves_integers_and_types():
    plain, one, again, two = printed(""), printed("1"), printed("1"), printed("2")
    assert plain[:2] == one[:2] == two[:2]
    trained = [out[2].split()[0] for out in (plain, one, two)]
    assert len(set(trained)) == 3 and one == again
    assert plain[2].split()[1:] == one[2].split()[1:] == ["True", "True", "float", "float32"]


@pytest.fixture(autouse=True)
def without_jitter(monkeypatch):
    """The notebooks that the same worker has tested before may have been shaken."""
    monkeypatch.setenv("COURSE_JITTER", "")


@pytest.fixture
def notebook(tmp_path):
    """Return a function that writes an executed notebook of the given code cells and returns its path."""

    def write(*cells):
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        NotebookClient(made, resources={"metadata": {"path": str(shaken.ROOT)}}).execute()
        path = tmp_path / "99_made_up.ipynb"
        nbformat.write(made, path)
        return path

    return write


SETUP = f"import sys; sys.path.insert(0, {str(shaken.ROOT)!r})\nfrom helpers import claim\n" + TRAIN.split("print")[0]


def jittered(path, runs=4):
    return [
        shaken.run(path, f"jitter {k}", {"COURSE_JITTER": str(k), "PYTHONPATH": shaken.JITTER})
        for k in range(1, runs + 1)
    ]


def test_a_claim_on_a_knife_edge_is_caught_and_a_safe_one_is_not(notebook):
    edge = f"claim('the edge', x, equals={run_once()!r}, within=1e-4)"
    _, trouble = shaken.table(jittered(notebook(SETUP, edge, "claim('in the range of the map', x, between=(-1, 2))")))
    assert any("false in jitter" in line and "the edge" in line for line in trouble)
    assert not any("in the range" in line for line in trouble), trouble


def run_once():
    """Return the trained number of the small notebook without jitter."""
    code = SETUP + "\nprint(repr(float(x)))"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def test_a_printed_number_that_depends_on_the_last_bit_is_caught(notebook):
    path = notebook(SETUP, "print(f'{x:.6f}')", "print('the same')")
    _, trouble = shaken.table(jittered(path, 1))
    assert len(trouble) == 1 and "prints" in trouble[0]


def test_margins_are_taken_over_all_runs_and_counts_need_one_to_spare():
    def one(name, **claims):
        rows = [
            dict(words=words, holds=gap >= 0, gap=gap, scale=scale, text="0.5", bound="below 0.6")
            for words, (gap, scale) in claims.items()
        ]
        return dict(notebook="99_made_up", setting=name, claims=rows, errors=[], texts=[], figures={"99-001": 0.001})

    runs = [
        one("a", wide=(0.5, 1.0), narrow=(0.3, 1.0), count=(2, None), tight=(1, None), false=(0.5, 1)),
        one("b", wide=(0.4, 1.0), narrow=(0.1, 1.0), count=(1, None), tight=(0, None), false=(-0.1, 1)),
    ]
    text, trouble = shaken.table(runs)
    assert [line.split(": ")[-1].split(" (")[0] for line in trouble] == ["narrow", "tight", "false"]
    assert "| 0.40 | b |" in text and "0.10%" in text


def test_kernel_sets_of_this_processor_run():
    sets = shaken.kernel_sets()
    assert {"default", "2 threads"} <= set(sets)
    for name, environment in sets.items():
        code = "import numpy as np; a = np.random.default_rng(0).normal(size=(90, 90)); print(round(float((a @ a).sum()), 6))"
        out = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True
        )
        assert out.returncode == 0 and out.stdout.strip(), (name, out.stderr)
        assert "Error" not in out.stderr and "not recognized" not in out.stderr, (name, out.stderr)
