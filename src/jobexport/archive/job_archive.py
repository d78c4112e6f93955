"""One exported zip."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from attrs import field, frozen

from jobexport.archive.content import Content, read_content
from jobexport.archive.git import GitChanges, unpack_for_git
from jobexport.archive.unpack import holds_just, unpack
from jobexport.archive.zip.directory import read_directory
from jobexport.archive.zip.source import opened
from jobexport.archive.zip.whole import check

if TYPE_CHECKING:
    from jobexport.archive.values import Job, Resource, Script


def _path(value: str | os.PathLike[str] | None) -> Path | None:
    return None if value is None else Path(value)


@frozen
class JobArchive:
    """A zip of exportJob or batchExportJobs, in a file or in a seekable stream.

    Every call opens the file anew, so an archive needs no closing, and threads may share an archive in a file. Every
    call refuses a zip that is damaged, or that no export makes: encrypted or linked members, members that overlap or
    are there twice, more than 20,000 members, more than 1 GiB, more than 100 times the zip's size.

    Attributes:
        path: the file; None if the archive is in a stream.
        sha256: hex digest of the zip as it was received; None if it is not known.
        size: length of the zip in bytes as it was received; None if it is not known.
        stream: the stream, which holds the zip from position 0 on; calls keep its position.
    """

    path: Path | None = field(converter=_path)
    sha256: str | None = field(default=None, kw_only=True)
    size: int | None = field(default=None, kw_only=True)
    stream: BinaryIO | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def open(cls, path_or_stream: str | os.PathLike[str] | BinaryIO) -> JobArchive:
        """Open a zip that was exported before, and read its directory.

        Raises:
            ArchiveCorrupt: the file is not a zip, or its directory is damaged.
            ArchiveUnsafe: the zip holds members that no export has.
            JobexportError: the zip can't be read.
        """
        if isinstance(path_or_stream, (str, os.PathLike)):
            path, stream = Path(path_or_stream), None
        else:
            path, stream = None, path_or_stream
        with opened(path, stream) as source:
            read_directory(source)
            return cls(path, size=source.size, stream=stream)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs, in the archive's order.

        All content is read at the first use of `jobs`, `scripts`, `resources` or `others`, and kept.

        Raises:
            ArchiveCorrupt: the zip is damaged, or a job is not a JSON object.
            ArchiveUnsafe: the zip holds members that no export has, more than 64 MiB of JSON, or more than a million
                values of JSON.
            JobexportError: the zip can't be read.
        """
        return self._content.jobs

    @property
    def scripts(self) -> tuple[Script, ...]:
        """The scripts; a script that several jobs use may be there several times. Raises the errors of `jobs`."""
        return self._content.scripts

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources. Raises the errors of `jobs`."""
        return self._content.resources

    @property
    def others(self) -> tuple[str, ...]:
        """Names of all other members, such as the CDM jobs that the pages promise and never show.

        `unpack` and `unpack_for_git` keep them. Raises the errors of `jobs`.
        """
        return self._content.others

    @cached_property
    def _content(self) -> Content:
        with opened(self.path, self.stream) as source:
            return read_content(source, read_directory(source).files)

    def verify(self) -> None:
        """Check the whole zip against its checksums and, if known, against `size` and `sha256`.

        Raises:
            ArchiveCorrupt: the zip is incomplete, damaged, or not the zip that was received.
            ArchiveUnsafe: the zip holds members that no export has. Their names are checked by `unpack` only.
            JobexportError: the zip can't be read.
        """
        with opened(self.path, self.stream) as source:
            if self.size is not None and source.size != self.size:
                raise source.corrupt(f"it has {source.size} bytes, but {self.size} were received")
            if self.sha256 is not None:
                digest = hashlib.sha256()
                for chunk in source.chunks(0, source.size):
                    digest.update(chunk)
                if digest.hexdigest() != self.sha256.lower():
                    raise source.corrupt("its SHA-256 is not that of the bytes received")
            check(source)

    def unpack(self, folder: str | os.PathLike[str], *, rename: bool = False) -> tuple[Path, ...]:
        """Unpack all members into a folder that is new or empty, and return the files' paths, sorted.

        The zip is unpacked into a new folder beside it, which is renamed at the end: a failure leaves nothing behind.
        An existing folder must be empty and keeps its permissions. Missing parents are created. Permissions, owners
        and times in the zip are ignored.

        Names that some system can't hold or can't distinguish are refused on every system: `con`, `a.`, `Job` beside
        `job`. Jobs and scripts may have such names: `rename=True` writes these members under other names, the same on
        every system: `jobs/con/con.job` → `jobs/%63on/%63on.job`.

        Args:
            folder: the folder.
            rename: write such members under other names instead of refusing the zip.

        Raises:
            ArchiveCorrupt: the zip is damaged.
            ArchiveUnsafe: the zip holds members that no export has, or a name leads out of the folder or is not
                portable.
            TargetUnwritable: the folder is not empty or can't be written.
            JobexportError: the zip can't be read.
        """
        with opened(self.path, self.stream) as source:
            return unpack(source, read_directory(source).members, Path(folder), rename=rename)

    def is_unpacked_in(self, folder: str | os.PathLike[str], *, rename: bool = False) -> bool:
        """Return True if a folder holds exactly the files that `unpack` with the same `rename` would write.

        Raises:
            ArchiveCorrupt: the zip is damaged.
            ArchiveUnsafe: the zip holds members that no export has.
            JobexportError: the zip or the folder can't be read.
        """
        with opened(self.path, self.stream) as source:
            return holds_just(source, read_directory(source).files, Path(folder), rename=rename)

    def unpack_for_git(self, folder: str | os.PathLike[str], *, remove_gone: bool = False) -> GitChanges:
        """Write the content of the archive into a folder under version control.

        - `jobs/NAME.json` and `resources/NAME.json`: all fields, keys sorted, indented, numbers as they were sent.
        - `scripts/NAME.json` without the text, and the text in `scripts/NAME.sql`, `.sh`, `.py`, or `.txt` if no page
          has the script's type.
        - `others/`: all other members, slashes percent-encoded.

        The same archives write the same bytes, and a file that stays the same is not touched. Characters that are not
        fit for a file name are percent-encoded; names that differ only in case are told apart by `~` and eight digits.

        A failure to read the archive leaves the folder as it was. A failure to write may leave some files new and
        others old, each file complete; the next call completes the folder.

        Args:
            folder: the folder, created if missing; everything else in it is left alone.
            remove_gone: also remove the files in the four folders that this archive does not have. Without it, a job
                that is not in the archive stays.

        Raises:
            ArchiveCorrupt: the zip is damaged, a job is not a JSON object, or a job is there in two versions.
            ArchiveUnsafe: the zip holds members that no export has.
            BackupRefused: the folder is a backup, whose manifest must know each file.
            FolderInUse: another run has the folder.
            JobexportError: the zip can't be read, or the folder can't be written.
        """
        return unpack_for_git([self], folder, remove_gone=remove_gone)
