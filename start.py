#!/usr/bin/env python3
"""Opens the course, or tests it. It needs nothing but Python; everything else goes into the folder .venv.

    python start.py                  open the course in JupyterLab, where you left off (the first time: set up .venv)
    python start.py --port 8899      what follows is for JupyterLab
    python start.py test             run the tests
    python start.py test 04          run those that belong to one notebook: its cells, exercises, figures and helpers
    python start.py test -k text     what follows is for pytest; also behind a number
    python start.py test oldest      run them with the oldest packages the course supports, in .venv-oldest
    python start.py test colab       run them with the packages of Google Colab, in .venv-colab
    python start.py test shaken      run every notebook under other arithmetic, and say how far each claim is from its bound
    python start.py test time        say what each notebook costs, in seconds of one core
    python start.py test browser     work through a notebook in a real browser (needs Chromium or Chrome)
    python start.py site             build pages to read, with a search, from the solved notebooks, in .venv-site
    python start.py grade FILES ...  check handed-in notebooks: a row for each student; see README.md
    python start.py answers          show what you solved; --save FILE and --load FILE carry your answers elsewhere
    python start.py pack             pack the course into one ZIP, for Colab
    python start.py help             print this
"""
# an old Python has to come as far as its sentence below: hence no f-strings in this file
from __future__ import print_function

import sys

if sys.version_info < (3, 11):
    sys.exit("This course needs Python 3.11 or newer; this is Python %d.%d.%d." % tuple(sys.version_info[:3]))

import errno
import hashlib
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
NO_ROOM = "No room left on the disk: the course needs about 500 MB, its tests 1.5 GB, in\n    %s" % HERE
NO_NETWORK = "Could not reach the package index: is there a network? Run the same command again when there is."
SIGNS_OF_NO_ROOM = "no space left|errno 28|os error 28|os error 112|not enough space|disk quota exceeded".split("|")
SIGNS_OF_NO_NETWORK = ("new connection|name resolution|name or service|getaddrinfo|dns error|unreachable|timed out|"
                       "connection refused|connection reset|connection aborted|sending request").split("|")


def main(words):
    """Does what the words after `python start.py` ask for; gives back the exit code."""
    if words[:1] in (["help"], ["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if words[:1] == ["test"]:
        return test(words[1:])
    if words[:1] in (["grade"], ["answers"], ["pack"]):
        os.environ["PYTHONPATH"] = str(HERE)
        # -P: what lies in the folder that one is in, somebody's hand-ins, is not taken for a part of the program
        return hand_over([set_up(".venv", ["requirements.txt"]), "-P", "-m", "helpers.teaching"] + words, os.getcwd())
    if words[:1] == ["site"]:
        return hand_over([set_up(".venv-site", ["site/requirements.txt"]), "site/build.py"] + words[1:])
    if words and not words[0].startswith("-"):
        print("start.py does not know the word '%s'.\n\n%s" % (words[0], __doc__.strip()), file=sys.stderr)
        return 2
    python = set_up(".venv", ["requirements.txt"])
    # a saved notebook reopens without errors, and JupyterLab asks nothing when it starts
    paths = [str(HERE / "settings"), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    return hand_over([python, "-m", "jupyterlab", where_one_left_off()] + words)


def where_one_left_off():
    """The notebook of the newest answer, as a path; the page "Start here" if there is none."""
    folder = pathlib.Path(os.environ.get("COURSE_ANSWERS") or HERE / "answers")
    newest = max(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime, default=pathlib.Path("0.1"))
    found = sorted((HERE / "notebooks").glob(newest.name.split(".")[0].zfill(2) + "_*.ipynb"))
    return str((found or sorted((HERE / "notebooks").glob("*.ipynb")) or [HERE / "notebooks"])[0].relative_to(HERE))


def test(words):
    """Runs pytest in the environment that the first word asks for; its settings are in pyproject.toml."""
    files = ["requirements.txt", "tests/requirements.txt"]
    if words[:1] in (["oldest"], ["colab"]):
        python = set_up(".venv-" + words[0], ["tests/requirements-%s.txt" % words[0]])
        return hand_over([python, "-m", "pytest"] + words[1:])
    if words[:1] == ["browser"]:
        python = set_up(".venv", files + ["tests/browser/requirements.txt"])
        return hand_over([python, "-m", "pytest", "tests/browser", "-n0", "-s"] + words[1:])
    if words[:1] == ["shaken"]:
        return hand_over([set_up(".venv", files), "tests/shaken.py"] + words[1:])
    if words[:1] == ["time"]:
        return hand_over([set_up(".venv", files), "tests/times.py"] + words[1:])
    if words and words[0].isdigit():
        words = ["--lesson=" + words[0].zfill(2)] + words[1:]
    python = set_up(".venv", files, extra="tests/requirements-torch.txt")
    return hand_over([python, "-m", "pytest"] + words)


def set_up(folder, files, extra=None):
    """Makes sure that the environment in `folder` has what the requirement `files` name; gives back its Python.

    The environment keeps a record of the files it was made from, written last: so a file that has changed is installed
    again, and a set-up that was cut off is known and begun anew. `extra` is a file that the rest can do without.
    """
    env = HERE / folder
    python = str(env / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    record = env / "set-up.json"
    unfinished = {"unfinished": True}
    wanted = {name: fingerprint(name) for name in files + ([extra] if extra else [])}
    if wanted.items() <= read(record).items() and version_of(python) == sys.version_info[:2]:
        return python

    lock = only_one(HERE / (folder + ".lock"))  # noqa: F841  two starts at once must not build in the same folder
    began, done = time.time(), read(record)
    new = done == unfinished or version_of(python) != sys.version_info[:2]
    print("Setting up %s for Python %d.%d: a minute or a few ..." % ((folder,) + sys.version_info[:2]), flush=True)
    if new:
        if env.exists():
            print("(What is there is unfinished, broken or for another Python, so it is made anew.)", flush=True)
            shutil.rmtree(str(env))
        env.mkdir()
        done = {}
    record.write_text(json.dumps(unfinished))
    if new:
        make_environment(str(env))
    if any(done.get(name) != wanted[name] for name in files):
        trouble = install(python, files, ["uv", "pip"])
        if not trouble and "requirements.txt" in files:
            there = run([python, "-c", "import jupyterlab"])[0] == 0  # whatever the tool says
            trouble = None if there else "The new environment comes without JupyterLab: is pip told to install elsewhere?"
        if trouble:
            record.write_text(json.dumps(unfinished if new else done))
            sys.exit(trouble)
    if extra and done.get(extra) != wanted[extra]:
        trouble = install(python, [extra], ["pip", "uv"], ["--torch-backend", "cpu"])  # uv knows the small builds
        if trouble:
            print("\n*** PyTorch could not be installed: THE TESTS THAT COMPARE WITH IT WILL BE SKIPPED.\n*** " +
                  trouble.replace("\n", "\n*** "), flush=True)
            print("*** To try again: %s -m pip install -r %s\n" % (python, extra), flush=True)
    record.write_text(json.dumps(dict(done, **wanted), indent=0))
    print("Done in %.0f s." % (time.time() - began), flush=True)
    return python


def make_environment(env):
    """Makes an environment with pip in it: with uv if it is on this machine and able to, else with Python's venv."""
    base = getattr(sys, "_base_executable", None) or sys.executable  # not the Python of the folder that is being made
    uv = shutil.which("uv")
    if uv and run([uv, "venv", "--seed", "--allow-existing", "--python", base, env])[0] == 0:
        return
    for module in "venv", "ensurepip":
        if importlib.util.find_spec(module) is None:
            sys.exit("This Python comes without %s, which makes environments. On Debian or Ubuntu, install it by\n"
                     "    sudo apt install python%d.%d-venv" % ((module,) + sys.version_info[:2]))
    code, lines = run([base, "-m", "venv", env])
    if code:
        sys.exit(why("venv", lines))


def install(python, files, tools, uv_options=()):
    """Installs the requirement files with the first of the tools that can; gives back None, or why none could."""
    files = [word for name in files for word in ("-r", name)]
    commands = {"pip": [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"] + files,
                "uv": [shutil.which("uv"), "pip", "install", "--python", python] + list(uv_options) + files}
    for tool in tools:
        if commands[tool][0]:  # uv need not be there; and where it fails, pip may be set up to know more
            code, lines = run(commands[tool])
            trouble = why(tool, lines) if code else None
            if trouble in (None, NO_ROOM):
                break
    return trouble


def run(command):
    """Runs a command, showing one changing line of what it prints; gives back its exit code and all lines."""
    lines, seen = [], sys.stdout.isatty()
    process = subprocess.Popen(command, cwd=str(HERE), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=clean_environment(),
                               stderr=subprocess.STDOUT, universal_newlines=True, errors="replace")
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            print("\r%-78.78s" % line.strip() if seen else "", end="", flush=True)
        return process.wait(), lines
    finally:
        print("\r%78s\r" % "" if seen else "", end="", flush=True)
        if process.poll() is None:  # interrupted
            process.terminate()
            process.wait()


def clean_environment():
    """The environment without those of pip's settings that would install elsewhere than into the course's own folder."""
    return dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0", PIP_TARGET="", PIP_PREFIX="", PIP_ROOT="")


def why(tool, lines):
    """A sentence on why `tool` failed, from the lines it printed."""
    text = "\n".join(lines).lower()
    if any(sign in text for sign in SIGNS_OF_NO_ROOM) or shutil.disk_usage(str(HERE)).free < 1e7:
        return NO_ROOM
    if any(sign in text for sign in SIGNS_OF_NO_NETWORK):
        return NO_NETWORK
    return "%s could not do it. The last that it said:\n    %s" % (tool, "\n    ".join(lines[-6:]))


def hand_over(command, folder=str(HERE)):
    """Runs the command in place of this program, so that Ctrl-C and the exit code are its own."""
    os.chdir(folder)
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the program got it too, and decides
            pass


def version_of(python):
    """The version, as (3, 11), of the Python at this path; None if it does not run."""
    ask = [python, "-I", "-S", "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        return tuple(map(int, subprocess.check_output(ask, stderr=subprocess.DEVNULL).split()))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def fingerprint(name):
    return hashlib.sha256((HERE / name).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def read(record):
    """What a finished set-up recorded; {} if there is none. A record that a power cut damaged counts as unfinished."""
    try:
        return dict(json.loads(record.read_text()))
    except OSError:
        return {}
    except (ValueError, TypeError):
        return {"unfinished": True}


def only_one(path):
    """An open file that one start.py can hold at a time; the system takes it back however that one ends."""
    file = open(str(path), "a")
    try:
        if os.name == "nt":
            import msvcrt
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            sys.exit("Another start.py is setting up the course right now: wait until it has finished.")
    return file


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        no_room = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        sys.exit(NO_ROOM if no_room else "start.py cannot go on: %s" % error)
