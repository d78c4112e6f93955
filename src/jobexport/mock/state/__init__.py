"""The jobs, scripts and resources of the server, and the folder they are read from."""
