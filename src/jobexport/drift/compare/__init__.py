"""The comparison of a page with a document or with an older page."""
