"""One run: the folder claimed, the accounts joined, what was interrupted brought to its end, and then the work."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetgen.core.errors import StoppedError, StorageError
from assetgen.core.events import Listener
from assetgen.core.jobs import Plan
from assetgen.core.journal import Recovered, RowState
from assetgen.core.money import Usd
from assetgen.core.ports import Ledger
from assetgen.core.results import RunResult
from assetgen.core.secrets import Redactor
from assetgen.core.surveys import Consent, OnUnknown, Standing, Survey
from assetgen.execution import preflight
from assetgen.execution.limiter import SlotLimiter
from assetgen.execution.orders import Orders
from assetgen.execution.publishing import Publisher
from assetgen.execution.recovery import Recovery
from assetgen.execution.run import Run
from assetgen.execution.stopping import Stop
from assetgen.execution.wishes import Wishes
from assetgen.execution.workers import Workers
from assetgen.execution.workshop import Workshop
from assetgen.ledger.free import FreeLedger
from assetgen.ledger.paid import PaidLedger, Payer
from assetgen.ledger.walls import Limits
from assetgen.planning import choosing
from assetgen.planning.blocking import UNSURE
from assetgen.planning.records import WRITTEN, LastRun
from assetgen.providers.waits import allowance
from assetgen.reporting.events import RunLog
from assetgen.reporting.metrics import Metrics
from assetgen.reporting.tracker import Costs
from assetgen.storage import folder as out_folder

if TYPE_CHECKING:
    from assetgen.api.project import Project

logger = logging.getLogger("assetgen")

THREADS = 8
"""For what blocks: enough to keep a disk busy, and few enough not to keep the loop from its work."""
WAIT = 0.1
"""Seconds between two tries for a folder that another run has."""
REFUSED = -1
"""In place of an exit code, of a run that did not begin."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one run is asked for, beyond the settings.

    Attributes:
        only: Ids and patterns of the assets to make; what they need comes along.
        force: Make exactly those again, paying again.
        partial: Begin although the budget does not suffice for all, and buy in plan order up to it.
        rebuy: Buy once more what was lost, unusable or refused.
        on_unknown_limit: Send unknown outcomes again only while no more than this is at risk by it.
        upgrade_degraded: Make what an alternative model made again, with the first choice.
        approve: Asked once more before anything is bought; raises what refuses the run.
        waiting: Told the process id of another run that holds the output folder.
        recovering: Told how many attempts of interrupted runs are brought to their end first.
    """

    only: tuple[str, ...] = ()
    force: bool = False
    fail_fast: bool = False
    frozen: bool = False
    partial: bool = False
    rebuy: bool = False
    on_unknown: OnUnknown = OnUnknown.HOLD
    on_unknown_limit: Usd | None = None
    upgrade_degraded: bool = False
    listeners: tuple[Listener, ...] = ()
    stop: Stop = field(default_factory=Stop)
    approve: Callable[[Survey], None] = lambda survey: None
    waiting: Callable[[int], None] = lambda pid: None
    recovering: Callable[[int], None] = lambda attempts: None

    @property
    def consent(self) -> Consent:
        return Consent(self.rebuy, self.on_unknown, self.on_unknown_limit, self.upgrade_degraded)


def _upgrading(survey: Survey) -> frozenset[str]:
    return frozenset(standing.job.id for standing in survey.standings if standing.upgrade)


async def _leave(ledger: PaidLedger | FreeLedger, exit_code: int) -> None:
    """Leave the accounts; where that can't be written they stay open, which is no reason to lose the result."""
    try:
        await ledger.leave(exit_code)
    except StorageError as error:
        logger.warning("the budget account stays open: %s", error.message)


async def reconcile(project: Project) -> list[Recovered]:
    """Ask the services about every attempt that has no end, or an unknown one, where they can be asked.

    Raises:
        StorageError: The cache or the ledger can't be used.
    """
    running = Running(project, Plan(()), RunOptions())
    ledger = running.ledger()
    try:
        with running.cache.in_use(), Workers(THREADS) as workers:
            rows = await ledger.unfinished(UNSURE | {RowState.RECEIVED})
            shop = running.workshop(LastRun(), workers, ledger)
            try:
                return await Recovery(shop).all(rows)
            finally:
                await shop.close()
    finally:
        ledger.close()


class Running:
    """One run of a project's plan."""

    def __init__(self, project: Project, plan: Plan, options: RunOptions) -> None:
        self._project = project
        self._plan = plan
        self._options = options
        self._out = project.settings.out_folder
        self.cache = project.cache()

    async def __call__(self) -> RunResult:
        if not self._out.exists():
            # A run that is refused leaves no folder behind.
            self._check(self._survey(None), self._project.interrupted())
        out_folder.preflight(self._out)
        self.cache.preflight()
        ledger = self.ledger()
        await ledger.join()
        # What is refused before it began leaves the account of an interrupted run as it is.
        code = REFUSED
        try:
            result = await self._claimed_run(ledger)
            code = result.exit_code
        finally:
            await _leave(ledger, code)
        return result

    def ledger(self) -> PaidLedger | FreeLedger:
        settings = self._project.settings
        if settings.draft:
            return FreeLedger()
        limits = Limits(settings.max_cost, settings.max_cost_per_day, settings.max_cost_per_month)
        hosts = {name: self._project.market.hosts[name] for name in self._project.providers}
        out, project, askers = str(self._out.resolve()), str(settings.project_folder), self._project.askers()
        payer = Payer(self.cache.id, out, project, hosts, limits, askers)
        return PaidLedger(settings.state_dir, payer, self._project.clock)

    async def _claimed_run(self, ledger: PaidLedger | FreeLedger) -> RunResult:
        async with self._claimed():
            out_folder.mark(self._out, draft=self._project.settings.draft)
            out_folder.prepare(self._out, self._out / WRITTEN)
            with self.cache.in_use(), Workers(THREADS) as workers:
                last = self._project.last_run()
                shop = self.workshop(last, workers, ledger)
                try:
                    await self._recover(shop)
                    survey = self._survey(last)
                    self._check(survey, await ledger.spent())
                    return await self._run(survey, last, shop)
                finally:
                    await shop.close()

    def _survey(self, last: LastRun | None) -> Survey:
        options = self._options
        return self._project.survey(self._plan, options.only, force=options.force, last=last, consent=options.consent)

    def _check(self, survey: Survey, spent: Usd) -> None:
        options = self._options
        budget = self._project.settings.max_cost
        preflight.check(survey, budget, frozen=options.frozen, partial=options.partial, spent=spent)
        options.approve(survey)

    async def _recover(self, shop: Workshop) -> None:
        """Bring what was interrupted to its end; whoever stops that finds it again next time."""
        rows = await shop.ledger.unfinished()
        if not rows:
            return
        self._options.recovering(len(rows))
        recovering = asyncio.create_task(Recovery(shop).all(rows))
        stopping = asyncio.create_task(self._options.stop.asked())
        try:
            await asyncio.wait((recovering, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            recovering.cancel()
            await asyncio.wait((recovering, stopping))
        if recovering.cancelled():
            raise StoppedError("stopped while what was interrupted was looked for", self._options.stop.exit_code)
        recovering.result()

    @asynccontextmanager
    async def _claimed(self) -> AsyncIterator[None]:
        """The output folder for this run alone; another run that has it is waited for, until somebody stops that."""
        told, options = None, self._options
        while not options.stop.requested:
            with out_folder.attempt(self._out) as had:
                if had:
                    yield
                    return
                pid = out_folder.holder(self._out)
            if pid is not None and pid != told:
                options.waiting(pid)
                told = pid
            await self._project.clock.sleep(WAIT)
        raise StoppedError("stopped while waiting for another run", options.stop.exit_code)

    async def _run(self, survey: Survey, last: LastRun, shop: Workshop) -> RunResult:
        metrics, options = Metrics(), self._options
        with RunLog(self._out / out_folder.PRIVATE) as log:
            shop = dataclasses.replace(
                shop, listeners=(log, metrics, *options.listeners), began=self._project.clock.monotonic()
            )
            result = await Run(survey, shop, await self._orders(survey, last, shop.ledger), last.records)()
        return dataclasses.replace(result, metrics=metrics.figures(), out=str(self._out))

    async def _orders(self, survey: Survey, last: LastRun, ledger: Ledger) -> Orders:
        settings, options = self._project.settings, self._options
        kept = self._kept(survey, last)
        return Orders(
            concurrency=settings.concurrency,
            budget=settings.max_cost,
            fail_fast=options.fail_fast,
            ordered=self._may_not_suffice(survey, await ledger.spent()),
            wishes=Wishes(options.consent, options.frozen, _upgrading(survey)),
            forced=choosing.named(survey.plan, options.only) if options.force else frozenset(),
            kept={one.job.id: last.records[one.job.id] for one in kept},
            edited=frozenset(one.job.id for one in kept if one.edited),
        )

    def _may_not_suffice(self, survey: Survey, spent: Usd) -> bool:
        """Whether the order in which money is set aside can matter. What was set aside for others isn't known here."""
        settings = self._project.settings
        if settings.max_cost_per_day is not None or settings.max_cost_per_month is not None:
            return True
        return settings.max_cost is not None and spent + survey.total.max > settings.max_cost

    def _kept(self, survey: Survey, last: LastRun) -> tuple[Standing, ...]:
        """Assets of these files that still stand as they were made, and will unless they are made better.

        Those that were not chosen this time; and where what stands is made again, which may fail, all of them.
        """
        again = self._options.force or _upgrading(survey)
        chosen = set[str]() if again else {standing.job.id for standing in survey.standings}
        others = frozenset(job.id for job in survey.plan.jobs if job.id not in chosen and job.id in last.records)
        if not others:
            return ()
        return tuple(one for one in self._project.look(survey.plan, last, others).standings if one.present)

    def workshop(self, last: LastRun, workers: Workers, ledger: Ledger) -> Workshop:
        project = self._project
        slots = {name: project.slots(name) for name in project.providers}
        return Workshop(
            executors={executor.kind: executor for executor in project.executors.values()},
            providers=project.providers,
            keys=project.keys,
            storage=project.storage,
            publisher=Publisher(project.storage, project.storage, last, self._out / WRITTEN),
            cache=self.cache,
            ledger=ledger,
            limiter=SlotLimiter(
                project.settings.concurrency, slots, project.rates(), clock=project.clock, allowance=allowance
            ),
            costs=Costs(),
            clock=project.clock,
            stop=self._options.stop,
            workers=workers,
            redactor=Redactor(*project.keys.values()),
            jitter=random.random,
        )
