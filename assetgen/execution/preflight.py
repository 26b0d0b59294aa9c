"""Everything that ends a run before its first purchase."""

from __future__ import annotations

from collections.abc import Sequence

from assetgen.catalog.services import SERVICES
from assetgen.core.errors import AssetGenerationError, BudgetError, MissingKeyError
from assetgen.core.money import Usd
from assetgen.core.surveys import Standing, State, Survey
from assetgen.planning.lacking import Lack, lacks

FEW = 3


WAITING = frozenset({State.CACHED, State.HELD, State.REFUSED})
"""Nothing is bought for these."""


def check(
    survey: Survey, budget: Usd | None, *, frozen: bool = False, partial: bool = False, spent: Usd = Usd()
) -> None:
    """Let a run begin, or say why not.

    Args:
        frozen: Nothing may be bought.
        partial: The budget may be too small for all of it.
        spent: What counts against the budget already, by runs that were interrupted.

    Raises:
        AssetGenerationError: The run is frozen, and something is missing.
        BudgetError: A price is unknown, or the least that it costs is above the budget.
        MissingKeyError: Nobody who sells an asset's own model can be asked.
    """
    missing = [one for one in survey.standings if one.state is not State.CACHED and one.job.candidates]
    if frozen and missing:
        verb = "is" if len(missing) == 1 else "are"
        message = f"{some(missing)} {verb} not in the cache, and --frozen buys nothing"
        raise AssetGenerationError(message, help="run without --frozen to make what is missing")
    missing = [one for one in missing if one.state not in WAITING]
    unpriced = [one for one in missing if one.state is State.UNPRICED]
    if unpriced:
        raise BudgetError(f"nobody knows the price of {some(unpriced)}", help="set `prices:` in assetgen.yaml")
    _require_sellers(missing)
    if budget is not None and not partial and survey.total.min and spent + survey.total.min > budget:
        before = f"${spent} was spent by runs that were interrupted, and " if spent else ""
        message = f"{before}it costs at least ${survey.total.min}, and the budget is ${budget}; nothing was spent"
        most = spent + survey.total.max
        raise BudgetError(message, help=f"--max-cost {most}, choose less with --only, or add --partial")


def _require_sellers(missing: Sequence[Standing]) -> None:
    lacking = lacks(missing)
    if lacking:
        said = "; ".join(f"{some(one.standings)} {_wants(one)}" for one in lacking)
        raise MissingKeyError(said, help=f"{_where_to_get_keys(lacking)}try it free first: add --draft")


def _wants(lack: Lack) -> str:
    keys = list(_keys(lack))
    if len(keys) < len(lack.reasons):
        return f"can't be made: {' and '.join(lack.reasons.values())}"
    verb = "needs" if len(lack.standings) == 1 else "need"
    rest = {1: "which is not set", 2: "and neither is set"}.get(len(keys), "and none of them is set")
    return f"{verb} {' or '.join(keys)}, {rest}"


def _where_to_get_keys(lacking: Sequence[Lack]) -> str:
    accounts = {key: account for lack in lacking for key, account in _keys(lack).items()}
    if not accounts:
        return ""
    places = "".join(f"export {key}=… from {account}\n" for key, account in accounts.items())
    return f"{places}or write it into .env beside assetgen.yaml\nor "


def _keys(lack: Lack) -> dict[str, str]:
    """Variables of keys that are not set, with the pages on which one gets them."""
    services = (SERVICES[name] for name in lack.reasons if name in SERVICES)
    return {one.keys[0]: one.account for one in services if lack.reasons[one.name] == f"{one.keys[0]} is not set"}


def some(standings: Sequence[Standing]) -> str:
    """The first few ids, how many more there are, and where the first one stands."""
    names = ", ".join(f"`{standing.job.id}`" for standing in standings[:FEW])
    more = f" and {len(standings) - FEW} more" if len(standings) > FEW else ""
    return f"{names}{more} ({standings[0].job.place})"
