"""The checks of every response."""
