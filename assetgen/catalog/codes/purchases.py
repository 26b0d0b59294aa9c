"""Failures that are about money, or about what came for it."""

from __future__ import annotations

from assetgen.catalog.codes.explanation import Explanation, example

PURCHASES = (
    Explanation(
        code="unusable_image",
        kind="failure",
        title="The service sent no usable picture",
        what="An answer came and was charged, but its bytes aren't a whole picture: they are cut off, of another "
        "format, far too large, or one single colour. Buying it again is your decision, because it costs money again, "
        "so the same request isn't repeated by itself.",
        next="Run the command with `--rebuy` to buy it once more, or change the prompt a little. If pictures of one "
        "colour are what you want, allow them.",
        example=example(
            """
            # assetgen.yaml
            reject_blank: false
            """
        ),
    ),
    Explanation(
        code="unusable_audio",
        kind="failure",
        title="The service sent no usable sound",
        what="An answer came and was charged, but it isn't speech: it is empty, silent, cut off, of another format, "
        "or ten times too long for its text. The same request isn't repeated by itself, because it costs money again.",
        next="Run the command with `--rebuy` to buy it once more. If it happens again, change the text: unusual "
        "signs, long numbers and other scripts than the voice's own are the usual reasons.",
    ),
    Explanation(
        code="download_failed",
        kind="failure",
        title="The picture was made, but couldn't be fetched",
        what="The service made the picture, and charged for it, and gave an address to fetch it from. Fetching was "
        "tried several times in vain. The job is kept, so the picture doesn't have to be made again.",
        next="Run the same command again soon: it fetches and pays nothing. Services delete their files after a "
        "while, Replicate after one hour.",
    ),
    Explanation(
        code="expired",
        kind="failure",
        title="The service has deleted what it made",
        what="The picture was made and paid for, but when it was to be fetched the service had already removed it. "
        "This happens when a run was interrupted and taken up again too late: Replicate keeps files for one hour. "
        "It is also said of what you settled with `assetgen ledger reconcile --assume-paid`.",
        next="`--rebuy` buys it again, at its full price. After an interruption, run the same command again within "
        "the hour to avoid this.",
        example=example(
            """
            assetgen run actions.yaml --only ch1/harbour_dusk --rebuy
            """
        ),
    ),
    Explanation(
        code="outcome_unknown",
        kind="failure",
        title="Nobody knows whether this was made and charged",
        what="The request left, and no whole answer came back: the connection broke, or the program was killed. The "
        "service may have done the work and charged for it. Asking again, here or elsewhere, could pay twice for one "
        "asset, so it is held and its price stays counted in the budget.",
        next="`assetgen ledger reconcile` asks the service where it can be asked. Otherwise look at the service's "
        "usage page and tell what you found: `--assume-unpaid KEY` frees the money, so that the next run asks again; "
        "`--assume-paid KEY` books it, and `--rebuy` then buys it once more. If the risk is small to you, "
        "`--on-unknown retry` simply asks again, once a run.",
        example=example(
            """
            assetgen ledger show
            assetgen ledger reconcile
            assetgen run actions.yaml --on-unknown retry --on-unknown-limit 0.10
            """
        ),
    ),
    Explanation(
        code="budget",
        kind="failure",
        title="It doesn't fit into the budget",
        what="The wall that `--max-cost` or `assetgen.yaml` sets would have been passed, so neither this nor anything "
        "after it was bought. Purchases whose outcome is unknown count as spent. A run continues the account of an "
        "interrupted run in the same folder; the limits of a day and a month are for the whole project.",
        next="`assetgen estimate` shows what is missing and what it costs. Raise the limit, choose a cheaper model, "
        "or buy a part: `--only` chooses assets, and `--partial` buys in the order of the file up to the wall and "
        "skips the rest. A limit of a day or a month waits for the next one (UTC).",
        example=example(
            """
            assetgen estimate actions.yaml
            assetgen run actions.yaml --max-cost 5 --partial
            """
        ),
    ),
    Explanation(
        code="unpriced",
        kind="failure",
        title="Nobody knows what this costs",
        what="There is no price for this model or voice at this service. An unknown price is never taken for zero, "
        "because then no budget would hold, so nothing is bought until you name one.",
        next="Look the price up on the service's page and write it into `assetgen.yaml`. Your price always wins over "
        "the built-in one. `assetgen models` lists what is known.",
        example=example(
            """
            # assetgen.yaml
            prices:
              together/flux-schnell: {usd: "0.0027", per: megapixel}
            """
        ),
    ),
)
