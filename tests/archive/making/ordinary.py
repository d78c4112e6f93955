"""Zips as the library writes them, in each of its ways."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

CONTENTS = {"jobs/a.job": b"{}" * 5000, "scripts/ä.script": os.urandom(3000), "empty": b"", "jobs/": b""}


class OneWay(io.RawIOBase):
    """A stream that can't go back, so that sizes and CRC stand behind each member."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


def zip_with(compression: int, *, later: bool = False, large: bool = False) -> bytes:
    """A zip of CONTENTS, with sizes that come later, or with room for large ones."""
    file = OneWay() if later else io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in CONTENTS.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            with archive.open(info, "w", force_zip64=large) as member:
                member.write(content)
    return file.content if isinstance(file, OneWay) else file.getvalue()
