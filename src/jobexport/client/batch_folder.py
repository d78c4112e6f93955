"""Names in the folder of an export of many jobs: a file name for each job that is no other's."""

from __future__ import annotations

from collections import Counter

from jobexport.archive.names import file_stem, marked

# No job's name has a `%`.
OTHERS = "%others-"
"""What the name of a zip begins with that holds what the service sent beside the jobs."""


def is_others(name: str) -> bool:
    """Whether a zip has what the service sent beside the jobs, as its name shows."""
    return name.startswith(OTHERS) and name.endswith(".zip")


def file_names(names: tuple[str, ...]) -> dict[str, str]:
    """Return a name for each job's file that is no other's, not even where letter case does not count.

    A name that differs from another one in case only gets a mark, unless it is all in lower case. No job's name has a
    `%` or `~`. Without `.zip` it is the name of the folder that the job is unpacked in, and no folder is called like
    another job's file: `"x.zip" → "x%2Ezip.zip"`.
    """
    times = Counter(name.lower() for name in names)
    stems = {name: _stem(name) for name in names}
    return {
        name: f"{stem if times[name.lower()] == 1 or name == name.lower() else marked(stem, name)}.zip"
        for name, stem in stems.items()
    }


def _stem(name: str) -> str:
    stem = file_stem(name)
    return f"{stem[:-4]}%2E{stem[-3:]}" if stem.lower().endswith(".zip") else stem
