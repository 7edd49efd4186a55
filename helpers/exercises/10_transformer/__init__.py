"""Notebook 10: the Transformer, by hand."""
