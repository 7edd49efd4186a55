"""What a learner wrote: the whole cell around an answer, what it needs from other cells, and how to run it again elsewhere."""

import ast
import builtins
import functools
import inspect
import re
import sys
import textwrap
import types

from helpers.checking.running import names_read

PLAIN = (int, float, complex, str, bool, bytes, type(None))


def source_of(function):
    """Return the source of the cell that defines a function, the whole of it; None where it is not known."""
    try:
        own = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return None
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    cells = (shell.user_ns.get("In") if shell else None) or [""]
    name = getattr(function, "__name__", "")
    cell = cells[-1] if isinstance(cells[-1], str) else ""
    if re.search(rf"^\s*(async\s+)?def\s+{re.escape(name)}\b", cell, re.M) and "@exercise" in cell:
        return cell.rstrip() + "\n"
    return own


def needs(function, source, notebook_names):
    """Return (lines, missing): source of what an answer uses from other cells, and names that cannot be kept with it.

    lines : imports, plain numbers and texts, and functions of the learner's own, each with what it needs itself.
    notebook_names : what the lesson's own cells provide; it is there again after a restart.
    """
    lines, missing, seen = [], [], set()
    _collect(function, _defined(source) | notebook_names, lines, missing, seen)
    return lines, missing


def _collect(function, known, lines, missing, seen):
    space = getattr(function, "__globals__", {})
    for name in names_read(function.__code__):
        if name in known or name in seen or hasattr(builtins, name) or name not in space:
            continue
        seen.add(name)
        value = space[name]
        if isinstance(value, types.ModuleType):
            lines.append(f"import {value.__name__} as {name}" if value.__name__ != name else f"import {name}")
        elif isinstance(value, PLAIN):
            lines.append(f"{name} = {value!r}")
        elif (
            getattr(value, "__module__", "__main__") not in ("__main__", None)
            and getattr(sys.modules.get(value.__module__), getattr(value, "__name__", ""), None) is value
        ):
            lines.append(
                f"from {value.__module__} import {value.__name__}" + ("" if value.__name__ == name else f" as {name}")
            )
        elif isinstance(value, types.FunctionType):
            try:
                text = textwrap.dedent(inspect.getsource(value))
            except (OSError, TypeError):
                missing.append(name)
                continue
            _collect(value, known | {name}, lines, missing, seen)
            lines.append(text.rstrip())
        else:
            missing.append(name)


def _defined(source):
    """Return the names that a cell gives a value to at its outermost level."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
        else:
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names


@functools.lru_cache
def names_of_lesson(path):
    """Return the names that the code cells of a lesson's source give a value to, its exercises' functions aside."""
    names = set()
    try:
        text = path.read_text("utf-8")
    except OSError:
        return names
    for cell in re.findall(r"^```\{code-cell\}.*?\n(.*?)^```", text, re.M | re.S):
        names |= _defined(cell)
    return names


def function_from(source, name, space):
    """Return the function `name` that a kept cell defines; of the rest of the cell only imports, definitions and assignments run.

    space : dict, the globals that it finds. Raises whatever the cell raises; KeyError where it defines no such function.
    """
    tree = ast.parse(source)
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    exec(compile(tree, f"<your {name}>", "exec"), space)
    return space[name]
