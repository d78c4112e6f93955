"""Requests on their way to the server under test: pace, signature, record."""
