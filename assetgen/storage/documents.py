"""How JSON documents are written for people and programs to read."""

from __future__ import annotations

import json

from assetgen.core.actions import JSON


def dump(value: JSON) -> bytes:
    """UTF-8, two spaces, a final newline, keys in the order given."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
