"""Show a verdict, a hint or a table as a card: HTML where there is a page, the same words in plain text elsewhere."""

import html
import re
import sys

# mid-tones that read on white and on dark alike; the text takes the page's own colour
COLOURS = {"right": "0, 158, 115", "wrong": "213, 94, 0", "blank": "128, 128, 128", "info": "0, 114, 178"}
LINK = re.compile(r"\[([^\]]+)\]\(([\w./-]+\.ipynb)\)")  # to another notebook
SIGNS = {"right": "✓", "wrong": "✗", "blank": "○", "info": "→"}
SPOKEN = {"right": "right", "wrong": "not yet right", "blank": "not started", "info": "note"}  # what a screen reader says


def show_card(kind, title, lines, code="", printed="", folded=("", "")):
    """Show one card. kind : right, wrong, blank or info. `lines`: the first is the message, the others are small print.

    On a wrong answer the message is what stands out, elsewhere the title. folded : (name, text) that a click opens.
    """
    lines = [line for line in lines if line]
    first = "margin-top:2px;font-weight:bold" if kind == "wrong" and len(lines) > 1 else "margin-top:2px"
    body = "".join(
        f'<div style="{first if i == 0 else "margin-top:3px;font-size:90%;opacity:.85"}">{_marked(line)}</div>'
        for i, line in enumerate(lines)
    )
    if folded[1]:
        body += (
            f'<details style="margin-top:3px;font-size:90%;opacity:.85"><summary style="cursor:pointer">{folded[0]}</summary>'
            f"{_marked(folded[1])}</details>"
        )
    weight = "normal" if "bold" in first else "bold"
    blocks = [(code, ""), (_cut(printed), "Printed by your function: ")]
    for text, name in blocks:
        if text:
            body += (f'<div style="margin-top:4px;font-size:90%;opacity:.8">{name}</div>' if name else "") + _pre(text)
    text = [f"{SIGNS[kind]} {title}", *("  " + LINK.sub(r"\1", line) for line in lines)]
    text += [f"  {folded[0]}: {folded[1]}."] * bool(folded[1])
    for block, name in blocks:
        text += ["  " + name] * bool(block and name) + ["      " + line for line in block.splitlines()]
    _show(
        _frame(
            kind,
            f'<span style="font-weight:{weight}">{_sign(kind)} {html.escape(title)}</span>{body}',
        ),
        "\n".join(line.rstrip() for line in text),
    )


def show_code(kind, title, line, source):
    """Show a card with a function's source, coloured where the page can."""
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        pretty = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True, noclasses=True, style=_style()))
    except ImportError:
        pretty = html.escape(source)
    pre = (
        f'<pre style="margin:6px 0 2px;padding:6px 10px;white-space:pre;overflow-x:auto;background:#f6f8fa;color:#1f2328;'
        f'border-radius:3px">{pretty}</pre>'
    )
    head = f"<b>{_sign(kind)} {html.escape(title)}</b>"
    _show(
        _frame(kind, f'{head}<div style="margin-top:2px">{_marked(line)}</div>{pre}'),
        f"{SIGNS[kind]} {title}\n  {line}\n\n" + "\n".join("    " + row for row in source.splitlines()),
    )


def show_table(title, rows, foot):
    """Show a card with rows of (kind, id, name, remark)."""
    cell = '<td style="text-align:left;padding:1px 12px 1px 0;{}">{}</td>'
    body = "".join(
        '<tr style="background:transparent">'
        + cell.format("", _sign(kind))
        + cell.format("", key)
        + cell.format("min-width:8em", html.escape(name))
        + cell.format("min-width:12em;opacity:.8", _marked(remark))
        + "</tr>"
        for kind, key, name, remark in rows
    )
    head = "".join(
        f'<th scope="col" style="text-align:left;padding:1px 12px 1px 0;font-weight:normal;opacity:.8">{name}</th>'
        for name in ("", "no.", "exercise", "state")
    )
    table = (
        f'<div style="overflow-x:auto"><table style="border:none;border-collapse:collapse;margin:4px 0;color:inherit;'
        f'overflow-wrap:normal"><tr style="background:transparent">{head}</tr>{body}</table></div>'
    )
    wide = max((len(name) for _, _, name, _ in rows), default=0)
    narrow = max((len(key) + 1 for _, key, _, _ in rows), default=0)
    text = [
        title,
        *(f"  {SIGNS[kind]} {key:<{max(5, narrow)}}{name:<{wide}}  {remark}".rstrip() for kind, key, name, remark in rows),
        foot,
    ]
    _show(
        _frame(
            "info", f'<b>{html.escape(title)}</b>{table}<div style="font-size:90%;opacity:.8">{_marked(foot)}</div>'
        ),
        "\n".join(text),
    )


def show_grid(title, rows, foot):
    """Show a card with one line a row, one square a place. rows : (name, [(kind, words shown under the mouse), …], remark)."""
    square = (
        '<span title="{}" style="display:inline-block;width:1.45em;margin:1px;text-align:center;border-radius:3px;'
        'background:rgba({},{});color:inherit">{}</span>'
    )
    cell = '<td style="text-align:left;padding:1px 12px 1px 0;white-space:nowrap">{}</td>'
    body = ""
    for name, places, remark in rows:
        squares = "".join(
            square.format(html.escape(words), COLOURS[kind], ".15" if kind == "blank" else ".5", SIGNS[kind])
            for kind, words in places
        )
        cells = (html.escape(name), squares, html.escape(remark))
        body += f'<tr style="background:transparent">{"".join(map(cell.format, cells))}</tr>'
    table = f'<table style="border:none;border-collapse:collapse;margin:4px 0;color:inherit">{body}</table>'
    wide = max((len(name) for name, _, _ in rows), default=0)
    most = max((len(places) for _, places, _ in rows), default=0)
    text = [title]
    for name, places, remark in rows:
        signs = "".join(SIGNS[kind] for kind, _ in places)
        text.append(f"  {name:<{wide}}  {signs:<{most}}  {remark}".rstrip())
    page = f'<b>{html.escape(title)}</b>{table}<div style="font-size:90%;opacity:.8">{_marked(foot)}</div>'
    _show(_frame("info", page), "\n".join([*text, foot]))


def in_notebook():
    """Return whether there is an IPython that can show HTML."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return bool(shell and shell.has_trait("kernel"))


def _frame(kind, inside):
    rgb = COLOURS[kind]
    return (
        f'<div style="border-left:4px solid rgb({rgb});background:rgba({rgb},.10);padding:7px 12px;margin:4px 0;'
        f'border-radius:0 4px 4px 0;line-height:1.45;max-width:58em;color:inherit;overflow-wrap:anywhere">{inside}</div>'
    )


def _sign(kind):
    """Return a kind's sign in its colour, with the words that a screen reader says for it."""
    return f'<b role="img" aria-label="{SPOKEN[kind]}" style="color:rgb({COLOURS[kind]})">{SIGNS[kind]}</b>'


def _show(page, text):
    if in_notebook():
        from IPython.display import display

        display({"text/html": page, "text/plain": text}, raw=True)
    else:
        say(text)


def say(text):
    """Print a text; where the output cannot show one of its signs (a Windows console), another stands in its place."""
    try:
        print(text)
    except UnicodeEncodeError:
        plain = text.translate(
            str.maketrans({"✓": "[right]", "✗": "[wrong]", "○": "[open]", "→": "->", "·": "-", "…": "...", "≈": "~"})
        )
        coding = getattr(sys.stdout, "encoding", None) or "ascii"
        print(plain.encode(coding, "replace").decode(coding))


def _marked(line):
    """Return a line as HTML, with `code`, *stress* and [links](address) marked."""
    line = LINK.sub(r'<a href="\2">\1</a>', html.escape(line, quote=False))
    line = re.sub(r"`([^`]+)`", r"<code>\1</code>", line)
    return re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])", r"<i>\1</i>", line)


def _pre(text):
    return (
        f'<pre style="margin:4px 0 0;padding:3px 8px;white-space:pre-wrap;word-break:normal;'
        f'overflow-wrap:anywhere;background:rgba(128,128,128,.12);border-radius:3px;color:inherit">{html.escape(text)}</pre>'
    )


def _style():
    """Return a style of code colours with a contrast of at least 4.5 on the light ground of the code box (WCAG AA)."""
    from pygments.style import Style
    from pygments.token import Comment, Keyword, Number, Operator, String

    return type(
        "Course",
        (Style,),
        {
            "background_color": "transparent",
            "styles": {
                Comment: "#57606a",
                Keyword: "#a3400b",
                Operator.Word: "#a3400b",
                String: "#116329",
                Number: "#0550ae",
            },
        },
    )


def _cut(text, lines=8, columns=100):
    rows = text.strip("\n").splitlines()
    kept = [row if len(row) <= columns else row[:columns] + "…" for row in rows[:lines]]
    return "\n".join(kept + [f"… ({len(rows) - lines} more lines)"] * (len(rows) > lines))
