"""`assetgen init`: a commented file to start from."""

from __future__ import annotations

from pathlib import Path

from assetgen.cli import terminal

ACTIONS = Path("actions.yaml")
SCHEMA = Path(".assetgen/schema.json")


def command() -> int:
    """Write a commented actions.yaml to start from, and the schema that editors complete it by.

    \b
      assetgen init
      assetgen run actions.yaml --draft
    """
    import json
    from importlib.resources import files

    from assetgen import api
    from assetgen.cli.project import open_project
    from assetgen.core import durable
    from assetgen.core.errors import ValidationError

    if ACTIONS.exists():
        raise ValidationError(f"`{ACTIONS}` is here already; nothing was written", help="start in another folder")
    schema = api.schema(open_project().settings)
    durable.write(SCHEMA, (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode())
    durable.write(ACTIONS, files("assetgen.cli").joinpath("templates/actions.yaml").read_bytes())
    terminal.write(f"wrote {ACTIONS} and {SCHEMA}")
    terminal.write(f"Next: assetgen run {ACTIONS} --draft")
    return 0
