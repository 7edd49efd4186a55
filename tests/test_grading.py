"""A teacher's morning: who handed in what, what is right, which mistakes the class made; and answers that mean harm."""

import csv
import io
import json
import socket
import zipfile

import pytest

from helpers.checking import authoring, check
from helpers.teaching import grade as command
from helpers.teaching import handins, reading, tables
from helpers.teaching.checking_answers import check_answer
from helpers.teaching.grading import STOPPED, grade
from tests.handed_in import BROKEN, HEAD, HOSTILE, add_broken, add_hostile, make_class, notebook

CHAPTER = "01_rnn_concept"
RIGHT = "    return np.tanh(x @ Wx + h @ Wh + b)\n"


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    """What a class handed in, graded once: (students by name, what was made for whom, the folder, what escaped)."""
    folder = tmp_path_factory.mktemp("handed in")
    made = make_class(folder, 10, [CHAPTER])
    mark = tmp_path_factory.mktemp("outside") / "escaped"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        add_hostile(folder, mark, server.getsockname()[1])
        add_broken(folder)
        students, closed = grade(handins.find_handins([folder]), workers=2, seconds=5)
        reached = True
        try:
            server.accept()
        except BlockingIOError:
            reached = False
    return {s.name: s for s in students}, made, folder, {"mark": mark.exists(), "network": reached, "locks": closed}


def test_every_answer_of_a_class_gets_the_verdict_that_its_writer_deserves(morning):
    students, made, _, _ = morning
    for (name, number), states in made.items():
        assert students[name].id == number
        assert {e: r["state"] for e, r in students[name].results.items()} == states


def test_every_hand_in_has_its_row_and_no_other_has(morning):
    students, made, _, _ = morning
    broken = {f"broken {name.partition('.')[0]}" for name in BROKEN}
    assert set(students) == {name for name, _ in made} | set(HOSTILE) | broken


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_wrong_and_costs_its_writer_nothing_else(morning, name):
    student = morning[0][name]
    assert student.results["1.1"]["state"] == "wrong", student.results["1.1"]
    assert student.results["1.2"]["state"] == "right"


def test_nothing_escapes(morning):
    _, _, folder, escaped = morning
    assert not escaped["mark"] and not escaped["network"] and "Python" in escaped["locks"]
    said = json.dumps([s.results for s in morning[0].values()])
    assert "# by student000" not in said and "nbformat" not in said, "the text of another's hand-in"
    assert len(list(folder.rglob("*.ipynb"))) == 10 + len(HOSTILE) + sum(name.endswith(".ipynb") for name in BROKEN)


@pytest.mark.parametrize("name, words", [
    ("cut", "ends in the middle"), ("empty", "is empty"), ("page", "web page"), ("zeros", "is damaged"),
    ("nothing", "no list of cells"), ("no cells", "no code cells"), ("deep", "too deeply nested"),
    ("other language", "its language is r"), ("mine", "an .ipynb is wanted"), ("broken", "damaged ZIP"),
])  # fmt: skip
def test_a_broken_file_gives_a_row_that_says_what_is_wrong(morning, name, words):
    student = morning[0][f"broken {name}"]
    assert words in " ".join(student.troubles) and not student.results


def test_the_tables_count_right(morning):
    students = list(morning[0].values())
    exercises = tables.exercises_of(students)
    assert exercises == [t.id for t in authoring.all_exercises() if t.chapter == CHAPTER]
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(tables.students_table(students, exercises)).lstrip("\ufeff"))))
    for row in rows:
        states = [row[e] for e in exercises]
        assert int(row["right"]) == states.count("right") and int(row["wrong"]) == states.count("wrong")
        assert len(row["missing"].split()) == states.count("") and row["of"] == str(len(exercises))
    made = tables.mistakes_table(students, exercises)[1:]
    wrong = sum(r["state"] == "wrong" for s in students for r in s.results.values())
    assert sum(int(row[3]) for row in made) >= wrong, "every wrong answer is in the second table"
    assert len(tables.on_screen(students, exercises, [[], *made])) > len(students)


def test_a_mistake_is_named_as_it_is_on_the_card():
    task = authoring.find("1.1")
    made = "    return np.tanh(x @ Wx + h + b)\n"
    result = check_answer("1.1", {"source": HEAD + made, "context": ""})
    space = {}
    exec("import numpy as np\n" + HEAD.partition("\n")[2] + made, space)
    assert result["state"] == "wrong" and result["headline"] == check(task, space["rnn_step"]).headline


# ---- whose it is

@pytest.mark.parametrize("path, whose", [
    ("leeann_4711_99120_01_rnn_concept.ipynb", ("leeann", "4711")),
    ("leeann_LATE_4711_99120_01_rnn_concept-1.ipynb", ("leeann", "4711")),
    ("Ann Lee_4711_assignsubmission_file_/01_rnn_concept.ipynb", ("Ann Lee", "4711")),
    ("Ann Lee_4711_assignsubmission_file/deep/er/mine.ipynb", ("Ann Lee", "4711")),
    ("山田 太郎_12_assignsubmission_file_01_rnn_concept.ipynb", ("山田 太郎", "12")),
    ("Ann Lee/week 3/01_rnn_concept.ipynb", ("Ann Lee", "")),
    ("01_rnn_concept_ann (1).ipynb", ("ann", "")),
    ("ann-01_rnn_concept.ipynb", ("ann", "")),
    ("final version.ipynb", ("final version", "")),
    ("ann/answers/1.1.jsonl", ("ann", "")),
])  # fmt: skip
def test_the_student_is_known_from_the_name(path, whose, tmp_path):
    for name in (path, "other one/x.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert whose in [(h.student, h.id) for h in handins.find_handins([tmp_path])]


def test_a_notebook_that_is_named_alone_belongs_to_its_folder(tmp_path):
    (tmp_path / "ann").mkdir()
    path = tmp_path / "ann" / "01_rnn_concept.ipynb"
    path.write_text("{}")
    assert [h.student for h in handins.find_handins([path])] == ["ann"]
    with pytest.raises(FileNotFoundError):
        list(handins.find_handins([tmp_path / "nobody"]))


def test_zips_are_opened_also_those_inside_and_the_courses_solutions_do_not_count(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as course:
        course.writestr("rnn-in-numpy-main/notebooks/01_rnn_concept.ipynb", "{}")
        course.writestr("rnn-in-numpy-main/notebooks/solved/01_rnn_concept.ipynb", "{}")
        course.writestr("rnn-in-numpy-main/notebooks/.ipynb_checkpoints/01_rnn_concept-checkpoint.ipynb", "{}")
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as bulk:
        bulk.writestr("leeann_4711_9_course.zip", inner.getvalue())
        bulk.writestr("Bo_5_assignsubmission_file_/../../../mine.ipynb", "{}")
        bulk.writestr("__MACOSX/._mine.ipynb", "")
    found = [(h.student, h.id, h.name) for h in handins.find_handins([tmp_path / "submissions.zip"])]
    assert [(who, number) for who, number, _ in found] == [("leeann", "4711"), ("Bo", "5")]
    assert not any("solved" in name for _, _, name in found)


def test_a_huge_file_is_named_and_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(handins, "MOST_BYTES", 1000)
    (tmp_path / "ann.ipynb").write_text(" " * 1001)
    with zipfile.ZipFile(tmp_path / "bo.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("bo.ipynb", " " * 10**6)
    found = list(handins.find_handins([tmp_path]))
    assert [h.student for h in found] == ["ann", "bo"]
    assert all("too large" in h.trouble and not h.data for h in found)


# ---- what is in it

def read(*cells, **more):
    made = {"cells": [{"cell_type": "code", "source": c} for c in cells], "metadata": {}, **more}
    return reading.read_handin("any.ipynb", json.dumps(made).encode())


def state_of(*cells):
    [answer] = read(*cells)["answers"]
    return answer["state"] or check_answer(answer["exercise"], answer)["state"]


def test_an_answer_uses_what_stands_in_other_cells_of_its_notebook():
    cell = HEAD + "    return squash(x @ Wx + h @ Wh + b) * one\n"
    other = "def squash(a):\n    return np.tanh(twice(a) / 2) * p / p"
    before = "from math import pi as p\none = 1.0\n%matplotlib inline\nprint('an experiment', 1 / 0)"
    assert state_of(before, "def twice(a):\n    return 2 * a", other, cell) == "right"
    assert state_of(cell) == "wrong"


@pytest.mark.parametrize("cells, state", [
    ([HEAD + RIGHT + "progress()\n1 / 0\n"], "right"),
    (["%%time\n" + HEAD + RIGHT], "right"),
    ([HEAD + RIGHT + "!pip list\nrnn_step?\n"], "right"),
    ([authoring.find("1.1").blank()], "blank"),
    ([HEAD + "    return (TODO\n"], "unread"),
    ([HEAD + "    return " + "(" * 3000], "unread"),
    ([HEAD + RIGHT + "    # " + "x" * 10**5], "unread"),
    (["exercise('1.1')(lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh + b))"], "right"),
    ([HEAD.replace("rnn_step", "my_step") + RIGHT], "wrong"),
    ([HEAD.replace("def", "class").replace("(x, h, Wx, Wh, b)", "") + "    pass\n"], "wrong"),
    ([HEAD + "    return np.tanh(x @ Wx + h @ Wh + b) + 1e-3 * np.random.normal()\n"], "wrong"),
    (["raise SystemExit\n" + HEAD + RIGHT], "right"),
    (["x = int('no')\n" + HEAD + RIGHT], "wrong"),
])  # fmt: skip
def test_an_answer_as_people_write_it(cells, state):
    assert state_of(*cells) == state


def test_the_best_of_several_answers_counts_also_over_files(tmp_path):
    for name, line in (("", "    return x\n"), (" (1)", RIGHT), ("-2", "    return h\n")):
        path = tmp_path / "ann" / f"{CHAPTER}{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(notebook(CHAPTER, {"1.1": HEAD + line}))
    [ann], _ = grade(handins.find_handins([tmp_path]), workers=1)
    assert ann.results["1.1"]["state"] == "right" and len(ann.files) == 3
    assert ann.results["1.2"]["state"] == "blank"


def test_kept_answers_are_graded_too_and_what_they_say_of_themselves_does_not_count():
    lines = [{"exercise": "1.1", "time": "2026-01-02", "state": "right", "source": HEAD + "    return x\n"},
             {"exercise": "1.1", "time": "2026-01-01", "state": "right", "source": HEAD + RIGHT}]  # fmt: skip
    found = reading.read_handin("ann.txt", "\n".join(map(json.dumps, lines)).encode())["answers"]
    assert [check_answer("1.1", answer)["state"] for answer in found] == ["wrong"]
    alone = json.dumps({k: v for k, v in lines[1].items() if k != "exercise"}).encode()
    assert reading.read_handin("x/1.1.jsonl", alone + b"\n{cut")["answers"][0]["exercise"] == "1.1"
    assert "no answers" in reading.read_handin("notes.txt", b"dear teacher")["trouble"]


def test_notebooks_of_other_formats_and_codings():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": [HEAD, RIGHT]}]}], "nbformat": 3}
    for coding in ("utf-8", "utf-8-sig", "utf-16"):
        assert reading.read_handin("x.ipynb", json.dumps(old).encode(coding))["answers"][0]["exercise"] == "1.1"


def test_an_exercise_that_is_not_there_is_told_and_the_solution_is_no_strange_name(tmp_path):
    (tmp_path / "ann.ipynb").write_bytes(json.dumps({"cells": [
        {"cell_type": "code", "source": HEAD.replace("1.1", "1.77") + RIGHT},
        {"cell_type": "code", "source": HEAD + "    return (lambda f: f)(np.tanh)(x @ Wx + h @ Wh + b)"}]}).encode())  # fmt: skip
    [ann], _ = grade(handins.find_handins([tmp_path]), workers=1)
    assert "no exercise 1.77" in ann.troubles[0] and ann.results["1.1"]["state"] == "right"
    for task in authoring.all_exercises():
        answers = read(task.filled())["answers"]
        assert [a["exercise"] for a in answers] == [task.id] and not answers[0]["strange"], task.id


def test_no_right_answer_in_its_notebook_is_a_strange_one():
    """Also where a variable of the answer has the name of a module that a cell of the notebook imports."""
    for chapter in {task.chapter for task in authoring.all_exercises()}:
        right = {task.id: task.filled() for task in authoring.all_exercises() if task.chapter == chapter}
        answers = reading.read_handin("x.ipynb", notebook(chapter, right))["answers"]
        assert {a["exercise"] for a in answers} == set(right)
        assert not [(a["exercise"], a["strange"]) for a in answers if a["strange"]]


@pytest.mark.parametrize("line", [
    "    from helpers.checking import authoring\n    return authoring.find('1.1')(x, h, Wx, Wh, b)\n",
    "    return exec('pass') or np.tanh(x @ Wx + h @ Wh + b)\n",
    "    return ().__class__.__base__ and np.tanh(x @ Wx + h @ Wh + b)\n",
])  # fmt: skip
def test_an_answer_that_reaches_beyond_numpy_is_worth_a_look(line):
    assert read(HEAD + line)["answers"][0]["strange"]


def test_what_comes_back_in_another_form_counts_as_stopped():
    from helpers.teaching.grading import _in_form

    for forged in (None, [], "right", {"state": "right"}, {"state": "best", "headline": "", "mistakes": []},
                   {"state": "right", "headline": [], "mistakes": []}, {"state": "right", "headline": "", "mistakes": [1]}):
        assert _in_form(forged) is STOPPED
    assert len(_in_form({"state": "wrong", "headline": "x" * 10**6, "mistakes": []})["headline"]) < 1000


# ---- the command

def test_the_command_writes_two_tables_that_no_spreadsheet_takes_for_formulas(tmp_path, capsys):
    folder = tmp_path / "class"
    for name in ("=HYPERLINK(1)", "Bo"):
        (folder / name).mkdir(parents=True)
        (folder / name / "01_rnn_concept.ipynb").write_bytes(notebook(CHAPTER, {"1.1": HEAD + "    return x\n"}))
    out = tmp_path / "table.csv"
    assert command.main([str(folder), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "2 students" in said and str(out) in said
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [row[0] for row in rows] == ["student", "'=HYPERLINK(1)", "Bo"]
    mistakes = (tmp_path / "table.mistakes.csv").read_text("utf-8-sig")
    assert "1.1" in mistakes and "100 %" in mistakes
    assert command.main([str(folder), "--only", "02"]) == 0
    assert "right of 9" in capsys.readouterr().out


def test_the_command_says_what_is_not_there(tmp_path, capsys):
    assert command.main([str(tmp_path / "gone")]) == 2 and "nothing at" in capsys.readouterr().err
    assert command.main([str(tmp_path)]) == 2 and "no notebook" in capsys.readouterr().err
    assert command.main([str(tmp_path), "--only", "1,77"]) == 2 and "no notebook 77" in capsys.readouterr().err
    assert command.main([str(tmp_path), "--out", str(tmp_path / "no" / "t.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err, "before anything is checked"
