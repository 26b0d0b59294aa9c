"""A plan that was saved to be approved, and whether what a later run would do still keeps to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assetgen import __version__
from assetgen.core.actions import JSON
from assetgen.core.costs import CostEstimate
from assetgen.core.errors import BudgetError, ValidationError
from assetgen.core.jobs import Candidate, Job
from assetgen.core.money import Usd
from assetgen.core.offers import Offer
from assetgen.core.requests import fingerprint
from assetgen.core.surveys import State, Survey
from assetgen.dsl.checking import Document
from assetgen.planning.saved_file import SCHEMA, PlanFile
from assetgen.settings import Settings

FEW = 3
AGAIN = "look at it again: `assetgen estimate --save FILE`"

_SETTINGS = {"defaults", "style", "models", "voices"}
"""What decides which requests are made of the same actions."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the files is wanted, and what of it once more.

    Attributes:
        only: Ids and patterns; with `force`, exactly those again.
        rebuy: What was lost or refused.
        upgrade: What an alternative model made.
    """

    only: tuple[str, ...] = ()
    force: bool = False
    rebuy: bool = False
    upgrade: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan was made from: each file as given, with its text's SHA-256, and a hash of the settings."""

    files: tuple[tuple[str, str], ...]
    settings: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A purchase that would be made: its key, the asset that carries it, and the most that it may cost."""

    key: str
    id: str
    most: Usd


@dataclass(frozen=True, slots=True)
class Bill:
    """What would be bought, for how much, and a hash of the prices that this was worked out with."""

    purchases: tuple[Planned, ...]
    total: CostEstimate
    prices: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was approved. `version` is the assetgen that saved it."""

    basis: Basis
    bill: Bill
    choice: Choice = Choice()
    draft: bool = False
    version: str = __version__


def basis_of(given: Sequence[str], document: Document, settings: Settings) -> Basis:
    """What a document was made from, under the names that the files were given by."""
    texts = {entry.source.name: entry.source for entry in document.entries}
    digests = {name: hashlib.sha256(source.lines.text.encode()).hexdigest() for name, source in texts.items()}
    empty = hashlib.sha256().hexdigest()
    files = tuple((name, digests.get(read, empty)) for name, read in zip(given, document.files, strict=True))
    return Basis(files, fingerprint("settings@1", settings.model_dump(mode="json", include=_SETTINGS)))


def bill_of(survey: Survey, offers: Iterable[Offer]) -> Bill:
    """What a run of this survey would buy, at the prices of these offers."""
    owners = survey.plan.owners
    found: dict[str, Planned] = {}
    for standing in survey.standings:
        if standing.state in (State.NEW, State.CHANGED):
            for key, most in _purchases(standing.job):
                found.setdefault(key, Planned(key, owners.get(key, standing.job.id), most))
    return Bill(tuple(found.values()), survey.total, _prices(offers))


def _purchases(job: Job) -> Iterator[tuple[str, Usd]]:
    """Every purchase of those who can be asked, or of all where nobody can, with what all its attempts may cost."""
    able = [one for one in job.candidates if not one.unavailable]
    for candidate in able or job.candidates:
        yield from _of_candidate(candidate)


def _of_candidate(candidate: Candidate) -> Iterator[tuple[str, Usd]]:
    for purchase in candidate.purchases:
        if purchase.price is not None:
            yield purchase.key, purchase.price * candidate.offer.chargeable_attempts


def _prices(offers: Iterable[Offer]) -> str:
    table = sorted(
        [offer.provider, offer.model, offer.sold_as, str(offer.price.usd), offer.price.per.value]
        for offer in offers
        if offer.price is not None
    )
    return fingerprint("prices@1", [list[JSON](row) for row in table])


def save(plan: SavedPlan) -> JSON:
    """The document of a saved plan: `assetgen/saved-plan@1`."""
    files: list[JSON] = [{"file": name, "sha256": digest} for name, digest in plan.basis.files]
    purchases: list[JSON] = [{"key": one.key, "id": one.id, "max_usd": str(one.most)} for one in plan.bill.purchases]
    return {
        "schema": SCHEMA,
        "generator": f"assetgen {plan.version}",
        "draft": plan.draft,
        "files": files,
        "settings": plan.basis.settings,
        "prices": plan.bill.prices,
        "only": list(plan.choice.only),
        "force": plan.choice.force,
        "rebuy": plan.choice.rebuy,
        "upgrade_degraded": plan.choice.upgrade,
        "total": {"min_usd": str(plan.bill.total.min), "max_usd": str(plan.bill.total.max)},
        "purchases": purchases,
    }


def read(data: bytes) -> SavedPlan:
    """A plan from the bytes of its file.

    Raises:
        ValidationError: They are no saved plan, too large, or of a newer version.
    """
    file = PlanFile.of(data)
    purchases = tuple(Planned(one.key, one.id, one.max_usd) for one in file.purchases)
    return SavedPlan(
        Basis(tuple((one.file, one.sha256) for one in file.files), file.settings),
        Bill(purchases, CostEstimate(file.total.min_usd, file.total.max_usd), file.prices),
        Choice(tuple(file.only), file.force, file.rebuy, file.upgrade_degraded),
        file.draft,
        file.generator.removeprefix("assetgen "),
    )


def compare(saved: SavedPlan, now: SavedPlan) -> None:
    """Let a run begin that keeps to a saved plan: of the same input, buying nothing more, and no dearer.

    Raises:
        ValidationError: A file or a setting is not what it was.
        BudgetError: A price changed, or there is more to buy or to pay.
    """
    require_same_input(saved.basis, now.basis)
    require_no_more(saved.bill, now.bill)


def require_same_input(saved: Basis, now: Basis) -> None:
    """Raise ValidationError where a file or a setting that matters is not what it was."""
    if [digest for _, digest in saved.files] != [digest for _, digest in now.files]:
        raise ValidationError(f"{_different(saved, now)} since the plan was saved; nothing was sent", help=AGAIN)
    if saved.settings != now.settings:
        raise ValidationError(
            "the settings of `assetgen.yaml` changed since the plan was saved; nothing was sent", help=AGAIN
        )


def _different(saved: Basis, now: Basis) -> str:
    before, after = dict(saved.files), dict(now.files)
    changed = [name for name in after if name in before and after[name] != before[name]]
    added = [name for name in after if name not in before]
    gone = [name for name in before if name not in after]
    said = [(changed, "changed"), (added, "came along"), (gone, "went away")]
    return "; ".join(f"{_few(names)} {word}" for names, word in said if names) or "the order of the files changed"


def require_no_more(saved: Bill, now: Bill) -> None:
    """Raise BudgetError where a price changed, or there is more to buy or to pay than was approved."""
    approved = {one.key: one.most for one in saved.purchases}
    added = [one.id for one in now.purchases if one.key not in approved]
    dearer = [one.id for one in now.purchases if one.most > approved.get(one.key, one.most)]
    if added:
        raise _refused(f"{_few(added)} would be bought, and the plan does not have that", saved, now)
    if dearer:
        raise _refused(f"{_few(dearer)} may cost more than the plan says", saved, now)
    if now.total.min > saved.total.min or now.total.max > saved.total.max:
        raise _refused("it costs more than the plan says", saved, now)
    if now.prices != saved.prices:
        raise _refused("the price table changed since the plan was saved", saved, now)


def _refused(what: str, saved: Bill, now: Bill) -> BudgetError:
    return BudgetError(f"{what}: {_range(now)} now, {_range(saved)} in the plan; nothing was spent", help=AGAIN)


def _range(bill: Bill) -> str:
    low, high = bill.total.min, bill.total.max
    return f"${low}" if low == high else f"${low} to ${high}"


def _few(names: Sequence[str]) -> str:
    """The first few, each once, and how many more there are."""
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - FEW} more" if len(unique) > FEW else ""
    return ", ".join(f"`{name}`" for name in unique[:FEW]) + more
