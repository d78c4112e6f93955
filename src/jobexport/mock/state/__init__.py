"""The jobs, scripts and resources that the server knows, and the folder they are read from."""
