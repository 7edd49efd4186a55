"""Notebook 01: sequences and the recurrent idea."""
