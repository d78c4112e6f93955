"""A reader for each form of a page: HTML, Markdown, reStructuredText, plain text."""
