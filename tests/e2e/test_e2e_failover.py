"""Every sort of trouble at every place of a chain, against the strict services: who makes it, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.core.actions import JSON
from assetgen.core.errors import MissingKeyError
from assetgen.core.events import ActionFailedOver, ProviderStopped
from assetgen.core.journal import Row, RowState
from tests.e2e.market import Market, picture, pictures
from tests.fakes.clock import FakeClock
from tests.services.faults import Fault
from tests.services.server import VARIABLES, Services

SELLERS = {"together": "flux-schnell", "replicate": "flux-schnell", "openai": "gpt-image-2"}
"""The chain: who is asked, and for which model."""
NOWHERE = "http://127.0.0.1:1/v1"


class End(Enum):
    """What a seller's trouble means for the asset."""

    MADE = auto()
    NEXT = auto()
    FAILS = auto()
    HELD = auto()


@dataclass(frozen=True)
class Trouble:
    """`fault` None is a closed port; `asked` is how often the request arrives."""

    name: str
    fault: Fault | None
    end: End
    code: str = ""
    asked: int = 1
    words: str = ""

    def __str__(self) -> str:
        return self.name


FINE = Trouble("fine", None, End.MADE)
AUTH = Trouble("auth", Fault.status(401), End.NEXT, "auth", words="The key was refused (401")
QUOTA = Trouble("quota", Fault.status(402), End.NEXT, "quota", words="no credit left (402")
GONE = Trouble("gone", Fault.status(404), End.NEXT, "model_unavailable", words="not served to this account (404")
STORM = Trouble("storm", Fault.status(429), End.NEXT, "rate_limited", 4, "may not send more requests now (429")
BROKEN = Trouble("broken", Fault.status(500, charged=True), End.NEXT, "service_error", 3, "The service failed (500")
DOWN = Trouble("down", Fault.status(503), End.NEXT, "service_down", 4, "can't take requests now (503")
CLOSED = Trouble("closed", None, End.NEXT, "network", 0, "No connection")
UNKNOWN_FIELD: JSON = {"error": {"message": "Unknown parameter", "type": "invalid_request_error", "code": "unknown"}}
INVALID = Trouble("invalid", Fault.status(400, UNKNOWN_FIELD), End.FAILS, "invalid_request")
CUT = Trouble("cut", Fault.lie("half_jpeg"), End.FAILS, "unusable_image")
LOST = Trouble("lost", Fault.reset(before=True, charged=True), End.HELD, "outcome_unknown")
GATEWAY = Trouble("gateway", Fault.status(502, charged=True), End.HELD, "outcome_unknown")
FOUND = Trouble("found", LOST.fault, End.MADE)
NEVER = Trouble("never", Fault.reset(before=True, charged=False), End.NEXT, "network", 4, "it never arrived")
BLOCKED: JSON = {"error": {"message": "No.", "type": "image_generation_user_error", "code": "moderation_blocked"}}
UNSAFE = {
    "together": Fault.status(422),
    "replicate": Fault.lie("job_nsfw"),
    "openai": Fault.status(400, BLOCKED),
}

EVERYWHERE = (FINE, AUTH, QUOTA, GONE, STORM, BROKEN, DOWN, CLOSED, INVALID, CUT)
AT_ONCE = (*EVERYWHERE, LOST, GATEWAY)
"""Services whose lost answers nobody can ask for."""
TROUBLES: Mapping[str, Sequence[Trouble]] = {
    name: (
        *(AT_ONCE if name != "replicate" else (*EVERYWHERE, FOUND, NEVER)),
        Trouble("unsafe", fault, End.FAILS, "content_refused"),
    )
    for name, fault in UNSAFE.items()
}

EXIT_CODES = {"auth": 6, "quota": 6, "outcome_unknown": 4}


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


def market(folder: Path, services: Services) -> Market:
    """An open market; waiting takes no time in it."""
    services.clear()
    return Market(folder, services, clock=FakeClock())


def strike(around: Market, troubles: Sequence[Trouble]) -> None:
    for name, trouble in zip(SELLERS, troubles, strict=True):
        if trouble is CLOSED:
            around.environment[VARIABLES[name][0]] = NOWHERE
        elif trouble.fault is not None:
            around.services.faults.always(name, trouble.fault)


def heal(around: Market) -> None:
    around.services.faults.clear()
    around.environment.update(around.services.environment())


@dataclass(frozen=True)
class Verdict:
    """Who made the asset; else with which code it failed. `asked` are those whose turn came."""

    maker: str
    code: str
    asked: tuple[str, ...]


def verdict(troubles: Sequence[Trouble]) -> Verdict:
    asked: list[str] = []
    for name, trouble in zip(SELLERS, troubles, strict=True):
        asked.append(name)
        if trouble.end is not End.NEXT:
            return Verdict(name if trouble.end is End.MADE else "", trouble.code, tuple(asked))
    codes = [trouble.code for trouble in troubles]
    return Verdict("", next((code for code in codes if code in {"auth", "quota"}), codes[-1]), tuple(asked))


def check(around: Market, troubles: Sequence[Trouble]) -> None:
    """One asset amid these troubles, and once more when they are over."""
    wanted = verdict(troubles)
    strike(around, troubles)
    result = around.run(picture("pier"))
    assert around.booked() == around.services.bill.total
    ended = {RowState.STORED, RowState.UNUSABLE, RowState.UNKNOWN, RowState.DECLINED}
    assert sum(row.state in ended for row in around.rows()) <= 1, "nobody is paid for what another one did"
    for name, trouble in zip(SELLERS, troubles, strict=True):
        assert around.asked(name) == (trouble.asked if name in wanted.asked else 0)
    if wanted.maker:
        assert result.exit_code == 0
        made = around.images()["pier"]
        seller = (made["provider"], made["model"], made["degraded"])
        assert seller == (wanted.maker, SELLERS[wanted.maker], wanted.maker == "openai")
    else:
        (failure,) = result.failures
        assert (failure.code, result.exit_code) == (wanted.code, EXIT_CODES.get(wanted.code, 1))
        if all(trouble.end is End.NEXT for trouble in troubles):
            for (name, model), trouble in zip(SELLERS.items(), troubles, strict=True):
                assert re.search(rf"{name}/{model}: [^;]*{re.escape(trouble.words)}", failure.message)
    assert len(around.heard(ActionFailedOver)) == len(wanted.asked) - 1
    check_again(around, made=bool(wanted.maker), for_good=troubles[len(wanted.asked) - 1].end)


def check_again(around: Market, *, made: bool, for_good: End) -> None:
    heal(around)
    before, bill = around.asked(), around.services.bill.total
    again = around.run(picture("pier"))
    if made:
        assert (again.exit_code, again.counts.cached, around.asked()) == (0, 1, before)
    elif for_good is End.HELD:
        assert (again.exit_code, around.asked()) == (4, before)
    elif again.exit_code:
        assert (again.exit_code, around.asked(), around.services.bill.total) == (1, before, bill)
    else:
        assert (around.asked(), around.images()["pier"]["provider"]) == (before + 1, "together")
    assert around.booked() == around.services.bill.total


FIRST = (GONE, DOWN, AUTH)
"""What brings the turn to a later seller."""


@pytest.mark.parametrize(
    ("place", "trouble"),
    [
        pytest.param(place, trouble, id=f"{name}-{trouble}")
        for place, name in enumerate(SELLERS)
        for trouble in TROUBLES[name]
    ],
)
def test_a_trouble_at_one_place_of_the_chain(place: int, trouble: Trouble, tmp_path: Path, services: Services) -> None:
    after = (FINE,) * (len(SELLERS) - place - 1)
    check(market(tmp_path, services), (*FIRST[:place], trouble, *after))


MIXES = st.tuples(*(st.sampled_from(TROUBLES[name]) for name in SELLERS))
ALL_FAIL = st.tuples(*(st.sampled_from([one for one in TROUBLES[name] if one.end is End.NEXT]) for name in SELLERS))


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(troubles=st.one_of(MIXES, ALL_FAIL))
def test_any_mix_of_troubles_pays_once_and_says_what_each_seller_said(
    tmp_path_factory: pytest.TempPathFactory, services: Services, troubles: tuple[Trouble, ...]
) -> None:
    check(market(tmp_path_factory.mktemp("market"), services), troubles)


def test_a_service_that_falls_silent_is_held_and_nobody_else_is_asked(tmp_path: Path, services: Services) -> None:
    services.clear()
    around = Market(tmp_path, services, {"timeouts": {"together": 1}})
    services.faults.script("together", Fault.hang(charged=True))
    result = around.run(picture("pier"))
    assert (result.exit_code, around.asked("replicate"), around.asked("openai")) == (4, 0, 0)
    assert around.booked() == services.bill.total > 0


def test_without_a_key_one_seller_is_passed_over_and_said(tmp_path: Path, services: Services) -> None:
    around = market(tmp_path, services)
    del around.environment["TOGETHER_API_KEY"]
    result = around.run(picture("pier"))
    assert (result.exit_code, around.images()["pier"]["provider"], around.asked("together")) == (0, "replicate", 0)
    (warned,) = result.warnings
    assert (warned.id, warned.finding.code) == ("pier", "auth")
    assert warned.finding.message == "`together/flux-schnell` is passed over: TOGETHER_API_KEY is not set"


def test_a_missing_key_is_told_before_the_first_purchase_and_never_made_up_for_by_another_model(
    tmp_path: Path, services: Services
) -> None:
    around = market(tmp_path, services)
    for variable in ("TOGETHER_API_KEY", "REPLICATE_API_TOKEN"):
        del around.environment[variable]
    with pytest.raises(MissingKeyError, match="TOGETHER_API_KEY or REPLICATE_API_TOKEN") as caught:
        around.run({**picture("dear"), "model": "gpt-image-2"}, picture("pier"))
    assert (caught.value.exit_code, around.asked(), around.rows()) == (6, 0, ())


def test_what_is_bought_needs_no_key(tmp_path: Path, services: Services) -> None:
    around = market(tmp_path, services)
    around.run(picture("pier"))
    for variable in ("TOGETHER_API_KEY", "REPLICATE_API_TOKEN", "OPENAI_API_KEY"):
        del around.environment[variable]
    (tmp_path / "out/images/pier.png").unlink()
    result = around.run(picture("pier"))
    assert (result.exit_code, result.counts.cached, around.asked()) == (0, 1, 1)


def test_an_alternative_is_the_users_choice_where_the_chain_has_nothing_else(
    tmp_path: Path, services: Services
) -> None:
    around = market(tmp_path, services)
    around.settings["models"] = {"flux-schnell": [{"model": "sdxl"}]}
    assert around.run(picture("pier")).exit_code == 0
    assert around.images()["pier"]["degraded"] is True


def dead(folder: Path, services: Services, trouble: Trouble, *chain: str) -> Market:
    """A market in which replicate is in trouble, and together may be asked after it."""
    around = market(folder, services)
    around.settings |= {"models": {"flux-schnell": list(chain)}, "image_format": "original", "concurrency": 32}
    strike(around, (FINE, trouble, FINE))
    return around


def made(around: Market) -> list[Row]:
    """The attempts that were made, without those that had their money when the service was given up."""
    unmade = re.compile("is not asked again in this run|is left alone for")
    return [row for row in around.rows() if not unmade.search(row.message)]


@pytest.mark.parametrize("trouble", [DOWN, BROKEN, CLOSED, AUTH], ids=str)
def test_a_dead_service_is_asked_a_few_times_for_two_hundred_pictures_and_the_next_one_makes_them_all(
    trouble: Trouble, tmp_path: Path, services: Services
) -> None:
    around = dead(tmp_path, services, trouble, "replicate", "together")
    result = around.run(*pictures(200))
    assert (result.exit_code, result.counts.generated) == (0, 200)
    attempts = [row for row in made(around) if row.purchase.provider == "replicate"]
    assert around.asked("replicate") <= len(attempts) <= 30
    assert {image["provider"] for image in around.images().values()} == {"together"}
    assert around.booked() == services.bill.total
    assert len(around.heard(ProviderStopped)) == (trouble.code == "auth")


@pytest.mark.parametrize("trouble", [DOWN, BROKEN, CLOSED], ids=str)
def test_where_nobody_else_sells_it_a_dead_service_costs_few_requests(
    trouble: Trouble, tmp_path: Path, services: Services
) -> None:
    around = dead(tmp_path, services, trouble, "replicate")
    result = around.run(*pictures(200))
    assert (result.exit_code, result.counts.failed) == (1, 200)
    assert len(made(around)) <= 30
    assert around.booked() == services.bill.total


def test_a_service_that_hangs_costs_few_requests_and_all_of_them_are_held(tmp_path: Path, services: Services) -> None:
    services.clear()
    chosen = {"models": {"flux-schnell": ["together"]}, "timeouts": {"together": 1}, "concurrency": 16}
    around = Market(tmp_path, services, chosen)
    services.faults.always("together", Fault.hang(charged=True))
    result = around.run(*pictures(200))
    assert 0 < around.asked("together") == result.counts.held <= 30
    assert (result.exit_code, result.counts.failed) == (4, 200 - result.counts.held)
    assert around.booked() == services.bill.total
