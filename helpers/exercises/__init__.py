"""The exercises: one file for each, in a folder named like the notebook. See helpers/checking/authoring.py for how they are written."""
