"""The commands `list`, `backup`, `verify` and `diff` of `jobexport dgc` and `jobexport dli`."""
