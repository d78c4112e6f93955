"""Findings and pages matched with the register."""
