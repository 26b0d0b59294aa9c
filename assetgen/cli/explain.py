"""`assetgen explain`: a problem's, failure's or warning's code in two paragraphs."""

from __future__ import annotations

from typing import Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.options import Json


def command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as unknown_reference; `list` names them all.")],
    json: Json = False,
) -> int:
    """Explain a code: what it means, and what to do.

    \b
      assetgen explain unknown_reference
      assetgen explain list
    """
    import dataclasses

    from assetgen.catalog.codes import EXPLANATIONS
    from assetgen.core import nearest
    from assetgen.core.errors import ValidationError
    from assetgen.reporting import asset

    if code == "list":
        terminal.write("\n".join(sorted(EXPLANATIONS)))
        return 0
    found = EXPLANATIONS.get(code.replace("-", "_"))
    if found is None:
        raise ValidationError(f"no code is called `{code}`", help=nearest.advice(code, EXPLANATIONS))
    if json:
        fields = {name: str(value) for name, value in dataclasses.asdict(found).items()}
        terminal.print_json({"schema": "assetgen/explanation@1", **fields})
    else:
        console = terminal.out()
        terminal.show(console, asset.explain(found))
    return 0
