"""`assetgen models`: the models that an actions file may name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assetgen.cli import terminal
from assetgen.cli.options import Config, Json
from assetgen.cli.project import open_project

if TYPE_CHECKING:
    import datetime as dt

    from assetgen.core.offers import Offer


def command(json: Json = False, config: Config = None) -> int:
    """List the models that may be named: price, limits, provider, key, end-of-life date.

    \b
      assetgen models
      assetgen models --json
    """
    from assetgen.reporting import catalog

    project = open_project(config=config)
    offers, services, able = project.sold(), project.services, project.able()
    today = project.clock.now().date()
    if json:
        terminal.print_json(catalog.models_as_json(offers, services, able))
    else:
        console = terminal.out()
        screen = catalog.models(
            offers,
            services,
            able,
            today=today,
            symbols=terminal.symbols(console),
            width=console.width,
        )
        terminal.show(console, screen)
    _warn(offers, today)
    return 0


def _warn(offers: Iterable[Offer], today: dt.date) -> None:
    from assetgen.planning import ageing

    for finding in (one for offer in offers for one in ageing.findings(offer, today)):
        terminal.complain(f"warning[{finding.code}]", "warning", finding.message, finding.help)
