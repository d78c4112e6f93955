"""Writes the beginning of a description for an operation that the union does not have: a small OpenAPI document."""


def scaffold(page):
    return ""
