"""Everything that can go wrong, as one tree.

::

    JobexportError                 the work could not be done
    ├── TransportError             no whole answer came
    │   ├── TimedOut               not within the timeout, or within the deadline of all attempts
    │   ├── ConnectionFailed       no connection came about: nothing was sent
    │   ├── ConnectionLost         the connection ended before an answer
    │   └── TruncatedResponse        the connection ended in the middle of an answer
    ├── ApiError                   the server refused: status, code, message, request_id, operation
    │   ├── JobNotFound            DLF.0100, DLI.16001
    │   ├── InvalidRequest         DLF.3051 and others for a parameter, 413, 415
    │   ├── ObsPathInvalid         DLF.0803, DLI.29001 and others for a path in OBS
    │   ├── PermissionDenied       DLF.6888, DLI.0016 and others, 403
    │   ├── Unauthorized           DLI.0013, DLI.0014, DLI.0015, 401
    │   ├── Throttled              429, with retry_after
    │   └── ServerFault            DLI.0999, 5xx
    ├── ExportFailed               status 200 and the word that the export failed
    ├── DownloadFailed             the export is in OBS, but could not be fetched from there
    ├── UnexpectedResponse           an answer that no edition of the documents allows
    ├── TokenUnavailable           the function that fetches tokens failed
    ├── TargetUnwritable           the file that should receive the export can't be written
    ├── MissingExtra               a module is not installed; also a ModuleNotFoundError
    └── ArchiveError               a zip can't be used
        ├── ArchiveCorrupt         it is damaged, or no zip at all
        └── ArchiveUnsafe          it could do harm where it is unpacked

No page has a code for a workspace that does not exist: DLF answers as if the caller may not use it, PermissionDenied.
What is refused before anything is sent is a ValueError. No text of these holds a token or a key.
"""

from __future__ import annotations


class JobexportError(Exception):
    """The work could not be done.

    Its text is one sentence that says what, where and what to do; the command line prints it and exits with code 2.
    """


class TransportError(JobexportError):
    """No whole answer came."""

    lasting = False
    """Whether it will be the same the next time, as with a certificate that is not trusted."""

    def __init__(self, operation: str, problem: str, ambiguous: bool = True) -> None:
        super().__init__(operation, problem, ambiguous)
        self.operation = operation
        """Such as `exportJob`."""
        self.problem = problem
        self.ambiguous = ambiguous
        """Whether the server may have done the work all the same."""

    def __str__(self) -> str:
        return f"{self.operation}: {self.problem}"


class TimedOut(TransportError):
    """It took too long."""


class ConnectionFailed(TransportError):
    """There was no connection, so that nothing was sent."""


class ConnectionLost(TransportError):
    """The connection ended before the answer began, or was reset."""


class TruncatedResponse(TransportError):
    """The answer is shorter than it said."""


class ApiError(JobexportError):
    """The server answered with an error."""

    advice = "see the service's error codes"

    def __init__(self, status: int, code: str | None, message: str, request_id: str | None, operation: str) -> None:
        super().__init__(status, code, message, request_id, operation)
        self.status = status
        """The HTTP status; 200 where the body is an error all the same."""
        self.code = code
        """Such as `DLF.0100`; None where the answer has none."""
        self.message = message
        """What the server says, for people only: its wording changes."""
        self.request_id = request_id
        """What to quote to the vendor's support; None where the answer has none."""
        self.operation = operation
        """Such as `exportJob`."""

    def __str__(self) -> str:
        known = ", ".join(
            f"{name} {value}" for name, value in (("status", self.status), ("request id", self.request_id)) if value
        )
        return f"{self.operation}: {' '.join(filter(None, (self.code, self.message)))} ({known}); {self.advice}"


class JobNotFound(ApiError):
    """No job has this name or id."""

    advice = "check the name, and the workspace that it is looked for in"


class InvalidRequest(ApiError):
    """The server takes a parameter for wrong."""

    advice = "check the parameters"


class ObsPathInvalid(ApiError):
    """The path is none in OBS, or can't be used."""

    advice = "check the bucket and the folder in OBS"


class PermissionDenied(ApiError):
    """The caller may not do this."""

    advice = "check the project, the workspace and the user's rights"


class Unauthorized(ApiError):
    """The server does not know the caller."""

    advice = "get a new token, or check the access key and this machine's clock"


class Throttled(ApiError):
    """Too many requests came in a short time."""

    advice = "try again later, or with less concurrency"
    retry_after: float | None = None
    """Seconds that the server asked to wait; None where it did not."""


class ServerFault(ApiError):
    """The server failed."""

    advice = "try again later"
    retry_after: float | None = None
    """Seconds that the server asked to wait; None where it did not."""


class ExportFailed(JobexportError):
    """The server says that the export failed, in an answer with status 200."""

    def __init__(self, operation: str, message: str, archives: tuple[str, ...]) -> None:
        super().__init__(operation, message, archives)
        self.operation = operation
        """Such as `exportFlinkJobs`."""
        self.message = message
        """What the server says, for people; may be empty."""
        self.archives = archives
        """Names of zips in OBS, if the answer has any all the same."""

    def __str__(self) -> str:
        said = f" and says: {self.message}" if self.message else ""
        return f"{self.operation}: the server could not export the jobs{said}; check the jobs and the folder in OBS"


class DownloadFailed(JobexportError):
    """The export succeeded, but its zips could not be fetched from OBS; notes name them."""

    def __init__(self, operation: str, archive: str, problem: str) -> None:
        super().__init__(operation, archive, problem)
        self.operation = operation
        """Such as `exportFlinkJobs`."""
        self.archive = archive
        """The zip that did not come, as in `FlinkExport.archives`."""
        self.problem = problem

    def __str__(self) -> str:
        advice = "does `store` stand for the bucket of obs_dir, and may its key read there?"
        return f"{self.operation}: {self.archive} can't be downloaded from OBS: {self.problem}; {advice}"


class UnexpectedResponse(JobexportError):
    """The answer is none that any edition of the documents allows."""

    job: str | None = None
    """The job that the zip in the response lacks; None if something else is wrong."""

    def __init__(self, operation: str, status: int, problem: str) -> None:
        super().__init__(operation, status, problem)
        self.operation = operation
        """Such as `exportJob`."""
        self.status = status
        """The HTTP status."""
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.operation}: {self.problem} (status {self.status}); does the base URL lead to the service?"


class TokenUnavailable(JobexportError):
    """The function that fetches tokens failed."""


class TargetUnwritable(JobexportError):
    """The file that should receive the export can't be written."""

    errno: int | None = None
    """What the system says, such as `errno.ENOSPC`; None where it was not asked."""


class MissingExtra(JobexportError, ModuleNotFoundError):
    """A module is not installed that an extra of jobexport has."""

    def __init__(self, user: str, module: str, extra: str) -> None:
        super().__init__(user, module, extra, name=module)
        self.user = user
        """What needs the module, such as `jobexport.mock`."""
        self.module = module
        """Such as `starlette`."""
        self.extra = extra
        """Such as `mock`."""

    def __str__(self) -> str:
        return f"{self.user} needs {self.module}; install it: pip install 'jobexport[{self.extra}]'"


class ArchiveError(JobexportError):
    """An exported archive can't be used as it is."""

    problem: str = ""
    """What is wrong with the zip, without its name and advice; empty for an error that is not about one zip."""


class ArchiveCorrupt(ArchiveError):
    """The archive is incomplete, damaged, or no zip at all; exporting again may help."""


class ArchiveUnsafe(ArchiveError):
    """The archive could do harm when it is unpacked, or holds what no export holds; nothing of it was written."""
