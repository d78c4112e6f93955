"""The objects of a workspace or a project: their lists, one of them, new ones, and the tasks that import them.

Each function follows the pages of the operation that it names, such as `listJobs`; generated/EDITIONS.md lists them.
"""
