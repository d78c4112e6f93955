"""What the cells of a page's tables say."""
