"""Settings and an environment, and all that follows from them: models, prices, providers, plans, surveys."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from assetgen.api.running import Running, RunOptions, reconcile
from assetgen.cache.cache import FileCache
from assetgen.catalog import draft as draft_rows
from assetgen.catalog import offers as chains
from assetgen.catalog import prices, voices
from assetgen.catalog.models import CHAINS, MODELS, Link
from assetgen.catalog.services import SERVICES
from assetgen.core import collector, nearest
from assetgen.core.actions import Kind
from assetgen.core.clock import SystemClock
from assetgen.core.errors import ValidationError
from assetgen.core.executor import AssetExecutor
from assetgen.core.jobs import Job, Plan
from assetgen.core.journal import Recovered, Row
from assetgen.core.money import Price, Usd
from assetgen.core.offers import Offer, Seller, Service
from assetgen.core.ports import Clock
from assetgen.core.provider import Provider
from assetgen.core.results import RunResult
from assetgen.core.secrets import Secret
from assetgen.core.surveys import Consent, Standing, Survey
from assetgen.dsl import checking
from assetgen.dsl.checking import Document, Rules
from assetgen.dsl.problems import Problem
from assetgen.executors.cutscene import CutsceneExecutor
from assetgen.executors.image import ImageExecutor
from assetgen.executors.pricing import price_of
from assetgen.executors.subtitle import SubtitleExecutor
from assetgen.ledger.journal import Journal
from assetgen.ledger.marks import Marker
from assetgen.planning import choosing, jobs
from assetgen.planning.purchasing import Market
from assetgen.planning.records import LastRun, read_last_run
from assetgen.planning.surveying import Surveyor
from assetgen.providers import environment as variables
from assetgen.providers.registry import ProviderModule, installed
from assetgen.settings import Settings, find_config, read_env_file
from assetgen.settings import load as load_settings
from assetgen.storage import folder as out_folder
from assetgen.storage.filesystem import FilesystemStorage

DRAFT = "draft"


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
        """By the `type` of an action. Raises ValidationError where a default names a model that nobody knows."""
        self._check_defaults()
        settings, sellers = self.settings, self.sellers.__getitem__
        image = ImageExecutor(
            settings.defaults.image,
            settings.style.suffix,
            settings.image_format,
            MODELS,
            sellers,
            reject_blank=settings.reject_blank,
        )
        made: tuple[AssetExecutor[Any], ...] = (
            image,
            SubtitleExecutor(settings.defaults.subtitle, sellers),
            CutsceneExecutor(settings.storage.public_url),
        )
        return {executor.kind.value: executor for executor in made}

    def check_names(self) -> None:
        """Raise ValidationError where a setting names a service or a model that nobody knows."""
        for setting, named in (("limits", self.settings.limits), ("timeouts", self.settings.timeouts)):
            for name in named:
                if name not in self.services:
                    advice = nearest.advice(name, self.services)
                    raise ValidationError(f"`{setting}`: no service is called `{name}`", help=advice)
        self._check_defaults()

    def _check_defaults(self) -> None:
        defaults, rules = self.settings.defaults, self.rules
        for section, model, known in (
            ("image", defaults.image.model, rules.image_models),
            ("subtitle", defaults.subtitle.model, rules.speech_models),
        ):
            if model not in known:
                advice = nearest.advice(model, known)
                raise ValidationError(f"`defaults.{section}.model`: no such model is called `{model}`", help=advice)

    @cached_property
    def keys(self) -> dict[str, Secret]:
        found = {name: variables.key_of(service, self.environment) for name, service in self.services.items()}
        return {name: key for name, key in found.items() if key is not None}

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Those that are in some chain."""
        used = {seller.offer.provider for sellers in self.sellers.values() for seller in sellers}
        return {
            name: self.modules[name].connect(self.environment, self.timeout(name))
            for name in sorted(used)
            if name in self.modules
        }

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
        return jobs.all_problems(document, self.executors)

    def plan(self, document: Document) -> Plan:
        """Raises InvalidFilesError where the document has errors."""
        with collector.paused():
            return jobs.make_plan(document, self.executors, self.market, draft=self.settings.draft)

    def survey(
        self,
        plan: Plan,
        only: Sequence[str] = (),
        *,
        force: bool = False,
        last: LastRun | None = None,
        consent: Consent = Consent(),
    ) -> Survey:
        """Where every chosen asset stands, beside the last run. Nothing is sent, and no output is touched."""
        out_folder.check_mark(self.settings.out_folder, draft=self.settings.draft)
        named = choosing.named(plan, only) if only else frozenset[str]()
        if force and not only:
            raise ValidationError("`--force` needs `--only`: say which assets to make again, and pay for again")
        chosen = choosing.with_needs(plan, named) if only else None
        return self.look(plan, last or self.last_run(), chosen, named if force else frozenset(), consent)

    def look(
        self,
        plan: Plan,
        last: LastRun,
        chosen: frozenset[str] | None,
        forced: frozenset[str] = frozenset(),
        consent: Consent = Consent(),
    ) -> Survey:
        """Where assets stand beside a run that is already read."""
        cache = self.cache()
        with collector.paused():
            surveyor = Surveyor(
                self.storage,
                cache.find,
                last,
                self._outputs,
                forced,
                self._rows_of(cache),
                consent,
                cache.resolution,
                self.clock,
            )
            return surveyor.survey(plan, chosen)

    def _rows_of(self, cache: FileCache) -> Callable[[], Mapping[str, Row]]:
        """What the journal has for the purchases of a cache, read once and only where it is asked for."""

        @functools.cache
        def rows() -> Mapping[str, Row]:
            journal = self.journal()
            return journal.standing(cache.id) if journal is not None else {}

        return rows

    def journal(self) -> Journal | None:
        """The ledger of paid calls; None where nothing was ever paid, and for drafts. Raises StorageError."""
        return None if self.settings.draft else Journal.find(self.settings.state_dir)

    def interrupted(self) -> Usd:
        """What runs into this output folder that were interrupted have spent."""
        journal = self.journal()
        if journal is None:
            return Usd()
        out = str(self.settings.out_folder.resolve())
        hosts = {self.market.hosts[name] for name in self.providers}
        return max((journal.open_account(out, host) for host in hosts), default=Usd())

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
            StorageError: The output folder, the cache or the ledger can't be used.
        """
        return await Running(self, plan, options)()

    def askers(self) -> dict[str, str]:
        """By provider, a mark of the address and the key that it is asked with."""
        marker = Marker(self.settings.state_dir)
        found = {}
        for name in self.providers:
            service = self.services[name]
            address = self.environment.get(service.base_url_variable, "") or service.base_url
            key = self.keys.get(name)
            found[name] = marker.mark(address, key.reveal() if key is not None else "")
        return found

    async def reconcile(self) -> list[Recovered]:
        """Ask the services about every attempt without a known end; see `running.reconcile`."""
        return await reconcile(self)

    def timeout(self, provider: str) -> float:
        """Seconds after which a call is given up."""
        return self.settings.timeouts.get(provider, self.services[provider].timeout)

    def slots(self, provider: str) -> int:
        """How many calls one account takes at once."""
        own = self.settings.limits.get(provider)
        return own.concurrency if own and own.concurrency else self.services[provider].concurrency

    def rates(self) -> dict[str, float]:
        """Requests a minute of each account whose rate is known: as set, or the service's own at its own address."""
        return {name: rate for name in self.providers if (rate := self._rate(name)) is not None}

    def _rate(self, provider: str) -> float | None:
        own = self.settings.limits.get(provider)
        if own and own.requests_per_minute:
            return own.requests_per_minute
        at_home = self.market.hosts[provider] == "real"
        return self.services[provider].requests_per_minute if at_home else None


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
