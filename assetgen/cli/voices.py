"""`assetgen voices`: which voice speaks for which gender and tone."""

from __future__ import annotations

from assetgen.cli import terminal
from assetgen.cli.options import Config, Draft, Json
from assetgen.cli.project import open_project


def command(draft: Draft = False, json: Json = False, config: Config = None) -> int:
    """List the voice of every gender and tone, for each model that speaks.

    \b
      assetgen voices
      assetgen voices --draft
    """
    from assetgen.reporting import catalog

    offers = open_project(config=config, draft=draft or None).sold()
    if json:
        terminal.print_json(catalog.voices_as_json(offers))
    else:
        console = terminal.out()
        terminal.show(console, catalog.voices(offers, symbols=terminal.symbols(console), width=console.width))
    return 0
