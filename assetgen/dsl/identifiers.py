"""Ids: what one may look like, and which two would become one file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from assetgen.dsl.actions import LONGEST_ID

LONGEST_PART = 200
"""Bytes of a part between `/`: file systems allow 255, and the name gets an ending."""

_PLAIN = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_PUNCTUATION = frozenset("_-. ")
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".mp3", ".vtt", ".json")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{name}{number}" for name in ("com", "lpt") for number in range(10)}
)


def collision_key(identifier: str) -> str:
    """Two ids with one key are one: on some disks case and Unicode's normal forms make no difference."""
    if identifier.isascii():
        return identifier.lower()
    folded = unicodedata.normalize("NFC", identifier).casefold()
    return unicodedata.normalize("NFC", folded)


def length_fault(identifier: str) -> str | None:
    """What is wrong with the length of any id."""
    if len(identifier) > LONGEST_ID:
        return f"has {len(identifier)} characters; the most is {LONGEST_ID}"
    return None


def fault(identifier: str) -> str | None:
    """What is wrong with the id of an asset, which becomes the name of a file."""
    parts = identifier.split("/")
    if _PLAIN.fullmatch(identifier) and len(identifier) <= LONGEST_PART:
        return next(filter(None, map(_reserved, parts)), None)
    return next(filter(None, map(_part_fault, parts)), None)


def shared_folder(identifier: str, ids: Mapping[str, object]) -> str | None:
    """The key of another id whose file would have the name of one of this id's folders: `a` beside `a.png/b`."""
    for folder in _folders(collision_key(identifier)):
        for ending in _ENDINGS:
            if folder.endswith(ending) and folder.removesuffix(ending) in ids:
                return folder.removesuffix(ending)
    return None


def _folders(key: str) -> Iterable[str]:
    return (key[: match.start()] for match in re.finditer("/", key))


def _part_fault(part: str) -> str | None:
    if not part.strip(". "):
        return f"has the part `{part}`, which is no name" if part else "has an empty part"
    if part[0] in ". " or part[-1] in ". ":
        return "has a part that begins or ends with a dot or a space"
    wrong = next((character for character in part if not _allowed(character)), None)
    if wrong is not None:
        return f"has the character {_shown(wrong)}, which may not stand in an id"
    size = len(part.encode())
    return f"has a part of {size} bytes; the most is {LONGEST_PART}" if size > LONGEST_PART else _reserved(part)


def _reserved(part: str) -> str | None:
    stem = part.partition(".")[0].rstrip(" ").casefold()
    return f"uses the name {stem.upper()}, which Windows reserves" if stem in _DEVICES else None


def _allowed(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd" or character in _PUNCTUATION


def _shown(character: str) -> str:
    return f"`{character}`" if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
