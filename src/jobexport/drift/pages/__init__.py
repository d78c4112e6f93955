"""Read a documentation page into facts."""
