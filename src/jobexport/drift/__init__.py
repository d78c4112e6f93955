"""Reads a documentation page and says what it changes: facts of the page, compared with an edition or an older page."""
