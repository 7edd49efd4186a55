"""The set-up cell of the notebooks: the template setup_cell.py, with the values of pyproject.toml filled in."""

import pathlib
import re
import tomllib

HERE = pathlib.Path(__file__).resolve().parent


def fill(template: str, values: dict) -> str:
    """The template with each @KEY@ replaced by values["KEY"].

    Raises ValueError if template and values do not name the same keys, or a value would break out of its quotes.
    """
    named = set(re.findall(r"@([A-Z]+)@", template))
    if named != set(values):
        raise ValueError(f"the template names {sorted(named)}, the values are for {sorted(values)}")
    for key, value in values.items():
        if set(str(value)) & set("\"'\\\n{}@"):
            raise ValueError(f"{key} = {value!r} cannot stand between quotes")
    return re.sub(r"@([A-Z]+)@", lambda match: str(values[match[1]]), template)


def course_values(notebook: str, root: pathlib.Path = HERE.parent.parent) -> dict:
    """What the set-up cell of this notebook ("01_rnn_concept", say) is filled with: [tool.course] of pyproject.toml."""
    course = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["course"]
    return {
        "NAME": course["name"],
        "ADDRESS": f"https://github.com/{course['repository']}" if course["repository"] else "",
        "BRANCH": course["branch"],
        "NOTEBOOK": notebook,
        "EDITION": int(course["edition"]),
    }


def setup_cell(notebook: str) -> str:
    """The set-up cell of this notebook, ready to be put in."""
    return fill((HERE / "setup_cell.py").read_text("utf-8"), course_values(notebook)).rstrip("\n")
