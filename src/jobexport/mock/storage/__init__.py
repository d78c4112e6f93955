"""The object storage that exports are written to."""
