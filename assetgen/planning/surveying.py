"""The plan beside the output folder and the cache: what is there, what is new, what changed and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from assetgen.core.clock import SystemClock
from assetgen.core.costs import CostEstimate
from assetgen.core.errors import CacheError
from assetgen.core.jobs import Candidate, Job, Plan, Purchase
from assetgen.core.journal import Row, RowState
from assetgen.core.money import Usd
from assetgen.core.ports import CacheEntry, Clock
from assetgen.core.records import FileStamp, OutputFiles, Record, RecordedFile
from assetgen.core.surveys import Change, Consent, Standing, State, Survey
from assetgen.planning.ageing import with_warnings
from assetgen.planning.blocking import BOUGHT, UNSURE, blocking, counting
from assetgen.planning.lacking import own_sellers
from assetgen.planning.purchasing import estimate_candidates
from assetgen.planning.records import LastRun
from assetgen.planning.skipping import with_skipped

Find = Callable[[str], CacheEntry | None]
"""Looks a purchase up by its key."""


@dataclass(slots=True)
class Surveyor:
    """One look around.

    Attributes:
        outputs: What an executor says an action's files will be called.
        forced: Ids that are to be made again, whatever is there.
        rows: By purchase key, what the journal has; asked for only where something is not in the cache.
        consent: What the user allows to be paid for a second time.
        resolution: By a job's key, the purchases that it came to, where its first seller could not.
        clock: Tells on which day models end and prices are old.
    """

    files: OutputFiles
    find: Find
    last: LastRun
    outputs: Callable[[Job], tuple[str, ...]]
    forced: frozenset[str] = frozenset()
    rows: Callable[[], Mapping[str, Row]] = dict
    consent: Consent = Consent()
    resolution: Callable[[str], tuple[str, ...] | None] = lambda job: None
    clock: Clock = field(default_factory=SystemClock)
    _least: set[str] = field(default_factory=set)
    _most: set[str] = field(default_factory=set)
    _saved: set[str] = field(default_factory=set)

    def survey(self, plan: Plan, chosen: frozenset[str] | None = None) -> Survey:
        """Where every chosen job stands. Equal purchases are counted once, for the first in plan order."""
        standings = tuple(self._warned(plan, (job for job in plan.jobs if chosen is None or job.id in chosen)))
        ids = {job.id for job in plan.jobs}
        return Survey(
            plan,
            standings,
            tuple(sorted(name for name in self.last.records if name not in ids)),
            CostEstimate.sum(standing.estimate for standing in standings),
            Usd.sum(standing.saved for standing in standings),
            dict(Counter(standing.state for standing in standings)),
        )

    def _warned(self, plan: Plan, jobs: Iterable[Job]) -> Iterable[Standing]:
        """Where jobs stand, with what is to be said of those who sell them; drafts neither end nor cost."""
        standings = map(self._stand, jobs)
        return standings if plan.draft else with_skipped(with_warnings(standings, self.clock.now().date()))

    def _stand(self, job: Job) -> Standing:
        record = self.last.records.get(job.id)
        found = self._found(job, record)
        edited = self._edited(found, record)
        if self.consent.upgrade and (standing := self._upgraded(job, record, edited=edited)) is not None:
            return standing
        if job.id in self.forced and not self._held(job):
            return self._priced(Standing(job, State.CHANGED, edited=edited, reason="made again by --force"), set())
        if record is not None and record.key == job.key:
            if edited:
                return _kept(job, record)
            if self._present(record, found):
                return Standing(job, State.CACHED, present=True, saved=_paid(record), reason="its files stand as made")
        standing = replace(self._from_cache(job, record), edited=edited)
        theirs = "its file was edited" if record else "a file that is not ours stands in its place"
        return replace(standing, reason=f"{standing.reason}; {theirs}") if edited else standing

    def _from_cache(self, job: Job, record: Record | None) -> Standing:
        known = self._known(job)
        bought = any(_covered(candidate, known) for candidate in job.candidates)
        as_before = not job.candidates and record is not None and record.key == job.key
        if bought or as_before:
            return Standing(job, State.CACHED, saved=self._count(job, known), reason=_why_restored(record, job))
        return self._blocked(job, known) or self._priced(_new_or_changed(job, record), set(known))

    def _upgraded(self, job: Job, record: Record | None, *, edited: bool) -> Standing | None:
        """How an asset of an alternative model stands without that model; None for any other, or an edited one."""
        own = replace(job, candidates=tuple(own_sellers(job)))
        maker = "" if edited or not own.candidates else self._alternative(job, record)
        if not maker:
            return None
        known = self._known(own)
        reason = f"`{maker}` made it in place of `{own.candidates[0].offer.model}`"
        if any(_covered(candidate, known) for candidate in own.candidates):
            reason = f"{reason}, which was bought since"
            return Standing(own, State.CACHED, saved=self._count(own, known), reason=reason, upgrade=True)
        new = Standing(own, State.CHANGED, reason=f"{reason}; --upgrade-degraded makes it again")
        return replace(self._blocked(own, known) or self._priced(new, set(known)), upgrade=True)

    def _alternative(self, job: Job, record: Record | None) -> str:
        """The model that made an asset in place of its own; empty where its own did, or nothing is there."""
        if record is not None and record.key == job.key:
            return str(record.entry["model"]) if record.entry.get("degraded") else ""
        known = self._known(job)
        covered = next((one for one in counting(job, self.resolution(job.key)) if _covered(one, known)), None)
        return covered.offer.model if covered is not None and covered.degraded else ""

    def _held(self, job: Job) -> bool:
        row = blocking(job, self.rows())
        return row is not None and row.state in UNSURE and not self.consent.retry

    def _blocked(self, job: Job, known: Mapping[str, CacheEntry]) -> Standing | None:
        """Where the journal keeps it from being bought: held, or refused before."""
        if not job.candidates:
            return None
        rows = self.rows()
        row = blocking(job, rows) or self._lost(job, known, rows)
        if row is None:
            return None
        if row.state in UNSURE:
            return None if self.consent.retry else Standing(job, State.HELD, reason=_why_held(row))
        if row.state is RowState.RECEIVED:
            return Standing(job, State.CACHED, saved=row.booked, reason="bought, and stored by the next run")
        may = self.consent.rebuy and (row.gone or not row.here)
        return None if may else Standing(job, State.REFUSED, reason=_why_refused(row))

    def _lost(self, job: Job, known: Mapping[str, CacheEntry], rows: Mapping[str, Row]) -> Row | None:
        """A purchase of the asset's own model that was bought, and is not in the cache."""
        own = (candidate for candidate in job.candidates if not candidate.degraded)
        bought = (rows.get(one.key) for candidate in own for one in candidate.purchases if one.key not in known)
        return next((row for row in bought if row is not None and row.state in BOUGHT), None)

    def _priced(self, standing: Standing, cached: set[str]) -> Standing:
        """With what is still to be paid; a price that nobody knows is a state of its own, never zero.

        At the least, each purchase of a first seller is paid once; at the most, each purchase of any seller.
        """
        candidates = standing.job.candidates
        least = estimate_candidates(candidates, without=cached | self._least)
        most = estimate_candidates(candidates, without=cached | self._most)
        self._least.update(one.key for candidate in candidates[:1] for one in candidate.purchases)
        self._most.update(one.key for candidate in candidates for one in candidate.purchases)
        if least is None or most is None:
            return replace(standing, state=State.UNPRICED, reason="nobody knows its price")
        return replace(standing, estimate=CostEstimate(least.min, max(least.min, most.max)))

    def _known(self, job: Job) -> dict[str, CacheEntry]:
        """Purchases that count as this asset and are in the cache."""
        candidates = counting(job, self.resolution(job.key) if job.candidates else None)
        purchases = {purchase.key: purchase for candidate in candidates for purchase in candidate.purchases}
        return {key: entry for key, purchase in purchases.items() if (entry := self._look(job, purchase)) is not None}

    def _look(self, job: Job, purchase: Purchase) -> CacheEntry | None:
        try:
            return self.find(purchase.key)
        except CacheError as error:
            if error.gone and (purchase.price == Usd() or self.consent.rebuy):
                return None
            message = f"`{job.id}` ({job.place}): {error.message}"
            raise CacheError(message, action=job.id, details=error.details, help=error.help) from error

    def _count(self, job: Job, known: dict[str, CacheEntry]) -> Usd:
        """What the job's purchases had cost, each counted for one job only."""
        fresh = [entry for key, entry in known.items() if key not in self._saved]
        self._saved.update(known)
        return Usd.sum(entry.paid for entry in fresh)

    def _found(self, job: Job, record: Record | None) -> dict[str, FileStamp | None]:
        """What stands in the job's places now."""
        recorded = (file.path for file in record.files) if record else ()
        return {path: self.files.stat(path) for path in dict.fromkeys((*recorded, *self.outputs(job)))}

    def _present(self, record: Record, found: Mapping[str, FileStamp | None]) -> bool:
        return all(self._untouched(file, found[file.path]) for file in record.files)

    def _untouched(self, file: RecordedFile, stamp: FileStamp | None) -> bool:
        return stamp is not None and (stamp == file.stamp or self.files.digest(file.path) == file.sha256)

    def _edited(self, found: Mapping[str, FileStamp | None], record: Record | None) -> bool:
        """Whether a file stands in the job's place that assetgen did not write."""
        recorded = {file.path: file.stamp for file in record.files} if record else {}
        return any(self._foreign(path, stamp, recorded.get(path)) for path, stamp in found.items())

    def _foreign(self, path: str, stamp: FileStamp | None, recorded: FileStamp | None) -> bool:
        if stamp is None or stamp == recorded:
            return False
        digest = self.files.digest(path)
        return digest is not None and not self.last.wrote(path, digest)


def _why_held(row: Row) -> str:
    when = f"{row.sent:%Y-%m-%d %H:%M} UTC"
    return f"sent to {row.purchase.provider} on {when}, and nobody knows whether it was done: up to ${row.booked}"


def _why_refused(row: Row) -> str:
    when = f"{row.sent:%Y-%m-%d}"
    if row.state is RowState.LOST:
        return f"paid for on {when} by your word, and never came; --rebuy buys it once more"
    if row.state is RowState.STORED:
        return f"bought on {when}, and its bytes are gone; --rebuy buys it once more"
    return f"{row.purchase.provider} on {when}: {row.message}; --rebuy sends it once more"


def _covered(candidate: Candidate, known: dict[str, CacheEntry]) -> bool:
    return bool(candidate.purchases) and all(purchase.key in known for purchase in candidate.purchases)


def _kept(job: Job, record: Record) -> Standing:
    reason = "its file was edited by hand and is kept"
    return Standing(job, State.CACHED, present=True, edited=True, saved=_paid(record), reason=reason)


def _paid(record: Record) -> Usd:
    return Usd.parse(str(record.entry.get("cost_usd", "0")))


def _why_restored(record: Record | None, job: Job) -> str:
    if record is None:
        return "bought before"
    return "its files are missing and come back" if record.key == job.key else "bought before, now asked for again"


def _new_or_changed(job: Job, record: Record | None) -> Standing:
    if record is None:
        return Standing(job, State.NEW, reason="never made here")
    changes = changes_between(record, job)
    if not changes:
        return Standing(job, State.NEW, reason="its files are missing, and the cache does not have it")
    return Standing(job, State.CHANGED, reason=", ".join(describe(change) for change in changes), changes=changes)


def changes_between(record: Record, job: Job) -> tuple[Change, ...]:
    """Field by field, what is asked for now that was asked for differently."""
    names = dict.fromkeys((*record.fields, *job.fields))
    return tuple(
        Change(name, record.fields.get(name), job.fields.get(name))
        for name in names
        if record.fields.get(name) != job.fields.get(name)
    )


def describe(change: Change) -> str:
    """A change in words: short values as they are, long ones only by their field."""
    if change.field == "needs":
        return "what it shows changed"
    if isinstance(change.old, str | int | None) and isinstance(change.new, str | int | None):
        old, new = (str(value) if value is not None else "none" for value in (change.old, change.new))
        if len(old) <= 40 and len(new) <= 40:
            return f"{change.field} {old} → {new}"
    return f"{change.field} edited"
