"""Whether all is well: files, services, models, folders, and the program itself."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetgen import __version__
from assetgen.api.places import folder_checks
from assetgen.api.program import program_checks
from assetgen.api.services import clock_checks, service_checks
from assetgen.api.soundings import Sounding
from assetgen.core.actions import JSON
from assetgen.core.errors import AssetGenerationError, InvalidFilesError
from assetgen.core.examination import Area, Check, Examination, Level
from assetgen.core.jobs import Candidate
from assetgen.core.offers import Offer
from assetgen.core.surveys import Survey
from assetgen.dsl.checking import Document
from assetgen.planning import ageing
from assetgen.planning.lacking import BUYING, lacks, own_sellers

if TYPE_CHECKING:
    from assetgen.api.project import Project


@dataclass(frozen=True, slots=True)
class Demand:
    """What is wanted of whom.

    Attributes:
        offers: What may be bought.
        assets: By service, how many assets of a model that it sells are to be bought, 0 for one that only stands in;
            empty where no file was read.
        lacking: By service without which some assets can't be made, all services that could make them.
    """

    offers: tuple[Offer, ...]
    assets: Mapping[str, int] = field(default_factory=dict)
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def examine(project: Project, document: Document | None, real: Mapping[str, str]) -> Examination:
    """Look at everything that a run would need. Whatever is wrong becomes a check; nothing is spent.

    Args:
        document: The files that are to be made; None for all that the configuration could come to.
        real: The process's own environment, to tell which keys come from it and which from an env file.
    """
    folders = tuple(folder_checks(project))
    demand, files = _demand(project, document)
    soundings = await Sounding(project, real).all(_services(project, demand))
    checks = (
        *files,
        *service_checks(soundings, demand.assets, demand.lacking),
        *_models(demand.offers, project),
        *folders,
        *program_checks(),
        *clock_checks(soundings),
    )
    return Examination(checks, _versions())


def _versions() -> dict[str, str]:
    return {
        "assetgen": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
    }


def _services(project: Project, demand: Demand) -> list[str]:
    """Those that are asked: what the files come to, else what the chains come to and whatever has a key."""
    used = {offer.provider for offer in demand.offers}
    wanted = demand.assets or used | project.keys.keys()
    return [name for name, service in project.services.items() if name in wanted and service.keys]


def _demand(project: Project, document: Document | None) -> tuple[Demand, tuple[Check, ...]]:
    everything = Demand(tuple(project.sold()))
    if document is None:
        return everything, ()
    names = ", ".join(document.files)
    try:
        survey = project.survey(project.plan(document))
    except InvalidFilesError as error:
        return everything, (_failed(names, error, "`assetgen validate` names them all"),)
    except AssetGenerationError as error:
        return everything, (_failed(names, error, error.help),)
    return _demand_of(survey), (_surveyed(names, survey),)


def _failed(names: str, error: AssetGenerationError, advice: str) -> Check:
    return Check(Area.FILES, names, Level.PROBLEM, error.message, advice, error.exit_code)


def _surveyed(names: str, survey: Survey) -> Check:
    counts: dict[str, JSON] = {state.value: number for state, number in survey.counts.items()}
    said = ", ".join(f"{number} {state}" for state, number in counts.items()) or "no assets"
    details: dict[str, JSON] = {"counts": counts}
    if counts.get("unpriced"):
        advice = "set `prices:` in assetgen.yaml: what has no price is not bought"
        return Check(Area.FILES, names, Level.PROBLEM, said, advice, 3, details)
    return Check(Area.FILES, names, Level.GOOD, said, details=details)


def _demand_of(survey: Survey) -> Demand:
    jobs = [standing.job for standing in survey.standings if standing.state in BUYING]
    offers = {(one.provider, one.sold_as): one for job in jobs for one in _offers(job.candidates)}
    assets = {offer.provider: 0 for offer in offers.values()}
    for job in jobs:
        for name in {offer.provider for offer in _offers(own_sellers(job))}:
            assets[name] += 1
    lacking = {name: tuple(lack.reasons) for lack in lacks(survey.standings) for name in lack.reasons}
    return Demand(tuple(offers.values()), assets, lacking)


def _offers(candidates: Iterable[Candidate]) -> Iterator[Offer]:
    return (candidate.offer for candidate in candidates)


def _models(offers: Iterable[Offer], project: Project) -> Iterator[Check]:
    sold = list(offers)
    today = project.clock.now().date()
    for finding in (one for offer in sold for one in ageing.findings(offer, today)):
        yield Check(Area.MODELS, finding.code, Level.WARNING, finding.message, finding.help)
    days = [offer.price.checked for offer in sold if offer.price]
    unknown = [f"`{offer.provider}/{offer.model}`" for offer in sold if offer.price is None]
    if unknown:
        said = f"nobody knows the price of {', '.join(unknown)}"
        advice = "set `prices:` in assetgen.yaml: what has no price is not bought"
        yield Check(Area.MODELS, "prices", Level.WARNING, said, advice, details={"known": len(days), "of": len(sold)})
    elif days:
        said = f"all {len(days)} known, the oldest read on {min(days)}"
        details: dict[str, JSON] = {"known": len(days), "of": len(sold), "oldest": str(min(days))}
        yield Check(Area.MODELS, "prices", Level.GOOD, said, details=details)
