"""The bug hunts: programs that are ill, each an edit of a healthy one, and what can be seen of them from outside.

Belongs here: the patients. Does not: how they are run, compared and mended line by line (checking/hunt.py), the exercise that
asks who is ill of what (exercises/).
"""
