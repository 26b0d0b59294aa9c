"""Whether a folder is a cache of ours, of a version that we know; and making it one."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from pathlib import Path

from assetgen.cache.troubles import unfit, unwritable
from assetgen.core import durable
from assetgen.core.errors import CacheError

VERSION = 1
FILE = "format.json"
_SCHEMA = re.compile(r"assetgen/cache@(\d{1,9})")
_OTHERS_MAY_WRITE = 0o022
_ELSEWHERE = "Choose another folder with `--cache-dir`."


def settle(folder: Path) -> str:
    """Make a folder the cache where it is new, check that it is one where it isn't, and return the cache's id.

    A folder that can't be used is left as it is.

    Raises:
        CacheError: It is somebody else's, of a newer version, holds other things, or can't be written.
    """
    try:
        durable.make_folder(folder, 0o700)
        return _settle(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def _settle(folder: Path) -> str:
    _check_owner(folder)
    if not (folder / FILE).exists():
        _adopt(folder)
    identity = _identity(folder)
    _check_mode(folder)
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        raise unfit(folder, "it can't be written", "Make it writable, or choose another one with `--cache-dir`.")
    return identity


def _check_owner(folder: Path) -> None:
    if folder.stat().st_uid != os.geteuid():
        raise unfit(folder, "it belongs to another user", _ELSEWHERE)


def _check_mode(folder: Path) -> None:
    mode = folder.stat().st_mode
    if mode & _OTHERS_MAY_WRITE:
        advice = f"If you trust what is in it: `chmod 700 {folder}`, then `assetgen cache check`."
        raise unfit(folder, "other users may write to it", advice)
    if mode & 0o077:
        folder.chmod(0o700)


def _adopt(folder: Path) -> None:
    """Write the format file of a new cache, once, however many processes try."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not (folder / FILE).exists():
            _check_empty(folder)
            folder.chmod(0o700)
            fields = {"schema": f"assetgen/cache@{VERSION}", "id": secrets.token_hex(16)}
            durable.write(folder / FILE, (json.dumps(fields, sort_keys=True) + "\n").encode(), 0o600)
    finally:
        os.close(descriptor)


def _check_empty(folder: Path) -> None:
    if any(not path.name.startswith(durable.TEMPORARY) for path in folder.iterdir()):
        raise unfit(folder, f"it holds other files, and no `{FILE}`", _ELSEWHERE)


def _identity(folder: Path) -> str:
    try:
        fields = json.loads(durable.read(folder / FILE))
        version, identity = _SCHEMA.fullmatch(fields["schema"]), str(fields["id"])
    except (ValueError, TypeError, LookupError) as error:
        raise _unknown(folder) from error
    if version is None:
        raise _unknown(folder)
    if int(version[1]) > VERSION:
        why = f"a newer assetgen wrote it (format {version[1]}; this one knows {VERSION})"
        raise unfit(folder, why, f"Update assetgen. {_ELSEWHERE}")
    return identity


def _unknown(folder: Path) -> CacheError:
    return unfit(folder, f"its `{FILE}` is damaged", f"Put `{FILE}` back from a backup. {_ELSEWHERE}")
