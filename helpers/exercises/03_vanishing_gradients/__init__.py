"""Notebook 03: vanishing and exploding gradients, and the spectral radius."""
