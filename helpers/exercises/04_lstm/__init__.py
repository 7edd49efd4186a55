"""Notebook 04: the LSTM."""
