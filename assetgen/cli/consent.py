"""What the user allows to be paid for a second time, and how far buying may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetgen.core.surveys import Consent, OnUnknown

if TYPE_CHECKING:
    from assetgen.planning.saved import Choice
    from assetgen.settings import Settings


def consent(choice: Choice, on_unknown: OnUnknown, on_unknown_limit: str | None) -> Consent:
    """The options as one value. Raises ValidationError where a limit has nothing to limit, or is no amount."""
    from assetgen.core.errors import ValidationError
    from assetgen.core.money import Usd

    if on_unknown_limit is None:
        return Consent(choice.rebuy, on_unknown, upgrade=choice.upgrade)
    if on_unknown is not OnUnknown.RETRY:
        raise ValidationError("`--on-unknown-limit` is for asking again only", help="add --on-unknown retry")
    try:
        return Consent(choice.rebuy, on_unknown, Usd.parse(on_unknown_limit), choice.upgrade)
    except ValueError as error:
        raise ValidationError(f"`--on-unknown-limit`: {error}") from None


def require_budget(settings: Settings) -> None:
    """Raise ValidationError where there is no budget at all, for a run that is to buy up to it."""
    from assetgen.core.errors import ValidationError

    if (settings.max_cost, settings.max_cost_per_day, settings.max_cost_per_month) == (None, None, None):
        raise ValidationError("`--partial` needs a budget: say how far to buy", help="add --max-cost USD")
