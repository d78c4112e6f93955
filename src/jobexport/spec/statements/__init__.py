"""Statements of the register: whether they hold, and the edits of the sources that make them hold."""
