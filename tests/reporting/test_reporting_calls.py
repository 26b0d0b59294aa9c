from __future__ import annotations

from rich.console import Group

from assetgen.core.events import (
    ActionFailedOver,
    ActionWaited,
    Event,
    ProviderLimited,
    ProviderStopped,
    Wait,
)
from assetgen.core.outcomes import OutcomeClass
from assetgen.reporting import calls, theme
from assetgen.reporting.metrics import Metrics
from tests.reporting.builders import called, done, started, text_of, timed

TOGETHER = ("together", "flux-schnell")


def heard(*events: Event) -> Metrics:
    metrics = Metrics()
    for one in timed(*events):
        metrics(one)
    return metrics


def shown(*events: Event) -> list[str]:
    return text_of(Group(*calls.screen(heard(*events), theme.ASCII)), symbols=theme.ASCII).splitlines()


def retry(provider: str, wait: float) -> tuple[Event, Event]:
    """The wait before a call, and the call."""
    return ActionWaited("a", provider, "m", Wait.RETRY, wait), called("a", provider=provider, model="m", again=True)


def waited(reason: Wait, seconds: float) -> ActionWaited:
    return ActionWaited("a", *TOGETHER, reason, seconds)


def test_a_run_in_which_all_went_well_has_nothing_to_tell() -> None:
    assert shown(started(), called("a"), done("a"), waited(Wait.LIMIT, 60), waited(Wait.PROCESS, 0.2)) == []


def test_failed_calls_are_told_with_their_codes_the_most_frequent_first() -> None:
    refused = [called("a", OutcomeClass.REFUSED, "rate_limited")] * 2
    over = ActionFailedOver("a", "network", "gone", *TOGETHER, "replicate", "sdxl")
    lines = shown(*refused, called("b", OutcomeClass.NOT_SENT, "network"), over, called("c"))
    assert lines == ["  Calls    4, 3 failed: 2 rate_limited, 1 network; 1 failover"]


def test_waits_are_told_with_what_was_waited_for() -> None:
    lines = shown(*retry("together", 30), *retry("openai", 8), waited(Wait.PROCESS, 75), waited(Wait.MONEY, 2))
    assert " ".join(" ".join(lines).split()) == (
        "Waited 38.0 s before trying again (openai, together), 2 retries; "
        "1:15 for other processes; 2.0 s for money to come free (all assets together)"
    )


def test_slots_are_spoken_of_where_a_service_asked_for_less() -> None:
    less = ProviderLimited("together", 4, 8, "429")
    assert shown(waited(Wait.LIMIT, 60), less) == [
        "  Waited   1:00 for a service that asked for less (all assets together)",
        "  Limited  together asked for less once",
    ]


def test_services_that_asked_for_less_or_were_given_up_are_named() -> None:
    less = ProviderLimited("together", 4, 8, "429")
    events = (
        less,
        less,
        ProviderLimited("together", 8, 4, "it answers well"),
        ProviderStopped("openai", "quota", "spent"),
    )
    expected = "  Limited  together asked for less 2 times; openai was not asked any more: quota"
    assert shown(*events) == [expected]


def test_the_speed_of_models_that_were_called_often_is_told() -> None:
    often = [called(f"a{number}", seconds=1.0 if number < 15 else 8.0) for number in range(20)]
    assert shown(*often, *[called("v", provider="openai", model="openai-tts")] * 19) == [
        "  Speed    together/flux-schnell 1.0 s a call, 95 % within 8.0 s"
    ]


def test_at_most_three_models_are_told_of() -> None:
    events = [called("a", model=f"m{number}") for number in range(5) for _ in range(20 + number)]
    names = [line.removeprefix("  Speed").split()[0] for line in shown(*events)]
    assert names == ["together/m4", "together/m3", "together/m2"]


def test_in_a_pipe_the_figures_are_words_with_values() -> None:
    events: list[Event] = [
        called("a", seconds=1.0),
        called("b", OutcomeClass.FAILED, "service_error", seconds=2.0),
        *retry("together", 9),
    ]
    figures = "calls=3 errors=1 retries=1 failovers=0 waited=9.0s p50=2.0s p95=4.0s"
    assert calls.plain(heard(*events, waited(Wait.LIMIT, 60))) == figures
    less = ProviderLimited("together", 4, 8, "429")
    assert " limited=together:1" in calls.plain(heard(*events, less))
    assert calls.plain(heard(started(), done("a"))) == ""


def test_a_services_words_bring_no_control_characters() -> None:
    evil = "\x1b[2J\u202e"
    events = [called("a", OutcomeClass.FAILED, evil, model=evil, provider=evil)] * 20
    text = "".join(shown(*events, *retry(evil, 9)))
    assert not {"\x1b", "\u202e"} & set(text)
