"""What the notebooks draw: one file for each, named like it; the course's colours (style.py); boxes and arrows (diagrams.py).

Belongs here: functions that return a figure. Does not: how a figure gets onto the page (learner/page.py), how what it shows
is measured (experiments/).
"""
