"""One run: adopt what stands, make the rest, write the manifest. Reports listen; nothing here prints."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from assetgen.core import collector
from assetgen.core.actions import JSON, Kind
from assetgen.core.context import ExecutionContext
from assetgen.core.errors import AssetGenerationError, CacheError, StorageError
from assetgen.core.events import ActionStarted, RunFinished, RunStarted, RunStopping
from assetgen.core.jobs import Job
from assetgen.core.money import Usd
from assetgen.core.records import Record
from assetgen.core.results import AssetResult, Making, OutputFile, RunResult
from assetgen.core.surveys import Standing, State, Survey
from assetgen.execution import endings
from assetgen.execution.book import Book, remembered
from assetgen.execution.desk import Desk
from assetgen.execution.locks import KeyLocks
from assetgen.execution.manifest import entry, manifest
from assetgen.execution.orders import Orders
from assetgen.execution.produce import Production
from assetgen.execution.publishing import edited
from assetgen.execution.recovery import Recovery
from assetgen.execution.scheduler import Scheduler
from assetgen.execution.sharing import carried, carriers, costed, shares
from assetgen.execution.stops import Stops
from assetgen.execution.wall import Turns, Wall
from assetgen.execution.warming import warmed
from assetgen.execution.workshop import Workshop
from assetgen.planning.blocking import keys
from assetgen.planning.records import MANIFEST, PLAN, dump

T = TypeVar("T")

logger = logging.getLogger("assetgen")

LOCAL = ("local", "")
"""The seller of what is made here."""


class Run:
    """One run from its survey to its manifest."""

    def __init__(self, survey: Survey, shop: Workshop, orders: Orders, old: Mapping[str, Record]) -> None:
        self._survey = survey
        self._shop = shop
        self._orders = orders
        self._old = old
        self._book = Book(survey, shop.emit)
        self._desk = Desk(
            locks=KeyLocks(shop.cache, shop.clock),
            wall=Wall(shop.ledger, shop.clock, Turns(ordered=orders.ordered), orders.budget, shop.emit),
            stops=Stops(shop.emit),
            recovery=Recovery(shop),
            wishes=orders.wishes,
        )
        self._under_way: dict[str, Production] = {}

    async def __call__(self) -> RunResult:
        self._announce()
        for name in self._orders.edited:
            self._book.edited[name] = self._as_it_stands(self._orders.kept[name])
        with collector.paused():
            waiting = self._adopt_what_stands()
        scheduler = Scheduler({name: one.job.needs for name, one in waiting.items()})
        work = scheduler.run(lambda name: self._perform(waiting[name]), self._orders.alive)
        at_once = 0 if self._orders.wishes.frozen else self._orders.concurrency
        async with warmed(
            self._survey, self._shop.providers, at_once, partial(self._shop.work, self._shop.cache.expect)
        ):
            await self._until_stopped(work)
        for name, standing in waiting.items():
            if not self._book.ended(name):
                self._cut_off(standing.job)
        return await self._finish()

    def _cut_off(self, job: Job) -> None:
        production = self._under_way.get(job.id)
        if production is None:
            self._book.skipped(job, "cancelled", "the run ended before it was finished")
            return
        failure = endings.cut_off(job, production.progress)
        self._book.spent[job.id] = failure.paid + failure.unknown
        self._book.failed(failure)

    def _announce(self) -> None:
        kinds: dict[Kind, tuple[int, int]] = {}
        for standing in self._survey.standings:
            total, cached = kinds.get(standing.job.kind, (0, 0))
            kinds[standing.job.kind] = (total + 1, cached + (standing.state is State.CACHED))
        counts = self._survey.counts
        self._shop.emit(
            RunStarted(
                self._survey.plan.files,
                len(self._survey.standings),
                counts.get(State.CACHED, 0),
                counts.get(State.NEW, 0),
                counts.get(State.CHANGED, 0),
                kinds,
                self._survey.total,
                self._orders.budget,
                self._orders.concurrency,
                self._survey.plan.draft,
            )
        )

    def _adoptable(self) -> set[str]:
        """Assets that stand as they were made, and so does all that they need."""
        present = {one.job.id: one.job for one in self._survey.standings if one.present}
        adoptable = present.keys() - self._orders.forced
        while stuck := {name for name in adoptable if not adoptable.issuperset(present[name].needs)}:
            adoptable -= stuck
        return adoptable

    def _adopt_what_stands(self) -> dict[str, Standing]:
        """Take over what needs no work, and return the rest by id."""
        adoptable = self._adoptable()
        for standing in self._survey.standings:
            if standing.job.id in adoptable:
                self._adopt(standing)
        return {one.job.id: one for one in self._survey.standings if one.job.id not in adoptable}

    def _adopt(self, standing: Standing) -> None:
        """Take over what stands as it was made, or as somebody edited it."""
        job, record = standing.job, self._old[standing.job.id]
        result = remembered(record, self._shop.storage.get_url)
        if standing.edited:
            self._book.edited[job.id] = self._as_it_stands(record)
            result = replace(result, warnings=(*result.warnings, endings.kept(record)))
        self._book.keep(job, result, record)
        self._book.cached(job, standing.saved)

    async def _perform(self, standing: Standing) -> None:
        """Make one asset; whatever goes wrong with it becomes a failure of it alone."""
        job = standing.job
        if reason := self._reason_to_skip(job):
            self._book.skipped(job, *reason)
            self._keep_what_stands(job)
            return
        production = Production(job, self._shop, self._desk, again=job.id in self._orders.forced)
        began = self._shop.clock.monotonic()
        self._under_way[job.id] = production
        self._desk.wall.turns.enter(job.id)
        self._say_started(job)
        try:
            self._done(standing, await self._execute(standing, production), production, began)
        except AssetGenerationError as error:
            await self._fail(job, error, production, began)
        except Exception as error:
            # What others are paying for at this moment must still be stored and written down.
            logger.exception("a bug while making %r", job.id)
            await self._fail(job, endings.bug(error), production, began)
        self._desk.wall.turns.passed(job.id)
        del self._under_way[job.id]

    async def _fail(self, job: Job, error: AssetGenerationError, production: Production, began: float) -> None:
        if isinstance(error, StorageError) and not endings.of_one_asset(error):
            self._desk.stops.broken = self._desk.stops.broken or error
        self._book.spent[job.id] = production.progress.paid + production.progress.unknown
        ever, unknown = await self._ever_paid(job, production)
        failure = endings.failure(job, error, production.progress, ever - unknown, unknown)
        self._book.failed(failure, self._shop.clock.monotonic() - began)
        self._keep_what_stands(job)

    def _keep_what_stands(self, job: Job) -> None:
        """What was to be made again still stands, for those that need it."""
        if job.id in self._orders.kept:
            self._book.results[job.id] = remembered(self._orders.kept[job.id], self._shop.storage.get_url)

    async def _ever_paid(self, job: Job, production: Production) -> tuple[Usd, Usd]:
        """What was paid for the asset over its life, and how much of that may not have been taken."""
        try:
            return await self._shop.ledger.over_life(dict.fromkeys(keys(job)))
        except StorageError:
            return production.progress.paid + production.progress.unknown, production.progress.unknown

    async def _execute(self, standing: Standing, production: Production) -> AssetResult:
        job, executor = standing.job, self._shop.executors[standing.job.kind]
        if standing.edited and standing.state is not State.CACHED and job.candidates:
            # What costs nothing is made, and published if it is what stands there already.
            raise edited(job.id, executor.outputs(job.action)[0], "nothing was bought")
        return await executor.execute(job.action, self._context(job, production))

    def _context(self, job: Job, production: Production) -> ExecutionContext:
        def publish(make: Callable[..., Making[T]], /, *arguments: Any) -> Awaitable[tuple[T, tuple[OutputFile, ...]]]:
            return self._shop.work(self._shop.publisher.make, job.id, make, *arguments)

        return ExecutionContext(
            self._shop.keys,
            self._shop.storage,
            self._shop.cache,
            self._shop.limiter,
            self._shop.costs,
            production,
            publish,
            self._book.results,
        )

    def _reason_to_skip(self, job: Job) -> tuple[str, str] | None:
        missing = next((need for need in job.needs if need not in self._book.results), None)
        if missing is not None:
            return "dependency_failed", f"it needs `{missing}`, which is not there"
        if self._shop.stop.requested:
            return "cancelled", "the run was stopped before it was its turn"
        if (broken := self._desk.stops.broken) is not None and job.candidates:
            return broken.code, f"nothing more is bought: {broken.message}"
        if self._orders.fail_fast and self._book.failures:
            return "cancelled", "an asset failed, and --fail-fast ends the run there"
        return None

    def _done(self, standing: Standing, result: AssetResult, production: Production, began: float) -> None:
        job, made = standing.job, production.made
        if any(one.fresh and one.degraded for one in made):
            result = replace(result, warnings=(*result.warnings, endings.degraded(job, made[0].purchase.model)))
        seconds = self._shop.clock.monotonic() - began
        line = entry(job.kind, result, made, self._survey.plan.owners)
        files = tuple(self._shop.publisher.recorded(file) for file in result.files)
        purchases = tuple(dict.fromkeys(one.purchase.key for one in made))
        record = Record(job.id, job.kind, job.key, job.fields, line, files, purchases)
        self._book.spent[job.id] = production.progress.paid + production.progress.unknown
        self._book.edited.pop(job.id, None)
        self._book.keep(job, result, record)
        if made and not any(one.fresh for one in made):
            before = {one.purchase.key: one.paid for one in made if one.purchase.key not in self._desk.bought}
            self._book.cached(job, carried(job.id, before, self._survey.plan.owners), restored=True)
        elif standing.state is State.CACHED and self._unchanged(record):
            self._book.cached(job, Usd())
        else:
            self._book.done(job, _seller(production), seconds, record)

    def _unchanged(self, record: Record) -> bool:
        """Whether what is made here came out as it was."""
        old = self._old.get(record.id)
        return old is not None and old.files == record.files

    def _as_it_stands(self, record: Record) -> dict[str, JSON]:
        """What the manifest says of an edited asset: the hash and size that its main file has now.

        The record stays as it was made, so that the file is still known as somebody else's.
        """
        digest, stamp = self._shop.publisher.look(str(record.entry["path"]))
        return {} if digest is None or stamp is None else {"sha256": digest, "bytes": stamp.bytes, "edited": True}

    def _say_started(self, job: Job) -> None:
        able = next((one for one in job.candidates if not one.unavailable), None)
        provider, model = (able.offer.provider, able.offer.model) if able else LOCAL
        self._shop.emit(ActionStarted(job.id, job.kind, provider, model))

    async def _until_stopped(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; after a request to stop it may finish what is under way, for a while."""
        working = asyncio.create_task(work)
        stopping = asyncio.create_task(self._watch_stop(working))
        try:
            await asyncio.wait([working])
            if not working.cancelled():
                working.result()
        finally:
            # Also where this run itself is cancelled: nothing of it may go on with locks that it holds.
            stopping.cancel()
            working.cancel()
            await asyncio.wait([stopping, working])

    async def _watch_stop(self, working: asyncio.Task[None]) -> None:
        await self._shop.stop.asked()
        self._shop.limiter.end()
        self._shop.emit(RunStopping(self._shop.limiter.in_flight()))
        await self._shop.stop.over()
        working.cancel()

    def _still_standing(self, records: Mapping[str, Record]) -> dict[str, Record]:
        """What was made here before and is not part of this run: the files stay, and stay known as ours."""
        return {
            name: record
            for name, record in self._old.items()
            if name not in records and any(self._shop.publisher.exists(file.path) for file in record.files)
        }

    async def _costed(self, records: dict[str, Record]) -> dict[str, Record]:
        """With the costs of what is shared where they belong, now that it is known who made what."""
        plan = self._survey.plan
        sharing = [one for one in records.values() if shares(one, plan.owners)]
        if not sharing or all(self._old.get(one.id) is one for one in records.values()):
            return records
        owners = carriers(records, (job.id for job in plan.jobs), plan.owners)
        found = await self._shop.work(lambda: [costed(one, owners, self._paid) for one in sharing])
        return {**records, **{one.id: one for one in found}}

    def _paid(self, key: str) -> Usd | None:
        with contextlib.suppress(CacheError):
            entry = self._shop.cache.find(key)
            return None if entry is None else entry.paid
        return None

    async def _settle_failures(self) -> None:
        """With the sums as they are now: another asset may have been at the same purchase when one failed."""
        for standing in self._survey.standings:
            failure = self._book.failures.get(standing.job.id)
            if failure is not None and (failure.paid or failure.unknown):
                with contextlib.suppress(StorageError):
                    ever, unknown = await self._shop.ledger.over_life(dict.fromkeys(keys(standing.job)))
                    self._book.failures[failure.id] = replace(failure, paid=ever - unknown, unknown=unknown)

    async def _unknown(self) -> Usd:
        """What may have been paid for assets that are not there: once for each purchase, however many share it."""
        failed = [one.job for one in self._survey.standings if one.job.id in self._book.failures]
        try:
            _, unknown = await self._shop.ledger.over_life({key: None for job in failed for key in keys(job)})
        except StorageError:
            return Usd.sum(failure.unknown for failure in self._book.failures.values())
        return unknown

    async def _finish(self) -> RunResult:
        """Write down what is there: the manifest last, when everything that it names stands."""
        records = await self._costed({**self._orders.kept, **self._book.records})
        known = {**self._still_standing(records), **records}
        lines = [self._book.shown(record) for record in records.values()]
        await self._settle_failures()
        await self._shop.work(self._shop.cache.flush)
        await self._shop.work(self._shop.storage.flush)
        with collector.paused():
            document = manifest(lines, self._book.in_plan_order(), draft=self._survey.plan.draft)
            await self._shop.work(self._shop.storage.store, PLAN, dump(known.values()))
            await self._shop.work(self._shop.storage.store_json, MANIFEST, document)
        await self._shop.work(self._shop.publisher.forget_announcements)
        seconds = self._shop.clock.monotonic() - self._shop.began
        unknown = await self._unknown()
        result = self._book.result(self._shop.costs.breakdown(), seconds, self._shop.stop.exit_code, unknown)
        self._shop.emit(
            RunFinished(result.exit_code, result.counts, result.spent, result.saved, result.unknown, round(seconds, 3))
        )
        return result


def _seller(production: Production) -> tuple[str, str]:
    return production.progress.seller if production.made else LOCAL
