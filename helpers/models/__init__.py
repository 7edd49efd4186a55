"""Whole nets that several notebooks use, put together from the layers."""

from .dialogue import DialogueNet
from .transformer import Transformer
from .vae import VAE

__all__ = ["DialogueNet", "Transformer", "VAE"]
