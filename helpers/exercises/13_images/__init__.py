"""Notebook 13: attention on images."""
