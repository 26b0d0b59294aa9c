from __future__ import annotations

import io

from assetgen.core.events import (
    ActionFailedOver,
    ActionRetry,
    ActionWaiting,
    BudgetStopped,
    Event,
    ProviderLimited,
    ProviderStopped,
    RunStopping,
)
from assetgen.core.results import Status
from assetgen.reporting.plain import Plain
from tests.reporting.builders import begun, cached, done, failed, finished, money, started, timed

REFUSED = (
    "the service's content filter refused the prompt (actions.yaml:1932); paid: $0.04; "
    "next: reword the prompt; `--rebuy` pays for one more try"
)
GITHUB = {"GITHUB_ACTIONS": "true"}


def lines(*events: Event, every: float = 1.0, environment: dict[str, str] | None = None) -> list[str]:
    stream = io.StringIO()
    listener = Plain(stream, environment=environment or {})
    for one in timed(*events, every=every):
        listener(one)
    return stream.getvalue().splitlines()


def test_a_small_run_has_a_line_for_every_asset_that_ended() -> None:
    assert lines(
        started(), cached("a"), begun("b"), done("b"), failed("c", paid=money("0.04"), cost=money("0.04")), finished()
    ) == [
        "assetgen run: actions.yaml, 6 assets: 2 cached, 4 new, 0 changed",
        "assetgen: estimate $0.01 - $0.02, budget $5.00, 6 at once",
        "+00:01 CACHED   a saved=$0.0027",
        "+00:03 DONE     b together/flux-schnell 4.4 s cost=$0.0027 images/b.png",
        f"+00:04 FAIL     c together/flux-schnell content_refused: {REFUSED}",
        "+00:05 images    3/6 generated=1 cached=1 failed=1 spent=$0.0427",
    ]


def test_a_large_run_has_a_line_every_five_percent_or_thirty_seconds() -> None:
    many = [done(f"a{n}") for n in range(1000)]
    said = lines(started(total=1000, cached=0), *many, every=0.01)
    progress = [line for line in said if " progress " in line]
    assert len(progress) == 20
    assert "progress 500/1000 50% generated=500 spent=$1.35" in progress[9]
    assert not any("DONE" in line for line in said)
    slow = lines(started(total=1000, cached=0), *many[:10], every=10.0)
    assert [line.split()[0] for line in slow if " progress " in line] == ["+00:30", "+01:00", "+01:30"]


def test_a_large_run_still_has_every_failure_and_every_change_of_a_limit() -> None:
    limit = ProviderLimited("together", 3, 6, "2 x 429 in 60 s")
    said = lines(started(total=1000), failed("a"), limit, failed("b", status=Status.HELD, unknown=money("0.04")))
    assert [line.split()[1] for line in said if line.startswith("+")] == ["FAIL", "LIMIT", "HELD"]
    assert "LIMIT    together 6 -> 3 at once, 2 x 429 in 60 s" in said[3]
    assert "paid: unknown, up to $0.04" in said[4]


def test_retries_failovers_stops_and_the_end_of_the_budget_have_their_lines() -> None:
    said = "\n".join(
        lines(
            started(),
            ActionRetry("a", "together", "flux-schnell", "rate_limited", "429", 2, 4, 9.0),
            ActionFailedOver("a", "service_down", "503", "together", "flux-schnell", "replicate", "sdxl"),
            ProviderStopped("openai", "auth", "the key was refused"),
            BudgetStopped(money("4.99"), money("5")),
            RunStopping(1),
            ActionWaiting("a", "together", "a slot"),
        )
    )
    for expected in (
        "RETRY    a together rate_limited: 429; attempt 2/4, waiting 9.0 s",
        "FAILOVER a together/flux-schnell -> replicate/sdxl service_down: 503",
        "STOP     openai is not asked again: auth: the key was refused",
        "BUDGET   the next purchase would pass the wall: spent=$4.99 of $5.00",
        "STOPPING finishing 1 request already sent, starting no more",
    ):
        assert expected in said
    assert "a slot" not in said


def test_a_draft_says_so() -> None:
    assert any("assetgen: draft:" in line for line in lines(started(draft=True)))


def test_groups_and_annotations_only_under_github_actions() -> None:
    events = (started(), failed("a"), finished())
    said = lines(*events, environment=GITHUB)
    assert said.index("::group::Progress") < said.index("::endgroup::")
    assert (
        "::error title=assetgen (content_refused),file=actions.yaml,line=1932"
        "::a: the service's content filter refused the prompt%0A  next: reword the prompt"
    ) in said
    assert not any(line.startswith("::") for line in lines(*events))


def test_the_tenth_annotation_counts_the_rest() -> None:
    said = lines(started(), *(failed(f"a{n}") for n in range(12)), finished(), environment=GITHUB)
    errors = [line for line in said if line.startswith("::error")]
    assert len(errors) == 10
    assert errors[-1].endswith("and 3 more failures")


def test_nobodys_text_becomes_a_command_or_a_control_code() -> None:
    evil = "x\r\n::set-output name=a::b\x1b[2J ##[error]c, d: e%"
    said = lines(started(), failed(evil, message=evil), done("::warning::z"), environment=GITHUB)
    own = ("::group::Progress", "::error title=assetgen (content_refused),file=actions.yaml,line=1932::")
    assert all(line.startswith(own) for line in said if line.startswith("::"))
    assert not any("##[" in line for line in said if not line.startswith("::"))
    assert not {"\x1b", "\r"} & set("".join(said))
    assert any("e%25" in line for line in said)
