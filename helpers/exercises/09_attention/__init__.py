"""Notebook 09: attention."""
