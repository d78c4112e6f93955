"""The one exception that means: the work could not be done, and this sentence says why."""


class JobexportError(Exception):
    """The work could not be done.

    Its text is one sentence that says what, where and what to do; the command line prints it and exits with code 2.
    """


class ArchiveError(JobexportError):
    """An exported archive can't be used as it is."""


class ArchiveCorrupt(ArchiveError):  # noqa: N818 - the client's errors say what is wrong, not that they are errors
    """The archive is incomplete, damaged, or no zip at all; exporting again may help."""


class ArchiveUnsafe(ArchiveError):  # noqa: N818
    """The archive could do harm when it is unpacked, or holds what no export holds; nothing of it was written."""
