"""The objects of a workspace or a project: their lists, one of them, new ones, and the tasks that import them."""
