"""The blanks of an exercise: what the course fills in, what an answer fills in, and functions with one exchanged for the other.

An answer that keeps the given lines is read as the exercise's skeleton with *contents*, one for each blank. So the course's line
can be put into one blank of somebody's answer, or somebody's line into the finished function:

    contents = skeleton.read(function)                  # None where the given lines were changed
    function = skeleton.function({**contents, "c": skeleton.course["c"]}, names)
"""

import ast
import inspect
import keyword
import linecache
import re
import textwrap
from dataclasses import dataclass, field


@dataclass
class Content:
    """What fills one blank: an expression, or for a block its statements; and the lines of one's own before and after it."""

    node: ast.expr | None
    before: list = field(default_factory=list)
    after: list = field(default_factory=list)
    line: int = 0
    _said: list = field(default=None, repr=False, compare=False)

    @property
    def text(self):
        """The content as one line of Python, without its own lines around it."""
        if self.node is not None:
            return ast.unparse(self.node)
        return "; ".join(" ".join(ast.unparse(line).split()) for line in self.before)

    def same_as(self, other):
        """Return whether both say the same, spaces and brackets aside."""
        return self.said == other.said

    @property
    def said(self):
        """The content in one form, made at the first comparison: from then on nothing is put into it any more."""
        if self._said is None:
            nodes = [*self.before, *([self.node] if self.node is not None else []), *self.after]
            self._said = [ast.dump(node) for node in nodes]
        return self._said


class Skeleton:
    """The given lines of an exercise.

    keys : the names of its blanks in order: the variable that they fill, "returns", "test" or "block".
    heads : key -> what stands before the blank on the page, "h[t] =", "dWx +=" or "return"; "" for a condition or a block.
    """

    def __init__(self, blank, filled):
        """blank, filled : the sources of the blank cell and of the filled one."""
        self.tree = _definition(blank)
        self.heads = _heads(self.tree)
        self.keys = list(self.heads)
        self.course = self.read_tree(_definition(filled))
        if self.course is None:
            raise ValueError(f"{self.tree.name}: the filled function does not keep the blank's lines")

    def read(self, function):
        """Return {key: Content} of an answer, or None where it does not keep the given lines or its source is not known."""
        try:
            tree = _definition(textwrap.dedent(inspect.getsource(function)))
        except (OSError, TypeError, SyntaxError, ValueError, IndentationError):
            return None
        found = self.read_tree(tree)
        first = function.__code__.co_firstlineno
        for content in (found or {}).values():
            content.line += first - 1
        return found

    def read_tree(self, tree):
        """Return {key: Content} of a function's tree, or None."""
        if [a.arg for a in ast.walk(tree.args) if isinstance(a, ast.arg)] != [
            a.arg for a in ast.walk(self.tree.args) if isinstance(a, ast.arg)
        ]:
            return None
        holes = _match_body(_body(self.tree), _body(tree))
        return dict(zip(self.keys, holes, strict=True)) if holes is not None else None

    def repaired(self, contents, keys):
        """Return an answer's contents with the course's line in the blanks `keys`.

        A line of one's own that stood there stays only where another blank reads what it makes.
        """
        left = {key: content for key, content in contents.items() if key not in keys}
        read = _loads(
            [n for c in left.values() for n in (*c.before, *([c.node] if c.node is not None else []), *c.after)]
        )
        made = dict(contents)
        for key in keys:
            course, mine = self.course[key], contents[key]
            own = [] if mine.node is None else [n for n in mine.before if _stores(n) & read]
            made[key] = Content(course.node, own + course.before, list(course.after), mine.line)
        return made

    def edit(self, edits):
        """Return {key: Content} of Python sources, one for each blank that is exchanged. Raises ValueError for a slip."""
        made = {}
        for key, source in edits.items():
            if key not in self.course:
                raise ValueError(f"{self.tree.name} has no blank {key!r}; it has {', '.join(self.keys)}")
            try:
                if self.course[key].node is None:
                    made[key] = Content(None, ast.parse(textwrap.dedent(source)).body)
                else:
                    made[key] = Content(ast.parse(textwrap.dedent(source).strip(), mode="eval").body)
            except SyntaxError as error:
                raise ValueError(f"{self.tree.name}, {key}={source!r}: {error.msg}") from None
        return made

    def function(self, contents, names, *, probe=None, readable=False):
        """Return the function that the skeleton makes with these contents (a key that is missing: the course's).

        names : dict, the globals it finds. readable : whether its source can be read, as that of a typed cell.
        probe : a key; each value of this blank is handed to names["__seen__"].
        """
        full = {key: contents.get(key, self.course[key]) for key in self.keys}
        tree = _copied(self.tree)
        tree.body = _fill(_body(tree), iter(full.items()), probe) or [ast.Pass()]
        tree.decorator_list = []
        module = ast.fix_missing_locations(ast.Module([tree], []))
        if readable:
            return typed(ast.unparse(module), tree.name, names)
        space = dict(names)
        exec(compile(module, f"<{tree.name}>", "exec"), space)
        return space[tree.name]


def typed(source, name, names):
    """Return the function `name` that a source defines, as if it had been typed into a cell: its lines can be read."""
    file = f"<{name} {abs(hash(source))}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    space = dict(names)
    exec(compile(source, file, "exec"), space)
    return space[name]


def _definition(source):
    tree = ast.parse(source).body
    found = [node for node in tree if isinstance(node, ast.FunctionDef)]
    if len(found) != 1:
        raise ValueError("there is not one function")
    return found[0]


def _body(tree):
    """Return the statements without the docstring."""
    body = tree.body
    is_doc = body and isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str)
    return body[1:] if is_doc else body


def _is_todo(node):
    return isinstance(node, ast.Name) and node.id == "TODO"


def _heads(tree):
    """Return {key: head} of the blanks in order. A key can be a keyword: "c", "H_t" for H[:, t], "returns", "test", "block"."""
    heads = {}
    for statement in _statements(tree.body):
        if isinstance(statement, ast.Expr) and _is_todo(statement.value):
            key, head = "block", ""
        elif _is_todo(getattr(statement, "test", None)):
            key, head = "test", ""
        elif _is_todo(getattr(statement, "value", None)):
            text = ast.unparse(statement)
            head = text[: text.rindex("TODO")].strip()
            target = getattr(statement, "target", None) or getattr(statement, "targets", [None])[0]
            text = re.sub(r"\W+", "_", ast.unparse(target)).strip("_") if target is not None else "returns"
            key = text + "_" if keyword.iskeyword(text) else text
        else:
            continue
        same = sum(re.fullmatch(rf"{re.escape(key)}(__\d+)?", other) is not None for other in heads)
        heads[f"{key}__{same + 1}" if same else key] = head
    return heads


def _statements(body):
    """Yield all statements in the order of the page."""
    for statement in body:
        yield statement
        for name in ("body", "orelse", "handlers", "finalbody"):
            for inner in getattr(statement, name, []):
                if isinstance(inner, ast.stmt):
                    yield from _statements([inner])
                else:
                    yield from _statements(inner.body)


def _match_body(skeleton, body):
    """Return the Contents of all blanks in a list of statements, or None where the given ones are not there in this order."""
    found, extras, i, last = [], [], 0, None
    for k, given in enumerate(skeleton):
        if isinstance(given, ast.Expr) and _is_todo(given.value):  # a block: everything up to the next given statement
            rest, taken = skeleton[k + 1 :], []
            while i < len(body) and not (rest and _match(rest[0], body[i]) is not None):
                taken.append(body[i])
                i += 1
            found.append(Content(None, extras + taken, line=taken[0].lineno if taken else 0))
            extras, last = [], None
            continue
        while i < len(body) and (holes := _match(given, body[i])) is None:
            extras.append(body[i])
            i += 1
        if i == len(body):
            return None
        extras = _give_back(last, extras)
        if extras and holes and hasattr(given, "body"):
            return None  # lines of one's own before a loop are none of a blank inside of it
        if holes:
            holes[0].before[:0] = extras
            extras, last = [], (given, holes[-1])
        found += holes
        i += 1
    extras = _give_back(last, extras + body[i:])
    return found if not extras or not any(_stores(e) or isinstance(e, ast.Return) for e in extras) else None


def _give_back(last, extras):
    """Give lines of one's own that change what the blank before them has filled to that blank; return the others."""
    if last is None or not extras:
        return extras
    given, hole = last
    filled = {n.id for t in _targets(given) for n in ast.walk(t) if isinstance(n, ast.Name)}
    for k in range(len(extras), 0, -1):
        if filled & _stores(extras[k - 1]):
            hole.after += extras[:k]
            return extras[k:]
    return extras


def _targets(statement):
    return [t for t in (*getattr(statement, "targets", ()), getattr(statement, "target", None)) if t is not None]


def _stores(statement):
    """Return the names that a statement gives a value to, or whose parts it changes."""
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        if isinstance(node, ast.AugAssign):
            names |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        if isinstance(node, (ast.FunctionDef, ast.Import, ast.ImportFrom)):
            names |= {getattr(node, "name", "")} | {
                (a.asname or a.name).split(".")[0] for a in getattr(node, "names", ())
            }
    return names


def _match(given, node):
    """Return the Contents of the blanks below one given node, [] where there is none; None where something else stands there."""
    if _is_todo(given):
        return [Content(node, line=getattr(node, "lineno", 0))] if isinstance(node, ast.expr) else None
    if type(given) is not type(node):
        return None
    found = []
    for name, value in ast.iter_fields(given):
        other = getattr(node, name, None)
        if name in ("ctx", "type_comment", "kind", "annotation", "returns"):
            continue
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            holes = _match_body(value, other)
        elif isinstance(value, list):
            parts = [_match(a, b) for a, b in zip(value, other, strict=False)] if len(value) == len(other) else [None]
            holes = None if None in parts else [hole for part in parts for hole in part]
        elif isinstance(value, ast.AST):
            holes = _match(value, other) if isinstance(other, ast.AST) else None
        else:
            holes = [] if value == other and type(value) is type(other) else None
        if holes is None:
            return None
        found += holes
    return found


def _loads(nodes):
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _fill(body, contents, probe):
    """Return the statements with each TODO replaced by the next content, in order."""
    made = []
    for statement in body:
        if isinstance(statement, ast.Expr) and _is_todo(statement.value):
            made += _copied(next(contents)[1].before)
            continue
        before, after = [], []
        for name, value in ast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(statement, name, _fill(value, contents, probe) or [ast.Pass()])
            elif _is_todo(value):
                key, content = next(contents)
                before, after = _copied(content.before), _copied(content.after)
                node = _copied(content.node)
                if key == probe:
                    node = ast.Call(ast.Name("__seen__", ast.Load()), [node], [])
                setattr(statement, name, node)
        made += [*before, statement, *after]
    return made


def _copied(part):
    """Return a copy of an ast node, or of a list of them: what copy.deepcopy gives, in a tenth of its time."""
    if isinstance(part, list):
        return [_copied(each) for each in part]
    if not isinstance(part, ast.AST) or not part._fields:  # of `Load` or `Add` there is one for all
        return part
    made = type(part)()
    vars(made).update((name, _copied(value)) for name, value in vars(part).items())
    return made
