"""The options that several commands share: the same name and meaning wherever they appear."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetgen.core.surveys import OnUnknown


def _only_metrics(path: Path | None) -> Path | None:
    """Refuse a name under which something else stands, before anything is bought."""
    from assetgen.reporting import prometheus

    try:
        if path is None or prometheus.overwritable(path):
            return path
    except OSError as error:
        raise typer.BadParameter(f"`{path}` can't be looked at: {error.strerror}") from error
    raise typer.BadParameter(f"`{path}` stands there and is no metrics file; choose another name")


Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Actions files: .yaml, .json or .jsonl; - reads standard input."),
]
PerhapsFiles = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE...",
        help="Actions files: .yaml, .json or .jsonl; - reads standard input. With --plan: those of the plan.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where assets go. [default: out, or out-draft with --draft]", show_default=False),
]
Draft = Annotated[
    bool,
    typer.Option("--draft", help="No key, no network, no cost: placeholder pictures and a synthetic voice."),
]
MaxCost = Annotated[
    str | None,
    typer.Option(metavar="USD", help="The wall that spending never passes. [env: ASSETGEN_MAX_COST]"),
]
Partial = Annotated[
    bool, typer.Option("--partial", help="With a budget: buy in the order of the files up to it, and skip the rest.")
]
Concurrency = Annotated[
    int | None,
    typer.Option("--concurrency", "-j", metavar="N", help="Calls in flight at once. [env: ASSETGEN_CONCURRENCY]"),
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Choose assets by id or pattern (repeatable); what they need comes along."),
]
Rebuy = Annotated[
    bool, typer.Option("--rebuy", help="Pay again for what was lost, and for what came unusable or was refused.")
]
UpgradeDegraded = Annotated[
    bool,
    typer.Option("--upgrade-degraded", help="Make what an alternative model made again, with the first choice."),
]
OnUnknownChoice = Annotated[
    OnUnknown,
    typer.Option(
        "--on-unknown", help="Paid calls of unknown outcome: keep them held, or ask again and maybe pay twice."
    ),
]
OnUnknownLimit = Annotated[
    str | None,
    typer.Option("--on-unknown-limit", metavar="USD", help="Ask again only while no more than this may be paid twice."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="More: reasons, and the traceback of a bug.")]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Configuration. [default: assetgen.yaml beside the first file, then here]",
        show_default=False,
    ),
]
CacheDir = Annotated[Path | None, typer.Option(metavar="DIR", help="[env: ASSETGEN_CACHE_DIR]", show_default=False)]
StateDir = Annotated[Path | None, typer.Option(metavar="DIR", help="[env: ASSETGEN_STATE_DIR]", show_default=False)]
MetricsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The figures of the run, for Prometheus.",
        callback=_only_metrics,
        show_default=False,
    ),
]
Durations = Annotated[int, typer.Option(metavar="N", min=0, help="List the slowest N.")]
Costs = Annotated[int, typer.Option(metavar="N", min=0, help="List the dearest N.")]
Yes = Annotated[bool, typer.Option("--yes", help="Agree beforehand to what the command asks.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
