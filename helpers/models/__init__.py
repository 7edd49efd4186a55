"""Whole nets that several notebooks use, put together from the layers."""

from .transformer import Transformer

__all__ = ["Transformer"]
