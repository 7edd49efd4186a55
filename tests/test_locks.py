"""What keeps an answer in its place: each lock by itself, and the processes that do one job each."""

import os
import subprocess
import sys

import pytest

from helpers.learner.answers import ROOT
from helpers.teaching.apart import Nursery
from helpers.teaching.checking_answers import do, prepare
from tests.handed_in import HEAD, HOSTILE

RIGHT = "    return np.tanh(x @ Wx + h @ Wh + b)\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own locks are Linux's")


@linux
@pytest.mark.parametrize("lock, does, refused", [
    ("seccomp", "__import__('socket').socket()", "PermissionError"),
    ("seccomp", "__import__('os').fork()", "PermissionError"),
    ("seccomp", "__import__('os').kill(1, 0)", "PermissionError"),
    ("seccomp", "__import__('subprocess').run(['true'])", "PermissionError"),
    ("seccomp", "__import__('resource').prlimit(__import__('os').getppid(), 0)", "PermissionError"),
    ("seccomp", "__import__('threading').Thread(target=print).start()", ""),
    ("landlock", "open('/etc/passwd')", "PermissionError"),
    ("landlock", "open(__file__)", "PermissionError"),
    ("landlock", "open('/tmp/here', 'w')", "PermissionError"),
    ("landlock", "__import__('os').listdir('/')", "PermissionError"),
    ("landlock", "open(locks.__file__, 'a')", "PermissionError"),
    ("landlock", "open(locks.__file__) and __import__('fractions')", ""),
    ("hook", "__import__('socket').socket()", "PermissionError"),
    ("hook", "open(locks.__file__, 'a')", "PermissionError"),
    ("hook", "open(str(locks.ROOT / 'README.md'))", "PermissionError"),
    ("hook", "__import__('os').system('true')", "PermissionError"),
    ("hook", "__import__('ctypes').string_at(0)", "PermissionError"),
    ("hook", "open(locks.__file__) and __import__('fractions')", ""),
])  # fmt: skip
def test_each_lock_holds_by_itself(lock, does, refused, tmp_path):
    code = f"""
from helpers.teaching import locks
if locks.{lock}(locks.readable()) is False:
    print("none here")
    raise SystemExit
try:
    {does}
except Exception as error:
    print(type(error).__name__)
"""
    script = tmp_path / "script.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, timeout=60).stdout.strip()
    if said == "none here":
        pytest.skip(f"this kernel has no {lock}")
    assert said == refused


def test_where_a_process_cannot_be_split_off_a_fresh_one_does_the_job():
    nursery = Nursery(prepare, do, splits=False)
    answer = {"exercise": "1.1", "source": HEAD + RIGHT, "context": ""}
    assert nursery.ask("1.1", answer)["state"] == "right"
    assert nursery.ask("1.1", {**answer, "source": HOSTILE["leaves"]}) is None
    assert nursery.ask("1.1", answer)["state"] == "right"
    nursery.process.kill()
    assert nursery.ask("1.1", answer) is None, "the nursery itself is gone"
    assert nursery.ask("1.1", answer)["state"] == "right"
    nursery.close()
