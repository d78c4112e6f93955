"""Scenarios of requests that must be refused."""
