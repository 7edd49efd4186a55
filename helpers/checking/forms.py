"""An expression in a common form, so that two that differ in writing alone are the same: sums, products, calls, transposes."""

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

ALONG_AN_AXIS = set("sum mean max min argmax argmin std var prod any all cumsum argsort".split())
METHODS = ALONG_AN_AXIS | set("reshape copy astype transpose dot take repeat swapaxes squeeze clip round".split())
SECOND_IS_AXIS = ALONG_AN_AXIS | {"concatenate", "stack", "flip", "expand_dims"}

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


def inlined(node, before):
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


def form_of(node):
    text = ast.unparse(node)
    if isinstance(node, ast.BinOp):
        op, left, right = type(node.op).__name__, node.left, node.right
        if op in ("Add", "Sub"):
            return _sum(text, (1, form_of(left)), (1 if op == "Add" else -1, form_of(right)))
        if op in ("Mult", "Div"):
            return _product(text, (1, form_of(left)), (1 if op == "Mult" else -1, form_of(right)))
        if op == "MatMult":
            return _matrices(text, form_of(left), form_of(right))
        if op == "Pow" and isinstance(right, ast.Constant) and right.value == 2:
            return Part("power", (form_of(left), Part("number", (2,), "2")), text)
        return Part("power" if op == "Pow" else "operator " + OPERATORS.get(op, op), (form_of(left), form_of(right)), text)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = form_of(node.operand)
        return Part("number", (-inner.parts[0],), text) if inner.kind == "number" else _sum(text, (-1, inner))
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and (code := code_part(node.value)):
            return code
        plain = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
        return Part("number", (float(node.value),), text) if plain else Part("constant", (repr(node.value),), text)
    if isinstance(node, ast.Name):
        return Part("name", (node.id,), text)
    if isinstance(node, ast.Attribute):
        return (
            _transposed(form_of(node.value), text)
            if node.attr == "T"
            else Part("attribute", (form_of(node.value), node.attr), text)
        )
    if isinstance(node, ast.Call):
        return _call(node, text)
    if isinstance(node, ast.Subscript):
        return Part("index", (form_of(node.value), form_of(node.slice)), text)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return Part(
            "comparison",
            (OPERATORS.get(type(node.ops[0]).__name__), form_of(node.left), form_of(node.comparators[0])),
            text,
        )
    if isinstance(node, ast.BoolOp):
        return Part("logic", (OPERATORS[type(node.op).__name__], tuple(map(form_of, node.values))), text)
    if isinstance(node, ast.IfExp):
        return Part("choice", (form_of(node.test), form_of(node.body), form_of(node.orelse)), text)
    if isinstance(node, (ast.Tuple, ast.List)):
        return Part("list", (tuple(map(form_of, node.elts)),), text)
    if isinstance(node, ast.Slice):
        ends = tuple(
            form_of(e) if e is not None else Part("nothing", (), "") for e in (node.lower, node.upper, node.step)
        )
        return Part("slice", ends, text)
    if isinstance(node, ast.Dict) and None not in node.keys:
        pairs = sorted(
            ((ast.unparse(k), form_of(v)) for k, v in zip(node.keys, node.values, strict=True)), key=lambda pair: pair[0]
        )
        return Part("dict", (tuple(k for k, _ in pairs), tuple(v for _, v in pairs)), text)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and len(node.generators) == 1:
        return Part(
            "comprehension",
            (form_of(node.elt), Part("other", (ast.dump(node.generators[0]),), ast.unparse(node.generators[0]))),
            text,
        )
    return Part("other", (ast.dump(node),), text)


def code_part(text):
    """Return the form of a text that is an assignment, `"c = f * c"`, or None: a bug hunt has lines of code as texts.

    It may stand behind the head of a loop, `"for t in range(T): h[t] = …"`, which is then a part of the form.
    """
    try:
        line = ast.parse(text.strip()).body
    except (SyntaxError, ValueError):
        return None
    head = ()
    if len(line) == 1 and isinstance(line[0], ast.For) and not line[0].orelse:
        head, line = (form_of(line[0].target), form_of(line[0].iter)), line[0].body
    if len(line) != 1 or not isinstance(line[0], (ast.Assign, ast.AugAssign)):
        return None
    targets = line[0].targets if isinstance(line[0], ast.Assign) else [line[0].target]
    sign = "=" if isinstance(line[0], ast.Assign) else ASSIGNMENTS.get(type(line[0].op).__name__, "another")
    return Part("code", (sign, (*head, *map(form_of, targets)), form_of(line[0].value)), text.strip())


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
            return form_of(ast.BinOp(arguments[0], op, arguments[1]))
        if operator == "T" and len(arguments) == 1:
            return _transposed(form_of(arguments[0]), text)
        if operator == "square" and len(arguments) == 1:
            return Part("power", (form_of(arguments[0]), Part("number", (2,), "2")), text)
        if operator == "neg" and len(arguments) == 1:
            return _sum(text, (-1, form_of(arguments[0])))
    named = {k.arg or "**": form_of(k.value) for k in node.keywords}
    if name in SECOND_IS_AXIS and len(arguments) == 2:
        named["axis"] = form_of(arguments.pop())
    keys = tuple(sorted(named))
    return Part("call", (name, tuple(map(form_of, arguments)), keys, tuple(named[k] for k in keys)), text)
