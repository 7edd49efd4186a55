"""The exercise of the page "Start here"."""
