"""Requests in an order that has a purpose."""
