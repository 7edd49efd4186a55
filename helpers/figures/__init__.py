"""Figures in the course's style, the diagrams it draws by code, and the sliders that move them."""

from helpers.figures.page import explore, show

__all__ = ["explore", "show"]
