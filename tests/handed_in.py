"""Hand-ins of a class that was never there: right, wrong, blank, broken and hostile. `python -m tests.handed_in 200` grades them.

It prints the table, what the check cost, and every answer whose verdict is not the one that it was made for.
"""

import inspect
import json
import pathlib
import random
import resource
import sys
import tempfile
import time

from helpers.checking import authoring
from helpers.learner.answers import ROOT

HEAD = '@exercise("1.1")\ndef rnn_step(x, h, Wx, Wh, b):\n'
HOSTILE = {  # what stands in a cell of exercise 1.1
    "never ends": HEAD + "    while True:\n        try:\n            while True: pass\n        except BaseException: pass\n",
    "sleeps": HEAD + "    import time\n    time.sleep(10**6)\n",
    "leaves": HEAD + "    import os\n    os._exit(0)\n",
    "leaves while it is defined": "import os\nx = os._exit(0)\n" + HEAD + "    return x\n",
    "crashes": "import sys\nx = sys.setrecursionlimit(10**8)\n" + HEAD +
               "    return min([0], key=lambda _: rnn_step(x, h, Wx, Wh, b))\n",
    "calls itself": "import sys\nx = sys.setrecursionlimit(10**8)\n" + HEAD + "    return rnn_step(x, h, Wx, Wh, b)\n",
    "takes all memory": HEAD + "    return [bytearray(10**8) for _ in range(10**6)]\n",
    "takes all threads": HEAD + "    import threading, time\n    for _ in range(10**5):\n"
                         "        threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()\n",
    "kills": HEAD + "    import os\n    os.kill(os.getppid(), 9)\n    os.kill(-1, 9)\n",
    "splits": HEAD + "    import os\n    while True: os.fork()\n",
    "starts a program": HEAD + "    import subprocess\n    subprocess.run(['touch', MARK])\n",
    "writes": HEAD + "    open(MARK, 'w').write('here')\n",
    "writes beside Python": HEAD + "    import os\n    os.close(os.open(MARK, os.O_CREAT | os.O_WRONLY))\n",
    "reads another's": HEAD + "    raise ValueError(open(OTHER).read())\n",
    "looks around": HEAD + "    import os\n    raise ValueError(str(os.listdir(os.path.dirname(OTHER))))\n",
    "calls home": HEAD + "    import socket\n    socket.create_connection(('127.0.0.1', PORT))\n",
    "prints without end": HEAD + "    while True: print('x' * 10**6)\n",
    "writes into every pipe": HEAD + "    import os\n    for n in range(3, 300):\n        try: os.write(n, b'{}' * 1000)\n"
                              "        except OSError: pass\n",
    "says that it is right": HEAD + "    import os\n    said = b'{\"state\": \"right\", \"headline\": [], \"mistakes\": 7}'\n"
                             "    for n in range(3, 300):\n        try: os.write(n, len(said).to_bytes(4, 'big') + said)\n"
                             "        except OSError: pass\n    os._exit(0)\n",
}  # fmt: skip
BROKEN = {
    "cut.ipynb": lambda whole: whole[: len(whole) // 2],
    "empty.ipynb": lambda whole: b"",
    "page.ipynb": lambda whole: b"<!DOCTYPE html><html>Log in</html>",
    "zeros.ipynb": lambda whole: bytes(1000),
    "nothing.ipynb": lambda whole: b"[]",
    "no cells.ipynb": lambda whole: b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "deep.ipynb": lambda whole: b"[" * 10**6,
    "other language.ipynb": lambda whole: json.dumps(
        {"cells": [{"cell_type": "code", "source": "x <- 1"}], "metadata": {"kernelspec": {"language": "R"}}}).encode(),
    "mine.pdf": lambda whole: b"%PDF-1.4",
    "broken.zip": lambda whole: b"PK\x03\x04 no",
}  # fmt: skip
NAMES = ["{name}_{id}_9{id}_{file}", "{name}_LATE_{id}_9{id}_{file}", "{name}_{id}_assignsubmission_file_/{file}",
         "{name}_{id}_assignsubmission_file_{file}", "{name}/{file}"]  # fmt: skip


def notebook(chapter, cells):
    """Return a notebook, as bytes, that is handed out as this chapter and has other cells for some exercises: {id: source}."""
    made = json.loads((ROOT / "notebooks" / f"{chapter}.ipynb").read_text("utf-8"))
    for cell in made["cells"]:
        source = "".join(cell["source"])
        for exercise, answer in cells.items():
            if source.startswith(f'@exercise("{exercise}")'):
                cell["source"] = answer.splitlines(True)
    return json.dumps(made).encode()


def wrong(task, chance):
    """Return a cell with one of the exercise's known mistakes that is an edit of its blanks; None where none is."""
    sources = (inspect.getsource(m.function) for m in chance.sample(task.mistakes, len(task.mistakes)))
    source = next((source for source in sources if source.startswith(f"def {task.name}(")), None)
    return source and f'@exercise("{task.id}")\n{source}'


def make_class(folder, people, chapters=None):
    """Write the hand-ins of so many people into a folder; return {(name, id): {exercise: the state it was made for}}.

    Every answer has its writer's name in it, so that no two are the same.
    """
    chance, made = random.Random(7), {}
    tasks = [t for t in authoring.all_exercises() if chapters is None or t.chapter in chapters]
    for k in range(people):
        name, number, pattern = f"student{k:03}", str(1000 + k), NAMES[k % len(NAMES)]
        states = made[name, number if "{id}" in pattern else ""] = {}
        cells = {}
        for task in tasks:
            kind = chance.choices(["right", "wrong", "blank"], [6, 3, 1])[0]
            cell = {"right": task.filled(), "wrong": wrong(task, chance), "blank": None}[kind]
            states[task.id] = kind if cell else "blank"
            if cell:
                cells[task.id] = f"{cell.rstrip()}\n    # by {name}\n"
        for chapter in dict.fromkeys(task.chapter for task in tasks):
            path = pathlib.Path(folder, pattern.format(name=name, id=number, file=f"{chapter}.ipynb"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(notebook(chapter, {e: c for e, c in cells.items() if authoring.find(e).chapter == chapter}))
    return made


def add_hostile(folder, mark, port):
    """Write a hand-in for each hostile answer: it tries to write `mark`, to reach `port`, to read the folder."""
    other = next(p for p in sorted(pathlib.Path(folder).rglob("*.ipynb")))
    for name, cell in HOSTILE.items():
        for word, value in (("MARK", str(mark)), ("OTHER", str(other)), ("PORT", port)):
            cell = cell.replace(word, repr(value))
        path = pathlib.Path(folder, name, "01_rnn_concept.ipynb")
        path.parent.mkdir()
        path.write_bytes(notebook("01_rnn_concept", {"1.1": cell, "1.2": authoring.find("1.2").filled()}))


def add_broken(folder):
    """Write a hand-in for each broken file."""
    whole = notebook("01_rnn_concept", {})
    for name, spoil in BROKEN.items():
        path = pathlib.Path(folder, f"broken {name.partition('.')[0]}", name)
        path.parent.mkdir()
        path.write_bytes(spoil(whole))


def main(people):
    from helpers.teaching.grading import grade
    from helpers.teaching.handins import find_handins
    from helpers.teaching.tables import exercises_of, mistakes_table, on_screen

    with tempfile.TemporaryDirectory() as folder:
        made = make_class(folder, people)
        add_hostile(folder, pathlib.Path(folder).parent / "escaped", 9)
        add_broken(folder)
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        students, locks = grade(find_handins([folder]), said=lambda done, of: print(f"\r{done} of {of}", end=""))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    exercises = exercises_of(students)
    print("\n" + "\n".join(on_screen(students, exercises, mistakes_table(students, exercises))))
    found = {(s.name, s.id): s.results for s in students}
    other = [(who, e, state, found[who][e]) for who, states in made.items() for e, state in states.items()
             if found[who][e]["state"] != state]  # fmt: skip
    print(*other, sep="\n")
    cpu = sum(getattr(after, f) - getattr(before, f) for f in ("ru_utime", "ru_stime"))
    answers = sum(len(s.results) for s in students)
    print(f"{len(students)} rows, {answers} answers, {len(other)} verdicts that are others than expected, locks: {locks}")
    print(f"{time.monotonic() - began:.0f} s; {cpu:.0f} s of a core, {1000 * cpu / answers:.1f} ms an answer")


if __name__ == "__main__":
    main(int(sys.argv[1]))
