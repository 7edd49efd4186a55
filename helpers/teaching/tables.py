"""The two tables of a class: one row a student, and the mistakes that the class made; as CSV and as words on a screen."""

import collections
import csv
import io

from helpers.checking import authoring

STATES = {"right": "right", "wrong": "wrong", "unread": "wrong", "blank": "not started"}


def students_table(students, exercises):
    """Return rows of text, the first of them the head: a row for each Student, and a column for each exercise at the end.

    exercises : the numbers, "1.1", that count.
    """
    head = ["student", "id", "right", "of", "wrong", "not started", "missing", "mistakes", "worth a look", "remarks", "files"]
    rows = [[*head, *exercises]]
    for student in students:
        states = {e: student.results[e]["state"] if e in student.results else "missing" for e in exercises}
        of = {
            kind: [e for e in exercises if STATES.get(states[e], "missing") == kind]
            for kind in ("right", "wrong", "not started", "missing")
        }
        mistakes = [f"{e}: {_said(student.results[e])}" for e in of["wrong"]]
        strange = [f"{e} uses {', '.join(r['strange'])}" for e, r in _in_order(student.results) if r["strange"]]
        rows.append(
            [
                student.name, student.id, str(len(of["right"])), str(len(exercises)), str(len(of["wrong"])),
                str(len(of["not started"])), " ".join(of["missing"]), "\n".join(mistakes), "\n".join(strange),
                "\n".join(student.troubles), "\n".join(student.files),
                *(STATES.get(states[e], "") for e in exercises),
            ]
        )  # fmt: skip
    return rows


def mistakes_table(students, exercises):
    """Return rows of text, the first of them the head: what the class did wrong, the most frequent first in each exercise."""
    rows = [["exercise", "title", "mistake", "students", "share of those who tried", "who"]]
    for e in exercises:
        tried = [s for s in students if e in s.results and s.results[e]["state"] != "blank"]
        made = collections.defaultdict(list)
        for student in tried:
            result = student.results[e]
            if result["state"] != "right":
                for sentence in result["mistakes"] or [f"(no known mistake) {result['headline']}"]:
                    made[sentence].append(student.name)
        for sentence, who in sorted(made.items(), key=lambda each: -len(each[1])):
            share = f"{100 * len(who) / len(tried):.0f} %"
            rows.append([e, authoring.find(e).title, sentence, str(len(who)), share, ", ".join(who)])
    return rows


def exercises_of(students, only=None):
    """Return the numbers of the exercises that count: those of the notebooks that anybody handed in, or of those in `only`.

    only : numbers of notebooks, ["01", "02"].
    """
    tasks = authoring.all_exercises()
    found = {e for student in students for e in student.results}
    chapters = {task.chapter for task in tasks if task.id in found}
    if only:
        chapters = {task.chapter for task in tasks if task.chapter[:2] in only}
    return [task.id for task in tasks if task.chapter in chapters]


def as_csv(rows):
    """Return rows as CSV that a spreadsheet opens as it stands: no cell is taken for a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([_plain(cell) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def on_screen(students, exercises, mistakes):
    """Return the two tables in short, as lines for a screen. mistakes : the rows of mistakes_table."""
    wide = min(30, max([7, *(len(s.name) for s in students)]))
    lines = [f"{'student':<{wide}}  right of {len(exercises)}   wrong   not started   missing   remarks"]
    for s in students:
        states = collections.Counter(STATES[s.results[e]["state"]] if e in s.results else "missing" for e in exercises)
        strange = [e for e, r in _in_order(s.results) if r["strange"]]
        remarks = s.troubles[:1] + [f"worth a look: {', '.join(strange)}"] * bool(strange)
        lines.append(
            f"{_one_line(s.name, wide):<{wide}}  {states['right']:>5} {states['wrong']:>10} {states['not started']:>13} "
            f"{states['missing']:>9}   {_one_line('; '.join(remarks), 90)}".rstrip()
        )
    lines += ["", "What the class got wrong most often:"]
    often = sorted(mistakes[1:], key=lambda row: -int(row[3]))[:15]
    lines += [f"{row[3]:>4} × {row[0]:<5} {_one_line(row[2], 110)}" for row in often] or ["    nothing"]
    return lines


def _said(result):
    return " / ".join(result["mistakes"]) or result["headline"]


def _in_order(results):
    return sorted(results.items(), key=lambda each: [int(part) for part in each[0].split(".")])


def _plain(cell):
    cell = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in cell)
    return "'" + cell if cell[:1] in "=+-@" and cell else cell


def _one_line(text, most):
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= most else text[: most - 1] + "…"
