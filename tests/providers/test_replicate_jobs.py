"""Jobs from end to end: sent, followed, fetched, and found again, beside a service that makes it hard."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from email.utils import formatdate
from typing import TypeVar, cast

import pytest

from assetgen.core.actions import JSON
from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass, Pending
from assetgen.core.provider import AttemptError, JobService
from assetgen.core.requests import Answer, Call, ImageRequest, Source
from assetgen.providers import replicate
from assetgen.providers.replicate import following
from tests.fakes.sockets import answer, listening
from tests.services.faults import Fault
from tests.services.server import Services

T = TypeVar("T")
FLUX = ImageRequest("black-forest-labs/flux-schnell", "a pier", 1024, 1024, 7)
SDXL = ImageRequest(
    "stability-ai/sdxl:7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc", "a pier", 512, 512
)
Do = Callable[[replicate.Replicate], Awaitable[T]]


@pytest.fixture(scope="module")
def shared() -> Iterator[Services]:
    with Services() as services:
        yield services


@pytest.fixture
def services(shared: Services) -> Iterator[Services]:
    shared.clear()
    yield shared
    assert shared.violations == []


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that the service still allows: at most four questions in a second."""
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.26)
    monkeypatch.setattr(following, "GROWTH", 1.0)


def do(services: Services, what: Do[T], timeout: float = 1.5, *, key: str = "") -> T:
    async def scenario() -> T:
        environment = services.environment() | ({"REPLICATE_API_TOKEN": key} if key else {})
        provider = replicate.connect(environment, timeout)
        assert isinstance(provider, replicate.Replicate)
        assert isinstance(provider, JobService)
        try:
            return await what(provider)
        finally:
            await provider.close()

    return asyncio.run(scenario())


def failing(services: Services, what: Do[object], timeout: float = 1.5, *, key: str = "") -> Outcome:
    with pytest.raises(AttemptError) as caught:
        do(services, what, timeout, key=key)
    return caught.value.outcome


async def send(provider: replicate.Replicate, request: ImageRequest = FLUX, token: str = "") -> Answer:
    call = provider.build(request)
    return await provider.call(Call(call.path, call.body, token))


async def job_of(provider: replicate.Replicate, request: ImageRequest = FLUX) -> str:
    """The id of a job that the service took."""
    call = provider.build(request)
    found = await provider._client.send("POST", call.path, body=call.body)
    reading = provider.read(found, request)
    assert isinstance(reading, Pending)
    return reading.job


AGE = 60.0
NOW = f"Date: {formatdate(usegmt=True)}"


@pytest.mark.parametrize("request_", [FLUX, SDXL])
def test_a_picture_from_the_request_to_its_bytes(services: Services, request_: ImageRequest) -> None:
    async def whole(provider: replicate.Replicate) -> Outcome:
        reading = provider.read(await send(provider, request_, "attempt-1"), request_)
        assert isinstance(reading, Elsewhere)
        assert reading.seconds
        found = provider.read(await provider.fetch(reading.url), request_)
        assert isinstance(found, Outcome)
        return found

    outcome = do(services, whole)
    assert outcome.good
    assert outcome.content is not None
    assert (outcome.content.width, outcome.content.height) == (request_.width, request_.height)
    headers = services.requests[0].headers
    assert (headers["prefer"], headers["cancel-after"], headers["idempotency-key"]) == ("wait=1", "120s", "attempt-1")


def test_a_job_that_is_not_done_is_followed_to_its_end(services: Services) -> None:
    async def follow(provider: replicate.Replicate) -> Answer:
        return await provider.follow(await job_of(provider))

    found = do(services, follow)
    assert found.source is Source.JOB
    assert services.bill.creates("replicate") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(500),
        Fault.status(503),
        Fault.status(502),
        Fault.status(429, {"detail": "Request was throttled.", "retry_after": 0}),
        Fault.status(404),
        Fault.reset(),
        Fault.cut(),
        Fault.lie("html_200"),
        Fault.lie("truncated_json"),
        Fault.lie("gzip"),
        Fault.lie("empty_200"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.code or fault.lie_kind}",
)
def test_trouble_while_asking_only_means_to_ask_again(services: Services, fault: Fault) -> None:
    services.faults.script("replicate", fault, where="poll")

    async def follow(provider: replicate.Replicate) -> Answer:
        return await provider.follow(await job_of(provider))

    assert do(services, follow).status == 200
    assert services.bill.creates("replicate") == 1


def test_a_limit_on_questions_is_waited_for(services: Services) -> None:
    slow: JSON = {"detail": "Request was throttled.", "retry_after": 0.6}
    services.faults.script("replicate", Fault.status(429, slow), where="poll")

    async def follow(provider: replicate.Replicate) -> float:
        loop = asyncio.get_running_loop()
        job, before = await job_of(provider), loop.time()
        await provider.follow(job)
        return loop.time() - before

    assert 0.6 <= do(services, follow) < 1.2


def test_a_job_that_does_not_end_is_called_off_and_named(services: Services) -> None:
    services.faults.always("replicate", Fault.lie("job_unknown_status"), where="poll")
    jobs: list[str] = []

    async def follow(provider: replicate.Replicate) -> None:
        jobs.append(await job_of(provider))
        await provider.follow(jobs[0])

    outcome = failing(services, follow, 0.5)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "timeout")
    assert f"`{jobs[0]}`" in outcome.message
    assert [seen.path for seen in services.requests if seen.path.endswith(f"{jobs[0]}/cancel")]
    assert services.requests[-1].method == "GET"


def test_a_job_that_ends_by_being_called_off_has_ended(services: Services) -> None:
    services.faults.script("replicate", Fault.lie("job_stuck"), where="poll")

    async def follow(provider: replicate.Replicate) -> Outcome:
        found = provider.read(await provider.follow(await job_of(provider)), FLUX)
        assert isinstance(found, Outcome)
        return found

    assert do(services, follow, 0.5).code == "timeout"


def test_an_answer_about_another_job_is_not_believed(services: Services) -> None:
    services.faults.always("replicate", Fault.lie("job_id_changed"), where="poll")

    async def follow(provider: replicate.Replicate) -> None:
        await provider.follow(await job_of(provider))

    outcome = failing(services, follow, 0.5)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "timeout")


def test_addresses_in_an_answer_are_not_asked(services: Services) -> None:
    services.faults.always("replicate", Fault.lie("job_other_urls"), where="poll")

    async def follow(provider: replicate.Replicate) -> Answer:
        return await provider.follow(await job_of(provider))

    assert services.other.encode() in do(services, follow).body
    assert services.elsewhere == []


def test_a_job_that_the_service_forgot_twice_is_gone(services: Services) -> None:
    outcome = failing(services, lambda provider: provider.follow("abcdefgh12345678"))
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "expired")
    assert "`abcdefgh12345678`" in outcome.message
    assert len(services.requests) == 2


@pytest.mark.parametrize("key", ["test-replicate-wrong", "  "])
def test_a_refused_or_missing_key_ends_the_questions_at_once(services: Services, key: str) -> None:
    outcome = failing(services, lambda provider: provider.follow("abcdefgh12345678"), key=key)
    assert outcome.code == "auth"
    assert len(services.requests) <= 1


def test_a_job_whose_acceptance_was_lost_is_found_by_what_it_was_asked_for(services: Services) -> None:
    services.faults.script("replicate", Fault.reset(charged=True))

    async def lose_and_find(provider: replicate.Replicate) -> Sequence[str]:
        with pytest.raises(AttemptError):
            await send(provider)
        await send(provider, ImageRequest(FLUX.model, "a quay", 1024, 1024, 7))
        await send(provider, ImageRequest(FLUX.model, "a pier", 1024, 1024, 8))
        await send(provider, SDXL)
        return await provider.find(provider.build(FLUX), AGE)

    assert len(do(services, lose_and_find)) == 1


def test_several_are_found_the_oldest_first(services: Services) -> None:
    async def twice(provider: replicate.Replicate) -> tuple[list[str], Sequence[str]]:
        jobs = []
        for _ in range(3):
            jobs.append(await job_of(provider, SDXL))
            await asyncio.sleep(0.01)
        return jobs, await provider.find(provider.build(SDXL), AGE)

    sent, found = do(services, twice)
    assert list(found) == sent


def test_what_was_sent_before_is_not_found(services: Services) -> None:
    async def once(provider: replicate.Replicate) -> Sequence[str]:
        await job_of(provider)
        return await provider.find(provider.build(FLUX), -5.0)

    assert do(services, once) == []


def test_a_list_of_many_pages_is_read_to_its_end(services: Services) -> None:
    async def many(provider: replicate.Replicate) -> tuple[str, Sequence[str]]:
        first = await job_of(provider)
        await asyncio.gather(*(job_of(provider, SDXL) for _ in range(205)))
        return first, await provider.find(provider.build(FLUX), AGE)

    first, found = do(services, many, 5.0)
    assert list(found) == [first]
    assert sum(seen.where == "list" for seen in services.requests) == 3


def test_a_list_that_hides_what_jobs_were_asked_for_proves_nothing(services: Services) -> None:
    services.faults.script("replicate", Fault.lie("list_without_input"), where="list")

    async def once(provider: replicate.Replicate) -> Sequence[str]:
        await job_of(provider)
        return await provider.find(provider.build(FLUX), AGE)

    outcome = failing(services, once)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "outcome_unknown")
    assert "no longer shows" in outcome.message


@pytest.mark.parametrize(
    "fault", [Fault.status(500), Fault.status(401), Fault.lie("html_200"), Fault.reset(), Fault.lie("gzip")]
)
def test_a_list_that_can_not_be_had_proves_nothing(services: Services, fault: Fault) -> None:
    services.faults.script("replicate", fault, where="list")
    outcome = failing(services, lambda provider: provider.find(provider.build(FLUX), AGE))
    assert outcome.kind is OutcomeClass.UNKNOWN


def find_in(body: bytes, *headers: str) -> Sequence[str]:
    """What is found in a list whose every page is this one, whatever it is asked for."""

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        assert request.startswith((b"GET /predictions HTTP", b"GET /predictions?cursor="))
        writer.write(answer(body, "200 OK", *headers))

    async def scenario() -> Sequence[str]:
        async with listening(handle) as base:
            provider = replicate.connect({"REPLICATE_API_TOKEN": "k" * 20, "REPLICATE_BASE_URL": base}, 1.5)
            assert isinstance(provider, replicate.Replicate)
            try:
                return await provider.find(provider.build(FLUX), AGE)
            finally:
                await provider.close()

    return asyncio.run(scenario())


def listed(name: str, created: object, **others: object) -> dict[str, object]:
    given = {**cast("dict[str, object]", replicate.connect({}, 1.0).build(FLUX).body["input"]), "output_quality": 80}
    return {"id": name, "model": FLUX.model, "version": "hidden", "input": given, "created_at": created, **others}


def test_only_jobs_of_this_model_and_time_are_found_even_where_the_list_has_others() -> None:
    now, long_ago = dt.datetime.now(dt.UTC).isoformat(), "2026-01-01T00:00:00.000Z"
    items: list[object] = [
        listed("right0000", now),
        listed("tooold000", long_ago),
        listed("naive0000", long_ago.rstrip("Z")),
        listed("nodate000", None),
        listed("othermodel", now, model="someone/else"),
        listed("otherseed", now, input={"prompt": FLUX.prompt}),
        listed("noinput00", now, input=None),
        listed("../evil", now),
        "no object",
    ]
    assert set(find_in(json.dumps({"results": items, "next": None}).encode(), NOW)) == {"right0000", "nodate000"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"results":[],"next":"https://evil.test/v1/predictions?cursor=abc"}', "more than 50 pages"),
        (b'{"results":[],"next":"https://evil.test/v1/predictions"}', "where its next page begins"),
        (b'{"results":[],"next":7}', "where its next page begins"),
        (b'{"results":null}', "no list"),
    ],
)
def test_a_list_without_a_proper_end_proves_nothing(body: bytes, message: str) -> None:
    with pytest.raises(AttemptError) as caught:
        find_in(body, NOW)
    assert caught.value.outcome.kind is OutcomeClass.UNKNOWN
    assert message in caught.value.outcome.message


def test_a_list_that_does_not_say_what_time_it_is_proves_nothing() -> None:
    with pytest.raises(AttemptError, match="what time it is"):
        find_in(b'{"results":[],"next":null}')


def test_a_clock_that_is_wrong_hides_no_job(services: Services) -> None:
    services.advance(-3 * 3600)

    async def once(provider: replicate.Replicate) -> tuple[str, Sequence[str]]:
        return await job_of(provider), await provider.find(provider.build(FLUX), AGE)

    job, found = do(services, once)
    assert list(found) == [job]


@pytest.mark.parametrize(
    "lie", ["output_other_host", "output_http_file", "output_redirect_chain", "output_redirect_other"]
)
def test_a_file_is_not_fetched_from_where_it_should_not_lie(services: Services, lie: str) -> None:
    services.faults.script("replicate", Fault.lie(lie))

    async def whole(provider: replicate.Replicate) -> Answer:
        reading = provider.read(await send(provider), FLUX)
        assert isinstance(reading, Elsewhere)
        return await provider.fetch(reading.url)

    assert failing(services, whole).code == "download_failed"
    assert services.elsewhere == []


def test_a_file_that_was_removed_was_paid_for(services: Services) -> None:
    services.faults.script("replicate", Fault.lie("output_expired"))

    async def whole(provider: replicate.Replicate) -> Outcome:
        reading = provider.read(await send(provider), FLUX)
        assert isinstance(reading, Elsewhere)
        found = provider.read(await provider.fetch(reading.url), FLUX)
        assert isinstance(found, Outcome)
        return found

    outcome = do(services, whole)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNUSABLE, "expired")
