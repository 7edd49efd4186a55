"""Lay an answer's statements beside a skeleton's: which of its lines fill which blank."""

import ast
import keyword
import re
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

    @property
    def around(self):
        """Where lines of one's own stand: "above", "below". (A block is its lines: they are the content itself.)"""
        return [place for place, lines in (("above", self.node and self.before), ("below", self.after)) if lines]

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


def is_todo(node):
    return isinstance(node, ast.Name) and node.id == "TODO"


def heads_of(tree):
    """Return {key: head} of the blanks in order. A key can be a keyword: "c", "H_t" for H[:, t], "returns", "test", "block"."""
    heads = {}
    for statement in _statements(tree.body):
        if isinstance(statement, ast.Expr) and is_todo(statement.value):
            key, head = "block", ""
        elif is_todo(getattr(statement, "test", None)):
            key, head = "test", ""
        elif is_todo(getattr(statement, "value", None)):
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


def match_body(skeleton, body):
    """Return the Contents of all blanks in a list of statements, or None where the given ones are not there in this order."""
    found, extras, i, last = [], [], 0, None
    for k, given in enumerate(skeleton):
        if isinstance(given, ast.Expr) and is_todo(given.value):  # a block: everything up to the next given statement
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
    return found if not extras or not any(stores(e) or isinstance(e, ast.Return) for e in extras) else None


def _give_back(last, extras):
    """Give lines of one's own that change what the blank before them has filled to that blank; return the others."""
    if last is None or not extras:
        return extras
    given, hole = last
    filled = {n.id for t in _targets(given) for n in ast.walk(t) if isinstance(n, ast.Name)}
    for k in range(len(extras), 0, -1):
        if filled & stores(extras[k - 1]):
            hole.after += extras[:k]
            return extras[k:]
    return extras


def _targets(statement):
    return [t for t in (*getattr(statement, "targets", ()), getattr(statement, "target", None)) if t is not None]


def stores(statement):
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
    if is_todo(given):
        return [Content(node, line=getattr(node, "lineno", 0))] if isinstance(node, ast.expr) else None
    if type(given) is not type(node):
        return None
    found = []
    for name, value in ast.iter_fields(given):
        other = getattr(node, name, None)
        if name in ("ctx", "type_comment", "kind", "annotation", "returns"):
            continue
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            holes = match_body(value, other)
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


def loads(nodes):
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
