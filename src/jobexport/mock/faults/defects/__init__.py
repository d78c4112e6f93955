"""Faults that break the contract while the server seems to work; they test the contract checks."""
