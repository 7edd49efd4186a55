"""The blank of an exercise: the source of the finished function with TODO where its lines say so."""

import ast


def blank_of(lines, first, path):
    """Return the source with each TODO's code taken out; `first` is the line number of lines[0] in the file `path`."""

    def fail(i, why):
        raise SyntaxError(f"{path}:{first + i}: {why}")

    statements = [node for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.stmt)]
    out, i, blanks, tasks = [], 0, 0, {}
    while i < len(lines):
        code, mark, task = lines[i].partition("# TODO: ")
        if not mark:
            if lines[i].strip() == "# END":
                fail(i, "# END without a # TODO: block before it")
            out.append(lines[i])
            i += 1
            continue
        blanks += 1
        if not code.strip():
            end = next((k for k in range(i + 1, len(lines)) if lines[k].strip() == "# END"), None)
            if end is None or any("# TODO: " in line for line in lines[i + 1 : end]):
                fail(i, "this # TODO: block is not closed by a line # END")
            tasks[len(out)] = task
            out.append(f"{code}TODO")
            i = end + 1
            continue
        here = [s for s in statements if s.lineno <= i + 1 <= _header_end(s)]
        target = min(here, key=lambda s: _header_end(s) - s.lineno, default=None)
        value = getattr(target, "test", None) or getattr(target, "value", None)
        top = target.lineno - 1 if target and not hasattr(target, "test") else i
        if value is None or value.lineno != top + 1 or value.end_lineno != i + 1:
            fail(i, "a TODO belongs behind the last line of an assignment or return, or a one-line if or while; "
                 "use a # TODO: … # END block")
        head, begin = lines[top], len(lines[top].encode()[: value.col_offset].decode())
        end = len(lines[i].encode()[: value.end_col_offset].decode())
        while head[:begin].endswith("(") and lines[i][end:].startswith(")"):
            begin, end = begin - 1, end + 1
        del out[len(out) - (i - top) :]  # the lines before the one with the TODO
        tasks[len(out)] = task
        out.append(head[:begin] + "TODO" + lines[i][end : len(code)].rstrip())
        i += 1
    if not blanks:
        fail(0, "an exercise needs at least one TODO")
    # the tasks stand in one column: where the course's line ended is not told
    column = max(len(out[k]) for k in tasks) + 3
    return "\n".join(f"{line.ljust(column)}# {tasks[k]}" if k in tasks else line for k, line in enumerate(out))


def _header_end(statement):
    """Return the last line of a statement itself: for a compound one, of its head."""
    body = getattr(statement, "body", None)
    return body[0].lineno - 1 if body else statement.end_lineno
