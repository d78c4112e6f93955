"""Scenarios of requests that must succeed, most of them exports."""
