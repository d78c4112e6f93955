"""Zips that could do harm, by their fault."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from jobexport.errors import ArchiveCorrupt, ArchiveError, ArchiveUnsafe
from tests.archive.making.zips import Zips

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024**2


def named(*names: Any) -> Callable[..., Any]:
    """Archives of sound members that only have these names."""
    return lambda zips: zips.zipped(*(zips.part(name) for name in names))


def member(name: str = "jobs/a.job", content: bytes = b"{}", **fields: Any) -> Callable[..., Any]:
    return lambda zips: zips.zipped(zips.part(name, content, **fields))


def deflated_zeros(size: Any) -> Any:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush nothing refers back, so the same bytes stand for the next zeros, too.
    return (deflate.compress(bytes(MIB)) + deflate.flush(zlib.Z_FULL_FLUSH)) * (size // MIB) + deflate.flush()


def lying(size: Any, *, announced: Any) -> Any:
    """A member that unpacks to `size` zeros and announces less."""
    return lambda zips: member(packed=deflated_zeros(size), size=announced, crc=zlib.crc32(bytes(announced)))(zips)


def bomb(zips: Any) -> Any:
    crc = 0
    for _ in range(256):
        crc = zlib.crc32(bytes(MIB), crc)
    return zips.zipped(zips.part("jobs/zeros.job", packed=deflated_zeros(256 * MIB), size=256 * MIB, crc=crc))


def many_small_bombs(zips: Any) -> Any:
    """Each of the members is harmless alone."""
    content = bytes(8 * MIB)
    data, crc = deflated_zeros(len(content)), zlib.crc32(content)
    parts = [zips.part(f"jobs/{n}.job", packed=data, size=len(content), crc=crc) for n in range(64)]
    return zips.zipped(*parts)


def total(zips: Any) -> Any:
    """Announces more than all may be, though not too much for its own weight."""
    return zips.zipped(zips.part("jobs/a.job", packed=bytes(16 * MIB), size=1280 * MIB))


def wide_total(zips: Any) -> Any:
    return zips.zipped(zips.part("jobs/a.job", size=2**62, wide=True))


def full_overlap(zips: Any) -> Any:
    """A hundred entries that name one member's data."""
    part = zips.part("jobs/a.job", bytes(MIB))
    content, _ = zips.members_of(part)
    return zips.finished(content, zips.entry(part, 0) * 100, 100)


def named_overlap(zips: Any) -> Any:
    """Entries of different names for the same bytes: the data of one begins with the header of the next."""
    inner = zips.part("jobs/b.job", b"x" * 1000, method=0)
    data, _ = zips.members_of(inner)
    outer = zips.part("jobs/a.job", data, method=0)
    content, _ = zips.members_of(outer)
    place = len(content) - len(data)
    return zips.finished(content, zips.entry(outer, 0) + zips.entry(inner, place), 2)


def directory_overlap(zips: Any) -> Any:
    """A member whose data reaches into the directory."""
    part = zips.part("jobs/a.job", b"x" * 40, method=0)
    content, _ = zips.members_of(part)
    return zips.finished(content[:-30], zips.entry(part, 0), 1)


def quine(zips: Any) -> Any:
    """A member that is the zip itself, as far as its entry says."""
    part = zips.part("jobs/a.job", b"x" * 200, method=0)
    content, _ = zips.members_of(part)
    directory = zips.entry(part, 0)
    return zips.finished(content, directory + zips.entry(zips.part("r.zip", b"x" * 200, method=0), 0), 2)


def many_members(zips: Any) -> Any:
    part = zips.part("a")
    content, _ = zips.members_of(part)
    return zips.finished(content, zips.entry(part, 0) * 60_000, 60_000)


def more_than_announced(zips: Any) -> Any:
    part = zips.part("a")
    content, _ = zips.members_of(part)
    return zips.finished(content, zips.entry(part, 0) * 60_000, 1)


def far_away(zips: Any) -> Any:
    """A member that begins where no file reaches."""
    part = zips.part("jobs/a.job", wide=True)
    return zips.finished(zips.members_of(part)[0], zips.entry(part, 2**64 - 1), 1)


def long_directory(zips: Any) -> Any:
    """Entries whose names and extra fields make the directory large."""
    part = zips.part("n" * 60_000, extra=b"\0" * 60_000)
    return zips.finished(b"", zips.entry(part, 0) * 50, 50)


def deep(zips: Any) -> Any:
    return zips.zipped(*(zips.part("/".join(f"{n}{'d' * 20}" for _ in range(40))) for n in range(100)))


def many_folders(zips: Any) -> Any:
    return zips.zipped(*(zips.part(f"{n}a/{n}b/{n}c/{n}d/{n}e/{n}f/{n}g/h") for n in range(2600)))


def nested(zips: Any) -> Any:
    """Zips in zips: they are files like others, so the lie is in the outer one."""
    inner = zips.zipped(zips.part("../x"))
    return zips.zipped(zips.part("jobs/../inner.zip", inner))


def written_by_library(name: Any, mode: Any) -> Callable[..., Any]:
    def build(_: Any) -> Any:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.create_system = 3
            archive.writestr(info, "/etc")
        return buffer.getvalue()

    return build


def link_then_through(zips: Any) -> Any:
    return zips.zipped(zips.part("jobs", b"/tmp", mode=0o120777), zips.part("jobs/a.job"))


def two_ends(zips: Any) -> Any:
    """The comment holds another end, with another directory."""
    inner = zips.zipped(zips.part("../x"))
    return zips.zipped(zips.part("jobs/a.job"), comment=inner)


def wide(record: Any, place: Any, value: Any) -> Callable[..., Any]:
    """A zip64 archive with one number of one record changed."""

    def build(zips: Any) -> bytes:
        content = bytearray(zips.zipped(zips.part("jobs/a.job"), wide=True))
        struct.pack_into("<Q", content, content.rfind(record) + place, value)
        return bytes(content)

    return build


def unicode_path(raw: bytes, name: bytes, *, local: bool = True) -> Callable[..., Any]:
    """A member whose Unicode path field has another name; without `local` in the directory only."""
    content = struct.pack("<BL", 1, zlib.crc32(raw)) + name
    extra = struct.pack("<2H", 0x7075, len(content)) + content
    there: dict[str, Any] = {} if local else {"local": {"extra": b""}}
    return lambda zips: zips.zipped(zips.part(raw, flags=0, extra=extra, **there))


def patched(signature: bytes, place: int, value: bytes) -> Callable[..., Any]:
    """A sound zip with some bytes after the last signature of a kind replaced."""

    def build(zips: Any) -> bytes:
        content = bytearray(zips.zipped(zips.part("jobs/a.job"), zips.part("jobs/b.job")))
        begin = content.rfind(signature) + place
        content[begin : begin + len(value)] = value
        return bytes(content)

    return build


def inserted(signature: bytes, piece: bytes, *, wide: bool = False, moved: bool = False) -> Callable[..., Any]:
    """A zip with bytes before a record; if `moved`, the end counts them to the directory."""

    def build(zips: Any) -> bytes:
        content = zips.zipped(zips.part("jobs/a.job"), wide=wide)
        place = content.rfind(signature)
        changed = bytearray(content[:place] + piece + content[place:])
        if moved:
            end = changed.rfind(b"PK\5\6")
            (size,) = struct.unpack_from("<L", changed, end + 12)
            struct.pack_into("<L", changed, end + 12, size + len(piece))
        return bytes(changed)

    return build


def in_extra_field(zips: Any) -> Any:
    """A member that stands in the extra field of another."""
    inner = zips.part("jobs/b.job", b"{}", method=0)
    hidden, _ = zips.members_of(inner)
    outer = zips.part("jobs/a.job", extra=struct.pack("<2H", 0x9999, len(hidden)) + hidden)
    content, _ = zips.members_of(outer)
    place = content.index(hidden)
    return zips.finished(content, zips.entry(outer, 0) + zips.entry(inner, place), 2)


def in_comment(zips: Any) -> Any:
    """A member that stands in the comment of the zip."""
    inner = zips.part("jobs/b.job", b"{}", method=0)
    hidden, _ = zips.members_of(inner)
    outer = zips.part("jobs/a.job")
    content, _ = zips.members_of(outer)
    directory = zips.entry(outer, 0) + zips.entry(inner, 0)
    place = len(content) + len(directory) + 22
    return zips.finished(content, zips.entry(outer, 0) + zips.entry(inner, place), 2, comment=hidden)


def two_zips(zips: Any) -> Any:
    """Two whole zips one behind the other."""
    return zips.zipped(zips.part("jobs/evil.job")) + zips.zipped(zips.part("jobs/a.job"))


def same_data_two_names(zips: Any) -> Any:
    part = zips.part("jobs/a.job", method=0)
    content, _ = zips.members_of(part)
    return zips.finished(content, zips.entry(part, 0) + zips.entry(zips.part("jobs/b.job", method=0), 0), 2)


def wide_field(field: bytes, *, local: bytes | None = None) -> Callable[..., Any]:
    """A member whose size stands in a zip64 field that is as given."""
    extra = struct.pack("<2H", 1, len(field)) + field
    there: dict[str, Any] = {} if local is None else {"local": {"extra": local}}
    return lambda zips: zips.zipped(zips.part("jobs/a.job", size=0xFFFFFFFF, extra=extra, **there))


ODD_NAMES: dict[str, list[str | bytes]] = {
    "etc": ["/etc/passwd"],
    "url": ["file:///etc/passwd"],
    "device-path": ["//?/C:/x"],
    "device-path-backslash": ["\\\\?\\C:\\x"],
    "drive-small": ["c:\\x"],
    "drive-inside": ["jobs/D:/x"],
    "stream": ["jobs/a.job::$DATA"],
    "stream-folder": ["jobs:hidden/a.job"],
    "stream-git": [".git::$INDEX_ALLOCATION/config"],
    "git-blank": [".git /config"],
    "git-dot": [".git./config"],
    "git-wide": ["\uff0egit/config"],
    "con-colon": ["CON:"],
    "prn-suffixes": ["jobs/prn.x.y"],
    "console-in": ["CONIN$"],
    "console-out": ["jobs/conout$.job"],
    "com-wide": ["jobs/\uff43om1.job"],
    "lpt-superscript": ["jobs/LPT\u00b2"],
    "nul-folder": ["NUL/a.job"],
    "backslash-only": ["\\"],
    "backslash-absolute": ["\\x"],
    "backslash-mixed": ["jobs/..\\..\\x"],
    "backslash-folder": ["jobs\\..\\..\\x/"],
    "dot-dot-blank": [".. /x"],
    "dot-dot-dot": [".../x"],
    "blank-dot-dot": [" ../x"],
    "dot-dot-after-folder": ["jobs/a/../../../x"],
    "dot-dot-many": ["../" * 300 + "x"],
    "two-dots-only": [".."],
    "dot-only": ["."],
    "nul-first": [b"\0jobs/a.job"],
    "nul-after-dot-dot": [b"../x\0.job"],
    "tab": ["jobs/\ta.job"],
    "carriage-return": ["jobs/a\r.job"],
    "c1-control": ["jobs/\x9ba.job"],
    "line-separator": ["jobs/a\u2028.job"],
    "byte-order-mark": ["\ufeffjobs/a.job"],
    "soft-hyphen": ["jobs/a\u00ad.job"],
    "tag-letters": ["jobs/a\U000e0061.job"],
    "private-letter": ["jobs/\ue000.job"],
    "redirection": ["jobs/<a>.job"],
    "pipe": ["jobs/a|b.job"],
    "quote": ['jobs/"a".job'],
    "question-mark": ["jobs/a?.job"],
    "twice-by-kelvin": ["jobs/K.job", "jobs/\u212a.job"],
    "twice-by-width": ["jobs/a.job", "jobs/\uff41.job"],
    "twice-by-jamo": ["jobs/\ud55c.job", "jobs/\u1112\u1161\u11ab.job"],
    "twice-by-sigma": ["jobs/\u03c3.job", "jobs/\u03c2.job"],
    "twice-by-micro": ["jobs/\u00b5.job", "jobs/\u03bc.job"],
    "twice-by-order": ["jobs/a\u0323\u0307.job", "jobs/a\u0307\u0323.job"],
    "twice-by-case-of-folder": ["jobs/a/x.job", "jobs/A/y.job"],
    "file-and-folder-by-case": ["jobs/a", "Jobs/A/x"],
}

UNSAFE = {
    **{f"name-{kind}": named(*names) for kind, names in ODD_NAMES.items()},
    "path-field-dot-dot": unicode_path(b"\xff\xfe", b"../../x"),
    "path-field-absolute": unicode_path(b"\xff\xfe", b"/etc/passwd"),
    "path-field-device": unicode_path(b"\xff\xfe", b"jobs/con.job"),
    "path-field-nul": unicode_path(b"\xff\xfe", b"jobs/a.job\0.txt"),
    "link-to-folder-and-file": lambda zips: zips.zipped(zips.part("x", b"..", mode=0o120755), zips.part("x/a.job")),
    "link-deflated-empty": member(mode=0o120777, content=b""),
    "whiteout": member(mode=0o160000),
    "in-extra-field": in_extra_field,
    "backslash-in-shift-jis": lambda zips: zips.zipped(zips.part(b"jobs/\x95\x5c.job", flags=0)),
    "sizes-behind-encrypted": member(flags=0x0809),
    "dot-dot": named("../x"),
    "dot-dot-inside": named("jobs/../../x"),
    "dot-dot-at-end": named("jobs/.."),
    "dot": named("jobs/./a.job"),
    "dot-dot-folder": named("../x/"),
    "dot-dot-wide": named("\uff0e\uff0e/x"),
    "dot-dot-leader": named("\u2025/x"),
    "slash-wide": named("..\uff0fx"),
    "absolute": named("/jobexport-hostile/x"),
    "absolute-twice": named("//server/share/x"),
    "empty-part": named("jobs//a.job"),
    "empty-name": named(""),
    "slash-only": named("/"),
    "drive": named("C:/x"),
    "drive-relative": named("C:x"),
    "backslash": named("jobs\\a.job"),
    "backslash-dot-dot": named("..\\x"),
    "unc": named("\\\\server\\share"),
    "alternate-stream": named("jobs/a.job:hidden"),
    "wildcard": named("jobs/*.job"),
    "link": member(mode=0o120777, content=b"/etc/passwd"),
    "link-by-library": written_by_library("jobs/a.job", 0o120777),
    "link-then-through": link_then_through,
    "link-folder": member("jobs/", b"", mode=0o120777),
    "fifo": member(mode=0o010644),
    "socket": member(mode=0o140644),
    "character-device": member(mode=0o020644),
    "block-device": member(mode=0o060644),
    "folder-with-data": member("jobs/", b"data"),
    "folder-without-slash": member("jobs", b"", mode=0o040755),
    "con": named("jobs/CON"),
    "nul-with-suffix": named("jobs/nul.job"),
    "com-superscript": named("jobs/com\u00b9.job"),
    "aux-folder": named("aux/a.job"),
    "lpt-blank": named("jobs/lpt1 .job"),
    "dot-at-end": named("jobs/a."),
    "dots-at-end": named("jobs/..."),
    "blank-at-end": named("jobs/a.job "),
    "blank-folder": named("jobs /a.job"),
    "nul-character": named(b"jobs/a.job\0.txt"),
    "newline": named("jobs/a\n.job"),
    "escape": named("jobs/\x1b[2Ja.job"),
    "delete": named("jobs/a\x7f.job"),
    "bidi": named("jobs/a\u202ebog.job"),
    "zero-width": named("jobs/.g\u200dit/config"),
    "long-part": named("jobs/" + "a" * 256),
    "long-part-wide": named("jobs/" + "ä" * 128),
    "long-name": named("/".join(["a" * 200] * 6)),
    "longest-name": named("a" * 65535),
    "deep": deep,
    "deeper": named(*(f"{number}/{'a/' * 500}x" for number in range(200))),
    "many-folders": many_folders,
    "git-config": named(".git/config"),
    "git-upper": named("jobs/.GIT/hooks/post-checkout"),
    "git-short": named("GIT~1/config"),
    "twice": named("jobs/a.job", "jobs/a.job"),
    "twice-by-case": named("jobs/a.job", "jobs/A.job"),
    "twice-by-case-folder": named("jobs/a.job", "Jobs/b.job"),
    "twice-by-accent": named("jobs/\u00e9.job", "jobs/e\u0301.job"),
    "twice-by-ligature": named("jobs/\ufb01.job", "jobs/fi.job"),
    "twice-by-sharp-s": named("jobs/stra\u00dfe.job", "jobs/STRASSE.job"),
    "file-and-folder": named("jobs", "jobs/a.job"),
    "folder-and-file": named("jobs/a.job", "jobs"),
    "file-and-empty-folder": lambda zips: zips.zipped(zips.part("jobs"), zips.part("jobs/", b"")),
    "encrypted": member(flags=0x0801),
    "encrypted-strongly": member(flags=0x0841),
    "directory-masked": member(flags=0x2800),
    "patched": member(flags=0x0820),
    "method-implode": member(method=6),
    "method-deflate64": member(method=9),
    "method-bzip2": member(method=12),
    "method-lzma": member(method=14),
    "method-zstandard": member(method=93),
    "method-unknown": member(method=65535),
    "bomb": bomb,
    "many-small-bombs": many_small_bombs,
    "total": total,
    "wide-total": wide_total,
    "full-overlap": full_overlap,
    "named-overlap": named_overlap,
    "directory-overlap": directory_overlap,
    "many-members": many_members,
    "long-directory": long_directory,
    "nested": nested,
}

CORRUPT = {
    "nothing": lambda _: b"",
    "no-zip": lambda _: b"<html>" * 1000,
    "end-only-half": lambda zips: zips.zipped()[:-1],
    "lying-size-less": lying(64 * MIB, announced=10),
    "lying-size-none": lying(64 * MIB, announced=0),
    "lying-size-more": member(size=3),
    "lying-stored": member(method=0, size=MIB),
    "lying-packed": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"packed_size": 1})),
    "lying-local-size": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"size": 1})),
    "lying-local-crc": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"crc": 1})),
    "other-name-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"name": b"../../x.sh"})),
    "other-method-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"method": 12, "packed": b"xx"})),
    "encrypted-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"flags": 0x0801})),
    "wrong-crc": member(crc=1),
    "damaged-data": member(packed=b"\xff\xff\xff\xff"),
    "no-data": member(packed=b""),
    "data-goes-on": member(packed=deflated_zeros(0) + b"more", size=0, crc=0, content=b""),
    "quine": quine,
    "two-ends": two_ends,
    "far-away": far_away,
    "more-than-announced": more_than_announced,
    "fewer-than-announced": lambda zips: zips.zipped(zips.part("jobs/a.job"), count=2),
    "something-in-front": lambda zips: b"#!/bin/sh\n" + zips.zipped(zips.part("jobs/a.job")),
    "something-behind": lambda zips: zips.zipped(zips.part("jobs/a.job")) + b"\n",
    "place-elsewhere": lambda zips: zips.zipped(zips.part("jobs/a.job"), place=0),
    "directory-too-long": lambda zips: zips.zipped(zips.part("jobs/a.job"), size=0xFFFFFFF0),
    "several-parts": lambda zips: zips.zipped(zips.part("jobs/a.job"), disk=3),
    "wide-sizes-missing": lambda zips: zips.zipped(zips.part("jobs/a.job", size=0xFFFFFFFF)),
    "wide-end-elsewhere": wide(b"PK\6\7", 8, 0),
    "wide-length-false": wide(b"PK\6\6", 4, 2**63),
    "wide-place-false": wide(b"PK\6\6", 48, 0),
    "path-field-other-name": unicode_path(b"jobs/a.job", b"../../x"),
    "path-field-in-directory-only": unicode_path(b"jobs/a.job", b"jobs/evil.job", local=False),
    "path-field-empty": unicode_path(b"\xff\xfe", b""),
    "path-field-no-utf-8": unicode_path(b"\xff\xfe", b"\xc0\xae\xc0\xae/x"),
    "utf-8-overlong": named(b"\xc0\xae\xc0\xae/x"),
    "utf-8-surrogate": named(b"jobs/\xed\xa0\x80.job"),
    "same-data-two-names": same_data_two_names,
    "in-comment": in_comment,
    "two-zips": two_zips,
    "other-case-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"name": b"jobs/A.job"})),
    "longer-name-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"name": b"jobs/a.job\0/../x"})),
    "no-name-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"name": b""})),
    "stored-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"method": 0})),
    "sizes-behind-inside": lambda zips: zips.zipped(zips.part("jobs/a.job", local={"flags": 0x0808})),
    "no-signature-inside": patched(b"PK\3\4", 0, b"PK\3\5"),
    "place-inside-other": patched(b"PK\1\2", 42, b"\1\0\0\0"),
    "name-length-less": patched(b"PK\1\2", 28, b"\1\0"),
    "name-length-more": patched(b"PK\1\2", 28, b"\xff\0"),
    "comment-length-more": patched(b"PK\1\2", 32, b"\xff\xff"),
    "end-comment-less": lambda zips: zips.zipped(zips.part("jobs/a.job"), comment=b"x")[:-1],
    "end-comment-more": patched(b"PK\5\6", 20, b"\1\0"),
    "end-counts-on-this-disk": patched(b"PK\5\6", 8, b"\1\0"),
    "end-counts-full": patched(b"PK\5\6", 8, b"\1\0\1\0"),
    "before-the-directory": inserted(b"PK\1\2", b"hidden"),
    "before-the-end": inserted(b"PK\5\6", b"hidden"),
    "signature-record": inserted(b"PK\5\6", b"PK\5\5\4\0sign", moved=True),
    "extra-data-record": inserted(b"PK\1\2", b"PK\6\x08\4\0\0\0data"),
    "before-the-wide-end": inserted(b"PK\6\6", b"hidden", wide=True),
    "before-the-wide-place": inserted(b"PK\6\7", b"hidden", wide=True),
    "behind-the-wide-place": inserted(b"PK\5\6", b"hidden", wide=True),
    "wide-field-short": wide_field(b"\2\0\0\0"),
    "wide-field-empty": wide_field(b""),
    "wide-field-other-inside": wide_field(struct.pack("<Q", 2), local=struct.pack("<2HQ", 1, 8, 9)),
    "wide-end-disagrees": wide(b"PK\5\6", 8, 0xFFFFFFFF_0005_0005),
}

KINDS: dict[str, tuple[Callable[..., bytes], type[ArchiveError]]] = {
    name: (build, ArchiveUnsafe) for name, build in UNSAFE.items()
}
KINDS |= {name: (build, ArchiveCorrupt) for name, build in CORRUPT.items()}


@functools.cache
def built(kind: str) -> bytes:
    """Return the zip of a kind, built once for all modules of tests."""
    return KINDS[kind][0](Zips)


# A member's content, for calls that look into it.
CONTENT = {
    "not-json": b"\0" * 100,
    "empty": b"",
    "cut-off": b'{"name": "a"',
    "list": b"[]",
    "text": b'"a"',
    "key-twice": b'{"name": "a", "name": "b"}',
    "nan": b'{"x": NaN}',
    "infinite": b'{"x": -Infinity}',
    "too-large-a-number": b'{"x": 1e999}',
    "too-long-a-number": b'{"x": ' + b"9" * 5000 + b"}",
    "half-a-pair": b'{"x": "\\ud800"}',
    "half-a-pair-encoded": b'{"x": "\xed\xa0\x80"}',
    "other-encoding": '{"x": "ä"}'.encode("utf-16"),
    "latin-1": '{"x": "ä"}'.encode("latin-1"),
    "deep-lists": b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep-objects": b'{"x":' * 100_000 + b"1" + b"}" * 100_000,
    "deep-enough-for-the-parser": b'{"x": ' + b"[" * 300 + b"]" * 300 + b"}",
}
