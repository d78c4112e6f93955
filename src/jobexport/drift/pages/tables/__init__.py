"""The tables of a page: cells → facts."""
