"""Make the files of a new lesson, small ones that pass all tests at once: what `build.py --new 14_name "Title"` calls."""

import re

SOURCE = '''# @NUMBER@ · @TITLE@

What one will be able to do, and what is needed before. About 1 hour.

```{code-cell}
setup()
```

```{code-cell}
import numpy as np
from helpers import (TODO, claim, exercise, explore, guess, hint, progress, restore, reuse,
                     reveal, show, solution)
from helpers.figures import @NAME@ as figures
```

## 1 · The first section

```{code-cell}
guess("the mean of 1, 2, 3, 4", TODO)
```

```{code-cell}
@exercise("@KEY@.1")
```

```{code-cell}
reveal("the mean of 1, 2, 3, 4", mean_of(np.arange(1.0, 5)), form=".1f")
```

```{code-cell}
show(figures.draw_mean(np.arange(1.0, 5)))
```

```{code-cell}
claim("the mean of 1, 2, 3, 4", mean_of(np.arange(1.0, 5)), equals=2.5)
```

```{code-cell}
progress()
```

## Quiz

```{quiz}
? What is the mean of 1 and 3?
- [x] 2 :: Their sum is 4, and there are two of them.
- [ ] 4 :: That is the sum.
```

## What to remember

- One sentence for each section.

## Further reading

- Author, *Title* (year): what one finds there.
'''

EXERCISE = '''"""Exercise @KEY@.1: a mean."""

import numpy as np

from helpers.checking.authoring import exercise


@exercise("@KEY@.1", title="A mean", returns={"the mean": ""}, hints=[
    "By what is the sum of the numbers divided?", "It is `x.sum()`, divided by how many there are: `len(x)`."])
def mean_of(x):
    """Return the mean of the numbers x (N,): their sum, divided by N.

    [2., 4.] gives 3.
    """
    return x.sum() / len(x)      # TODO: the sum, divided by how many there are


@mean_of.cases
def _(rng):
    yield "two numbers", (np.array([2.0, 4.0]),)
    yield "one number", (np.array([7.0]),)
    yield "ten numbers", (rng.normal(size=10) + 3,)


mean_of.mistakes_in("returns", [
    ("@KEY@: this is the sum, not yet divided by anything.", "x.sum()"),
    ("@KEY@: you divide by one too few numbers.", "x.sum() / max(1, len(x) - 1)"),
    ("@KEY@: you divide by one too many numbers.", "x.sum() / (len(x) + 1)"),
    ("@KEY@: this is the median, not the mean.", "np.median(x)"),
    ("@KEY@: this is the largest of the numbers.", "x.max()"),
])


@mean_of.same
def _(x):
    return np.mean(x)
'''

FIGURES = '''"""The figures of notebook @NUMBER@."""

from helpers.figures.style import COLOURS, course_style, new_figure
from helpers.figures.words import described


def draw_mean(x):
    """Return a figure of the numbers x (N,) as bars, and of their mean as a line."""
    figure, axes = new_figure(5, 2.4)
    with course_style():
        axes.bar(range(len(x)), x, color=COLOURS["state"])
        axes.axhline(x.mean(), color=COLOURS["window"])
        axes.set(xlabel="number", ylabel="value", title="Numbers and their mean")
    return described(figure, f"{len(x)} bars, one for each number, and a line at the height of their mean.")
'''

TEST = '''"""The figures of notebook @NUMBER@, also where a slider ends."""

import matplotlib

matplotlib.use("Agg")

import numpy as np  # noqa: E402

from helpers.figures import @NAME@ as figures  # noqa: E402
from tests.figure_checks import test_of  # noqa: E402

test_figure = test_of({"mean": lambda: figures.draw_mean(np.arange(1.0, 5))})
'''

FILES = {
    "notebooks/source/@STEM@.md": SOURCE,
    "helpers/exercises/@STEM@/__init__.py": '"""The exercises of notebook @NUMBER@."""\n',
    "helpers/exercises/@STEM@/mean_of.py": EXERCISE,
    "helpers/figures/@NAME@.py": FIGURES,
    "tests/test_figures_@NAME@.py": TEST,
}
ROW = "| [@NUMBER@ @TITLE@](notebooks/@STEM@.ipynb) | @WORDS@ | 1 | 1 h | 2 s | [@NUMBER@](notebooks/solved/@STEM@.ipynb) |\n"


def create(root, stem, title):
    """Write the files of a new lesson, and its row into README.md's last table of notebooks; return their paths.

    root : Path of the course. stem : str, "14_name". Raises ValueError where the number or a file is taken.
    """
    if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", stem):
        raise ValueError(f"a lesson is called like 14_name: two digits, an underscore, small letters; got {stem!r}")
    if not title.strip():
        raise ValueError("a lesson needs a title")
    number, _, name = stem.partition("_")
    words = {"STEM": stem, "NUMBER": number, "KEY": str(int(number)), "NAME": name, "TITLE": title.strip(),
             "WORDS": "(what one will be able to do)"}
    made = {root / _filled(path, words): _filled(text, words) for path, text in FILES.items()}
    taken = [*(root / "notebooks" / "source").glob(f"{number}_*.md"), *(path for path in made if path.exists())]
    if taken:
        raise ValueError(f"{taken[0].relative_to(root)} is there already")
    readme = root / "README.md"
    rows = list(re.finditer(r"^\| \[\d\d .*\n", readme.read_text("utf-8"), re.M))
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    text = readme.read_text("utf-8")
    readme.write_text(text[: rows[-1].end()] + _filled(ROW, words) + text[rows[-1].end() :], "utf-8", newline="\n")
    return [*made, readme]


def _filled(text, words):
    return re.sub(r"@([A-Z]+)@", lambda found: words[found[1]], text)
