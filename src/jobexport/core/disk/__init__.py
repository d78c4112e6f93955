"""Files and folders: replaced as a whole, held open, locked, or read up to a bound."""
