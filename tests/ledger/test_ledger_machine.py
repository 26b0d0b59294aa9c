"""Runs, kills, losses and the user's words in any order: the true bill never passes the ledger's sum."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assetgen.core.errors import AssetGenerationError, ValidationError
from assetgen.core.jobs import Job, Purchase
from assetgen.core.journal import STANDING, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome
from assetgen.core.requests import Answer, Call
from assetgen.core.secrets import Redactor
from assetgen.core.surveys import Consent, OnUnknown
from assetgen.execution.desk import Desk
from assetgen.execution.limiter import SlotLimiter
from assetgen.execution.locks import KeyLocks
from assetgen.execution.produce import Production
from assetgen.execution.publishing import Publisher
from assetgen.execution.recovery import Recovery
from assetgen.execution.stopping import Stop
from assetgen.execution.stops import Stops
from assetgen.execution.wall import Turns, Wall
from assetgen.execution.wishes import Wishes
from assetgen.execution.workers import Workers
from assetgen.execution.workshop import Workshop
from assetgen.ledger.journal import Journal
from assetgen.ledger.paid import PaidLedger
from assetgen.ledger.walls import Limits
from assetgen.planning.records import LastRun
from assetgen.reporting.tracker import Costs
from assetgen.storage.memory import MemoryStorage
from tests.fakes.clock import FakeClock
from tests.fakes.memory_cache import MemoryCache
from tests.fakes.provider import (
    BROKEN,
    CUT,
    GOOD,
    LIMITED,
    LOST,
    REFUSED,
    SLOW,
    UNFETCHED,
    UNLISTED,
    Creation,
    ScriptedJobs,
    ScriptedProvider,
)
from tests.fakes.shop import picture_job
from tests.ledger.payers import check_sums, payer

PRICE = Usd(10_000)
WALL = PRICE * 8
HELD = 4
MADE = {GOOD, CUT, LOST}
CHARGED = MADE | {BROKEN}
RETRY = Consent(on_unknown=OnUnknown.RETRY)
REBUY = Consent(rebuy=True)

SUBJECTS = st.sampled_from(["hero", "villain"])
ANSWERS = st.lists(st.sampled_from([GOOD, LIMITED, BROKEN, CUT, REFUSED, LOST]), max_size=3)
CREATIONS = st.lists(
    st.sampled_from([Creation.ACCEPTED, Creation.ANSWER_LOST, Creation.NEVER_ARRIVED, LIMITED, REFUSED]), max_size=3
)
CONSENTS = st.sampled_from([*[Consent()] * 6, REBUY, RETRY])
RARELY = st.sampled_from([*[False] * 6, True])
KILLS = st.sampled_from([None, None, None, 0, 1, 2, 3, 4, 5, 6, 8])


class KilledError(BaseException):
    """The process is gone; nothing of it runs any more."""


class MortalLedger(PaidLedger):
    """Lets its process be killed before any step that it would write down."""

    def __init__(self, *arguments: Any, steps: int | None) -> None:
        super().__init__(*arguments)
        self._steps = steps

    def _step(self) -> None:
        if self._steps == 0:
            raise KilledError
        if self._steps is not None:
            self._steps -= 1

    async def reserve(self, *arguments: Any, **options: Any) -> Reservation:
        self._step()
        return await super().reserve(*arguments, **options)

    def received(self, reservation: Reservation, answer: Answer) -> None:
        self._step()
        super().received(reservation, answer)

    async def adopt(self, reservation: Reservation, jobs: Sequence[str]) -> str | None:
        self._step()
        return await super().adopt(reservation, jobs)

    async def settle(self, *arguments: Any, **options: Any) -> None:
        self._step()
        await super().settle(*arguments, **options)

    async def stored(self, reservation: Reservation, digest: str) -> None:
        self._step()
        await super().stored(reservation, digest)

    async def abandon(self, row: Row) -> None:
        self._step()
        await super().abandon(row)

    async def supersede(self, row: Row) -> None:
        self._step()
        await super().supersede(row)


class Shop(ScriptedProvider):
    """Charges for whatever it may have done; nobody can ask it afterwards. `made` counts pictures by their prompt."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.made: Counter[str] = Counter()

    bill = 0

    def _answered(self, call: Call, step: Outcome | Creation) -> Answer:
        self.bill += step in CHARGED
        self.made[str(call.body["prompt"])] += step in MADE
        return super()._answered(call, step)


class Project(RuleBasedStateMachine):
    """One project over many runs; a run that is killed leaves nothing but its files.

    `forgiven` are attempts that were not paid for by the user's word alone, `wishes` what the user asked to have
    once more, by purchase.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="assetgen-machine-"))
        self.clock, self.cache = FakeClock(), MemoryCache()
        self.shop, self.jobs = Shop("shop"), ScriptedJobs("jobs", clock=self.clock)
        self.forgiven = 0
        self.wishes: Counter[str] = Counter()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(subject=SUBJECTS, answers=ANSWERS, consent=CONSENTS, forced=RARELY, kill=KILLS)
    def ask_the_shop(
        self, subject: str, answers: list[Outcome], consent: Consent, forced: bool, kill: int | None
    ) -> None:
        self.shop.script = list(answers)
        self.run(wish(self.shop, subject), consent, forced, kill)

    @rule(
        subject=SUBJECTS,
        creations=CREATIONS,
        follows=st.lists(st.sampled_from([GOOD, SLOW, CUT]), max_size=1),
        fetches=st.sampled_from([0, 0, 4]),
        unlisted=st.booleans(),
        consent=CONSENTS,
        forced=RARELY,
        kill=KILLS,
    )
    def ask_for_a_job(
        self,
        subject: str,
        creations: list[Outcome | Creation],
        follows: list[Outcome],
        fetches: int,
        unlisted: bool,
        consent: Consent,
        forced: bool,
        kill: int | None,
    ) -> None:
        self.jobs.script, self.jobs.follows = list(creations), list(follows)
        self.jobs.fetches, self.jobs.finds = [UNFETCHED] * fetches, [UNLISTED] * unlisted
        self.run(wish(self.jobs, subject), consent, forced, kill)

    @rule(kill=KILLS)
    def come_back(self, kill: int | None) -> None:
        self.jobs.follows, self.jobs.fetches, self.jobs.finds = [], [], []
        asyncio.run(self.live(None, Consent(), False, kill))

    @rule()
    def reconcile(self) -> None:
        self.jobs.follows, self.jobs.fetches, self.jobs.finds = [], [], []
        asyncio.run(self.ask_about({RowState.SENDING, RowState.ACCEPTED, RowState.RECEIVED, RowState.UNKNOWN}))

    @rule(hours=st.sampled_from([0.1, 2.0, 30.0]))
    def wait(self, hours: float) -> None:
        self.clock.seconds += hours * 3600

    @rule(subject=SUBJECTS, of_jobs=st.booleans(), paid=st.booleans())
    def say_what_became_of_it(self, subject: str, of_jobs: bool, paid: bool) -> None:
        journal, key = Journal.find(self.folder), purchase(wish(self.jobs if of_jobs else self.shop, subject)).key
        if journal is None:
            return
        try:
            journal.assume_paid(key) if paid else journal.assume_unpaid(key)
        except ValidationError:
            return
        if not paid:
            self.forgiven += 1
            self.wishes[key] += 1

    @rule()
    def clear_the_cache(self) -> None:
        journal = Journal.find(self.folder)
        if journal is not None:
            journal.discard("cache", self.cache.kept)
            self.wishes.update(self.cache.kept.keys())
            self.cache.kept.clear()

    @invariant()
    def the_ledger_has_at_least_the_true_bill(self) -> None:
        bill = self.shop.bill + len(self.jobs.jobs) - self.forgiven
        assert bill <= Usd.sum(row.booked for row in self.rows()).micros // PRICE.micros

    @invariant()
    def no_account_passes_its_wall(self) -> None:
        journal = Journal.find(self.folder)
        assert all(account.booked <= WALL for account in (journal.accounts() if journal else ()))

    @invariant()
    def one_row_at_most_stands_for_a_purchase(self) -> None:
        standing = Counter(row.purchase.key for row in self.rows() if row.state in STANDING)
        assert all(count == 1 for count in standing.values())

    @invariant()
    def a_job_is_made_once_unless_the_user_wished_for_more(self) -> None:
        calls = [call for call, _ in self.jobs.jobs.values()]
        for subject in ("hero", "villain"):
            bought = purchase(wish(self.jobs, subject))
            assert calls.count(self.jobs.build(bought.request)) <= 1 + self.wishes[bought.key]

    @invariant()
    def a_picture_is_made_once_unless_the_user_wished_for_more(self) -> None:
        for subject in ("hero", "villain"):
            bought = purchase(wish(self.shop, subject))
            assert self.shop.made[str(self.shop.build(bought.request).body["prompt"])] <= 1 + self.wishes[bought.key]

    @invariant()
    def the_sums_are_those_of_the_rows(self) -> None:
        if Journal.find(self.folder) is not None:
            check_sums(self.folder)

    def rows(self) -> list[Row]:
        journal = Journal.find(self.folder)
        return journal.rows() if journal is not None else []

    def run(self, job: Job, consent: Consent, forced: bool, kill: int | None) -> None:
        if forced or consent != Consent():
            self.wishes[purchase(job).key] += 1
        asyncio.run(self.live(job, consent, forced, kill))

    async def live(self, job: Job | None, consent: Consent, forced: bool, kill: int | None) -> None:
        """One run: what was interrupted first, then the job; it ends by itself, or is killed."""
        ledger = self.ledger(kill)
        await ledger.join()
        try:
            code = await self.work(ledger, job, consent, forced)
        except KilledError:
            ledger.close()
        else:
            await ledger.leave(code)

    async def work(self, ledger: PaidLedger, job: Job | None, consent: Consent, forced: bool) -> int:
        with Workers(1) as workers:
            shop = self.workshop(ledger, workers)
            await Recovery(shop).all(await ledger.unfinished())
            if job is None:
                return 0
            try:
                async with asyncio.timeout(30):
                    await Production(job, shop, self.desk(shop, consent), forced)()
            except AssetGenerationError:
                return HELD
            return 0

    async def ask_about(self, states: set[RowState]) -> None:
        ledger = self.ledger(None)
        with Workers(1) as workers:
            await Recovery(self.workshop(ledger, workers)).all(await ledger.unfinished(states))
        ledger.close()

    def ledger(self, kill: int | None) -> PaidLedger:
        limits = Limits(run=WALL, month=WALL * 100)
        hosts = dict.fromkeys(("shop", "jobs"), "real")
        return MortalLedger(self.folder, payer(hosts=hosts, limits=limits), self.clock, steps=kill)

    def desk(self, shop: Workshop, consent: Consent) -> Desk:
        wall = Wall(shop.ledger, shop.clock, Turns(ordered=True), WALL, shop.emit)
        locks = KeyLocks(shop.cache, shop.clock)
        return Desk(locks, wall, Stops(shop.emit), Recovery(shop), Wishes(consent))

    def workshop(self, ledger: PaidLedger, workers: Workers) -> Workshop:
        storage, providers = MemoryStorage(), {one.name: one for one in (self.shop, self.jobs)}
        return Workshop(
            executors={},
            providers=providers,
            redactor=Redactor(),
            keys={},
            storage=storage,
            publisher=Publisher(storage, storage, LastRun(), None),
            cache=self.cache,
            ledger=ledger,
            limiter=SlotLimiter(2, dict.fromkeys(providers, 1)),
            costs=Costs(),
            clock=self.clock,
            stop=Stop(),
            workers=workers,
            jitter=lambda: 1.0,
        )


def wish(provider: ScriptedProvider, subject: str) -> Job:
    return picture_job(provider, subject=subject, name=subject)


def purchase(job: Job) -> Purchase:
    return job.candidates[0].purchases[0]


def test_in_any_order_of_things_the_ledger_keeps_its_promises() -> None:
    profile = settings(max_examples=50, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(Project, settings=profile)


@pytest.mark.slow
def test_in_any_order_of_very_many_things_the_ledger_keeps_its_promises() -> None:
    profile = settings(max_examples=1000, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Project, settings=profile)
