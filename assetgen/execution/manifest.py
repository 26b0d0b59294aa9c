"""The manifest: what stands in the output folder, for games to read. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assetgen import __version__
from assetgen.core.actions import JSON, Kind
from assetgen.core.records import Record
from assetgen.core.results import AssetResult, Failure, Generated
from assetgen.execution.sharing import cost

PARTS = {Kind.IMAGE: "images", Kind.SUBTITLE: "audio", Kind.CUTSCENE: "cutscenes"}


def manifest(records: Iterable[Record], failures: Iterable[Failure], *, draft: bool) -> dict[str, JSON]:
    """The whole document, sorted by id."""
    parts: dict[str, list[JSON]] = {name: [] for name in PARTS.values()}
    for record in sorted(records, key=lambda one: one.id):
        parts[PARTS[record.kind]].append(dict(record.entry))
    return {
        "schema": "assetgen/manifest@1",
        "generator": f"assetgen {__version__}",
        "draft": draft,
        **{name: list(entries) for name, entries in parts.items()},
        "failed": [_failed(failure) for failure in sorted(failures, key=lambda one: one.id)],
    }


def entry(kind: Kind, result: AssetResult, made: Iterable[Generated], owners: Mapping[str, str]) -> dict[str, JSON]:
    """One asset's line. Where several ids share a purchase, the first over all files carries its cost."""
    main = result.files[0]
    line: dict[str, JSON] = {
        "id": result.id,
        "path": main.path,
        "url": main.url,
        "sha256": main.sha256,
        "bytes": main.bytes,
        "media_type": main.media_type,
        **result.metadata,
    }
    paid = {one.purchase.key: one.paid for one in made}
    return line if kind is Kind.CUTSCENE else {**line, **cost(result.id, paid, owners)}


def _failed(failure: Failure) -> dict[str, JSON]:
    return {
        "id": failure.id,
        "type": failure.kind.value,
        "status": failure.status.value,
        "code": failure.code,
        "message": failure.message,
        "paid_usd": str(failure.paid),
        "unknown_usd": str(failure.unknown),
    }
