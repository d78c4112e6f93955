"""Sending requests to the server under test: rate, credentials, journal."""
