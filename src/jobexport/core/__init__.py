"""Modules that every other package may use; they import only the standard library and httpx."""
