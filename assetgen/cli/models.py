"""`assetgen models`: the models that an actions file may name."""

from __future__ import annotations

from assetgen.cli import terminal
from assetgen.cli.options import Config, Json
from assetgen.cli.project import open_project


def command(json: Json = False, config: Config = None) -> int:
    """List the models that may be named: price, limits, provider, key, end-of-life date.

    \b
      assetgen models
      assetgen models --json
    """
    from assetgen.reporting import catalog

    project = open_project(config=config)
    offers, services, able = project.sold(), project.services, project.able()
    if json:
        terminal.print_json(catalog.models_as_json(offers, services, able))
    else:
        console = terminal.out()
        screen = catalog.models(
            offers,
            services,
            able,
            today=project.clock.now().date(),
            symbols=terminal.symbols(console),
            width=console.width,
        )
        terminal.show(console, screen)
    return 0
