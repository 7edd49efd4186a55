"""Author an exercise, run an answer on its cases, compare, find the line to mend, name the mistake, stop what does not come back.

Belongs here: everything that decides whether an answer is right and what is said of it. Does not: how a verdict looks on the
page and what a learner calls (learner/), the exercises themselves (exercises/). Nothing here knows of notebooks.

    authoring.py   an exercise: the finished function, its cases and mistakes
    blanks.py      its blanks, and answers read as their contents
    verdicts.py    check(): right, wrong or blank, and in which words
    running.py     one call, safely; timelimit.py stops what does not come back
    comparing.py   how two values differ, words.py in words
    blaming.py     the blank that the mistake is in
    naming.py      the mistake's name, if there is evidence; spotting.py: the one thing in which two expressions differ
    slips.py       Python's own errors in a learner's words
"""

from helpers.checking.verdicts import Verdict, check

__all__ = ["Verdict", "check"]
