"""The time limit: it stops what does not come back, raises nowhere else, and leaves the interpreter as it was."""

import os
import subprocess
import sys
import threading
import time

import pytest

from helpers.checking import check
from helpers.checking.authoring import find
from helpers.checking.timelimit import OutOfTime, limited

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def endless():
    while True:
        pass


def catches_all():
    while True:
        try:
            pass
        except BaseException:
            pass


def catches_all_inside():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def sleeps():
    time.sleep(0.3)


@pytest.mark.parametrize(
    ("function", "main_thread"),
    [
        (endless, True),
        (catches_all, True),
        (catches_all_inside, True),
        (sleeps, True),
        (endless, False),
        (catches_all, False),
        (sleeps, False),
    ],
)
def test_what_does_not_come_back_is_stopped_in_every_thread(function, main_thread):
    found = []

    def call():
        try:
            limited(0.05, function)
        except OutOfTime:
            found.append("stopped")

    if main_thread:
        call()
    else:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join(20)
    assert found == ["stopped"]


def test_value_and_exception_come_through():
    assert limited(5, lambda a, b: a + b, 1, 2) == 3
    with pytest.raises(ZeroDivisionError):
        limited(5, lambda: 1 / 0)


def test_a_limited_call_inside_another_has_its_own_limit():
    def outer():
        try:
            limited(0.05, endless)
        except OutOfTime:
            return "the inner one was stopped"

    assert limited(5, outer) == "the inner one was stopped"
    with pytest.raises(OutOfTime):
        limited(0.1, lambda: limited(5, endless))


def test_threads_that_an_answer_starts_do_not_matter():
    def starts():
        threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()
        return "back"

    assert limited(0.1, starts) == "back"


def run_python(code, timeout=120):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=timeout, cwd=ROOT)


AFTER = """
import sys
from helpers.checking.timelimit import OutOfTime, limited
def endless():
    while True: pass
limited(3, lambda: 1)
try: limited(0.05, endless)
except OutOfTime: pass
def h(): pass
"""


@pytest.mark.parametrize(
    "tool",
    [
        "sys.settrace(lambda *a: None); h(); sys.settrace(None)",
        "sys.setprofile(lambda *a: None); h(); sys.setprofile(None)",
        "import cProfile; cProfile.run('h()')",
        "import pdb, io; pdb.Pdb(stdin=io.StringIO('c\\n'), stdout=io.StringIO()).run('h()')",
    ],
)
def test_tracers_profilers_and_debuggers_work_after_it(tool):
    assert run_python(f"{AFTER}\n{tool}\nprint('done')", timeout=60).stdout.endswith("done\n")


def test_imports_get_their_own_time(tmp_path):
    (tmp_path / "slow_to_import.py").write_text("import time\nfor _ in range(40): time.sleep(0.02)\nready = True\n")
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}]\nfrom helpers.checking.timelimit import limited\n"
        "def f():\n    import slow_to_import\n    return slow_to_import.ready\nprint(limited(0.1, f))"
    )
    assert run_python(code).stdout == "True\n"


def test_a_debugger_inside_an_answer_stops_the_clock_and_is_heard():
    code = (
        "import pdb, time, io, sys\nfrom helpers.checking.authoring import find\nfrom helpers.checking import check\n"
        "task = find('1.1'); task.seconds = 0.2\n"
        "class Slow(io.StringIO):\n    def readline(self):\n        time.sleep(0.3)\n        return super().readline()\n"
        "def rnn_step(x, h, Wx, Wh, b):\n    if len(x) == 3 and x.shape[1] == 2 and not seen:\n        seen.append(1)\n"
        "        pdb.Pdb(stdin=Slow('p x.shape\\nc\\n'), stdout=sys.stdout).set_trace()\n"
        "    return task.reference(x, h, Wx, Wh, b)\n"
        "seen = []\nv = check(task, rnn_step)\nprint(v.state, v.headline)"
    )
    said = run_python(code).stdout
    assert "(3, 2)" in said and "right" in said, said


def test_many_endless_loops_on_a_busy_machine_leave_nothing_behind():
    """Beside eight busy processes; bounded in time. A leak would show as OutOfTime outside of the call."""
    busy = [
        subprocess.Popen([sys.executable, "-c", "import time\nend = time.time() + 14\nwhile time.time() < end: pass"])
        for _ in range(8)
    ]
    code = (
        "import time\nfrom helpers.checking.timelimit import OutOfTime, limited\n"
        "def endless():\n    while True: pass\n"
        "loops, end = 0, time.time() + 9\n"
        "while loops < 150 and time.time() < end:\n"
        "    try: limited(0.005, endless)\n    except OutOfTime: loops += 1\n    else: raise SystemExit('came back')\n"
        "for _ in range(200): time.sleep(0.001)\nprint(loops)"
    )
    try:
        run = run_python(code, timeout=100)
    finally:
        for process in busy:
            process.kill()
    assert run.returncode == 0 and int(run.stdout) > 20, run.stderr


def test_the_check_tells_an_endless_loop_and_goes_on():
    task = find("1.6")

    def latch(w):
        while True:
            pass

    task.seconds, before = 0.05, task.seconds
    try:
        for _ in range(20):
            assert "never ends" in check(task, latch).headline
    finally:
        task.seconds = before
