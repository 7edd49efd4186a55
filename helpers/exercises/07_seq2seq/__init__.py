"""Notebook 07: sequence to sequence."""
