"""The behaviour of each operation for a valid request."""
