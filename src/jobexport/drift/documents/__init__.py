"""Facts of an OpenAPI document, in the same form as those of a page."""
