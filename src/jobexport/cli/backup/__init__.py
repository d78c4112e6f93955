"""The commands `list`, `backup`, `verify`, `restore`, `diff` and `task` of `jobexport dgc` and `jobexport dli`."""
