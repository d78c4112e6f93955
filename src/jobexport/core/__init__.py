"""What every other package may use: the standard library and httpx are all it knows."""
