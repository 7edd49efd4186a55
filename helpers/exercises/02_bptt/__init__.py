"""Notebook 02: backpropagation through time."""
