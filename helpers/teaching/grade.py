"""Check handed-in notebooks: `python start.py grade FILES… [--out table.csv]`.

FILES are notebooks, folders of them, ZIPs, or files of kept answers, named as students, Canvas or Moodle named them. Each answer
is checked in a process of its own, with limits of time and memory, without network and with no file of yours in reach, as far as
this system can keep it. You get a row for each student, and a second table: which mistakes the class made.
"""

import argparse
import os
import pathlib
import sys
import time

from helpers.checking import authoring
from helpers.learner.cards import say
from helpers.teaching.apart import SECONDS
from helpers.teaching.grading import grade
from helpers.teaching.handins import find_handins
from helpers.teaching.tables import as_csv, exercises_of, mistakes_table, on_screen, students_table


def main(words):
    """Do what the words after `python start.py grade` ask for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python start.py grade", description=__doc__.partition("\n\n")[2])
    parser.add_argument("files", nargs="+", metavar="FILES", help="notebooks, folders, ZIPs, files of kept answers")
    parser.add_argument("--out", metavar="table.csv", type=pathlib.Path,
                        help="write the rows here, and the mistakes of the class beside it, into table.mistakes.csv")  # fmt: skip
    parser.add_argument("--only", metavar="01,02", help="the notebooks that count, by number; else all that anybody handed in")
    parser.add_argument("--seconds", type=float, default=SECONDS,
                        help=f"how long the check of one answer may take, by default {SECONDS} s")  # fmt: skip
    arguments = parser.parse_args(words)
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")  # for the processes to come
    began = time.monotonic()
    only = [word.strip().zfill(2) for word in arguments.only.split(",")] if arguments.only else None
    if unknown := set(only or ()) - {task.chapter[:2] for task in authoring.all_exercises()}:
        print(f"There is no notebook {' or '.join(sorted(unknown))} with exercises.", file=sys.stderr)
        return 2
    tables = [arguments.out, arguments.out.with_name(f"{arguments.out.stem}.mistakes.csv")] if arguments.out else []
    try:
        for path in tables:  # now, and not after ten minutes
            path.open("a").close()
    except OSError as error:
        print(f"{path} cannot be written ({error.strerror or error}). Is it open in another program?", file=sys.stderr)
        return 2
    try:
        students, locks = grade(find_handins(arguments.files), seconds=arguments.seconds, said=_progress)
    except FileNotFoundError as missing:
        print(f"There is nothing at {missing}.", file=sys.stderr)
        return 2
    if not students:
        print("There is no notebook in what you named.", file=sys.stderr)
        return 2
    exercises = exercises_of(students, only)
    mistakes = mistakes_table(students, exercises)
    say("\n".join(on_screen(students, exercises, mistakes)))
    for path, rows in zip(tables, (students_table(students, exercises), mistakes), strict=False):
        path.write_text(as_csv(rows), "utf-8", newline="")
        say(f"Written: {path}")
    say(f"\n{len(students)} students, {time.monotonic() - began:.0f} s. {_kept_by(locks)}")
    return 0


def _progress(done, of):
    if sys.stderr.isatty():
        print(f"\r{done} of {of} answers", end="\r" if done < of else "\n", file=sys.stderr, flush=True)


def _kept_by(locks):
    """Return a sentence on what kept the answers in their place."""
    if "Landlock" in locks and "seccomp" in locks:
        return "The system itself kept each answer from network, files and other processes."
    if "seccomp" in locks:
        return "The system kept each answer from network and other processes; Python alone kept it from files."
    return "On this system Python alone kept the answers from network and files: grade strangers' work on Linux."
