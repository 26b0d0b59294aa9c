"""The public functions, and the one place where the parts of the house are chosen and put together."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from assetgen.cache.cache import FileCache
from assetgen.catalog import draft as draft_rows
from assetgen.catalog import offers as chains
from assetgen.catalog import prices, voices
from assetgen.catalog.models import CHAINS, MODELS, Link
from assetgen.catalog.services import SERVICES
from assetgen.core import collector, nearest
from assetgen.core.actions import Kind
from assetgen.core.clock import SystemClock
from assetgen.core.errors import StoppedError, ValidationError
from assetgen.core.events import Listener
from assetgen.core.executor import AssetExecutor
from assetgen.core.jobs import Job, Plan
from assetgen.core.money import Price
from assetgen.core.offers import Offer, Seller, Service
from assetgen.core.ports import Clock, Provider
from assetgen.core.records import Record
from assetgen.core.results import RunResult
from assetgen.core.secrets import Secret
from assetgen.core.surveys import Standing, Survey
from assetgen.dsl import checking
from assetgen.dsl.checking import Document, Rules
from assetgen.dsl.problems import Problem
from assetgen.dsl.schema import json_schema
from assetgen.execution import preflight
from assetgen.execution.limiter import SlotLimiter
from assetgen.execution.publishing import Publisher
from assetgen.execution.run import Orders, Run
from assetgen.execution.stopping import Stop
from assetgen.execution.workshop import Workshop
from assetgen.executors.cutscene import CutsceneExecutor
from assetgen.executors.image import ImageExecutor
from assetgen.executors.pricing import price_of
from assetgen.executors.subtitle import SubtitleExecutor
from assetgen.ledger.free import FreeLedger
from assetgen.planning import choosing, jobs
from assetgen.planning.purchasing import Market
from assetgen.planning.records import WRITTEN, LastRun, read_last_run
from assetgen.planning.surveying import Surveyor
from assetgen.providers import environment as variables
from assetgen.providers.registry import ProviderModule, installed
from assetgen.reporting.events import RunLog
from assetgen.reporting.tally import Tally
from assetgen.reporting.tracker import Costs
from assetgen.settings import Settings, find_config, read_env_file
from assetgen.settings import load as load_settings
from assetgen.storage import folder as out_folder
from assetgen.storage.filesystem import FilesystemStorage

DRAFT = "draft"
POOL = 8
"""Threads for what blocks."""
WAIT = 0.1
"""Seconds between two tries for a folder that another run has."""


@dataclass(frozen=True)
class Project:
    """Settings and an environment, and all that follows from them."""

    settings: Settings
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def modules(self) -> dict[str, ProviderModule]:
        """The providers that this installation can speak to."""
        return installed()

    @cached_property
    def services(self) -> dict[str, Service]:
        return {**SERVICES, **{name: module.SERVICE for name, module in self.modules.items()}}

    @cached_property
    def chains(self) -> dict[str, tuple[Link, ...]]:
        """By model, who is asked: the user's chains over the built-in ones; in a draft the draft provider alone."""
        own = {
            name: tuple(Link(link.provider, link.model) for link in chain)
            for name, chain in self.settings.models.items()
        }
        known = {**CHAINS, **own}
        return dict.fromkeys(known, (Link(DRAFT),)) if self.settings.draft else known

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Everything that is sold, at the user's prices and with the user's voices."""
        foreign = tuple(offer for module in self.modules.values() for offer in module.OFFERS)
        known = (*chains.OFFERS, *foreign)
        kinds = {**{offer.model: offer.kind for offer in known}, **{name: model.kind for name, model in MODELS.items()}}
        images = tuple(name for name, kind in kinds.items() if kind is Kind.IMAGE)
        speech = tuple(name for name, kind in kinds.items() if kind is Kind.SUBTITLE)
        everything = (*(offer for offer in known if offer.provider != DRAFT), *draft_rows.offers(images, speech))
        return self._as_set_by_user(chains.with_own_models(self.chains, everything))

    def _as_set_by_user(self, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
        today = self.clock.now().date()
        own = {
            name: Price(price.usd, price.per, "assetgen.yaml", today) for name, price in self.settings.prices.items()
        }
        # A draft has voices of its own and costs nothing: what is set for real services stays out of it.
        return offers if self.settings.draft else voices.apply(prices.apply(offers, own), self.settings.voices)

    @cached_property
    def sellers(self) -> dict[str, tuple[Seller, ...]]:
        return {model: chains.sellers(model, self.chains, self.offers) for model in self.chains}

    @cached_property
    def executors(self) -> dict[str, AssetExecutor[Any]]:
        """By the `type` of an action."""
        settings, sellers = self.settings, self.sellers.__getitem__
        image = ImageExecutor(settings.defaults.image, settings.style.suffix, settings.image_format, MODELS, sellers)
        made: tuple[AssetExecutor[Any], ...] = (
            image,
            SubtitleExecutor(settings.defaults.subtitle, sellers),
            CutsceneExecutor(),
        )
        return {executor.kind.value: executor for executor in made}

    def check_names(self) -> None:
        """Raise ValidationError where a limit or a timeout is set for a service that nobody knows."""
        for setting, named in (("limits", self.settings.limits), ("timeouts", self.settings.timeouts)):
            for name in named:
                if name not in self.services:
                    advice = nearest.advice(name, self.services)
                    raise ValidationError(f"`{setting}`: no service is called `{name}`", help=advice)

    @cached_property
    def keys(self) -> dict[str, Secret]:
        found = {name: variables.key_of(service, self.environment) for name, service in self.services.items()}
        return {name: key for name, key in found.items() if key is not None}

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Those that are in some chain."""
        used = {seller.offer.provider for sellers in self.sellers.values() for seller in sellers}
        return {name: self.modules[name].connect(self.environment) for name in sorted(used) if name in self.modules}

    @cached_property
    def market(self) -> Market:
        hosts = {name: variables.host_class(service, self.environment) for name, service in self.services.items()}
        reasons = {name: reason for name in self.services if (reason := self._why_not(name))}
        return Market(self.providers, hosts, reasons, price_of)

    def _why_not(self, name: str) -> str:
        if name not in self.modules:
            return f"{name} can't be called by this version"
        needed = self.services[name].keys
        return f"{needed[0]} is not set" if needed and name not in self.keys else ""

    def sold(self) -> list[Offer]:
        """What the chains can come to, each offer once."""
        own = (one.offer for sellers in self.sellers.values() for one in sellers if not one.degraded)
        return list({(offer.provider, offer.model, offer.sold_as): offer for offer in own}.values())

    def able(self) -> frozenset[str]:
        """Services that can be asked as far as keys go."""
        return frozenset(name for name, service in self.services.items() if not service.keys or name in self.keys)

    @cached_property
    def rules(self) -> Rules:
        kinds = {model: sellers[0].offer.kind for model, sellers in self.sellers.items()}
        return Rules(
            image_models=tuple(model for model, kind in kinds.items() if kind is Kind.IMAGE),
            speech_models=tuple(model for model, kind in kinds.items() if kind is Kind.SUBTITLE),
            **self.settings.limits_of_input.model_dump(),
        )

    @cached_property
    def storage(self) -> FilesystemStorage:
        return FilesystemStorage(self.settings.out_folder, self.settings.storage.public_url)

    def cache(self) -> FileCache:
        """The cache of real assets, or of drafts. Raises CacheError when it can't be used."""
        return FileCache.open(self.settings.cache_dir / (DRAFT if self.settings.draft else "assets"))

    def load(self, inputs: Sequence[str | Path], stdin: BinaryIO | None = None) -> Document:
        return checking.load(inputs, self.rules, stdin)

    def problems(self, document: Document) -> tuple[Problem, ...]:
        """All problems of a document in the order of its files and lines, those of its assets included."""
        if not document.ok:
            return document.problems
        found = [*document.problems, *jobs.findings(document, self.executors)]
        order = {name: number for number, name in enumerate(document.files)}
        return tuple(sorted(found, key=lambda one: (order.get(one.file, 0), one.line, one.column)))

    def plan(self, document: Document) -> Plan:
        """Raises InvalidFilesError where the document has errors."""
        with collector.paused():
            return jobs.make_plan(document, self.executors, self.market, draft=self.settings.draft)

    def survey(
        self, plan: Plan, only: Sequence[str] = (), *, force: bool = False, last: LastRun | None = None
    ) -> Survey:
        """Where every chosen asset stands, beside the last run. Nothing is sent, and no output is touched."""
        out_folder.check_mark(self.settings.out_folder, draft=self.settings.draft)
        named = choosing.named(plan, only) if only else frozenset[str]()
        if force and not only:
            raise ValidationError("`--force` needs `--only`: say which assets to make again, and pay for again")
        chosen = choosing.with_needs(plan, named) if only else None
        return self._survey(plan, last or self.last_run(), chosen, named if force else frozenset())

    def _survey(
        self, plan: Plan, last: LastRun, chosen: frozenset[str] | None, forced: frozenset[str] = frozenset()
    ) -> Survey:
        with collector.paused():
            return Surveyor(self.storage, self.cache().find, last, self._outputs, forced).survey(plan, chosen)

    def standing(self, plan: Plan, identifier: str) -> Standing:
        """Where one asset stands. Raises ValidationError where nothing is called so."""
        chosen = choosing.named(plan, [identifier])
        return next(one for one in self.survey(plan).standings if one.job.id in chosen)

    def last_run(self) -> LastRun:
        """What the output folder remembers."""
        with collector.paused():
            return read_last_run(self.storage)

    def _outputs(self, job: Job) -> tuple[str, ...]:
        return self.executors[job.kind.value].outputs(job.action)

    async def run(self, plan: Plan, options: RunOptions) -> RunResult:
        """Generate what is missing.

        Raises:
            ValidationError: The options don't fit, or the folder holds the other kind of assets.
            BudgetError: The least that it costs is above the budget, or a price is unknown.
            MissingKeyError: Nobody can be asked for an asset that has to be bought.
            StorageError: The output folder or the cache can't be used.
        """
        out, cache = self.settings.out_folder, self.cache()
        if not out.exists():
            # A run that is refused leaves no folder behind.
            preflight.check(
                self.survey(plan, options.only, force=options.force), self.settings.max_cost, frozen=options.frozen
            )
        out_folder.preflight(out)
        cache.preflight()
        async with self._claimed(out, options):
            out_folder.mark(out, draft=self.settings.draft)
            out_folder.tidy(out, out / WRITTEN)
            with cache.in_use():
                last = self.last_run()
                survey = self.survey(plan, options.only, force=options.force, last=last)
                preflight.check(survey, self.settings.max_cost, frozen=options.frozen)
                with RunLog(out / out_folder.PRIVATE) as log:
                    return await self._run(survey, last, options, log)

    @asynccontextmanager
    async def _claimed(self, out: Path, options: RunOptions) -> AsyncIterator[None]:
        """The output folder for this run alone; another run that has it is waited for, until somebody stops that."""
        told = None
        while not options.stop.requested:
            with out_folder.attempt(out) as had:
                if had:
                    yield
                    return
                pid = out_folder.holder(out)
            if pid is not None and pid != told:
                options.waiting(pid)
                told = pid
            await self.clock.sleep(WAIT)
        raise StoppedError("stopped while waiting for another run", options.stop.exit_code)

    async def _run(self, survey: Survey, last: LastRun, options: RunOptions, log: Listener) -> RunResult:
        tally = Tally()
        forced = choosing.named(survey.plan, options.only) if options.force else frozenset[str]()
        kept = self._kept(survey, last)
        orders = Orders(self.settings.concurrency, self.settings.max_cost, options.fail_fast, forced, kept)
        with ThreadPoolExecutor(POOL, thread_name_prefix="assetgen") as pool:
            shop = self._workshop(last, pool, options.stop, (log, tally, *options.listeners))
            result = await Run(survey, shop, orders, last.records)()
        return dataclasses.replace(result, metrics=tally.metrics(), out=str(self.settings.out_folder))

    def _kept(self, survey: Survey, last: LastRun) -> dict[str, Record]:
        """Records of assets of these files that were not chosen this time, and still stand as they were made."""
        chosen = {standing.job.id for standing in survey.standings}
        others = frozenset(job.id for job in survey.plan.jobs if job.id not in chosen and job.id in last.records)
        if not others:
            return {}
        around = self._survey(survey.plan, last, others)
        return {one.job.id: last.records[one.job.id] for one in around.standings if one.present}

    def _workshop(
        self, last: LastRun, pool: ThreadPoolExecutor, stop: Stop, listeners: tuple[Listener, ...]
    ) -> Workshop:
        journal = self.settings.out_folder / WRITTEN
        return Workshop(
            executors={executor.kind: executor for executor in self.executors.values()},
            providers=self.providers,
            keys=self.keys,
            storage=self.storage,
            publisher=Publisher(self.storage, self.storage, last, journal),
            cache=self.cache(),
            ledger=FreeLedger(),
            limiter=SlotLimiter(self.settings.concurrency, {name: self._slots(name) for name in self.providers}),
            costs=Costs(),
            clock=self.clock,
            stop=stop,
            pool=pool,
            jitter=random.random,
            listeners=listeners,
            began=self.clock.monotonic(),
        )

    def _slots(self, provider: str) -> int:
        own = self.settings.limits.get(provider)
        return own.concurrency if own and own.concurrency else self.services[provider].concurrency


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one run is asked for, beyond the settings.

    Attributes:
        only: Ids and patterns of the assets to make; what they need comes along.
        force: Make exactly those again, paying again.
        waiting: Told the process id of another run that holds the output folder.
    """

    only: tuple[str, ...] = ()
    force: bool = False
    fail_fast: bool = False
    frozen: bool = False
    listeners: tuple[Listener, ...] = ()
    stop: Stop = field(default_factory=Stop)
    waiting: Callable[[int], None] = lambda pid: None


def load(source: str | Path | Mapping[str, Any] | Sequence[Any], settings: Settings | None = None) -> Document:
    """Read actions from a file, from text, or from a value that is already read.

    A single line of text, or a path, names a file; everything else is the actions themselves. Problems are in the
    document; planning it raises them.
    """
    project = Project(settings or Settings())
    if isinstance(source, Path) or (
        isinstance(source, str) and "\n" not in source and not source.lstrip().startswith("{")
    ):
        return project.load([source])
    return checking.parse(source, project.rules)


def plan(document: Document, settings: Settings | None = None) -> Plan:
    """Jobs, their order, purchases with their keys, and prices. Pure. Raises InvalidFilesError."""
    return Project(settings or Settings()).plan(document)


def survey(plan: Plan, settings: Settings | None = None) -> Survey:
    """The plan beside the cache and the output folder: what is cached, new or changed, and why."""
    return Project(settings or Settings()).survey(plan)


async def run(plan: Plan, settings: Settings | None = None, options: RunOptions | None = None) -> RunResult:
    """Generate what is missing, and report how every asset ended. See `Project.run` for what it raises."""
    return await Project(settings or Settings()).run(plan, options or RunOptions())


def run_sync(plan: Plan, settings: Settings | None = None, options: RunOptions | None = None) -> RunResult:
    """`run`, where no event loop runs."""
    return asyncio.run(run(plan, settings, options))


def schema(settings: Settings) -> dict[str, Any]:
    """The JSON Schema (draft-07) of an actions file."""
    return json_schema(Project(settings).rules)


def open_project(
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    config: Path | None = None,
    beside: Path | None = None,
) -> Project:
    """A project as a command means it: options over the environment over an env file over `assetgen.yaml`.

    Args:
        options: By the settings' names; None counts as not given.
        beside: The folder of the first actions file.

    Raises:
        ValidationError: A setting is wrong or unknown.
    """
    path = find_config(config, beside)
    file = read_env_file((path.parent if path else Path()) / ".env")
    services = (*SERVICES.values(), *(module.SERVICE for module in installed().values()))
    merged = variables.merged(environment, file, services)
    project = Project(load_settings(options, merged, config=config, beside=beside), merged)
    project.check_names()
    return project
