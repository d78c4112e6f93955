"""The report of a run: gathered, and written as files."""
