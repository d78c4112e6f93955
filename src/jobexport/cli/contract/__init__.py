"""The command `jobexport contract`."""
