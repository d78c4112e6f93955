"""Strict reading of zips: the directory, the members, and the check that a zip is complete."""
