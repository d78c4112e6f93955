"""A restore: what the target has, the plan, the zips, the requests, and a journal of outcomes."""
