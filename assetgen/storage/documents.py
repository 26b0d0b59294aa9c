"""How JSON documents are written for people and programs to read."""

from __future__ import annotations

import io
import itertools
import json

from assetgen.core.actions import JSON

AT_ONCE = 1000


def dump(value: JSON) -> bytes:
    """UTF-8, two spaces, a final newline, keys in the order given.

    Encoded piece by piece: all pieces of a large document at once take five times its size.
    """
    pieces = json.JSONEncoder(indent=2, ensure_ascii=False, allow_nan=False).iterencode(value)
    data = io.BytesIO()
    while some := "".join(itertools.islice(pieces, AT_ONCE)):
        data.write(some.encode())
    data.write(b"\n")
    return data.getvalue()
