"""Notebook 12: from the autoencoder to VHRED."""
