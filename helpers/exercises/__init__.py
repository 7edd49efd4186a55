"""The exercises, one file for each notebook, named like it. See helpers/checking/authoring.py for how they are written."""
