"""The exercises, one file for each notebook, named like it. See helpers/authoring.py for how they are written."""
