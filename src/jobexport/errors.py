"""The errors of jobexport, as one tree.

::

    JobexportError                 the work could not be done
    ├── TransportError             no complete response came
    │   ├── TimedOut               not within the timeout, or within the deadline of all attempts
    │   ├── ConnectionFailed       no connection came about: nothing was sent
    │   ├── ConnectionLost         the connection ended before the response began, or was reset
    │   └── TruncatedResponse      the response is shorter than announced
    ├── ApiError                   the server refused: status, code, message, request_id, operation
    │   ├── JobNotFound            DLF.0100, DLI.16001
    │   ├── ScriptNotFound         DLF.6201
    │   ├── TaskNotFound           DLF.0810, DLF.20810
    │   ├── InvalidRequest         DLF.3051 and others for a parameter, 413, 415
    │   ├── ObsPathInvalid         DLF.0803, DLI.29001 and others for a path in OBS
    │   ├── PermissionDenied       DLF.6888, DLI.0016 and others, 403
    │   ├── Unauthorized           DLI.0013, DLI.0014, DLI.0015, 401
    │   ├── Throttled              429, with retry_after
    │   └── ServerFault            DLI.0999, 5xx
    ├── ListIncomplete             a list has another number of items than the service claims
    ├── ImportFailed               status 200, and Flink jobs were not imported
    ├── TaskFailed                 a task of DGC, such as an import, ended with failures
    ├── OutcomeUnknown             the server may have changed something, or a task did not end in time
    ├── ExportFailed               status 200, and the body says that the export failed
    ├── DownloadFailed             the export is in OBS, but could not be fetched from there
    ├── UploadFailed               a zip for an import could not be written to OBS
    ├── UnexpectedResponse         no edition documents the response
    ├── TokenUnavailable           the function that fetches tokens failed
    ├── TargetUnwritable           the file that should receive the export can't be written
    │   └── FolderInUse            another run has the folder
    ├── MissingExtra               a module is not installed; also a ModuleNotFoundError
    ├── ArchiveError               a zip can't be used
    │   ├── ArchiveCorrupt         it is damaged, or not a zip
    │   └── ArchiveUnsafe          it could do harm where it is unpacked
    └── BackupError                the folder of a backup can't be used
        ├── NotABackup             it has no marker
        ├── BackupDamaged          a file of it breaks a rule of the format
        ├── BackupFormatUnknown    a later version of the format wrote it
        ├── BackupRefused          a rule of the user forbids the change; nothing was changed
        └── RestoreRefused         the plan of a restore has problems; nothing was changed

No page has a code for a workspace that does not exist: DLF responds as if the caller may not use it, PermissionDenied.
An argument that is refused before anything is sent is a ValueError. No error's text holds a token or a key, however a
server spells it (`core.redact`), nor a character that hides or turns text.
"""

from __future__ import annotations


class JobexportError(Exception):
    """Base class of the tree: the work could not be done.

    Its text is one sentence: what is wrong, where, and what to do. The command line prints it and exits with code 2.
    """


class TransportError(JobexportError):
    """Failure before a complete response came."""

    lasting = False
    """True if another attempt fails in the same way, as with a certificate that is not trusted."""

    def __init__(self, operation: str, problem: str, ambiguous: bool = True) -> None:
        super().__init__(operation, problem, ambiguous)
        self.operation = operation
        """The operation's id, such as `exportJob`."""
        self.problem = problem
        self.ambiguous = ambiguous
        """True if the server may have done the work all the same."""

    def __str__(self) -> str:
        return f"{self.operation}: {self.problem}"


class TimedOut(TransportError):
    """Timeout of a request, or deadline of all its attempts."""


class ConnectionFailed(TransportError):
    """Failure to connect: nothing was sent."""


class ConnectionLost(TransportError):
    """Connection that ended before the response began, or was reset."""


class TruncatedResponse(TransportError):
    """Response that is shorter than announced."""


class ApiError(JobexportError):
    """Error response of the server."""

    advice = "see the service's error codes"

    def __init__(self, status: int, code: str | None, message: str, request_id: str | None, operation: str) -> None:
        super().__init__(status, code, message, request_id, operation)
        self.status = status
        """The HTTP status; 200 where the body is an error all the same."""
        self.code = code
        """The error code, such as `DLF.0100`; None if the response has no code."""
        self.message = message
        """The server's message, for people only: its wording changes."""
        self.request_id = request_id
        """The id to quote to the vendor's support; None if the response has no id."""
        self.operation = operation
        """The operation's id, such as `exportJob`."""

    def __str__(self) -> str:
        known = ", ".join(
            f"{name} {value}" for name, value in (("status", self.status), ("request id", self.request_id)) if value
        )
        return f"{self.operation}: {' '.join(filter(None, (self.code, self.message)))} ({known}); {self.advice}"


class JobNotFound(ApiError):
    """Name or id that no job has."""

    advice = "check the job's name, and the workspace"


class ScriptNotFound(ApiError):
    """Name that no script has."""

    advice = "check the script's name, and the workspace"


class TaskNotFound(ApiError):
    """Id that no task has."""

    advice = "check the task's id, and the workspace; no page tells how long a task can be asked for"


class InvalidRequest(ApiError):
    """Parameter that the server refuses."""

    advice = "check the parameters"


class ObsPathInvalid(ApiError):
    """Path that is not an OBS path, or can't be used."""

    advice = "check the bucket and the folder in OBS"


class PermissionDenied(ApiError):
    """Operation that the caller may not use."""

    advice = "check the project, the workspace and the user's rights"


class Unauthorized(ApiError):
    """Credentials that the server does not accept."""

    advice = "get a new token, or check the access key and this machine's clock"


class Throttled(ApiError):
    """Too many requests in a short time."""

    advice = "try again later, or with less concurrency"
    retry_after: float | None = None
    """Seconds to wait, as the server asked; None if it did not ask."""


class ServerFault(ApiError):
    """Failure of the server itself."""

    advice = "try again later"
    retry_after: float | None = None
    """Seconds to wait, as the server asked; None if it did not ask."""


class ListIncomplete(JobexportError):
    """List that was walked to its end, and has another number of items than the service claims."""

    def __init__(self, operation: str, count: int, total: int | None, problem: str) -> None:
        super().__init__(operation, count, total, problem)
        self.operation = operation
        """The operation's id, such as `listJobs`."""
        self.count = count
        """The number of items that came."""
        self.total = total
        """The number of items that the service claims; None if it claims no number."""
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.operation}: the list is not complete: {self.problem}; list again when nobody changes it"


class ImportFailed(JobexportError):
    """Import of Flink jobs of which some were not imported, although the status is 200."""

    def __init__(
        self,
        operation: str,
        message: str,
        failed: tuple[tuple[int | None, str], ...] = (),
        imported: tuple[tuple[int | None, int], ...] = (),
    ) -> None:
        super().__init__(operation, message, failed, imported)
        self.operation = operation
        """The operation's id, such as `importFlinkJobs`."""
        self.message = message
        """The server's message, for people; may be empty."""
        self.failed = failed
        """The jobs that were not imported: the id at the export, None if missing, and the server's remark."""
        self.imported = imported
        """The jobs that were imported: the id at the export, None if missing, and the new id."""

    def __str__(self) -> str:
        said = f" and says: {self.message}" if self.message else ""
        jobs = "; ".join(f"job {'without id' if old is None else old}: {remark}" for old, remark in self.failed[:5])
        more = f"; and {len(self.failed) - 5} more" if len(self.failed) > 5 else ""
        which = (
            f"{len(self.failed)} of {len(self.failed) + len(self.imported)} jobs ({jobs}{more})" if jobs else "the jobs"
        )
        return f"{self.operation}: the server did not import {which}{said}; does a job of the same name exist?"


class TaskFailed(JobexportError):
    """Task of DGC, such as an import, that ended with failures; the jobs that did not fail are imported."""

    def __init__(
        self, operation: str, task_id: str, message: str, failures: tuple[tuple[str, str], ...], done: tuple[str, ...]
    ) -> None:
        super().__init__(operation, task_id, message, failures, done)
        self.operation = operation
        """The operation's id, such as `showSystemTask`."""
        self.task_id = task_id
        self.message = message
        """The server's message about the whole task, for people; may be empty."""
        self.failures = failures
        """The parts that are not successful: name, such as that of a job, and state with message."""
        self.done = done
        """The names of the successful parts."""

    def __str__(self) -> str:
        said = f" and says: {self.message}" if self.message else ""
        parts = "; ".join(f"{name}: {problem}" for name, problem in self.failures[:5])
        more = f"; and {len(self.failures) - 5} more" if len(self.failures) > 5 else ""
        which = (
            f": {len(self.failures)} of {len(self.failures) + len(self.done)} parts ({parts}{more})" if parts else ""
        )
        return f"{self.operation}: task {self.task_id} failed{which}{said}; correct these, and import them again"


class OutcomeUnknown(JobexportError):
    """Change whose outcome is unknown: it may have happened, or may still happen. The cause is the error, if any."""

    def __init__(self, operation: str, problem: str, task_id: str | None = None) -> None:
        super().__init__(operation, problem, task_id)
        self.operation = operation
        """The operation's id, such as `importJob`."""
        self.problem = problem
        self.task_id = task_id
        """The id of the task to ask for later; None if the server named no task."""

    def __str__(self) -> str:
        if self.task_id is None:
            return (
                f"{self.operation}: it may have happened or not: {self.problem}; look at the server before a repetition"
            )
        return (
            f"{self.operation}: the outcome of task {self.task_id} is unknown: {self.problem}; ask for the task later"
        )


class ExportFailed(JobexportError):
    """Response with status 200 whose body says that the export failed."""

    def __init__(self, operation: str, message: str, archives: tuple[str, ...]) -> None:
        super().__init__(operation, message, archives)
        self.operation = operation
        """The operation's id, such as `exportFlinkJobs`."""
        self.message = message
        """The server's message, for people; may be empty."""
        self.archives = archives
        """Names of zips in OBS, if the response has any all the same; for people."""

    def __str__(self) -> str:
        said = f" and says: {self.message}" if self.message else ""
        return f"{self.operation}: the server could not export the jobs{said}; check the jobs and the folder in OBS"


class DownloadFailed(JobexportError):
    """Failure to fetch the zips from OBS after the export succeeded; notes name the zips."""

    def __init__(self, operation: str, archive: str, problem: str) -> None:
        super().__init__(operation, archive, problem)
        self.operation = operation
        """The operation's id, such as `exportFlinkJobs`."""
        self.archive = archive
        """The zip that did not come, as in `FlinkExport.archives`, but without secrets."""
        self.problem = problem

    def __str__(self) -> str:
        advice = "does `store` stand for the bucket of obs_dir, and may its key read there?"
        return f"{self.operation}: {self.archive} can't be downloaded from OBS: {self.problem}; {advice}"


class UploadFailed(JobexportError):
    """Failure to write the zip of an import to OBS; nothing was imported from it."""

    def __init__(self, archive: str, problem: str) -> None:
        super().__init__(archive, problem)
        self.archive = archive
        """The zip that was not written, bucket first."""
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.archive} can't be written to OBS: {self.problem}; is it the right bucket, and may the key write?"


class UnexpectedResponse(JobexportError):
    """Response that no edition documents."""

    job: str | None = None
    """The job that the zip in the response lacks; None if something else is wrong."""
    too_large: bool = False
    """True if the response is longer, or has more values, than a client reads."""

    def __init__(self, operation: str, status: int, problem: str) -> None:
        super().__init__(operation, status, problem)
        self.operation = operation
        """The operation's id, such as `exportJob`."""
        self.status = status
        """The HTTP status."""
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.operation}: {self.problem} (status {self.status}); does the base URL lead to the service?"


class TokenUnavailable(JobexportError):
    """Failure of the function that fetches tokens."""


class TargetUnwritable(JobexportError):
    """File or folder that should receive the export, but can't be written."""

    errno: int | None = None
    """The system's error number, such as `errno.ENOSPC`; None if the system did not raise the error."""


class FolderInUse(TargetUnwritable):
    """Folder that another run has at the moment."""


class MissingExtra(JobexportError, ModuleNotFoundError):
    """Module that is not installed; an extra of jobexport has it."""

    def __init__(self, user: str, module: str, extra: str) -> None:
        super().__init__(user, module, extra, name=module)
        self.user = user
        """The feature that needs the module, such as `jobexport.mock`."""
        self.module = module
        """The module's name, such as `starlette`."""
        self.extra = extra
        """The extra that installs the module, such as `mock`."""

    def __str__(self) -> str:
        return f"{self.user} needs {self.module}; install it: pip install 'jobexport[{self.extra}]'"


class ArchiveError(JobexportError):
    """Exported archive that can't be used as it is."""

    problem: str = ""
    """The fault of the zip, without its name and advice; empty for an error that is not about one zip."""


class ArchiveCorrupt(ArchiveError):
    """Archive that is incomplete, damaged, or not a zip; exporting again may help."""


class ArchiveUnsafe(ArchiveError):
    """Archive that could do harm when it is unpacked, or holds members that no export has; nothing was written."""


class BackupError(JobexportError):
    """Folder of a backup that can't be used as it is."""


class NotABackup(BackupError):
    """Folder without the marker of a backup."""


class BackupDamaged(BackupError):
    """File of a backup that breaks a rule of the format."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.place = place
        """The file, and the line if the file has one item a line."""
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; restore the file from version control, or back up into a new folder"


class BackupFormatUnknown(BackupError):
    """Backup whose format this version does not know."""

    def __init__(self, format_: str, tool: str | None) -> None:
        super().__init__(format_, tool)
        self.format = format_
        """The format, such as `jobexport-backup/2`."""
        self.tool = tool
        """The program that wrote it, such as `jobexport 2.0`; None if the marker does not name it."""

    def __str__(self) -> str:
        wrote = self.tool or "a later version"
        return (
            f"the backup has format {self.format}, which {wrote} wrote; install that version or a later one to use it"
        )


class BackupRefused(BackupError):
    """Backup that a rule of the user forbids, such as a limit for jobs that are gone; nothing was changed."""


class RestoreRefused(BackupError):
    """Restore whose plan has problems; nothing was changed."""

    def __init__(self, problems: tuple[str, ...], plan: object = None) -> None:
        super().__init__(problems, plan)
        self.problems = problems
        """Every reason why nothing may be written."""
        self.plan = plan
        """The `RestorePlan`; None if an earlier restore must be settled before anything is planned."""

    def __str__(self) -> str:
        more = f"; and {len(self.problems) - 3} more" if len(self.problems) > 3 else ""
        return f"the restore is refused, and nothing was changed: {'; '.join(self.problems[:3])}{more}"
