"""Check everything that was handed in, side by side, and gather it by student."""

import concurrent.futures
import os
import queue
from dataclasses import dataclass, field

from helpers.checking import authoring
from helpers.teaching.apart import SECONDS, Nursery
from helpers.teaching.checking_answers import LOCKS, READ, do, prepare
from helpers.teaching.handins import KINDS

STOPPED = {"state": "wrong", "headline": "Its check was stopped: too long, too much memory, or it ended Python.",
           "mistakes": []}  # fmt: skip
MOST_LETTERS = 600  # of a sentence that comes back
RANK = {"right": 3, "wrong": 2, "unread": 1, "blank": 0}


@dataclass
class Student:
    """One person's row: `results` has the best verdict on each exercise, `troubles` what could not be read, in words."""

    name: str
    id: str
    files: list = field(default_factory=list)
    results: dict = field(default_factory=dict)
    troubles: list = field(default_factory=list)
    others: list = field(default_factory=list)  # what is no hand-in: told only where there is nothing else


def grade(handins, *, workers=None, seconds=SECONDS, said=lambda done, of: None):
    """Return (students, locks): a Student each, in the order of their names; which locks every answer was checked behind.

    handins : an iterable of HandIn. workers : how many processes, by default one a core. seconds : how long
    the check of one answer may take by the clock. said : called with the number of
    answers that are checked, and of all. Answers that are the same to the letter are checked once. Nothing that is handed in
    raises anything here.
    """
    workers = workers or os.cpu_count() or 1
    students, owners = {}, {}
    nurseries = queue.LifoQueue()
    for _ in range(workers):
        nurseries.put(Nursery(prepare, do, seconds=seconds))

    def with_nursery(work, *arguments):
        nursery = nurseries.get()
        try:
            return work(nursery, *arguments)
        finally:
            nurseries.put(nursery)

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        try:
            locks = pool.submit(with_nursery, lambda nursery: nursery.ask(LOCKS, None)).result() or []
            for handin, found in _in_turn(pool, workers, handins, lambda handin: with_nursery(_read, handin)):
                student = students.setdefault((handin.student, handin.id), Student(handin.student, handin.id))
                for answer in _took(student, handin, found):
                    owners.setdefault(_key(answer), (answer, []))[1].append(student)
            by_exercise = {}
            for answer, whose in owners.values():
                by_exercise.setdefault(answer["exercise"], []).append((answer, whose))
            done, of = 0, len(owners)
            # the largest first, and an exercise stays with one nursery, which is warm for it
            portions = [p for e in sorted(by_exercise, key=lambda e: -len(by_exercise[e])) for p in _portions(by_exercise[e])]
            running = [pool.submit(with_nursery, _check_all, portion) for portion in portions]
            for finished in concurrent.futures.as_completed(running):
                for (answer, whose), result in finished.result():
                    for student in whose:
                        _put(student, answer, result)
                    done += 1
                said(done, of)
        finally:
            pool.shutdown(cancel_futures=True)
            while not nurseries.empty():
                nurseries.get().close()
    for student in students.values():
        if not student.files and not student.troubles:
            student.troubles = student.others[:3]
    return sorted(students.values(), key=lambda s: (s.name.casefold(), s.id)), locks


def _in_turn(pool, ahead, items, work):
    """Yield (item, work(item)), some at a time, so that not all hand-ins are in memory at once."""
    waiting = []
    for item in items:
        waiting.append((item, pool.submit(work, item)))
        if len(waiting) > 2 * ahead:
            item, future = waiting.pop(0)
            yield item, future.result()
    for item, future in waiting:
        yield item, future.result()


def _read(nursery, handin):
    if handin.trouble:
        return {"answers": [], "trouble": handin.trouble}
    if not handin.name.lower().endswith(KINDS):
        return {"answers": [], "trouble": "is not a notebook: an .ipynb is wanted"}
    found = nursery.ask(READ, [handin.name, handin.data.decode("latin-1")])
    return found or {"answers": [], "trouble": "could not be read: it takes too long, or too much memory"}


def _took(student, handin, found):
    """Note what a hand-in brought; yield its answers that have to be checked."""
    known = {task.id for task in authoring.all_exercises()}
    if found["trouble"]:
        sentence = f"{handin.name.rpartition('/')[2]} {found['trouble']}"
        is_notebook = handin.name.lower().endswith(".ipynb")
        (student.troubles if is_notebook or handin.trouble else student.others).append(sentence)
        return
    student.files.append(handin.name)
    for answer in found["answers"]:
        if answer["exercise"] not in known:
            student.troubles.append(f"{handin.name.rpartition('/')[2]}: this course has no exercise {answer['exercise']}")
        elif answer["state"]:
            headline = f"Python cannot read it: {answer['why']}" if answer["state"] == "unread" else "Not started."
            _put(student, answer, {"state": answer["state"], "headline": headline, "mistakes": []})
        else:
            yield answer


def _key(answer):
    return answer["exercise"], answer["source"], answer["context"]


def _portions(answers, size=25):
    return [answers[k : k + size] for k in range(0, len(answers), size)]


def _check_all(nursery, answers):
    results = []
    for answer, whose in answers:
        results.append(((answer, whose), _in_form(nursery.ask(answer["exercise"], answer))))
    return results


def _in_form(result):
    """Return a result as check_answer gives it, or STOPPED where it is none: an answer may have written it."""
    try:
        state, headline, mistakes = result["state"], result["headline"], result["mistakes"]
        if state in ("right", "wrong", "blank") and isinstance(headline, str) and all(isinstance(m, str) for m in mistakes):
            return {"state": state, "headline": headline[:MOST_LETTERS], "mistakes": [m[:MOST_LETTERS] for m in mistakes[:10]]}
    except (TypeError, KeyError):
        pass
    return STOPPED


def _put(student, answer, result):
    """Keep the better of two results of one exercise; what is strange in any of its answers stays."""
    exercise = answer["exercise"]
    before = student.results.get(exercise)
    strange = sorted({*answer["strange"], *(before["strange"] if before else ())})
    better = before is None or RANK[result["state"]] > RANK[before["state"]]
    student.results[exercise] = {**(result if better else before), "strange": strange}
