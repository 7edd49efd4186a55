"""Author an exercise, run an answer on its cases, compare, find the line to mend, name the mistake, stop what does not come back.

Belongs here: everything that decides whether an answer is right and what is said of it. Does not: how a verdict looks on the page and
what a learner calls (learner.py, cards.py), the exercises themselves (exercises/). Nothing here knows of notebooks.

    authoring.py   an exercise: finished function, cases, mistakes        blanks.py     its blanks, and answers read as their contents
    verdicts.py    check(): right, wrong or blank, and in which words     blaming.py    the blank that the mistake is in
    running.py     one call, safely                                       naming.py     the mistake's name, if there is evidence
    comparing.py   how two values differ (words.py: in words)             slips.py      Python's own errors in a learner's words
    timelimit.py   stop what does not come back
"""

from helpers.checking.verdicts import Verdict, check

__all__ = ["Verdict", "check"]
