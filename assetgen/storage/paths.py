"""Paths of finished files: relative, with `/`, and never out of the folder. Checked here again, whoever made them."""

from __future__ import annotations

import urllib.parse

from assetgen.core.errors import StorageError

_LONGEST = 255
"""Bytes of one name in UTF-8: what the usual file systems take."""


def names(path: str) -> tuple[str, ...]:
    """The names along a path, from the outermost folder to the file.

    Raises:
        StorageError: The path is absolute, leads upwards, or has a name that no file can have.
    """
    found = tuple(path.split("/"))
    for name in found:
        if why := _fault(name):
            raise StorageError(f"`{printable(path)}` is no path for a file of the output folder: {why}")
    return found


def url(path: str, public_url: str | None) -> str:
    """The address of a file: the path, percent-encoded, below the public URL if there is one."""
    encoded = urllib.parse.quote(path)
    return encoded if public_url is None else f"{public_url.rstrip('/')}/{encoded}"


def printable(path: str) -> str:
    """The path with everything escaped that could move a cursor or can't be written."""
    if path.isprintable():
        return path
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in path)


def _fault(name: str) -> str:
    if not name:
        return "a name in it is empty"
    if name in {".", ".."}:
        return f"it has `{name}` in it"
    if "\0" in name or "\\" in name:
        return "a name in it has a backslash or a NUL"
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "a name in it is no whole text"
    return f"a name in it is {size} bytes long, and {_LONGEST} are the most" if size > _LONGEST else ""
