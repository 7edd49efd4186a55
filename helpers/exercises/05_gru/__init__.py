"""Notebook 05: the gated recurrent unit, its conventions, its cost, and the next word."""
