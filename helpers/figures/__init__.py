"""What the notebooks draw: one file for each, named like it; the course's colours (style.py); boxes and arrows (diagrams.py);
the words of what one sees (words.py).

Belongs here: functions that return a figure with its words. Does not: how a figure gets onto the page (learner/page.py), how
what it shows is measured (experiments/).
"""
