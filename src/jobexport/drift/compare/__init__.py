"""Hold the facts of two sides against each other."""
