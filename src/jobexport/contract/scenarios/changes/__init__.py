"""Scenarios that change what the server holds, and read it before and after."""
