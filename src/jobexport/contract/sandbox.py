"""The sandbox of a run on a server in use: the objects that it may create, import and delete, by a prefix of names."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from attrs import define, field, frozen

from jobexport.contract.data import places
from jobexport.contract.verbs import changes, creates, word_of
from jobexport.core.extras import needing
from jobexport.core.redact import remember
from jobexport.errors import JobexportError
from jobexport.spec.document import operations, operations_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from obstore.store import S3Store

    from jobexport.auth import AccessKey

_SCHEME = "obs://"
_BUCKET = re.compile(r"obs://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<folder>(?:/[^/\x00-\x1f\x7f\\]+)*)/?")
# Legal in the names of jobs, scripts and resources of every edition; names of resources have 32 characters at most.
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]{3,15}")


@frozen
class SandboxBucket:
    """The bucket that gets the zips to import."""

    name: str
    folder: str
    """The folder for the zips, such as `/dir`, or an empty text."""
    store: S3Store = field(repr=False)

    @classmethod
    def open(cls, path: str, endpoint: str, key: AccessKey) -> SandboxBucket:
        """Return the bucket of a path such as `obs://bucket/dir/`; nothing is sent.

        Raises:
            JobexportError: the path is not of this form, or the endpoint is not a URL.
            MissingExtra: obstore is not installed.
        """
        found = _BUCKET.fullmatch(path)
        if found is None:
            raise JobexportError(f"{path!r} is not a folder of a bucket; write it like obs://bucket/folder/")
        url = urlsplit(endpoint)
        if url.scheme not in ("http", "https") or not url.hostname or url.username or url.query or url.fragment:
            raise JobexportError("--obs-endpoint is not a URL; write it like https://obs.eu-de.otc.t-systems.com")
        with needing("obs", "--sandbox"):
            from obstore.store import S3Store

        remember(key.secret, key.security_token)
        temporary: dict[str, Any] = {"session_token": key.security_token} if key.security_token else {}
        store = S3Store(
            found["bucket"],
            endpoint=endpoint.rstrip("/"),
            access_key_id=key.id,
            secret_access_key=key.secret,
            **temporary,
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": True, "connect_timeout": "10s", "timeout": "30s"},
        )
        return cls(found["bucket"], found["folder"], store)

    def put(self, name: str, content: bytes) -> None:
        """Store an object.

        Raises:
            JobexportError: the bucket can't be written to.
        """
        import obstore

        try:
            obstore.put(self.store, self._key(name), content, use_multipart=False)
        except Exception as problem:
            raise JobexportError(f"cannot write {self.path(name)}: {type(problem).__name__}; {_CHECK}") from None

    def remove(self, name: str) -> None:
        """Remove an object, if it exists.

        Raises:
            JobexportError: the object can't be removed.
        """
        import obstore

        try:
            obstore.delete(self.store, self._key(name))
        except FileNotFoundError:
            return
        except Exception as problem:
            raise JobexportError(f"cannot remove {self.path(name)}: {type(problem).__name__}; {_CHECK}") from None

    def path(self, name: str) -> str:
        """Return the path of an object as requests name it: `obs://bucket/dir/a.zip`."""
        return f"{_SCHEME}{self.name}{self.folder}/{name}"

    def _key(self, name: str) -> str:
        return f"{self.folder}/{name}".lstrip("/")


_CHECK = "check --obs-path, --obs-endpoint and the keys"


@define(eq=False)
class Sandbox:
    """The objects that a run may change: names that begin with the prefix, and no others."""

    prefix: str
    bucket: SandboxBucket
    attempted: dict[str, list[str]] = field(factory=dict, init=False)
    """The names that requests may have created, by kind: `job`, `script` or `resource`; the oldest first."""
    ids: dict[str, str] = field(factory=dict, init=False)
    """The names of resources by id."""
    zips: dict[str, tuple[tuple[str, str], ...]] = field(factory=dict, init=False)
    """The kinds and names inside each stored zip, by the name of the object."""
    tasks: list[str] = field(factory=list, init=False)
    """The tasks of imports that may still run."""
    unknown_imports: int = field(default=0, init=False)
    """The number of imports whose task is not known, as the response is missing."""

    def __attrs_post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise JobexportError(
                f"the prefix {self.prefix!r} must be 4 to 16 letters, digits or `-`, the first a letter; name another"
            )

    def name(self, rest: str) -> str:
        """Return a name of the sandbox."""
        return f"{self.prefix}-{rest}"

    def store(self, rest: str, content: bytes) -> str:
        """Store a zip of definitions, and return its path.

        Raises:
            ValueError: a definition has a name outside the sandbox.
            JobexportError: the bucket can't be written to.
        """
        held = tuple(_definitions(content))
        if not held or any(not name.startswith(self.prefix) for _, name in held):
            raise ValueError("a zip for the sandbox may only have names that begin with the prefix")
        name = self.name(rest)
        self.zips[name] = held
        self.bucket.put(name, content)
        return self.bucket.path(name)

    def judges(self, document: Mapping[str, Any], operation: str, method: str) -> bool:
        """Return whether a request may change the server, so that `permits` decides about it."""
        found = operations_by_id(document).get(operation)
        return found is not None and changes(document, found.fields, method.lower())

    def permits(self, document: Mapping[str, Any], operation: str, method: str, path: str, body: Any) -> bool:
        """Return whether a request changes only objects of the sandbox, and note what it may create.

        Args:
            document: the resolved document.
            operation: the operationId.
            method: the HTTP method.
            path: the path of the URL, encoded.
            body: the JSON value of the body.
        """
        found = operations_by_id(document)[operation]
        if method.lower() != found.method:
            return False
        fields = body if isinstance(body, dict) else {}
        if creates(document, found):
            name = fields.get("name")
            return isinstance(name, str) and name.startswith(self.prefix) and self._note(word_of(found.path), name)
        if found.method == "delete":
            last = unquote(path.rpartition("/")[2])
            return last in self.ids if found.path.endswith("_id}") else last.startswith(self.prefix)
        stored = [place for place in places(document, found) if place.kind.id == "job_zips"]
        zips = {self.bucket.path(name): held for name, held in self.zips.items()}
        if len(stored) != 1 or fields.get(stored[0].name) not in zips:
            return False
        return all(self._note(kind, name) for kind, name in zips[fields[stored[0].name]])

    def _note(self, kind: str, name: str) -> bool:
        names = self.attempted.setdefault(kind, [])
        if name not in names:
            names.append(name)
        return True


def sandboxed(document: Mapping[str, Any]) -> set[str]:
    """Return the operations, by operationId, that the scenarios of a sandbox send.

    They are those on the objects that can be created, each alone, and the import of a zip of jobs with its task.
    """
    found = list(operations(document))
    roots = {operation.path for operation in found if creates(document, operation)}
    ways = [re.compile(re.escape(root) + r"(/\{\w+\}(/export)?)?") for root in roots]
    return {
        operation.id
        for operation in found
        if any(way.fullmatch(operation.path) for way in ways)
        or any(place.kind.id in ("job_zips", "tasks") for place in places(document, operation))
    }


def _definitions(content: bytes) -> list[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name.rpartition(".")[2], str(json.loads(archive.read(name))["name"])) for name in archive.namelist()]
