"""The one exception that means: the work could not be done, and this sentence says why."""


class JobexportError(Exception):
    """The work could not be done.

    Its text is one sentence that says what, where and what to do; the command line prints it and exits with code 2.
    """
