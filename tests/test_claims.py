"""claim, guess and reveal: what they print, when they fail, what they leave for the margins; how measured text is compared."""

import json

import numpy as np
import pytest

from helpers import TODO
from helpers.learner import claims
from helpers.learner.claims import ClaimError, claim, guess, reveal
from tests.measured import without_measured_numbers


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    monkeypatch.setenv("COURSE_STRICT_CLAIMS", "1")
    monkeypatch.setitem(claims._state, "notebook", None)


HOLDS = [
    (dict(measured=0.041, below=0.06), "0.041 (below 0.06)"),
    (dict(measured=np.array([0.012, 0.041]), below=0.06), "0.012 … 0.041 (all 2 below 0.06)"),
    (dict(measured=[0.93, 0.97], above=0.75, form=".0%"), "93 % … 97 % (all 2 above 75 %)"),
    (dict(measured=[1.0, 2.0], below=np.array([2.5, 3.0])), "1 … 2 (all 2 below ≈2.5 … 3)"),
    (dict(measured=0.5, between=(0.4, 0.7)), "0.5 (between 0.4 and 0.7)"),
    (dict(measured=5, at_least=4), "5 (at least 4)"),
    (dict(measured=0, at_most=0), "0 (at most 0)"),
    (dict(measured=90, equals=90), "90 (exactly 90)"),
    (dict(measured=0.51, equals=0.5, within=0.02), "0.51 (0.5 ± 0.02)"),
    (dict(measured=np.ones(3), equals=np.ones(3)), "no difference (exactly equal)"),
    (dict(measured=np.ones(3), equals=np.ones(3), within=1e-9), "largest difference 0 (below 1e-09)"),
]
FAILS = [
    dict(measured=0.06, below=0.06),
    dict(measured=[0.01, 0.07], below=0.06),
    dict(measured=np.nan, below=0.06),
    dict(measured=np.nan, above=0.06),
    dict(measured=[1.0, 2.6], below=np.array([2.5, 3.0])),
    dict(measured=0.8, between=(0.4, 0.7)),
    dict(measured=3, at_least=4),
    dict(measured=89, equals=90),
    dict(measured=0.53, equals=0.5, within=0.02),
    dict(measured=np.nan, equals=0.5, within=0.02),
    dict(measured=False),
    dict(measured=np.False_),
]


@pytest.mark.parametrize("given, line", HOLDS, ids=[line for _, line in HOLDS])
def test_claim_prints_what_was_measured_and_its_bound(given, line, capsys):
    claim("the error", **given)
    assert capsys.readouterr().out == f"✓ the error: {line}\n"


def test_claim_on_what_is_no_number_prints_its_words(capsys):
    claim("no held-out word is in training", True)
    assert capsys.readouterr().out == "✓ no held-out word is in training\n"


@pytest.mark.parametrize("given", FAILS, ids=str)
def test_claim_that_does_not_hold_fails_in_the_tests_and_names_its_place(given, monkeypatch):
    monkeypatch.setitem(claims._state, "notebook", "03_vanishing_gradients")
    with pytest.raises(ClaimError, match="notebook 03.*the error"):
        claim("the error", **given)


@pytest.mark.parametrize("given", FAILS, ids=str)
def test_claim_that_does_not_hold_is_one_calm_card_in_a_session(given, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_STRICT_CLAIMS")
    claim("the error", **given)
    said = capsys.readouterr().out
    assert said.startswith("→ Here it came out otherwise\n  the error") and "last bit" in said and "notebook 03" in said


def test_the_section_is_that_of_the_claims_words_in_the_lesson(monkeypatch, tmp_path):
    lesson = tmp_path / "notebooks" / "source" / "97_made_up.md"
    lesson.parent.mkdir(parents=True)
    lesson.write_text("## 1 · One\n\nwords\n\n## 2 · Two\n\nclaim('the error', 3, below=2)\n\n## 3 · Three\n", "utf-8")
    monkeypatch.setattr(claims.answers, "ROOT", tmp_path)
    claims.begin("97_made_up")
    with pytest.raises(ClaimError, match=r"^notebook 97, section 2: the error: 3, expected below 2$"):
        claim("the error", 3, below=2)


@pytest.mark.parametrize(
    "given",
    [
        dict(measured=0.5),
        dict(measured=0.5, below=1, above=0),
        dict(measured=True, below=1),
        dict(measured=[], below=1),
        dict(measured=0.5, between=(2, 1)),
        dict(measured=0.5, below=1, within=0.1),
        dict(measured=np.ones(2), equals=np.ones(3)),
    ],
    ids=str,
)
def test_claim_without_a_number_or_a_bound_is_refused(given):
    with pytest.raises(ValueError, match="the error"):
        claim("the error", **given)


@pytest.mark.parametrize("words", ["", "  ", None, 3])
def test_claim_without_words_is_refused(words):
    with pytest.raises(ValueError, match="in words"):
        claim(words, 0.5, below=1)


MARGINS = [  # what is given, the margin
    (dict(measured=0.04, below=0.05), 0.2),
    (dict(measured=0.9, above=0.72), 0.2),
    (dict(measured=[0.9, 0.95, 1.0], above=0.8, against=0.05), 0.1 / 0.9),
    (dict(measured=[0.02, 0.04], below=0.2, against=[0.9, 0.96]), 0.16 / 0.9),
    (dict(measured=[1.0, 2.0], below=np.array([3.0, 4.0])), 1 / 2),
    (dict(measured=0.5, between=(0.4, 0.8)), 0.5),
    (dict(measured=0.51, equals=0.5, within=0.02), 0.5),
]


@pytest.mark.parametrize("given, margin", MARGINS, ids=str)
def test_margin_is_a_share_of_the_distance_between_the_two_things(given, margin, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CLAIMS", str(tmp_path / "claims"))
    claim("the error", **given)
    row = json.loads((tmp_path / "claims").read_text("utf-8"))
    assert row["gap"] / row["scale"] == pytest.approx(margin)


def test_guess_is_kept_and_shown_beside_what_came(capsys, tmp_path):
    claims.begin("03_vanishing_gradients")
    guess("the longest T", 40)
    claims.begin("04_lstm")
    guess("the longest T", 80)
    claims.begin("03_vanishing_gradients")
    reveal("the longest T", 20)
    said = capsys.readouterr().out
    assert "Your guess is 40." in said and said.endswith("→ the longest T: 20 (you guessed 40)\n")
    assert (tmp_path / "guesses.json").exists()


def test_without_a_guess_the_notebook_runs_on(capsys):
    guess("the longest T", TODO)
    guess("the longest T")
    reveal("the longest T", 0.25, form=".0%")
    said = capsys.readouterr().out
    assert said.count("No guess yet") == 2 and said.endswith("→ the longest T: 25 % (you made no guess)\n")


def test_guess_among_choices(capsys):
    guess("which wins", "gru", choices=["RNN", "GRU"])
    assert "one of 'RNN', 'GRU'" in capsys.readouterr().out
    guess("which wins", "GRU", choices=["RNN", "GRU"])
    reveal("which wins", "GRU")
    assert capsys.readouterr().out.endswith("→ which wins: GRU (you guessed GRU: yes)\n")


@pytest.mark.parametrize("key, made, outcome, form, said", [
    ("share right", 60, 0.55, ".2f", "0.55 (you guessed 0.60)"),
    ("share right", "60%", 0.55, ".2f", "0.55 (you guessed 0.60)"),
    ("share right", 0.6, 0.55, ".2f", "0.55 (you guessed 0.60)"),
    ("share right", "60", 0.55, ".2f", "0.55 (you guessed 0.60)"),
    ("the best exponent", "-5", -5, None, "-5 (you guessed -5)"),
    ("right at the end", 60, 0.55, ".0%", "55 % (you guessed 60 %)"),
    ("the net, % right", "60 %", 55, ".0f", "55 (you guessed 60)"),
    ("the net, % right", 60, 55, ".0f", "55 (you guessed 60)"),
    ("the longest T", "60", 55, None, "55 (you guessed 60)"),
    ("the share of what is left", "much", 0.55, ".2f", "0.55 (you guessed much: no)"),
])  # fmt: skip
def test_a_guess_may_be_written_as_a_percentage(key, made, outcome, form, said, capsys):
    guess(key, made)
    reveal(key, outcome, form=form)
    assert capsys.readouterr().out.endswith(f"→ {key}: {said}\n")


def test_guesses_that_cannot_be_read_or_kept_do_not_stop_the_notebook(capsys, tmp_path, monkeypatch):
    (tmp_path / "guesses.json").write_text("{broken", "utf-8")
    reveal("which wins", "GRU")
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / "guesses.json"))
    guess("which wins", [1, 2])
    guess("which wins", "GRU")
    said = capsys.readouterr().out
    assert "no guess" in said and "a number or a word" in said and "could not be kept" in said


EQUAL = [
    ("✓ the error: 0.041 (below 0.06)", "✓ the error: 0.012 (below 0.06)"),
    ("✓ right: 93 % … 97 % (all 5 above ≈41 %)", "✓ right: 91 % … 99 % (all 5 above ≈40 %)"),
    ("≈0.50 and 3", "≈0.58 and 3"),
    ("≈1,200", "≈1,300"),
    ("≈1", "≈2"),
    ("→ 3000 steps: right: 95 % (you made no guess)", "→ 3000 steps: right: 96 % (you made no guess)"),
]
DIFFERENT = [
    ("✓ the error: 0.041 (below 0.06)", "✓ the error: 0.041 (below 0.05)"),
    ("✓ the error: 0.041 (below 0.06)", "✓ an error: 0.041 (below 0.06)"),
    ("✓ the error: 0.041 (below 0.06)", "the error: 0.041 (below 0.06)"),
    ("≈0.50 and 3", "≈0.50 and 4"),
    ("≈0.50", "≈0.70"),
    ("≈50", "≈70"),
    ("≈50", "50"),
    ("✓ words", "✓ other words"),
    ("→ 3000 steps: right: 95 % (you made no guess)", "→ 3000 steps: right: 60 % (you made no guess)"),
    ("→ which wins: GRU (you made no guess)", "→ which wins: RNN (you made no guess)"),
]


@pytest.mark.parametrize("now, committed", EQUAL)
def test_measured_numbers_may_differ(now, committed):
    a, b = without_measured_numbers(now, committed)
    assert a == b


@pytest.mark.parametrize("now, committed", DIFFERENT)
def test_everything_else_may_not(now, committed):
    a, b = without_measured_numbers(now, committed)
    assert a != b
