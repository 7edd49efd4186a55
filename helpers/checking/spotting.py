"""Say in one sentence in what single thing an expression differs from the course's: a sign, a transpose, an axis, a name …

Both are brought to one form first, in which the order of terms, `np.dot` for `@`, `np.sum(a, 0)` for `a.sum(axis=0)` or a
variable of one's own in between make no difference. Only where exactly one thing is left is something said; what belongs in
its place is not told.
"""

import ast
from dataclasses import dataclass

ASSIGNMENTS = {"Add": "+=", "Sub": "-=", "Mult": "*=", "Div": "/=", "MatMult": "@="}
MANY = "many"
FUNCTIONS = {
    "dot": "@",
    "matmul": "@",
    "transpose": "T",
    "multiply": "*",
    "add": "+",
    "subtract": "-",
    "divide": "/",
    "square": "square",
    "negative": "neg",
}
METHODS = {
    "sum",
    "mean",
    "max",
    "min",
    "argmax",
    "argmin",
    "reshape",
    "copy",
    "astype",
    "transpose",
    "dot",
    "std",
    "var",
    "prod",
    "any",
    "all",
    "cumsum",
    "argsort",
    "take",
    "repeat",
    "swapaxes",
    "squeeze",
    "clip",
    "round",
}
SECOND_IS_AXIS = {
    "sum",
    "mean",
    "max",
    "min",
    "argmax",
    "argmin",
    "std",
    "var",
    "prod",
    "any",
    "all",
    "cumsum",
    "concatenate",
    "stack",
    "argsort",
    "flip",
    "expand_dims",
}
OPERATORS = {
    "Lt": "<",
    "Gt": ">",
    "LtE": "<=",
    "GtE": ">=",
    "Eq": "==",
    "NotEq": "!=",
    "And": "and",
    "Or": "or",
    "FloorDiv": "//",
    "Mod": "%",
    "Is": "is",
    "IsNot": "is not",
    "In": "in",
    "NotIn": "not in",
}


@dataclass(frozen=True)
class Part:
    """A part of an expression in the common form: what it is, what it is made of, and how it was written."""

    kind: str
    parts: tuple
    text: str

    def __eq__(self, other):
        return self.key == other.key

    def __hash__(self):
        return hash(self.key)

    @property
    def key(self):
        parts = tuple(
            p.key if isinstance(p, Part) else tuple(_key(q) for q in p) if isinstance(p, tuple) else p
            for p in self.parts
        )
        return self.kind, tuple(sorted(parts, key=repr)) if self.kind in ("sum", "product") else parts


def _key(part):
    return part.key if isinstance(part, Part) else part


def spot(mine, course):
    """Return a sentence on the one difference between two ast expressions, or None where there is none or more than one.

    mine, course : helpers.checking.blanks.Content, expressions.
    """
    if mine.node is None or course.node is None or mine.after:
        return None
    node = _inlined(mine.node, mine.before)
    if node is None:
        return None
    found = _differences(_form(node), _form(course.node))
    return found[0] if len(found) == 1 else None


def spot_in_line(mine, course):
    """Return a sentence on the one difference between two lines of code, assignments as texts, or None as `spot` does."""
    mine, course = _code(mine), _code(course)
    found = _differences(mine, course) if mine and course else []
    return found[0] if len(found) == 1 else None


def _inlined(node, before):
    """Return the expression with variables of one's own replaced by what they stand for, or None where that is not so simple."""
    values = {}
    for line in before:
        if not (isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)):
            return None
        if line.targets[0].id in values:
            return None
        values[line.targets[0].id] = _Put(values).visit(ast.parse(ast.unparse(line.value), mode="eval").body)
    return _Put(values).visit(ast.parse(ast.unparse(node), mode="eval").body) if values else node


class _Put(ast.NodeTransformer):
    def __init__(self, values):
        self.values = dict(values)

    def visit_Name(self, node):
        return self.values.get(node.id, node)


def _form(node):
    text = ast.unparse(node)
    if isinstance(node, ast.BinOp):
        op, left, right = type(node.op).__name__, node.left, node.right
        if op in ("Add", "Sub"):
            return _sum(text, (1, _form(left)), (1 if op == "Add" else -1, _form(right)))
        if op in ("Mult", "Div"):
            return _product(text, (1, _form(left)), (1 if op == "Mult" else -1, _form(right)))
        if op == "MatMult":
            return _matrices(text, _form(left), _form(right))
        if op == "Pow" and isinstance(right, ast.Constant) and right.value == 2:
            return Part("power", (_form(left), Part("number", (2,), "2")), text)
        return Part("power" if op == "Pow" else "operator " + OPERATORS.get(op, op), (_form(left), _form(right)), text)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _form(node.operand)
        return Part("number", (-inner.parts[0],), text) if inner.kind == "number" else _sum(text, (-1, inner))
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and (code := _code(node.value)):
            return code
        plain = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
        return Part("number", (float(node.value),), text) if plain else Part("constant", (repr(node.value),), text)
    if isinstance(node, ast.Name):
        return Part("name", (node.id,), text)
    if isinstance(node, ast.Attribute):
        return (
            _transposed(_form(node.value), text)
            if node.attr == "T"
            else Part("attribute", (_form(node.value), node.attr), text)
        )
    if isinstance(node, ast.Call):
        return _call(node, text)
    if isinstance(node, ast.Subscript):
        return Part("index", (_form(node.value), _form(node.slice)), text)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return Part(
            "comparison",
            (OPERATORS.get(type(node.ops[0]).__name__), _form(node.left), _form(node.comparators[0])),
            text,
        )
    if isinstance(node, ast.BoolOp):
        return Part("logic", (OPERATORS[type(node.op).__name__], tuple(map(_form, node.values))), text)
    if isinstance(node, ast.IfExp):
        return Part("choice", (_form(node.test), _form(node.body), _form(node.orelse)), text)
    if isinstance(node, (ast.Tuple, ast.List)):
        return Part("list", (tuple(map(_form, node.elts)),), text)
    if isinstance(node, ast.Slice):
        ends = tuple(
            _form(e) if e is not None else Part("nothing", (), "") for e in (node.lower, node.upper, node.step)
        )
        return Part("slice", ends, text)
    if isinstance(node, ast.Dict) and None not in node.keys:
        pairs = sorted(
            ((ast.unparse(k), _form(v)) for k, v in zip(node.keys, node.values, strict=True)), key=lambda pair: pair[0]
        )
        return Part("dict", (tuple(k for k, _ in pairs), tuple(v for _, v in pairs)), text)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and len(node.generators) == 1:
        return Part(
            "comprehension",
            (_form(node.elt), Part("other", (ast.dump(node.generators[0]),), ast.unparse(node.generators[0]))),
            text,
        )
    return Part("other", (ast.dump(node),), text)


def _code(text):
    """Return the form of a text that is an assignment, `"c = f * c"`, or None: a bug hunt has lines of code as texts."""
    try:
        line = ast.parse(text.strip()).body
    except (SyntaxError, ValueError):
        return None
    if len(line) != 1 or not isinstance(line[0], (ast.Assign, ast.AugAssign)):
        return None
    targets = line[0].targets if isinstance(line[0], ast.Assign) else [line[0].target]
    sign = "=" if isinstance(line[0], ast.Assign) else ASSIGNMENTS.get(type(line[0].op).__name__, "another")
    return Part("code", (sign, tuple(map(_form, targets)), _form(line[0].value)), text.strip())


def _sum(text, *terms):
    flat = []
    for sign, term in terms:
        if term.kind == "sum":
            flat += [(sign * s, t) for s, t in term.parts]
        elif term.kind == "number" and term.parts[0] < 0:
            flat.append((-sign, Part("number", (-term.parts[0],), term.text.lstrip("-"))))
        else:
            flat.append((sign, term))
    return Part("sum", tuple(flat), text) if len(flat) > 1 or flat[0][0] < 0 else flat[0][1]


def _product(text, *factors):
    flat, sign = [], 1
    for power, factor in factors:
        if factor.kind == "sum" and len(factor.parts) == 1:  # a minus in a product goes to its front
            sign, factor = -sign, factor.parts[0][1]
        if factor.kind == "number" and factor.parts[0] < 0:
            sign, factor = -sign, Part("number", (-factor.parts[0],), factor.text.lstrip("-"))
        flat += [(power * p, f) for p, f in factor.parts] if factor.kind == "product" else [(power, factor)]
    flat = [(p, f) for p, f in flat if f.key != ("number", (1.0,))] or flat[:1]
    for k, (p, f) in enumerate(flat):  # x * x is x**2
        twin = next((i for i in range(k + 1, len(flat)) if flat[i] == (p, f) and f.kind != "number"), None)
        if twin is not None:
            square = Part("power", (f, Part("number", (2,), "2")), f"{f.text}**2")
            flat = [pair for i, pair in enumerate(flat) if i not in (k, twin)] + [(p, square)]
            break
    made = Part("product", tuple(flat), text) if len(flat) > 1 or flat[0][0] < 0 else flat[0][1]
    return made if sign > 0 else _sum(text, (-1, made))


def _matrices(text, *parts):
    flat = [m for p in parts for m in (p.parts if p.kind == "matrices" else (p,))]
    return Part("matrices", tuple(flat), text)


def _transposed(inner, text):
    if inner.kind == "transposed":
        return inner.parts[0]
    if inner.kind == "matrices":
        return Part("matrices", tuple(_transposed(m, f"{m.text}.T") for m in reversed(inner.parts)), text)
    return Part("transposed", (inner,), text)


def _call(node, text):
    function, arguments = node.func, list(node.args)
    name = ast.unparse(function)
    if (
        isinstance(function, ast.Attribute)
        and function.attr in METHODS
        and ast.unparse(function.value) not in ("np", "numpy")
    ):
        name, arguments = function.attr, [function.value, *arguments]
    name = name.removeprefix("np.").removeprefix("numpy.")
    operator = FUNCTIONS.get(name)
    if operator and not node.keywords:
        if operator in ("@", "*", "+", "-", "/") and len(arguments) == 2:
            op = {"@": ast.MatMult, "*": ast.Mult, "+": ast.Add, "-": ast.Sub, "/": ast.Div}[operator]()
            return _form(ast.BinOp(arguments[0], op, arguments[1]))
        if operator == "T" and len(arguments) == 1:
            return _transposed(_form(arguments[0]), text)
        if operator == "square" and len(arguments) == 1:
            return Part("power", (_form(arguments[0]), Part("number", (2,), "2")), text)
        if operator == "neg" and len(arguments) == 1:
            return _sum(text, (-1, _form(arguments[0])))
    named = {k.arg or "**": _form(k.value) for k in node.keywords}
    if name in SECOND_IS_AXIS and len(arguments) == 2:
        named["axis"] = _form(arguments.pop())
    keys = tuple(sorted(named))
    return Part("call", (name, tuple(map(_form, arguments)), keys, tuple(named[k] for k in keys)), text)


def _differences(a, b):
    """Return sentences on how a differs from b; two or more mean: it cannot be said in one."""
    if a == b:
        return []
    if not (a.kind == b.kind == "index" or a.kind == b.kind == "call") and b in _wrapped(a):
        return [_too_much(a, b)]
    if a in _wrapped(b):
        return [_too_little(a, b)]
    if a.kind == "transposed" != b.kind and a.parts[0] == b:
        return [f"`{a.text}`: there is a `.T` too many."]
    if b.kind == "transposed" != a.kind and b.parts[0] == a:
        return [f"`{a.text}` has to be transposed."]
    if a.kind == "sum" or b.kind == "sum":
        return _of_sums(a, b)
    if {a.kind, b.kind} == {"product", "matrices"}:
        mine, theirs = ([f for _, f in x.parts] if x.kind == "product" else list(x.parts) for x in (a, b))
        if sorted(map(repr, (p.key for p in mine))) == sorted(map(repr, (p.key for p in theirs))):
            return [
                f"`{a.text}`: `*` multiplies element by element, `@` is the matrix product; here the other one is meant."
            ]
        return [MANY, MANY]
    if a.kind == "product" or b.kind == "product":
        return _of_products(a, b)
    if a.kind != b.kind:
        return [_instead(a)] if _small(a) and _small(b) else [MANY, MANY]
    return _of_same_kind(a, b)


def _of_same_kind(a, b):
    if a.kind in ("name", "number", "constant", "attribute", "other", "nothing"):
        if a.kind == "attribute" and a.parts[1] == b.parts[1]:
            return _differences(a.parts[0], b.parts[0])
        return [_instead(a)] if a.kind != "other" else [MANY, MANY]
    if a.kind == "matrices":
        if len(a.parts) == len(b.parts):
            if a.parts == tuple(reversed(b.parts)):
                return [f"`{a.text}`: the two sides of `@` are exchanged."]
            return _each(a.parts, b.parts)
        return [MANY, MANY]
    if a.kind in ("power", "slice", "transposed") or a.kind.startswith("operator"):
        return _each(a.parts, b.parts)
    if a.kind == "index":
        return _each(a.parts, b.parts, lambda p: f"The index in `{a.text}` is not the right one.")
    if a.kind in ("comparison", "logic"):
        if a.parts[1:] == b.parts[1:]:
            return [
                f"`{a.parts[0]}` is not the right comparison in `{a.text}`."
                if a.kind == "comparison"
                else f"`{a.parts[0]}` joins the conditions in the wrong way."
            ]
        if a.parts[0] != b.parts[0]:
            return [MANY, MANY]
        return _each(a.parts[1:], b.parts[1:]) if a.kind == "comparison" else _each(a.parts[1], b.parts[1])
    if a.kind == "choice" and (a.parts[1], a.parts[2]) == (b.parts[2], b.parts[1]) and a.parts[0] == b.parts[0]:
        return [f"The two answers of `{a.text}` are exchanged."]
    if a.kind in ("choice", "comprehension"):
        return _each(a.parts, b.parts)
    if a.kind == "list":
        if len(a.parts[0]) == len(b.parts[0]) > 1 and sorted(map(repr, (p.key for p in a.parts[0]))) == sorted(
            map(repr, (p.key for p in b.parts[0]))
        ):
            return [f"The order in `{_short(a.text)}` is not the right one."]
        return _each(a.parts[0], b.parts[0])
    if a.kind == "code":
        return _of_code(a, b)
    if a.kind == "dict":
        return _each(a.parts[1], b.parts[1]) if a.parts[0] == b.parts[0] else [MANY, MANY]
    if a.kind == "call":
        return _of_calls(a, b)
    return [MANY, MANY]


def _of_code(a, b):
    """Return the differences of two assignments, each with the line that it is in."""
    (sign, targets, value), (other, their_targets, their_value) = a.parts, b.parts
    found = _each((*targets, value), (*their_targets, their_value))
    if sign != other:
        found.append(f"`{sign}` is not the assignment that is wanted.")
    return [sentence if sentence == MANY else f"In `{_short(a.text)}`: {sentence}" for sentence in found]


def _each(mine, theirs, said=None):
    if len(mine) != len(theirs):
        return [MANY, MANY]
    found = [sentence for x, y in zip(mine, theirs, strict=True) for sentence in _differences(x, y)]
    return [said(mine)] if said and len(found) == 1 and mine[0] == theirs[0] else found


def _of_calls(a, b):
    (name, arguments, keys, values), (other, theirs, their_keys, their_values) = a.parts, b.parts
    if name != other:
        if (arguments, keys, values) == (theirs, their_keys, their_values):
            return [f"`{name}` is not the function that is wanted here."]
        return [MANY, MANY]
    if keys != their_keys:
        odd = set(keys) ^ set(their_keys)
        if arguments == theirs and len(odd) == 1:
            key = odd.pop()
            if key in their_keys:
                without = {
                    "axis": "without `axis`, all axes go into one number",
                    "keepdims": "without `keepdims`, the axis is gone",
                }.get(key, f"`{key}` is missing")
                return [f"`{_short(a.text)}`: {without}."]
            return [f"`{_short(a.text)}`: `{key}` does not belong there."]
        return [MANY, MANY]
    if len(arguments) == len(theirs) == 2 and arguments == tuple(reversed(theirs)) and values == their_values:
        return [f"The two arguments in `{_short(a.text)}` are exchanged."]
    found = _each(arguments, theirs)
    for key, x, y in zip(keys, values, their_values, strict=True):
        if x != y:
            found.append(
                f"`{_short(a.text)}` works along the wrong axis."
                if key == "axis"
                else f"`{key}` is not right in `{_short(a.text)}`."
            )
    if len(found) > 1 and sorted(map(repr, (p.key for p in arguments))) == sorted(map(repr, (p.key for p in theirs))):
        return [f"The arguments in `{_short(a.text)}` stand in another order than the function takes them."]
    return found


def _of_sums(a, b):
    mine, theirs = (list(x.parts) if x.kind == "sum" else [(1, x)] for x in (a, b))
    mine, theirs = _without_common(mine, theirs)
    if len(mine) == 1 and not theirs:
        return [f"The term `{mine[0][1].text}` does not belong there."]
    if len(theirs) == 1 and not mine:
        return [f"`{_short(a.text)}`: a term is missing."]
    if len(mine) == len(theirs) == 1:
        (sign, x), (other, y) = mine[0], theirs[0]
        if x == y:
            return [f"The sign of `{_short(x.text)}` is wrong."]
        return _differences(x, y) if sign == other else [MANY, MANY]
    if len(mine) == len(theirs) and {t for _, t in mine} == {t for _, t in theirs}:
        if len(mine) == len(a.parts) == 2:
            return [f"`{_short(a.text)}`: the two sides of `-` are exchanged."]
        return [f"The signs in `{_short(a.text)}` are wrong."]
    return [MANY, MANY]


def _of_products(a, b):
    mine, theirs = (list(x.parts) if x.kind == "product" else [(1, x)] for x in (a, b))
    mine, theirs = _without_common(mine, theirs)
    if len(mine) == 1 and not theirs:
        return [f"`{_short(mine[0][1].text)}` does not belong there as a {'factor' if mine[0][0] > 0 else 'divisor'}."]
    if len(theirs) == 1 and not mine:
        return [f"`{_short(a.text)}`: a {'factor' if theirs[0][0] > 0 else 'divisor'} is missing."]
    if len(mine) == len(theirs) == 1:
        (power, x), (other, y) = mine[0], theirs[0]
        if x == y:
            return [f"`{_short(x.text)}` {'multiplies' if power > 0 else 'divides'}, where it should do the opposite."]
        return _differences(x, y) if power == other else [MANY, MANY]
    if len(mine) == len(theirs) == 2 and {t for _, t in mine} == {t for _, t in theirs}:
        return [f"`{_short(a.text)}`: the fraction is upside down."]
    return [MANY, MANY]


def _without_common(mine, theirs):
    rest = list(theirs)
    left = []
    for pair in mine:
        if pair in rest:
            rest.remove(pair)
        else:
            left.append(pair)
    return left, rest


def _wrapped(part):
    """Return the parts that stand alone inside one more operation: the x of f(x), x[i], x + 1, 2 * x, x**2, -x."""
    if part.kind == "call":
        return list(part.parts[1])
    if part.kind in ("index", "attribute"):
        return [part.parts[0]]
    if part.kind == "power":
        return [part.parts[0]]
    return []


def _too_much(a, b):
    if a.kind == "call":
        return f"`{a.parts[0]}` does not belong there."
    if a.kind == "power":
        return f"`{_short(a.text)}`: the power does not belong there."
    return f"`{_short(a.text)}`: what stands behind `{_short(b.text)}` does not belong there."


def _too_little(a, b):
    if b.kind == "call":
        return f"`{_short(a.text)}`: something is still to be done with it."
    if b.kind == "power":
        return f"`{_short(a.text)}`: a power is missing."
    return f"`{_short(a.text)}` is the whole thing, where a part of it is wanted."


def _instead(a):
    if a.kind == "number":
        return f"The number `{a.text}` is not the right one."
    if a.kind == "nothing":
        return "One end of a slice is missing."
    return f"`{_short(a.text)}` stands where something else belongs."


def _small(part):
    return part.kind in ("name", "number", "constant", "attribute", "index", "nothing", "transposed")


def _short(text):
    return text if len(text) <= 60 else text[:59] + "…"
