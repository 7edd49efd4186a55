"""Say in one sentence in what single thing an expression differs from the course's: a sign, a transpose, an axis, a name …

Both are brought to one form first, in which the order of terms, `np.dot` for `@`, `np.sum(a, 0)` for `a.sum(axis=0)` or a
variable of one's own in between make no difference. Only where exactly one thing is left is something said; what belongs in
its place is not told.
"""

import ast

from helpers.checking.forms import MANY, code_part, form_of, inlined


def spot(mine, course):
    """Return a sentence on the one difference between two ast expressions, or None where there is none or more than one.

    mine, course : helpers.checking.blanks.Content, expressions or blocks.
    """
    if mine.node is None and course.node is None:
        found = _of_lines(mine.before, course.before)
        return found[0] if len(found) == 1 and found[0] != MANY else None
    if mine.node is None or course.node is None or mine.after:
        return None
    node = inlined(mine.node, mine.before)
    if node is None:
        return None
    found = _differences(form_of(node), form_of(course.node))
    return found[0] if len(found) == 1 else None


def alike(mine, known):
    """Return whether two contents of a blank are the same expression in the common form: `b + a` and `np.add(a, b)`."""
    if mine.node is None or known.node is None or mine.after or known.after or known.before:
        return mine.same_as(known)
    node = inlined(mine.node, mine.before)
    return node is not None and form_of(node) == form_of(known.node)


def _of_lines(mine, course):
    """Return the differences of two lists of statements: of the lines of a block."""
    if len(mine) != len(course):
        return [MANY, MANY]
    found = []
    for a, b in zip(mine, course, strict=True):
        if ast.dump(a) == ast.dump(b):
            continue
        if type(a) is not type(b):
            return [MANY, MANY]
        if isinstance(a, (ast.Assign, ast.AugAssign)):
            found += _differences(code_part(ast.unparse(a)), code_part(ast.unparse(b)))
        elif isinstance(a, (ast.Expr, ast.Return)) and a.value and b.value:
            found += _differences(form_of(a.value), form_of(b.value))
        elif isinstance(a, (ast.For, ast.While, ast.If)):
            heads = [(n.target, n.iter) if isinstance(n, ast.For) else (n.test,) for n in (a, b)]
            found += _each(*(tuple(map(form_of, head)) for head in heads))
            found += _of_lines(a.body, b.body) + _of_lines(a.orelse, b.orelse)
        else:
            return [MANY, MANY]
    return found


def spot_in_line(mine, course):
    """Return a sentence on the one difference between two lines of code, assignments as texts, or None as `spot` does."""
    mine, course = code_part(mine), code_part(course)
    found = _differences(mine, course) if mine and course else []
    return found[0] if len(found) == 1 else None


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
            wanted = "*" if b.kind == "product" else "@"
            return [f"`{a.text}`: `*` multiplies element by element, `@` is the matrix product; here it is `{wanted}`."]
        return [MANY, MANY]
    if a.kind == "product" or b.kind == "product":
        return _of_products(a, b)
    if a.kind != b.kind:
        return [_instead(a, b)] if _small(a) and _small(b) else [MANY, MANY]
    return _of_same_kind(a, b)


def _of_same_kind(a, b):
    if a.kind in ("name", "number", "constant", "attribute", "other", "nothing"):
        if a.kind == "attribute" and a.parts[1] == b.parts[1]:
            return _differences(a.parts[0], b.parts[0])
        return [_instead(a, b)] if a.kind != "other" else [MANY, MANY]
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
        mine, right = dict(zip(keys, values, strict=True)), dict(zip(their_keys, their_values, strict=True))
        if arguments == theirs and len(odd) == 1 and all(mine[key] == right[key] for key in mine.keys() & right.keys()):
            key = odd.pop()
            if key in their_keys:
                without = {
                    "axis": "without `axis`, axis 0 is taken"
                    if name in ("concatenate", "stack")
                    else "without `axis`, all axes go into one number",
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
    return f"Not the whole of `{_short(a.text)}` is wanted, but a part of it."


def _instead(a, b):
    if a.kind == "number" == b.kind:
        return f"The number `{a.text}` is not the right one."
    if a.kind == "nothing":
        return "One end of a slice is missing."
    return f"`{_short(a.text)}` stands where something else belongs."


def _small(part):
    return part.kind in ("name", "number", "constant", "attribute", "index", "nothing", "transposed")


def _short(text):
    return text if len(text) <= 60 else text[:59] + "…"
