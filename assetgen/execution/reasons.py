"""Why an asset is not bought, in words, with what helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assetgen.core.errors import ApiError, AssetGenerationError, BudgetError, CacheError, MissingKeyError
from assetgen.core.jobs import Candidate, Job, Purchase
from assetgen.core.journal import Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.execution.deciding import Decision, Hold
from assetgen.execution.stops import OF_SERVICE

REBUY = "`--rebuy` pays for one more try"


def failure(job: Job, purchase: Purchase, outcome: Outcome, decision: Decision) -> AssetGenerationError:
    """Why the asset fails or is held after an attempt."""
    code = "outcome_unknown" if isinstance(decision, Hold) and outcome.code != "download_failed" else outcome.code
    message = f"{purchase.provider}: {outcome.message}"
    ran = outcome.kind is OutcomeClass.FAILED and outcome.status != 500
    return ApiError(message, action=job.id, details={"code": code}, help=_known(code) if ran else _advice(code))


def in_the_way(job: Job, row: Row, limit: Usd | None = None) -> AssetGenerationError:
    """Why a purchase is not sent: what the journal has of it, and a limit of what may be risked."""
    provider, day = row.purchase.provider, f"{row.sent:%Y-%m-%d}"
    match row.state:
        case RowState.DECLINED | RowState.UNUSABLE:
            message = f"{provider} on {day}: {row.message.rstrip('.')}; it is not sent again"
            return ApiError(message, action=job.id, details={"code": row.code}, help=_known(row.code))
        case RowState.LOST:
            message = f"by your word it was paid for on {day}, and never came; it is not bought again"
            return ApiError(message, action=job.id, details={"code": "expired"}, help=REBUY)
        case RowState.STORED:
            message = f"it was bought on {day}, and the cache does not have its bytes any more"
            return CacheError(message, action=job.id, details={"trouble": "lost"}, help=REBUY)
        case _:
            message = f"{provider}: {row.message or 'an earlier attempt has no end yet'}"
            advice = _advice("outcome_unknown") if limit is None else _over(limit)
            return ApiError(message, action=job.id, details={"code": "outcome_unknown"}, help=advice)


def _advice(code: str) -> str:
    return {
        "auth": "check the key, then run again",
        "quota": "add credit to the account, then run again",
        "content_refused": "reword the prompt",
        "outcome_unknown": "it may have been done and charged, and is not sent again: see `assetgen ledger reconcile`",
        "download_failed": "run again: it is paid for, and is fetched again for nothing",
        "invalid_request": "change what the service names",
        "unusable_image": "",
        "unusable_audio": "",
        "expired": "",
    }.get(code, "run again")


def _over(limit: Usd) -> str:
    return (
        f"asking again would put more at risk than the ${limit} of --on-unknown-limit: raise it for "
        "`--on-unknown retry`, or see `assetgen ledger reconcile`"
    )


def _known(code: str) -> str:
    """What helps where asking again would end as it did."""
    return "; ".join(filter(None, ["reword the prompt" if code == "content_refused" else "", REBUY]))


def nobody(job: Job) -> MissingKeyError:
    """No seller has a key."""
    reasons = dict.fromkeys(candidate.unavailable for candidate in job.candidates)
    return MissingKeyError(
        "no service can be asked for it: " + "; ".join(reasons),
        action=job.id,
        help="set a key, or try it free first: add --draft",
    )


def decisive(said: Sequence[Outcome]) -> int:
    """Whose failure counts where all sellers failed: the first that a user can mend, else the last."""
    return next((number for number, outcome in enumerate(said) if outcome.code in OF_SERVICE), len(said) - 1)


def all_failed(job: Job, able: Iterable[Candidate], said: Sequence[Outcome]) -> ApiError:
    """What each seller said."""
    lines = [
        f"{candidate.offer.provider}/{candidate.offer.model}: {outcome.message.rstrip('.')}"
        for candidate, outcome in zip(able, said, strict=True)
    ]
    code = said[decisive(said)].code
    return ApiError("; ".join(lines), action=job.id, retryable=True, details={"code": code}, help=_advice(code))


def stays(error: ApiError) -> ApiError:
    """Why an asset of an alternative model is not made again."""
    message = f"{error.message}; what an alternative model made stays as it is"
    details = {"code": error.code, **error.details}
    return ApiError(message, action=error.action, retryable=error.retryable, details=details, help=error.help)


def frozen(job: Job) -> AssetGenerationError:
    """Nothing may be bought."""
    message = "it is not in the cache, and --frozen buys nothing"
    return AssetGenerationError(message, action=job.id, details={"code": "cancelled"}, help="run without --frozen")


def overcharged(purchase: Purchase, expected: Usd, cost: Usd) -> BudgetError:
    """A service took more than its price."""
    name = f"{purchase.provider}/{purchase.model}"
    return BudgetError(
        f"`{name}` took ${cost} where at most ${expected} was expected: its price is out of date, and buying ends here",
        help=f"set `prices: {{{name}: …}}` in assetgen.yaml",
    )


def unpriced(job: Job, purchase: Purchase) -> AssetGenerationError:
    """Nobody knows what it costs."""
    name = f"{purchase.provider}/{purchase.model}"
    return ApiError(
        f"nobody knows the price of `{name}`",
        action=job.id,
        details={"code": "unpriced"},
        help=f"set `prices: {{{name}: …}}` in assetgen.yaml",
    )
