"""Scenarios: a few requests with a purpose, and the claims that their responses must keep."""
