"""Faults for testing contract checks: the server breaks the contract and seems to work."""
