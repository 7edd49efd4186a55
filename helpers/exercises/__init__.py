"""The exercises: one file for each, in a folder named like the notebook. See helpers/checking/authoring.py for how they are written.

Belongs here: the finished function, its cases, its mistakes and their sentences, its hints. Does not: how they are used (checking/).
"""
