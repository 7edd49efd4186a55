"""Notebook 06: nets that read in both directions."""
