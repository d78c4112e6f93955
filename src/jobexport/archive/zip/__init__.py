"""Read a zip without trusting it: its directory, its members, and whether it is whole."""
