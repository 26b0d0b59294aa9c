"""What to do next about a failure that has to do with money, beside what is said of its own case."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_REBUY = (("--rebuy", "`--rebuy` pays for one more try"),)

STEPS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "outcome_unknown": (
            ("assetgen ledger reconcile", "`assetgen ledger reconcile` settles it"),
            ("--on-unknown retry", "`--on-unknown retry` asks again, and may pay twice"),
        ),
        "content_refused": _REBUY,
        "unusable_image": _REBUY,
        "unusable_audio": _REBUY,
        "expired": _REBUY,
        "budget": (("--max-cost", "run again with a larger `--max-cost`"),),
    }
)
"""By code, what helps: the option or command, and the advice that names it."""


def next_step(code: str, said: str) -> str:
    """What was said of this case, and whatever else helps with its code and was not named there."""
    more = [advice for name, advice in STEPS.get(code, ()) if name not in said]
    return "; ".join(filter(None, [said, *more]))
