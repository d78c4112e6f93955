"""What the register knows already about a page's differences."""
