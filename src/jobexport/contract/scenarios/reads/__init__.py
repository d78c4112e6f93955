"""Scenarios of requests that read lists and objects."""
