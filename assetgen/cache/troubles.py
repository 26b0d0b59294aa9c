"""What can be wrong with a cache, in words for people; `details["trouble"]` is one word for programs."""

from __future__ import annotations

from pathlib import Path

from assetgen.core.errors import CacheError

PUT_BACK = "Put the cache back from a backup; nothing is bought again in silence."
MAKE_ROOM = "Check the disk's free space and the folder's permissions, or choose another folder with `--cache-dir`."


def lost(key: str) -> CacheError:
    """The sidecar is there, the bytes are not."""
    return _about(key, "lost", f"the bytes bought as `{key}` are gone from the cache", PUT_BACK)


def damaged(key: str, what: str) -> CacheError:
    """Sidecar or bytes are not what was stored; `what` completes the sentence."""
    return _about(key, "damaged", f"what was bought as `{key}` is damaged: {what}", PUT_BACK)


def unreadable(key: str, error: OSError) -> CacheError:
    """The disk doesn't say. That is no reason to buy again."""
    message = f"can't read what was bought as `{key}`: {reason(error)}"
    return _about(
        key, "unreadable", message, "See to the disk, then run the same command again; nothing is bought twice."
    )


def unwritable(folder: Path, error: OSError) -> CacheError:
    """Nothing can be stored below a folder."""
    return CacheError(
        f"can't write to the cache `{folder}`: {reason(error)}",
        retryable=True,
        details={"trouble": "unwritable", "folder": str(folder)},
        help=MAKE_ROOM,
    )


def unfit(folder: Path, why: str, help: str) -> CacheError:  # noqa: A002 - the word of the error itself
    """A folder that can't be used as the cache, and stays as it is."""
    message = f"can't use `{folder}` as the cache: {why}"
    return CacheError(message, details={"trouble": "unfit", "folder": str(folder)}, help=help)


def busy(folder: Path, pid: int | None) -> CacheError:
    """Another process is at work in the cache, and this must not happen beside it."""
    who = f"process {pid}" if pid else "another process"
    return CacheError(
        f"the cache `{folder}` is in use by {who}",
        retryable=True,
        details={"trouble": "busy", "folder": str(folder), "pid": pid},
        help="Wait until it has ended, then run the same command again.",
    )


def reason(error: OSError) -> str:
    """What the system says, in lower case and without the number."""
    return (error.strerror or str(error)).lower()


def _about(key: str, trouble: str, message: str, advice: str) -> CacheError:
    return CacheError(message, retryable=trouble == "unreadable", details={"trouble": trouble, "key": key}, help=advice)
