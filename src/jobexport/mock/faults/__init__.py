"""Ways in which a server can go wrong on request."""
