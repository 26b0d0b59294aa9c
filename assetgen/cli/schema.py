"""`assetgen schema`: the JSON Schema of an actions file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.options import Config
from assetgen.cli.project import open_project


def command(
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = None,
    config: Config = None,
) -> int:
    """Print the JSON Schema (draft-07) of an actions file, for editors and for language models.

    \b
      assetgen schema -o actions.schema.json
    """
    import json

    from assetgen import api
    from assetgen.core import durable

    document = api.schema(open_project(config=config).settings)
    if output is None:
        terminal.print_json(document)
    else:
        durable.write(output, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())
    return 0
