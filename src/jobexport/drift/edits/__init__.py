"""Edits that resolve a finding."""
