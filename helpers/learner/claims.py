"""What a notebook says of its numbers, and what a learner expected: claim, guess and reveal.

A claim is a measurement and a bound. It prints both, so that the reader knows how large the thing is and how much room there
is. In a learner's session it never raises: with other settings, or another processor, things may come out otherwise. In the
build and the tests (COURSE_STRICT_CLAIMS=1) a claim that does not hold fails. With COURSE_CLAIMS=FILE each claim also
leaves a line of JSON there, from which `python start.py test shaken` works out its margin.
"""

import inspect
import json
import os
import re

import numpy as np

from helpers.learner import answers
from helpers.learner.cards import say, show_card
from helpers.learner.session import TODO

_BOUNDS = ("below", "above", "between", "at_least", "at_most", "equals")
_state = {"notebook": None}


def notebook():
    """Return the stem of the notebook that is open, or None."""
    return _state["notebook"]


def begin(notebook):
    """Say which notebook the claims and guesses from here on belong to: its stem, "03_vanishing_gradients"."""
    _state["notebook"] = notebook


class ClaimError(AssertionError):
    """A claim does not hold, in the build or in the tests."""


def claim(
    words,
    measured=None,
    *,
    below=None,
    above=None,
    between=None,
    at_least=None,
    at_most=None,
    equals=None,
    within=None,
    against=None,
    form=None,
):
    """Print what was measured and the bound that it keeps.

    words     str, what is measured: "T = 20, after 3000 steps: the error"
    measured  a number, or an array of which every number has to keep the bound (five seeds); True or False for what is
              no number
    below, above    a number, or an array of measured numbers: every number of `measured` lies below (above) all of them
    between   (low, high)
    at_least, at_most    for counts: the bound itself is allowed
    equals    the same numbers, exactly or within ± `within`
    against   what the claim tells the measured thing apart from, a number or an array, on the bound's other side: the
              error without the remedy, the share right by chance. The margin of the claim is the distance to the bound as a share
              of the distance to this; without it, of the bound (below) or of the measured number (above).
    form      how numbers are written, as in format(): ".0%". The default is three digits.

    Raises ValueError for a claim without words, without a number, with no bound or with two; ClaimError where it does not
    hold and COURSE_STRICT_CLAIMS is set.
    """
    if not isinstance(words, str) or not words.strip():
        raise ValueError(
            f'claim(…) begins with what was measured, in words: claim("error", error, below=0.1); got {words!r}'
        )
    given = {
        name: value
        for name, value in zip(_BOUNDS, (below, above, between, at_least, at_most, equals), strict=True)
        if value is not None
    }
    found = _measure(words, measured, given, within, against, form)
    _record(words, found)
    if found["holds"]:
        say(f"✓ {words}" + (f": {found['text']} ({found['bound']})" if found["text"] else ""))
        return
    place, own = _place(words)
    said = f"{words}: {found['text']}, expected {found['bound']}" if found["text"] else f"{words}: no"
    if os.environ.get("COURSE_STRICT_CLAIMS"):
        raise ClaimError(f"{place}{said}")
    lines = [said + "."]
    if own:
        lines.append("You have changed this cell or one above it, so this is a result of yours. Without a change:")
    else:
        lines.append("If you changed a setting in a cell above, this is a result of yours. If not:")
    lines.append(
        "Training turns the last bit of a number into another run, and processors differ in that bit: "
        "[notebook 03, section 12](03_vanishing_gradients.ipynb) shows how. The cells below run all the same."
    )
    show_card("info", "Here it came out otherwise", lines)


def guess(key, value=None, *, choices=None):
    """Keep what you expect before you run a cell; `reveal` puts it beside what came.

    key : str, the question's name. value : your number, or one of `choices`; TODO (or nothing) as long as you have none.
    A new guess replaces the old one. It is kept in the folder of your answers.
    """

    if value is None or value is TODO:
        print("No guess yet: write yours in the place of TODO and run this cell. Nobody marks it.")
        return
    if choices is not None and value not in choices:
        say(f"Your guess should be one of {', '.join(map(repr, choices))}, got {value!r}.")
        return
    if not isinstance(value, (str, int, float, np.number)):
        print(f"A guess is a number or a word, got a {type(value).__name__}.")
        return
    kept = answers.guesses()
    kept[f"{_state['notebook'] or ''}:{key}"] = value.item() if isinstance(value, np.generic) else value
    trouble = _keep_guesses(kept)
    say(f"Your guess is {value}." + (f" ({trouble})" if trouble else " Run on and compare."))


def reveal(key, outcome, *, form=None):
    """Print what came out, and beside it what you guessed under this key. outcome : a number, or a word."""
    text = outcome if isinstance(outcome, str) else _number(outcome, form)
    made = answers.guesses().get(f"{_state['notebook'] or ''}:{key}")
    if not isinstance(outcome, str):
        made = _in_its_unit(made, key, form)
    if made is None:
        said = "(you made no guess)"
    elif isinstance(made, str) or isinstance(outcome, str):
        said = f"(you guessed {made}: {'yes' if str(made).strip().lower() == str(outcome).strip().lower() else 'no'})"
    else:
        said = f"(you guessed {_number(made, form)})"
    say(f"→ {key}: {text} {said}")


def _in_its_unit(made, key, form):
    """Return a guess in the unit of what is guessed: 60 and "60 %" are 0.6 of a share, and 60 where the key asks in %."""
    percent = "%" in key or "percent" in key
    a_share = "share" in key or str(form).endswith("%")
    if isinstance(made, str):
        try:
            number = float(made.strip().removesuffix("%"))
        except ValueError:
            return made
        if "%" in made:
            return number if percent else number / 100
        made = number
    if isinstance(made, (int, float)) and a_share and not percent and 1 < made <= 100:
        return made / 100
    return made


def _measure(words, measured, given, within, against, form):
    """Return what `_record` and the line need: holds, gap (≥ 0 if it holds), scale, text and bound."""
    if not given:
        if not isinstance(measured, (bool, np.bool_)):
            raise ValueError(
                f"the claim {words!r} needs a bound for {measured!r}: below=, above=, between=, at_least=, "
                "at_most= or equals=; only True or False can do without"
            )
        return {"kind": "yes", "holds": bool(measured), "gap": None, "scale": None, "text": "", "bound": ""}
    if len(given) > 1:
        raise ValueError(f"the claim {words!r} has the bounds {' and '.join(given)}: one is enough")
    if within is not None and "equals" not in given:
        raise ValueError(f"the claim {words!r}: within= belongs to equals=")
    x = np.asarray(measured, dtype=float)
    if isinstance(measured, (bool, np.bool_)) or x.size == 0:
        raise ValueError(f"the claim {words!r} has a bound, so it needs a number or several, got {measured!r}")
    kind, bound = next(iter(given.items()))
    b = np.asarray(bound, dtype=float)
    if kind == "equals":
        return _measure_equal(words, x, b, within, form)
    worst_low, worst_high, middle = x.min(), x.max(), float(np.median(x))
    if kind == "between":
        if b.shape != (2,) or not b[0] < b[1]:
            raise ValueError(f"the claim {words!r}: between=(low, high), got {bound!r}")
        gap, scale = min(worst_low - b[0], b[1] - worst_high), (b[1] - b[0]) / 2
        said = f"between {_number(b[0], form)} and {_number(b[1], form)}"
    else:
        upper = kind in ("below", "at_most")
        gap = b.min() - worst_high if upper else worst_low - b.max()
        other = against if against is not None else bound if _is_measured(bound) else None
        if other is not None:
            scale = abs(float(np.median(np.asarray(other, float))) - middle)
        else:
            scale = abs(float(b)) if upper and b != 0 else abs(middle)
        said = f"{kind.replace('_', ' ')} {'≈' * _is_measured(bound)}{_range(b, form)}"
    counted = kind.startswith("at_")
    holds = bool(np.all(np.isfinite(x) | counted)) and bool(gap >= 0 if counted else gap > 0)
    if x.size > 1:
        said = f"all {x.size} {said}"
    return {
        "kind": kind,
        "holds": holds,
        "gap": float(gap),
        "scale": None if counted else float(scale),
        "text": _range(x, form),
        "bound": said,
    }


def _measure_equal(words, x, b, within, form):
    if x.shape != b.shape and b.shape != ():
        raise ValueError(f"the claim {words!r} compares shapes {x.shape} and {b.shape}")
    same = np.array_equal(x, np.broadcast_to(b, x.shape), equal_nan=True)
    off = 0.0 if same else float(np.max(np.abs(x - b)))
    if within is None:
        text = _range(x, form) if b.size == 1 else "no difference" if same else f"largest difference {off:.2g}"
        return {
            "kind": "exact",
            "holds": same,
            "gap": None,
            "scale": None,
            "text": text,
            "bound": f"exactly {_range(b, form)}" if b.size == 1 else "exactly equal",
        }
    text, bound = f"largest difference {off:.2g}", f"below {within:g}"
    if b.size == 1:
        text, bound = _range(x, form), f"{_number(float(b), form)} ± {_number(within, form)}"
    return {
        "kind": "equals",
        "holds": off <= within,
        "gap": float(within) - off,
        "scale": float(within),
        "text": text,
        "bound": bound,
    }


def _is_measured(bound):
    return isinstance(bound, (np.ndarray, np.generic, list))


def _range(x, form):
    x = np.asarray(x, float)
    low, high = _number(x.min(), form), _number(x.max(), form)
    return low if low == high else f"{low} … {high}"


def _number(x, form=None):
    if form is None and float(x).is_integer() and abs(x) < 1e7:
        return f"{int(x):,}"
    text = format(float(x), form or ".3g")
    return text.replace("%", " %")


def _record(words, found):
    if path := os.environ.get("COURSE_CLAIMS"):
        row = {"notebook": _state["notebook"], "words": words, **found}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _place(words):
    """Return ("notebook 03, section 11: ", whether the learner has changed the cell that makes the claim)."""
    notebook = _state["notebook"]
    if not notebook:
        return "", False
    lesson = answers.ROOT / "notebooks" / "source" / f"{notebook}.md"
    try:
        text = lesson.read_text("utf-8")
    except OSError:
        return f"notebook {notebook[:2]}: ", False
    frame = next((f for f in inspect.stack()[2:] if f.frame.f_globals.get("__name__") == "__main__"), None)
    try:
        cell = inspect.getsource(frame.frame.f_code).strip() if frame else ""
    except (OSError, TypeError):
        cell = ""
    at = text.find(cell) if cell else -1
    own = bool(cell) and at < 0
    if at < 0:
        at = text.find(words)
    sections = re.findall(r"(?m)^## (\d+) · ", text[: max(at, 0)])
    return f"notebook {notebook[:2]}" + (f", section {sections[-1]}: " if sections else ": "), own


def _keep_guesses(kept):
    """Write all guesses; return a sentence where that was not possible."""
    try:
        answers.keep_guesses(kept)
    except OSError as error:
        return f"It could not be kept: {error.strerror or error}."
    return None
