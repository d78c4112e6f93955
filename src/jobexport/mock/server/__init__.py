"""The server around the operations: the application, its sockets, its control API and its page."""
