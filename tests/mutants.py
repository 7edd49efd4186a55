"""Test the checks by answers that nobody foresaw: random edits of the blanks, and two known mistakes at once.

    python -m tests.mutants                 every exercise, 200 edits each; prints rejected, located, named and how long it took
    python -m tests.mutants 4.3 5.2 --edits 50

Rejected: wrong answers that do not get a ✓. An edit that changes nothing on fresh random inputs is no wrong answer and is not
counted. Located: the card blames the very blank that was edited. Named: it says which mistake it is. A name that belongs to
another blank counts as false; so does any exception out of the check. "99 %": so many of the verdicts took no
more of the processor's time than this.
"""

import argparse
import ast
import copy
import functools
import itertools
import linecache
import random
import sys
import time

import numpy as np

from helpers.checking import authoring, check
from helpers.checking.matching import Content
from helpers.checking.running import difference, run

OTHER = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.Div, ast.MatMult],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.MatMult: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Pow: [ast.Mult],
    ast.Lt: [ast.Gt, ast.LtE],
    ast.Gt: [ast.Lt, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}
CALLS = {
    "tanh": ["exp", "sin"],
    "exp": ["tanh", "expm1"],
    "log": ["log2", "exp"],
    "sum": ["mean", "max"],
    "mean": ["sum", "max"],
    "max": ["min", "sum"],
    "min": ["max"],
    "argmax": ["argmin"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "sqrt": ["square"],
    "maximum": ["minimum"],
    "minimum": ["maximum"],
    "zeros_like": ["ones_like"],
    "hstack": ["vstack"],
    "argsort": ["sort"],
    "vstack": ["hstack"],
    "abs": ["negative"],
    "cumsum": ["cumprod"],
    "any": ["all"],
    "all": ["any"],
}


def edits(exercise, number, seed=0):
    """Yield (key, source of the function) of random edits of one blank each, all different and none the course's own."""
    rng, seen, skeleton = random.Random(seed), set(), exercise.skeleton
    for _ in range(40 * number):
        key = rng.choice(skeleton.keys)
        content = _edited(skeleton, key, rng)
        text = (key, content.text) if content else None
        if content is None or text in seen or content.same_as(skeleton.course[key]):
            continue
        seen.add(text)
        yield key, content
        if len(seen) >= number:
            return


def _edited(skeleton, key, rng):
    course = skeleton.course[key]
    holder = (
        ast.Module(copy.deepcopy(course.before), [])
        if course.node is None
        else ast.Expression(copy.deepcopy(course.node))
    )
    places = [change for node in ast.walk(holder) for change in _changes(skeleton, node)]
    if not places:
        return None
    rng.choice(places)(rng)
    try:
        text = ast.unparse(ast.fix_missing_locations(holder))
        return (
            Content(None, ast.parse(text).body) if course.node is None else Content(ast.parse(text, mode="eval").body)
        )
    except (SyntaxError, ValueError):
        return None


def _changes(skeleton, node):
    """Return functions of a random.Random that change this node in place, in ways in which people slip."""
    found = []

    def change(do):
        found.append(do)

    if isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        change(lambda rng: setattr(node, "op", rng.choice(OTHER[type(node.op)])()))
        change(lambda rng: (lambda a, b: (setattr(node, "left", b), setattr(node, "right", a)))(node.left, node.right))
        for side in ("left", "right"):
            change(lambda rng, side=side: _become(node, getattr(node, side)))  # a term or a factor is missing
            change(lambda rng, side=side: setattr(node, side, ast.UnaryOp(ast.USub(), getattr(node, side))))
            if isinstance(node.op, ast.MatMult):
                change(lambda rng, side=side: setattr(node, side, ast.Attribute(getattr(node, side), "T", ast.Load())))
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        change(lambda rng: node.ops.__setitem__(0, rng.choice(OTHER[type(node.ops[0])])()))
    if isinstance(node, ast.BoolOp):
        change(lambda rng: setattr(node, "op", OTHER[type(node.op)][0]()))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        change(lambda rng: _become(node, node.operand))
    if isinstance(node, ast.Attribute) and node.attr == "T":
        change(lambda rng: _become(node, node.value))
    if isinstance(node, ast.Attribute) and node.attr in CALLS:
        change(lambda rng: setattr(node, "attr", rng.choice(CALLS[node.attr])))
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        change(
            lambda rng: setattr(node, "value", ast.Constant(1 - node.value.value if node.value.value in (0, 1) else 0))
        )
    if isinstance(node, ast.Call) and any(k.arg in ("axis", "keepdims") for k in node.keywords):
        change(lambda rng: setattr(node, "keywords", [k for k in node.keywords if k.arg not in ("axis", "keepdims")]))
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        change(lambda rng: setattr(node, "value", node.value + rng.choice([-1, 1])))
        change(lambda rng: setattr(node, "value", node.value * rng.choice([2, -1])))
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in (names := _names(skeleton)):
        change(lambda rng: setattr(node, "id", rng.choice(names)))
        change(lambda rng: setattr(node, "id", rng.choice(names)))
    if isinstance(node, ast.IfExp):
        change(
            lambda rng: (lambda a, b: (setattr(node, "body", b), setattr(node, "orelse", a)))(node.body, node.orelse)
        )
    if isinstance(node, ast.Slice) and node.lower is None and node.upper is not None:
        change(lambda rng: (setattr(node, "lower", node.upper), setattr(node, "upper", None)))
    if isinstance(node, ast.Tuple) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        change(lambda rng: node.elts.reverse())
    return found


def _names(skeleton):
    """Return the arguments and the variables of an exercise's function: names that can be taken for one another."""
    arguments = [a.arg for a in skeleton.tree.args.args]
    made = [n.id for n in ast.walk(skeleton.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(arguments + made))


def _become(node, other):
    node.__class__ = other.__class__
    node.__dict__ = dict(other.__dict__)


def written(exercise, contents):
    """Return an answer with these contents as if it had been typed into a cell: its source can be read."""
    skeleton = exercise.skeleton
    tree = ast.parse(ast.unparse(_tree(skeleton, contents)))
    source = ast.unparse(tree)
    name = f"<cell {exercise.id} {abs(hash(source))}>"
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    space = dict(exercise.reference.__globals__)
    exec(compile(source, name, "exec"), space)
    return space[exercise.name]


def _tree(skeleton, contents):
    from helpers.checking.blanks import _body, _fill

    full = {key: contents.get(key, skeleton.course[key]) for key in skeleton.keys}
    tree = copy.deepcopy(skeleton.tree)
    tree.body, tree.decorator_list = _fill(_body(tree), iter(full.items()), None) or [ast.Pass()], []
    return ast.Module([ast.fix_missing_locations(tree)], [])


def equals_reference(exercise, function, times=20):
    """Return whether a function is right on cases drawn anew, with other random numbers."""
    for seed in range(1000, 1000 + times):
        for inputs, want in _cases_anew(exercise, seed):
            outcome = run(exercise, function, inputs, 0.5)
            try:
                if difference(exercise, want, outcome, inputs):
                    return False
            except Exception:
                return False
    return True


@functools.lru_cache(maxsize=20)
def _cases_anew(exercise, seed):
    cases = exercise.make_cases(np.random.default_rng(seed))
    return [(inputs, run(exercise, exercise.reference, inputs)) for _, inputs in cases]


def survey(exercise, number, seed=0):
    """Return counts and the answers that were treated wrongly: wrong, rejected, located, named, false, broken, seconds, list."""
    found = dict(wrong=0, rejected=0, located=0, named=0, false=0, broken=0, seconds=[], notes=[])
    for key, content in edits(exercise, number, seed):
        function = written(exercise, {key: content})
        began = time.process_time()  # what else the computer does is not counted
        try:
            verdict = check(exercise, function)
        except BaseException as error:
            found["broken"] += 1
            found["notes"].append(f"{exercise.id} {key} = {content.text}: {type(error).__name__}: {error}")
            continue
        found["seconds"].append(time.process_time() - began)
        if verdict.state == "right":
            if not equals_reference(exercise, function):
                found["wrong"] += 1
                found["notes"].append(f"{exercise.id} accepted: {key} = {content.text}")
            continue
        found["wrong"] += 1
        found["rejected"] += 1
        if "could not be checked" in verdict.headline:
            found["broken"] += 1
            found["notes"].append(f"{exercise.id} {key} = {content.text}: {verdict.details}")
        found["located"] += verdict.blamed == (key,)
        if verdict.blamed != (key,):
            found["notes"].append(
                f"{exercise.id} not located: {key} = {content.text}: {verdict.blamed} {verdict.headline[:100]}"
            )
        found["named"] += bool(verdict.names or verdict.mistake)
        if verdict.names and key not in verdict.names:
            found["false"] += 1
            found["notes"].append(f"{exercise.id} false name: {key} = {content.text}: {verdict.names}")
    return found


def pairs(exercise, limit=None, seed=0):
    """Yield (answer, keys) of two known mistakes of different blanks at once."""
    known = [m for m in exercise.mistakes if exercise.blanks_of(m) and len(exercise.blanks_of(m)) == 1]
    both = [
        (a, b) for a, b in itertools.combinations(known, 2) if set(exercise.blanks_of(a)) != set(exercise.blanks_of(b))
    ]
    random.Random(seed).shuffle(both)
    for a, b in both[:limit]:
        contents = {**exercise.blanks_of(a), **exercise.blanks_of(b)}
        yield written(exercise, contents), tuple(key for key in exercise.skeleton.keys if key in contents)


def main(words=None):
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", metavar="4.3")
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--notes", action="store_true", help="print what was accepted, not located or named falsely")
    asked = parser.parse_args(words)
    chosen = [authoring.find(key) for key in asked.exercises] or authoring.all_exercises()
    total = dict.fromkeys(("wrong", "rejected", "located", "named", "false", "broken"), 0) | {"seconds": []}
    print(f"{'':4} {'exercise':24} wrong  rejected  located  named  false  broken    99 %  slowest")
    for task in chosen:
        if task.skeleton is None:
            print(task.id, "has no skeleton")
            continue
        found = survey(task, asked.edits)
        for name in total:
            total[name] = total[name] + found[name]
        _print(task.id, task.name, found)
        if asked.notes:
            print(*("     " + note for note in found["notes"]), sep="\n")
    _print("all", "", total)
    return 0 if total["rejected"] == total["wrong"] and not total["false"] and not total["broken"] else 1


def _print(key, name, found):
    share = {k: found[k] / max(found["wrong"], 1) for k in ("rejected", "located", "named")}
    print(
        f"{key:4} {name:24} {found['wrong']:5}  {share['rejected']:8.1%}  {share['located']:7.1%}  {share['named']:5.0%}"
        f"  {found['false']:5}"
        f"  {found['broken']:6}  {np.quantile(found['seconds'] or [0], 0.99):4.2f} s  {max(found['seconds'], default=0):5.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
