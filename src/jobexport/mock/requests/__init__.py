"""A request and its response: the operations of the document, the check of the request, authentication."""
