"""What several exercises of notebook 09 need."""

import linecache
import re


def each(task, key, table):
    """Register all rows (sentence, edit, another edit …) of a table, whose edits are of one blank."""
    for sentence, *edits in table:
        for edit in edits:
            task.mistake(sentence, **{key: edit})


def each_by_its_text(task, key, table):
    """Register a table of edits that an answer's text alone tells: they raise on every case, or do what other edits do."""
    for sentence, *edits in table:
        for edit in edits:
            source = re.sub(rf"(?m)^(    {key} = ).*", lambda line, edit=edit: line[1] + edit, task.filled())
            file = f"<{task.name} {edit}>"
            linecache.cache[file] = len(source), None, source.splitlines(True), file
            space = {**task.reference.__globals__, "exercise": lambda _: lambda function: function}
            exec(compile(source, file, "exec"), space)
            task.mistake(sentence)(space[task.name])
