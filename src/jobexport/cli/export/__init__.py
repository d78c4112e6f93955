"""The commands `jobexport dgc export` and `jobexport dli export`."""
