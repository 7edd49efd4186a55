"""Whole nets, put together from the layers, and simple models to compare them with.

Belongs here: a net with its loss and its training, many small nets trained side by side (stacked…), and tables that
count. Does not: a single layer (layers/), what a lesson measures on a net (experiments/).
"""

from .dialogue import DialogueNet
from .transformer import Transformer
from .vae import VAE

__all__ = ["DialogueNet", "Transformer", "VAE"]
