"""Facts of an OpenAPI document, in the same form as the facts of a page."""
