"""Read the answers out of what was handed in. No line of it is executed here."""

import ast
import contextlib
import json
import re
import symtable

from helpers.checking import authoring

PROVIDED = ("np", "TODO", "exercise")
MOST_LETTERS = 50_000  # of one cell: nobody's answer is longer
MOST_VERSIONS = 5  # of one exercise in one file: the newest are looked at
# what an answer in NumPy has no use for: its source is worth a look
STRANGE = frozenset(
    "exec eval compile open input __import__ globals locals vars setattr delattr breakpoint os sys subprocess socket "
    "ctypes gc inspect importlib builtins signal threading multiprocessing pathlib shutil pickle helpers".split()
)
ANSWER = re.compile(r"""exercise\(\s*["'](\d+\.\d+)["']""")


def read_handin(name, data):
    """Return {"answers": [{"exercise", "source", "context", "state", "strange"}, …], "trouble": a sentence or ""}.

    name : str, the file's. data : bytes, what is in it. context : source of what the answer reads from other cells of its
    notebook: imports, functions, plain values. state : "blank" where it is as it was handed out, "unread" where Python cannot
    read it (then with "why"), else "". strange : names it uses that an answer in NumPy has no use for.
    """
    try:
        text = _text(data)
    except UnicodeError:
        return _trouble("is no text: not a notebook")
    if not text.strip():
        return _trouble("is empty")
    if name.lower().endswith(".ipynb"):
        return _notebook(text)
    if name.lower().endswith((".jsonl", ".txt", ".json")):
        return _kept(name, text)
    return _trouble("is not a notebook: an .ipynb is wanted")


def _trouble(sentence):
    return {"answers": [], "trouble": sentence}


def _text(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _notebook(text):
    try:
        notebook = json.loads(text)
        sheets = [notebook, *notebook.get("worksheets", ())]  # the older format has its cells on a sheet
        cells = [_source(cell) for sheet in sheets for cell in sheet.get("cells", ()) if cell.get("cell_type") == "code"]
        language = _language(notebook)
    except RecursionError:
        return _trouble("is not a notebook: too deeply nested")
    except ValueError as error:
        if text.lstrip()[:1] == "<":
            return _trouble("is a web page, not a notebook: it was saved from the browser's view")
        ends = "Unterminated" in str(error) or getattr(error, "pos", 0) >= len(text.rstrip()) - 1
        cut = "ends in the middle" if ends else "is damaged"
        return _trouble(f"is not a whole notebook: it {cut} (line {getattr(error, 'lineno', 1)})")
    except (AttributeError, TypeError):
        return _trouble("is not a notebook: it has no list of cells")
    found = [answer for k in range(len(cells)) for answer in _answers(cells, k)]
    if not found:
        if language != "python":
            return _trouble(f"has no exercise of this course; its language is {language}")
        return _trouble("has no exercise of this course" + ("" if cells else ": it has no code cells"))
    return {"answers": _newest(found), "trouble": ""}


def _source(cell):
    source = cell.get("source", cell.get("input", ""))
    return "".join(source) if isinstance(source, list) else str(source)


def _language(notebook):
    about = notebook.get("metadata", {})
    name = about.get("kernelspec", {}).get("language") or about.get("language_info", {}).get("name") or "python"
    return str(name)[:30].lower()


def _answers(cells, k):
    """Yield the answers of cell k."""
    source = cells[k]
    exercises = list(dict.fromkeys(ANSWER.findall(source)))
    if not exercises:
        return
    source = _without_magic(source)
    if len(source) > MOST_LETTERS:
        for exercise in exercises:
            yield _unread(exercise, f"its cell has {len(source):,} letters")
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        for exercise in exercises:
            yield _unread(exercise, f"{type(error).__name__} in line {error.lineno}: {error.msg}", source)
        return
    except (ValueError, RecursionError, MemoryError) as error:
        for exercise in exercises:
            yield _unread(exercise, f"{type(error).__name__}", source)
        return
    called = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "exercise" and node.args
        and isinstance(node.args[0], ast.Constant)
    }  # fmt: skip
    for exercise in exercises:
        if exercise in called:  # and not in a comment
            blank = _is_blank(exercise, tree)
            context = "" if blank else _context(tree, [c for n, c in enumerate(cells) if n != k])
            strange = _strange(source + "\n" + context)
            yield {"exercise": exercise, "source": source, "context": context, "state": "blank" if blank else "",
                   "strange": strange}  # fmt: skip


def _unread(exercise, why, source=""):
    return {"exercise": exercise, "source": source[:MOST_LETTERS], "context": "", "state": "unread", "why": why,
            "strange": []}  # fmt: skip


def _without_magic(source):
    """Return a cell without the lines that are for Jupyter alone (%%time, !ls, name?)."""
    return re.sub(r"(?m)^(%|!|\?).*$|^[\w.]+\?{1,2}\s*$", "", source)


def _is_blank(exercise, tree):
    try:
        return ast.dump(tree) == ast.dump(ast.parse(authoring.find(exercise).blank()))
    except (ValueError, SyntaxError):
        return False


def _context(tree, cells):
    """Return source of what a cell reads from others: each name's last import, function, class or plain value."""
    found = {}
    for n, cell in enumerate(cells):
        if len(cell) > MOST_LETTERS:
            continue
        try:
            nodes = ast.parse(_without_magic(cell)).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for m, node in enumerate(nodes):
            for name, line in _gives(node):
                found[name] = (n, m, name), line
    for name in PROVIDED:
        found.pop(name, None)
    wanted, chosen = _reads(tree), {}
    while wanted:
        name = wanted.pop()
        if name in found and found[name][0] not in chosen:
            place, line = found[name]
            chosen[place] = line
            wanted |= _reads(line)
    return "\n".join(ast.unparse(chosen[key]) for key in sorted(chosen))


def _gives(node):
    """Yield (name, statement) for each name that a statement gives a value to, where it can be run elsewhere by itself."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            fields = {"module": node.module, "level": node.level} if isinstance(node, ast.ImportFrom) else {}
            yield (alias.asname or alias.name).split(".")[0], type(node)(names=[alias], **fields)
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.decorator_list:
        yield node.name, node
    elif isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
        with contextlib.suppress(ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            ast.literal_eval(node.value)
            for target in node.targets:
                yield target.id, node


def _reads(tree):
    """Return the names that code reads and that are none of its functions' own."""
    try:
        return set(_of_others(symtable.symtable(ast.unparse(tree), "answer", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _of_others(table):
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _of_others(inner)


def _kept(name, text):
    """Return the answers of a file of kept answers: one exercise's, 1.1.jsonl, or all of them (`python start.py answers`)."""
    of_name = re.fullmatch(r"(?:.*/)?(\d+\.\d+)(?:[ -]?\(?\d+\)?)?\.jsonl", name)
    newest = {}
    for line in text.splitlines():
        try:
            version = json.loads(line)
            exercise = str(version.get("exercise") or of_name[1])
            source, rank = version["source"], (version["state"] == "right", str(version["time"]))
            if not isinstance(source, str):
                continue
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        before = newest.get(exercise)
        if before is None or rank >= before[0]:  # the newest right one, else the newest
            newest[exercise] = rank, source
    if not newest:
        return _trouble("holds no answers of this course")
    found = []
    for exercise, (_, source) in newest.items():
        marked = source if ANSWER.search(source) else ""
        of_this = [a for a in _answers([marked], 0) if a["exercise"] == exercise]
        found += of_this or [_unread(exercise, "it has no line @exercise", source)]
    return {"answers": found, "trouble": ""}


def _newest(answers):
    """Return the answers without doubles, and of each exercise the last few that are no blanks."""
    kept = {}
    for answer in answers:
        versions = kept.setdefault(answer["exercise"], [])
        if answer not in versions:
            versions.append(answer)
    chosen = []
    for versions in kept.values():
        written = [version for version in versions if version["state"] != "blank"]
        chosen += written[-MOST_VERSIONS:] or versions[-1:]
    return chosen


def _strange(source):
    """Return the names in a source that an answer in NumPy has no use for."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and re.fullmatch(r"__\w+__", node.attr):
            found.add(node.attr)
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return sorted(name for name in found if name in STRANGE or re.fullmatch(r"__\w+__", name))
