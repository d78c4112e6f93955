"""A request and its response: what the document says of them, who may ask, what is refused."""
