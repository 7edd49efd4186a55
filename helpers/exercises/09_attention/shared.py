"""What several exercises of notebook 09 need."""

import linecache
import re


def typed(task, sentence, **edits):
    """Register edits with their lines at hand, as of a cell: for what is known by its text alone.

    That is an answer that raises on every case, or does what an edit of another blank does.
    """
    source = task.filled().partition("\n")[2]
    for name, code in edits.items():
        source = re.sub(rf"(?m)^(    {name} = ).*", lambda line, code=code: line[1] + code, source)
    file = f"<{task.name} {edits}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    space = dict(task.reference.__globals__)
    exec(compile(source, file, "exec"), space)
    task.mistake(sentence)(space[task.name])
