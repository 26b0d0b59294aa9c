"""`assetgen init`: a commented file to start from, and a whole scene to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli import terminal

ACTIONS = Path("actions.yaml")
EXAMPLE = Path("example.yaml")
SCHEMA = Path(".assetgen/schema.json")


def command(
    example: Annotated[bool, typer.Option("--example", help=f"Also write {EXAMPLE}: a whole scene to try.")] = False,
) -> int:
    """Write a commented actions.yaml to start from, and the schema that editors complete it by.

    \b
      assetgen init
      assetgen init --example
    """
    from assetgen import api
    from assetgen.cli.project import open_project

    wanted = EXAMPLE if example else ACTIONS
    _require_new(wanted)
    schema = api.schema(open_project().settings)
    written = [wanted] if ACTIONS.exists() or not example else [ACTIONS, wanted]
    _write(written, schema)
    *first, last = map(str, [*written, SCHEMA])
    terminal.write(f"wrote {', '.join(first)} and {last}")
    terminal.write(f"Next: assetgen run {wanted} --draft")
    return 0


def _require_new(path: Path) -> None:
    from assetgen.core.errors import ValidationError

    if path.exists() or path.is_symlink():
        raise ValidationError(f"`{path}` is here already; nothing was written", help="start in another folder")


def _write(paths: list[Path], schema: object) -> None:
    import json
    from importlib.resources import files

    from assetgen.core import durable

    durable.write(SCHEMA.absolute(), (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode())
    for path in paths:
        durable.write(path.absolute(), files("assetgen.cli").joinpath(f"templates/{path}").read_bytes())
