"""What is checked of every response."""
