"""Author an exercise, run an answer on its cases, compare, find the line to mend, name the mistake, stop what does not come back.

Belongs here: everything that decides whether an answer is right and what is said of it. Does not: how a verdict looks on the
page and what a learner calls (learner/), the exercises themselves (exercises/). Nothing here knows of notebooks.

    authoring.py   an exercise: the finished function, its cases and mistakes; blanking.py makes its blank
    verdicts.py    check(): right, wrong or blank, and in which words; refusing.py: what needs no case to be refused
    blanks.py      an answer read as the contents of the blanks; matching.py lays the two side by side
    running.py     one call, safely; timelimit.py stops what does not come back
    comparing.py   how two values differ; places.py: where; words.py: in words
    blaming.py     the blank that the mistake is in; quoting.py: its line on the card
    naming.py      the mistake's name, if there is evidence
    spotting.py    the one thing in which two expressions differ; forms.py: what is only written another way
    slips.py       Python's own errors in a learner's words
    hunt.py        a bug hunt: lines, patients that are edits of them, and the lines that a learner mends
"""

from helpers.checking.verdicts import Verdict, check

__all__ = ["Verdict", "check"]
