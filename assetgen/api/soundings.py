"""Asking every service, for nothing, whether it answers and takes its key."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from assetgen.core.errors import ValidationError
from assetgen.core.offers import Service
from assetgen.core.provider import AttemptError, Prober, Provider
from assetgen.providers import environment as variables

if TYPE_CHECKING:
    from assetgen.api.project import Project

DEADLINE = 5.0
"""Seconds for one answer; all services are asked at the same time."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """What is known of one service.

    Attributes:
        variable: The one that holds its key, or that would.
        source: Where the key comes from, `environment` or `.env`; empty where there is none.
        address: The base URL in use; empty where it can't be used.
        trouble: The contract's failure code; empty where it answered well, or was not asked.
        seconds: How long the answer took; None where none came.
        skew: Seconds by which the service's clock is ahead of ours; None where it doesn't tell.
    """

    service: Service
    variable: str
    source: str
    address: str
    host: str
    trouble: str = ""
    said: str = ""
    advice: str = ""
    seconds: float | None = None
    skew: float | None = None


@dataclass(frozen=True, slots=True)
class Sounding:
    """Asks the services of a project; `real` is the process's own environment."""

    project: Project
    real: Mapping[str, str]

    async def all(self, names: Iterable[str]) -> list[Sounded]:
        """Every service, in this order; none is waited for longer than its deadline."""
        return list(await asyncio.gather(*map(self._sound, names)))

    async def _sound(self, name: str) -> Sounded:
        known = self._known(name)
        if name not in self.project.modules:
            return replace(known, trouble="model_unavailable", said="it can't be called by this version")
        try:
            provider = self.project.modules[name].connect(self.project.environment, DEADLINE)
        except ValidationError as error:
            return replace(known, address="", trouble="invalid_request", said=error.message, advice=error.help)
        try:
            return await self._asked(known, provider) if known.source else known
        finally:
            await provider.close()

    def _known(self, name: str) -> Sounded:
        project, service = self.project, self.project.services[name]
        holding = [one for one in service.keys if project.environment.get(one, "").strip()]
        variable = (holding or list(service.keys))[0]
        source = ("environment" if self.real.get(variable, "").strip() else ".env") if holding else ""
        address = project.environment.get(service.base_url_variable, "").strip() or service.base_url
        return Sounded(service, variable, source, address, variables.host_class(service, project.environment))

    async def _asked(self, known: Sounded, provider: Provider) -> Sounded:
        if not isinstance(provider, Prober):
            return replace(known, said="it can't be asked for nothing")
        clock = self.project.clock
        began = clock.monotonic()
        try:
            probed = await provider.probe(DEADLINE)
        except AttemptError as error:
            return replace(known, trouble=error.outcome.code, said=error.outcome.message)
        seconds, skew = clock.monotonic() - began, _skew(probed.date, clock.now())
        return replace(known, trouble=probed.code, said=probed.message, seconds=seconds, skew=skew)


def _skew(date: str, now: dt.datetime) -> float | None:
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return None
    return ((told if told.tzinfo else told.replace(tzinfo=dt.UTC)) - now).total_seconds()
