"""The names of the gates' blocks, and weights for the cases."""

import linecache

BLOCKS = {"Wx": "D i,f,o,g:H", "Wh": "H i,f,o,g:H", "b": "i,f,o,g:H"}
ANY_ORDER = "first,second,third,fourth:H"


def weights(rng, D, H):
    return rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)


def changed(task, *pairs):
    """Return the finished function with pieces of its source exchanged, pairs of (old, new), as if it had been typed."""
    source = task.filled().partition("\n")[2]
    for old, new in pairs:
        if old not in source:
            raise ValueError(f"{task.name} has no {old!r}")
        source = source.replace(old, new)
    name, names = f"<{task.name} {hash(source)}>", dict(task.reference.__globals__)
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    exec(compile(source, name, "exec"), names)
    return names[task.name]
