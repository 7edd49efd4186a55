"""Answers travel: saved into a file, loaded elsewhere, carried to a Drive; no version is lost on any way."""

import json
import os
import sys
import types

import pytest

import helpers
from helpers import learner
from helpers.checking import authoring
from helpers.learner import answers, carrying, opening, session


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """Return a function that goes to another machine: a folder of answers of its own."""
    def go(name):
        monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path / name))

    monkeypatch.setattr(answers, "_settled", {"in": None})
    monkeypatch.setattr(session, "verdicts", {})
    go("laptop")
    return go


def sources(exercise="1.1"):
    return [version["source"] for version in answers.versions(exercise)]


def later(monkeypatch, clock):
    """Let answers be kept at a given minute."""
    class Clock(answers.datetime.datetime):
        @classmethod
        def now(cls, zone=None):
            return cls(2026, 11, 29, 10, clock, tzinfo=zone)

    monkeypatch.setattr(answers.datetime, "datetime", Clock)


def test_what_was_saved_is_there_on_another_machine(machine, tmp_path):
    answers.keep("1.1", "é 記憶 \udc80", "right")
    answers.keep("1.1", "second", "wrong")
    answers.keep("4.10", "x", "draft")
    answers.keep_guesses({"01_rnn_concept:T": 7})
    file = tmp_path / "mine.txt"
    assert carrying.save(file) == 3
    machine("desktop")
    assert carrying.load(file) == (3, 3)
    assert sources() == ["é 記憶 \udc80", "second"] and answers.last_right("1.1") and sources("4.10") == ["x"]
    assert answers.guesses() == {"01_rnn_concept:T": 7}
    assert carrying.load(file) == (0, 3), "a second time nothing is new"


def test_two_machines_merge_in_the_order_of_time_and_nothing_is_lost(machine, tmp_path, monkeypatch):
    file = tmp_path / "mine.txt"
    for minute, where, source in ((1, "laptop", "a"), (2, "desktop", "b"), (3, "laptop", "c"), (4, "desktop", "d")):
        machine(where)
        later(monkeypatch, minute)
        answers.keep("1.1", source, "right")
    answers.keep_guesses({"T": 1})
    carrying.save(file)
    machine("laptop")
    answers.keep_guesses({"T": 2, "H": 3})
    before = (answers.folder() / "1.1.jsonl").read_bytes()
    carrying.load(file)
    assert sources() == list("abcd") and answers.last_right("1.1")["source"] == "d"
    assert (answers.folder() / "1.1.jsonl").read_bytes().startswith(before), "only ever appended to"
    assert answers.guesses() == {"T": 2, "H": 3}, "one's own guess stays"
    carrying.save(file)
    assert len([line for line in file.read_text("utf-8").splitlines() if "exercise" in line]) == 4


def test_saving_into_a_file_of_answers_keeps_what_it_holds(machine, tmp_path):
    answers.keep("1.1", "on the laptop", "right")
    carrying.save(tmp_path / "mine.txt")
    machine("desktop")
    answers.keep("1.1", "on the desktop", "wrong")
    assert carrying.save(tmp_path / "mine.txt") == 2
    machine("third")
    carrying.load(tmp_path / "mine.txt")
    assert sorted(sources()) == ["on the desktop", "on the laptop"]


def test_another_file_is_not_overwritten(tmp_path, capsys):
    path = tmp_path / "diary.txt"
    path.write_text("dear diary")
    learner.save_answers(path)
    assert "Not saved" in capsys.readouterr().out and path.read_text() == "dear diary"
    learner.load_answers(path)
    assert "holds no answers" in capsys.readouterr().out
    learner.load_answers(tmp_path / "gone.txt")
    assert "cannot be read" in capsys.readouterr().out
    learner.save_answers(tmp_path / "no folder" / "x.txt")
    assert "cannot be written" in capsys.readouterr().out


def test_a_damaged_file_gives_what_is_whole_in_it_and_cannot_name_other_files(machine, tmp_path):
    answers.keep("1.1", "whole", "right")
    file = tmp_path / "mine.txt"
    carrying.save(file)
    whole = json.loads(file.read_text("utf-8"))
    evil = json.dumps({**whole, "exercise": "../../escaped"})
    file.write_bytes(file.read_bytes() + evil.encode() + b"\n\xff\xfe{\n[1]\n" + json.dumps(whole).encode()[:40])
    machine("desktop")
    carrying.load(file)
    assert sources() == ["whole"] and not list(tmp_path.rglob("escaped*"))


def test_a_folder_of_answers_and_one_file_of_it_can_be_loaded(machine, tmp_path):
    answers.keep("1.1", "x", "right")
    there = answers.folder()
    machine("desktop")
    assert carrying.load(there / "1.1.jsonl") == (1, 1)
    machine("third")
    assert carrying.load(there) == (1, 1)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(ValueError, match="holds no answers"):
        carrying.load(tmp_path / "nothing")


def test_the_command(machine, tmp_path, capsys):
    answers.keep("1.1", "x", "right")
    assert carrying.main(["--save", str(tmp_path / "a.txt")]) == 0
    machine("desktop")
    assert carrying.main(["--load", str(tmp_path / "a.txt")]) == 0
    assert "1 of 1 versions were new" in capsys.readouterr().out
    assert carrying.main([]) == 0 and "04 · LSTM" in capsys.readouterr().out
    assert carrying.main(["--load", str(tmp_path / "gone")]) == 2 and "gone" in capsys.readouterr().err


def test_progress_over_all_notebooks_is_one_picture(capsys, monkeypatch):
    answers.keep("1.1", "x", "right")
    answers.keep("1.1", "worse", "wrong")
    answers.keep("1.2", "y", "wrong")
    helpers.progress("all")
    said = capsys.readouterr().out
    [row] = [line for line in said.splitlines() if "01 · " in line]
    assert "✓✗○" in row and "1 of 9" in row and f"1 of {len(authoring.all_exercises())} right" in said
    shown = []
    monkeypatch.setattr("helpers.learner.cards._show", lambda page, text: shown.append(page))
    helpers.progress("all")
    assert shown[0].count("<span") == len(authoring.all_exercises()) and 'title="1.1 · ' in shown[0]


# ---- Colab

@pytest.fixture
def colab(monkeypatch, tmp_path):
    """A machine of Colab: return the folder that a Drive would be mounted at."""
    monkeypatch.delenv("COURSE_ANSWERS")
    monkeypatch.setattr(answers, "DRIVE", tmp_path / "drive" / "MyDrive")
    monkeypatch.setattr(answers, "on_this_machine", lambda: tmp_path / "session")
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    return tmp_path / "drive" / "MyDrive"


def open_it(capsys):
    opening.open_notebook("01_rnn_concept", edition=1)
    return capsys.readouterr().out


def test_answers_of_the_session_go_along_when_the_drive_is_mounted_later(colab, capsys):
    assert "drive.mount" in open_it(capsys)
    assert answers.keep("1.1", "before", "right") is None
    answers.keep_guesses({"T": 1})
    colab.mkdir(parents=True)
    said = answers.keep("1.1", "after", "right")
    kept = colab / answers.course_name() / "answers"
    assert str(kept) in said and "1 version of this session" in said
    assert answers.keep("1.1", "third", "right") is None, "told once"
    assert sources() == ["before", "after", "third"] and answers.folder() == kept and answers.guesses() == {"T": 1}
    assert "drive.mount" not in open_it(capsys)


def test_the_next_day_the_answers_are_there(colab, capsys, monkeypatch):
    colab.mkdir(parents=True)
    answers.keep("1.1", "yesterday", "right")
    monkeypatch.setattr(answers, "_settled", {"in": None})
    said = open_it(capsys)
    assert "kept in your Drive" in said and len(said.strip().splitlines()) == 2 and sources() == ["yesterday"]


def test_a_drive_that_goes_and_comes_back_loses_nothing(colab):
    colab.mkdir(parents=True)
    answers.keep("1.1", "a", "right")
    os.rename(colab, colab.with_name("gone"))
    answers.keep("1.1", "b", "right")
    os.rename(colab.with_name("gone"), colab)
    answers.keep("1.1", "c", "right")
    assert sources() == ["a", "b", "c"]


def test_a_full_drive_is_a_sentence(colab, monkeypatch):
    answers.keep("1.1", "a", "right")
    colab.mkdir(parents=True)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(answers, "_append", full)
    assert "No space left" in answers.settle()


def test_elsewhere_nobody_is_told_of_a_drive(capsys):
    assert "rive" not in open_it(capsys)
