"""Python's and NumPy's own errors in a learner's words: which product, which shapes, and what a thing is called in NumPy."""

import ast
import contextlib
import re

import numpy as np

IN_NUMPY = {  # names of other libraries -> what to write
    "cat": "np.concatenate([a, b], axis=…)",
    "mm": "`a @ b`",
    "bmm": "`a @ b`",
    "unsqueeze": "a[:, None]",
    "sigmoid": "1 / (1 + np.exp(-a))",
    "softmax": "np.exp(a) divided by its sum",
    "relu": "np.maximum(a, 0)",
    "concat": "np.concatenate([a, b], axis=…)",
    "tensor": "np.array(…)",
    "chunk": "np.split(a, parts, axis=…)",
    "norm": "np.linalg.norm(a)",
    "clamp": "np.clip(a, low, high)",
    "reduce_sum": "a.sum(axis=…)",
    "reduce_mean": "a.mean(axis=…)",
    "matrix_multiply": "`a @ b`",
}
METHODS = {
    "clone": "a.copy()",
    "detach": "leave it out: there is no graph",
    "numpy": "leave it out: it is an array",
    "size": "a.shape",
    "t": "a.T",
    "mm": "`a @ b`",
    "unsqueeze": "a[:, None]",
    "view": "a.reshape(…)",
    "permute": "a.transpose(…)",
    "float": "a.astype(float)",
    "tanh": "np.tanh(a)",
    "exp": "np.exp(a)",
    "log": "np.log(a)",
    "sqrt": "np.sqrt(a)",
    "abs": "np.abs(a)",
    "norm": "np.linalg.norm(a)",
    "append": "a list has `append`; an array keeps its size",
    "push": "a list has `append`",
    "length": "len(a)",
    "masked_fill": "np.where(mask, a, value)",
    "matmul": "`a @ b`",
    "softmax": "np.exp(a) divided by its sum",
    "pow": "a**2",
}


def in_words(error, expression_at=None):
    """Return a sentence on an exception of an answer, or None where its own text is clear enough.

    error : the exception, with its traceback. expression_at : function of a frame that gives the ast of the line that raised.
    """
    text, kind = str(error), type(error)
    if kind is AttributeError and "numpy" in text and (name := _after("attribute", text)) in IN_NUMPY:
        return f"NumPy has no `np.{name}`: in NumPy that is {_code(IN_NUMPY[name])}."
    if kind is AttributeError and "ndarray" in text and (name := _after("attribute", text)) in METHODS:
        return f"An array has no `.{name}`: in NumPy that is {_code(METHODS[name])}."
    if kind is TypeError and ("bitwise_xor" in text or "for ^" in text):
        return "`^` is no power in Python: write `**`."
    if kind is NameError and (name := getattr(error, "name", "")) in ("torch", "tf", "tensorflow", "jnp", "nn", "F"):
        return f"`{name}` belongs to another library: here everything is `np.`, NumPy."
    if kind is TypeError and "append() takes exactly one argument" in text:
        return "`append` takes one thing: a pair is one in brackets of its own, `append((a, b))`."
    if kind is TypeError and "unexpected keyword argument" in text and re.search(r"'(dim|keepdim|dims)'", text):
        return "`dim` is PyTorch's word: NumPy calls it `axis`, and `keepdim` is `keepdims`."
    if kind is TypeError and (
        "only length-1 arrays" in text or "only 0-dimensional arrays" in text or "converted to Python scalar" in text
    ):
        return "A function for one number got an array (`math.tanh`, `float`, `int`): `np.tanh` and its like take whole arrays."
    if kind is TypeError and re.search(
        r"unsupported operand type\(s\) for .*'(dict|tuple|NoneType|list|EigResult|SVDResult|QRResult)'", text
    ):
        return _not_an_array(re.search(r"'(dict|tuple|NoneType|list|EigResult|SVDResult|QRResult)'", text)[1])
    if kind is AttributeError and (found := re.search(r"'(EigResult|SVDResult|QRResult)' object has no", text)):
        return _not_an_array(found[1])
    if kind is TypeError and "bad operand type for abs()" in text:
        return (
            "`abs` got no array: `np.linalg.eig` gives two things, the eigenvalues first; "
            "`np.linalg.eigvals` gives them alone."
        )
    if kind is ValueError and (found := re.search(r"values to unpack \(expected (\d+)(?:, got (\d+))?", text)):
        got = f"{found[2]} thing{'s' * (found[2] != '1')}" if found[2] else "more"
        return f"There are {found[1]} names to fill, and what is unpacked holds {got}."
    if kind is TypeError and "'NoneType' object is not" in text:
        return "Something there is None: a function returned nothing, as `append`, `sort`, `shuffle` do; `sorted(…)` gives one."
    if kind is ValueError and "truth value of an array" in text:
        return (
            "An array is neither true nor false: compare single numbers, or use `np.where`, `np.all`, `np.any`. `&` takes the "
            "place of `and`; it comes before `==`, so each comparison needs brackets: `(a == b) & (c == d)`."
        )
    if kind is TypeError and "'numpy.ndarray' object is not callable" in text:
        return "Round brackets behind an array call it: square brackets pick from it."
    if kind is IndexError and "only integers, slices" in text:
        return "Something that is no whole number stands in square brackets: an index is an int, or an array of ints."
    if kind in (TypeError, ValueError) and "setting an array element with a sequence" in text and "inhomogeneous" not in text:
        return "Several numbers stand on the right, and on the left is the place of one."
    if kind is ValueError and "inhomogeneous" in text:
        return (
            "Rows of different lengths make no array; nor do several things at once "
            "(`np.linalg.eig`, `svd` and `qr` give more than one)."
        )
    if kind in (ValueError, TypeError) and (shapes := _shapes(error)):
        return shapes
    if "gufunc" in text or "matmul" in text and "core dim" in text:
        return "In `a @ b` the last axis of a must be as long as the first of b (the last but one, for stacks)."
    return None


def _code(text):
    return text if "`" in text or text.startswith(("leave", "np.exp(a) div", "a list")) else f"`{text}`"


def _after(word, text):
    found = re.search(rf"{word} '(\w+)'", text)
    return found[1] if found else ""


def _not_an_array(kind):
    return {
        "dict": "Arithmetic with a whole dict: take the arrays out of it, `for name, g in grads.items()`.",
        "NoneType": "One side is None: some function there returns nothing (`append`, `sort` and `shuffle` do).",
        "list": "One side is a list: `np.array(…)` or `np.stack(…)` makes an array of it, `len(…)` counts what it holds.",
    }.get(
        kind,
        "One side is several things at once: `np.linalg.eig`, `svd` and `qr` give more than one; take the one you need.",
    )


def _shapes(error):
    """Return which operation the shapes do not allow, with its operands by name, found by looking at the line that raised."""
    trace = error.__traceback__
    frames = []
    while trace is not None:
        frames.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    for frame, line in reversed(frames):
        if frame.f_code.co_filename.startswith("<frozen") or "numpy" in frame.f_globals.get("__name__", ""):
            continue
        tree = _line_of(frame, line)
        if tree is not None:
            return _failing_part(tree, {**frame.f_globals, **frame.f_locals})
    return None


def _line_of(frame, line):
    import inspect
    import linecache

    source = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    if not source:
        return None
    try:
        block = inspect.getblock(source[frame.f_code.co_firstlineno - 1 :])
        text = "".join(block)
        indent = len(text) - len(text.lstrip())
        tree = ast.parse(
            "\n".join(row[indent:] if row[:indent].isspace() or not row[:indent] else row for row in text.splitlines())
        )
    except (SyntaxError, IndexError, IndentationError):
        return None
    at = line - frame.f_code.co_firstlineno + 1
    found = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and n.lineno <= at <= (n.end_lineno or n.lineno)]
    return max(found, key=lambda n: n.lineno, default=None)


def _failing_part(statement, names):
    """Evaluate the parts of a statement from the inside out; say in words what the first one that fails was given."""
    parts = [n for n in ast.walk(statement) if isinstance(n, (ast.BinOp, ast.Call))]
    for node in sorted(parts, key=lambda n: (n.end_lineno - n.lineno, n.end_col_offset - n.col_offset)):
        inside = [node.left, node.right] if isinstance(node, ast.BinOp) else node.args
        if any(isinstance(n, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.NamedExpr)) for n in ast.walk(node)):
            continue
        try:
            values = [_value(part, names) for part in inside]
        except Exception:
            return None
        try:
            _value(node, names)
        except Exception:
            return _operands(node, inside, values)
    return None


def _value(node, names):
    with np.errstate(all="ignore"):
        return eval(compile(ast.Expression(node), "<part>", "eval"), dict(names))  # noqa: S307


def _is_transposed(part):
    return isinstance(part, ast.Attribute) and part.attr == "T"


def _operands(node, parts, values):
    flat = []
    for part, value in zip(parts, values, strict=True):
        if isinstance(part, (ast.List, ast.Tuple)) and isinstance(value, (list, tuple)) and len(part.elts) == len(value):
            flat += list(zip(part.elts, value, strict=True))
        else:
            flat.append((part, value))
    arrays = [(ast.unparse(p), np.shape(v)) for p, v in flat if isinstance(v, (np.ndarray, np.generic)) and np.ndim(v)]
    if not arrays or len(ast.unparse(node)) > 90:
        return None
    given = ", ".join(f"`{text}` is {shape}" for text, shape in dict(arrays).items())
    said = f"In `{ast.unparse(node)}`: {given}."
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        a, b = np.shape(values[0]), np.shape(values[1])
        if not a or not b:
            return said + " `@` needs two arrays; for a single number it is `*`."
        inner = b[-2] if len(b) > 1 else b[-1]
        if a[-1] == inner:
            return said + " `@` multiplies the last two axes; those before them have to be equal, or 1, and here they are not."
        place = "last but one" if len(b) > 2 else "first"
        said += f" `@` sums over the last axis of the left, {a[-1]} long, and the {place} of the right, {inner} long."
        turned = [part for part, value in zip(parts, values, strict=True) if _is_transposed(part) and np.ndim(value) > 2]
        if turned:
            return said + f" `{ast.unparse(turned[0])}` reverses ALL axes: `np.swapaxes(…, -1, -2)` exchanges the last two alone."
        return said + (" They have the same shape: element by element is `*`." if a == b else "")
    if isinstance(node, ast.BinOp):
        with contextlib.suppress(ValueError):
            np.broadcast_shapes(*map(np.shape, values))
            return None  # they fit: it is something else
        return said + " Element by element the shapes must be equal, or 1, counted from the last axis."
    return said
