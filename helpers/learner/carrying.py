"""Carry answers to another machine and back: `python start.py answers --save FILE`, `--load FILE`, and the same in a notebook.

The file is small and plain text, one version of an answer a line. What is loaded is added to what is kept; nothing is replaced.
"""

import argparse
import json
import os
import pathlib
import re
import sys

from helpers.learner import answers
from helpers.learner.cards import say, show_card
from helpers.learner.overview import show_all

NUMBER = re.compile(r"\d+\.\d+")


def save_answers(file="answers.txt"):
    """Save every version of every answer, and your guesses, into one file. What that file holds already stays in it."""
    try:
        count = save(file)
    except ValueError as problem:
        return show_card("wrong", "Not saved", [str(problem)])
    return show_card(
        "right",
        "Your answers are saved",
        [
            f"{count} version{'s' * (count != 1)} in {pathlib.Path(file).expanduser().resolve()}.",
            "On the other machine: `load_answers` in a notebook, or `python start.py answers --load FILE`.",
        ],
    )


def load_answers(file="answers.txt"):
    """Add the answers of a file that `save_answers` made, or of a folder of answers, to your own."""
    try:
        new, of = load(file)
    except ValueError as problem:
        return show_card("wrong", "Not loaded", [str(problem)])
    return show_card(
        "right",
        "Your answers are here",
        [f"{new} of {of} versions were new.", '`restore()` lists all that is kept; `restore("1.1")` brings one into its cell.'],
    )


def save(file):
    """Write all kept answers into a file, with those that it holds; return how many versions it then has.

    Raises ValueError, with a sentence, where the file is something else or cannot be written.
    """
    path = pathlib.Path(file).expanduser()
    lines = dict.fromkeys(_lines_of_mine())
    if path.exists():
        there, guesses = _read(path)
        lines |= dict.fromkeys(_line(key, version) for key, kept in there.items() for version in kept)
    else:
        guesses = {}
    if mine := {**guesses, **answers.guesses()}:
        lines[json.dumps({"guesses": mine}, ensure_ascii=False)] = None
    part = path.with_name(path.name + ".part")
    try:
        part.write_text("".join(line + "\n" for line in lines), "utf-8", errors="backslashreplace", newline="\n")
        os.replace(part, path)
    except OSError as error:
        raise ValueError(f"{path} cannot be written ({error.strerror or error}).") from None
    return sum('"guesses"' not in line[:12] for line in lines)


def load(file):
    """Add the answers of a file or folder to those that are kept; return (how many versions were new, of how many).

    Raises ValueError, with a sentence, where there are no answers in it or they cannot be kept.
    """
    path = pathlib.Path(file).expanduser()
    if path.is_dir():
        found, guesses = {key: answers.versions(key, path) for key in answers.exercises(path)}, answers.guesses(path)
    else:
        found, guesses = _read(path)
    if not found and not guesses:
        raise ValueError(f"{path} holds no answers of this course.")
    try:
        answers.add_guesses(guesses)
        new = sum(answers.add(key, kept) for key, kept in found.items() if NUMBER.fullmatch(key))
    except OSError as error:
        raise ValueError(f"The answers cannot be kept in {answers.folder()} ({error.strerror or error}).") from None
    return new, sum(map(len, found.values()))


def _lines_of_mine():
    for key in answers.exercises():
        for version in answers.versions(key):
            yield _line(key, version)


def _line(key, version):
    return json.dumps({"exercise": key, **{name: version[name] for name in ("time", "state", "source")}}, ensure_ascii=False)


def _read(path):
    """Return ({exercise: versions}, guesses) of a saved file, or of one exercise's file as it is kept ("1.1.jsonl")."""
    try:
        lines = path.read_text("utf-8-sig", errors="replace").split("\n")
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error}).") from None
    found, guesses = {}, {}
    for line in lines:
        try:
            row = json.loads(line)
            more = row.get("guesses")
            key = str(row.get("exercise") or (path.stem if NUMBER.fullmatch(path.stem) else ""))
        except (ValueError, AttributeError, RecursionError):
            continue
        if isinstance(more, dict):
            guesses |= more
        if key and (version := answers.as_version(line)):
            found.setdefault(key, []).append(version)
    if not found and not guesses and any(line.strip() for line in lines):
        raise ValueError(f"{path} is there, and holds no answers of this course.")
    return found, guesses


def main(words):
    """Do what the words after `python start.py answers` ask for; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python start.py answers", description="Show what you have solved; carry your answers to another machine."
    )
    parser.add_argument("--save", metavar="FILE", help="save every version of every answer into one file")
    parser.add_argument("--load", metavar="FILE", help="add the answers of such a file, or of a folder of answers, to your own")
    arguments = parser.parse_args(words)
    try:
        if arguments.load:
            new, of = load(arguments.load)
            say(f"{new} of {of} versions were new; they are in {answers.folder()}.")
        if arguments.save:
            say(f"{save(arguments.save)} versions are in {arguments.save}.")
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    if not arguments.load and not arguments.save:
        show_all()
    return 0
