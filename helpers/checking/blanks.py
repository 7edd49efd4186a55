"""The blanks of an exercise: what the course fills in, what an answer fills in, and functions with one exchanged for the other.

An answer that keeps the given lines is read as the exercise's skeleton with *contents*, one for each blank. So the course's line
can be put into one blank of somebody's answer, or somebody's line into the finished function:

    contents = skeleton.read(function)                  # None where the given lines were changed
    function = skeleton.function({**contents, "c": skeleton.course["c"]}, names)
"""

import ast
import inspect
import linecache
import textwrap

from helpers.checking.matching import Content, heads_of, is_todo, loads, match_body, stores


class Skeleton:
    """The given lines of an exercise.

    keys : the names of its blanks in order: the variable that they fill, "returns", "test" or "block".
    heads : key -> what stands before the blank on the page, "h[t] =", "dWx +=" or "return"; "" for a condition or a block.
    """

    def __init__(self, blank, filled):
        """blank, filled : the sources of the blank cell and of the filled one."""
        self.tree = _definition(blank)
        self.heads = heads_of(self.tree)
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
        holes = match_body(_body(self.tree), _body(tree))
        return dict(zip(self.keys, holes, strict=True)) if holes is not None else None

    def repaired(self, contents, keys):
        """Return an answer's contents with the course's line in the blanks `keys`.

        A line of one's own that stood there stays only where another blank reads what it makes.
        """
        left = {key: content for key, content in contents.items() if key not in keys}
        read = loads(
            [n for c in left.values() for n in (*c.before, *([c.node] if c.node is not None else []), *c.after)]
        )
        made = dict(contents)
        for key in keys:
            course, mine = self.course[key], contents[key]
            own = [] if mine.node is None else [n for n in mine.before if stores(n) & read]
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


def _fill(body, contents, probe):
    """Return the statements with each TODO replaced by the next content, in order."""
    made = []
    for statement in body:
        if isinstance(statement, ast.Expr) and is_todo(statement.value):
            made += _copied(next(contents)[1].before)
            continue
        before, after = [], []
        for name, value in ast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(statement, name, _fill(value, contents, probe) or [ast.Pass()])
            elif is_todo(value):
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
