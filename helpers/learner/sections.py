"""Enter a notebook at one of its sections: after a restart, run of the cells before it what is needed from there on.

    start_at(7)
"""

import ast
import builtins
import itertools
import json
import re
import symtable
from dataclasses import dataclass

from helpers.checking import authoring
from helpers.learner import answers, claims
from helpers.learner.cards import in_notebook, show_card
from helpers.learner.coming_back import reuse

TRAINS = re.compile(r"(train|fit|learn)\w*")  # a call of such a function changes what it is given
EXERCISE = re.compile(r'@exercise\("(.+?)"\)')


@dataclass
class Part:
    """A code cell of a notebook: its section, its source, and names: those it makes anew, those it changes, those it reads."""

    section: int
    source: str
    makes: set
    changes: set
    reads: set

    @property
    def exercise(self):
        """The number of the exercise that the cell is, or None."""
        found = EXERCISE.match(self.source)
        return found and found[1]

    @property
    def seconds(self):
        """What the cell says of its time, 0 where it says nothing."""
        found = re.match(r"# about (\d+) s", self.source)
        return int(found[1]) if found else 0


def parts_of(name):
    """Return the Parts of a notebook ("04_lstm"), in order, its set-up cell left out."""
    cells = json.loads((answers.ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    section, parts = 0, []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for number in re.findall(r"^## (\d+)", source, re.M):
                section = int(number)
        elif not source.startswith("# @title Run this cell first."):
            parts.append(Part(section, source, *_names(ast.parse(source))))
    return parts


def needed(parts, section):
    """Return those Parts before a section that it and all after it need: what gives or changes the names that they read.

    The notebook's first cells, before section 1, are always among them.
    """
    wanted, chosen = set(), []
    for part in reversed(parts):
        if part.section < section:
            if part.section and not (part.makes | part.changes) & wanted:
                continue
            chosen.append(part)
        wanted = wanted - part.makes | part.reads
    return chosen[::-1]


def start_at(section):
    """Run what a section of this notebook, and those after it, need of the cells before: one can go on there after a restart.

    section : int, as in the heading. The cells run as the course has them; in an exercise's place stands your right answer, if
    there is one, else the course's function. What they print and draw is not shown.
    """
    if not (in_notebook() and claims.notebook()):
        words = "Run the notebook's first cell before: it says which notebook this is."
        return show_card("wrong", f"start_at({section!r})", [words])
    parts = parts_of(claims.notebook())
    numbers = sorted({part.section for part in parts if part.section})
    if isinstance(section, bool) or section not in numbers:
        return show_card("wrong", f"start_at({section!r})", [f"Write the number of a section: {', '.join(map(str, numbers))}."])
    chosen = needed(parts, section)
    seconds = sum(part.seconds for part in chosen)
    print(f"Section {section} needs {len(chosen)} cells" + (f", about {seconds} s." if seconds else "."), flush=True)
    from IPython.core.getipython import get_ipython
    from IPython.utils.capture import capture_output

    space = get_ipython().user_ns
    for part in chosen:
        if part.exercise:
            space[authoring.find(part.exercise).name] = reuse(part.exercise)
            continue
        with capture_output():
            exec(compile(part.source, "<a cell of the notebook>", "exec"), space)
    print(f"Ready: go on with section {section}.")


def _names(tree):
    """Return the names that a cell makes anew, those it only changes, and those it reads before it makes them."""
    makes, changes, reads = set(), set(), set()
    for statement in itertools.chain.from_iterable(map(_flat, tree.body)):
        table = symtable.symtable(ast.unparse(ast.fix_missing_locations(statement)), "<cell>", "exec")
        reads |= _read(table) - makes
        if isinstance(statement, ast.AugAssign):
            reads |= _root(statement.target) - makes
        stored = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
        makes |= stored - reads
        changes |= stored & reads
        for node in ast.walk(statement):
            if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                changes |= _root(node)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):  # x.append(…)
                changes |= _root(node.value.func) if isinstance(node.value.func, ast.Attribute) else set()
            elif isinstance(node, ast.Call) and TRAINS.fullmatch(getattr(node.func, "id", "")):  # train(net, …)
                changes |= {argument.id for argument in node.args if isinstance(argument, ast.Name)}
    return makes, changes - makes, reads - set(dir(builtins))


def _flat(statement):
    """Return a statement as simple ones in the order in which they run: a loop's target first, then its body."""
    if isinstance(statement, ast.For):
        first = [ast.Assign([statement.target], statement.iter)]
    elif isinstance(statement, (ast.While, ast.If)):
        first = [ast.Expr(statement.test)]
    elif isinstance(statement, ast.With):
        items = [(item.optional_vars, item.context_expr) for item in statement.items]
        first = [ast.Assign([name], made) if name else ast.Expr(made) for name, made in items]
    elif isinstance(statement, ast.Try):
        first = []
    else:
        return [statement]
    inside = [*statement.body, *getattr(statement, "orelse", []), *getattr(statement, "finalbody", [])]
    inside += [part for handler in getattr(statement, "handlers", []) for part in handler.body]
    return first + [simple for part in inside for simple in _flat(part)]


def _read(table):
    """Return the names that a symbol table, or a function inside of it, looks up among the notebook's."""
    inside = table.get_type() != "module"
    found = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (s.is_global() or not inside)}
    return found.union(*map(_read, table.get_children()))


def _root(node):
    """Return the name at the left end of `a.b[c].d`, in a set; an empty one where there is none."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
