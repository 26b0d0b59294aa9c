"""A key is seen by its service and by nobody else, however hard the service tries."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import traceback
from urllib.parse import quote

import pytest

from assetgen.core.provider import AttemptError, Fetcher
from assetgen.core.requests import Answer, ImageRequest
from assetgen.providers import replicate, together
from tests.fakes.sockets import Handler, answer, listening, saying

KEY = "CANARY/key+of=together-0123456789"
FORMS = (KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode()[:-4], "CANARY")
PICTURE = ImageRequest("black-forest-labs/FLUX.1-schnell", "a pier", 256, 256)


def echoed(request: bytes) -> tuple[str, str]:
    """The request's headers and the key in every form, once for a body and once for one line."""
    head = request.partition(b"\r\n\r\n")[0].decode()
    basic = base64.b64encode(f"user:{KEY}".encode()).decode()
    words = f"{head}\r\n{KEY} {quote(KEY, safe='')} {base64.b64encode(KEY.encode()).decode()} {basic}"
    return words, " ".join(words.split())


def echoing(status: str, form: str = "json") -> Handler:
    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        words, line = echoed(request)
        shapes = {
            "json": {"error": {"message": words, "code": line, "type": line}, "detail": words, "id": line},
            "list": {"data": [{"url": f"https://evil.test/{line}"}], "status": line, "id": line},
        }
        body = json.dumps(shapes[form]).encode() if form in shapes else words.encode()
        said = answer(body, f"{status} {line}", f"X-Echo: {line}", f"Location: https://evil.test/{KEY}?key={KEY}")
        match form:
            case "cut":
                writer.write(said[:-5])
                writer.close()
            case "broken":
                writer.write(f"HTTP/1.1 200 OK\r\n{line}\r\n\r\n".encode())
                writer.close()
            case "no http":
                writer.write(f"{line}\r\n\r\n".encode())
                writer.close()
            case _:
                writer.write(said)

    return handle


CASES = [
    *((status, "json") for status in ("200", "201", "302", "400", "401", "402", "403", "422", "429", "500", "502")),
    *(("200", form) for form in ("list", "text", "cut", "broken", "no http")),
]


@pytest.mark.parametrize("name", ["together", "replicate"])
@pytest.mark.parametrize(("status", "form"), CASES)
def test_a_service_that_repeats_the_key_is_not_repeated(
    name: str, status: str, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []

    async def scenario() -> None:
        async with listening(echoing(status, form)) as base:
            environment = {
                "TOGETHER_API_KEY": KEY,
                "TOGETHER_BASE_URL": base,
                "REPLICATE_API_TOKEN": KEY,
                "REPLICATE_BASE_URL": base,
            }
            provider = {"together": together, "replicate": replicate}[name].connect(environment, 1.5)
            shown.append(f"{provider!r} {vars(provider)}")
            try:
                found = await provider.call(provider.build(PICTURE))
                shown.append(everything(found))
                shown.append(repr(provider.read(found, PICTURE)))
                assert isinstance(provider, Fetcher)
                shown.append(everything(await provider.fetch(f"{base}/files/a.png")))
            except AttemptError as error:
                shown.append("".join(traceback.format_exception(error)) + repr(error.outcome))
                assert error.__cause__ is None
            await provider.close()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(scenario())
    everything_said = "\n".join([*shown, *(f"{record.getMessage()} {record.args}" for record in caplog.records)])
    assert caplog.records or status == "200"
    for secret in FORMS:
        assert secret not in everything_said


def everything(found: Answer) -> str:
    return f"{found!r} {found.body!r} {dict(found.headers)!r}"


def test_a_query_string_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with listening(saying(answer(b"x"))) as base:
            provider = together.connect({"TOGETHER_API_KEY": KEY, "TOGETHER_BASE_URL": base}, 1.5)
            assert isinstance(provider, Fetcher)
            await provider.fetch(f"{base}/files/a.png?signature=abcdef")
            await provider.close()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(scenario())
    lines = [record.getMessage() for record in caplog.records]
    assert any("/files/a.png" in line for line in lines)
    assert not any("abcdef" in line for line in lines)


def test_logging_is_left_as_it_was() -> None:
    before = {name: list(logging.getLogger(name).filters) for name in ("assetgen.providers._http.transport", "httpx")}

    async def scenario() -> None:
        async with listening(saying(answer(b"{}"))) as base:
            provider = together.connect({"TOGETHER_API_KEY": KEY, "TOGETHER_BASE_URL": base}, 1.5)
            await provider.call(provider.build(PICTURE))
            await provider.close()

    asyncio.run(scenario())
    assert {name: list(logging.getLogger(name).filters) for name in before} == before


@pytest.mark.parametrize(
    ("place", "everything"), [(0, True), (200_000, False), (400_000, True)], ids=["beginning", "middle", "end"]
)
def test_in_a_long_answer_keys_are_looked_for_where_there_may_be_words(place: int, everything: bool) -> None:
    """The one that was sent also in between; another one in another form would be part of a picture there."""
    said = f"{KEY} {quote(KEY, safe='')} {base64.b64encode(KEY.encode()).decode()}" if everything else KEY
    body = bytearray(b"x" * 400_000)
    body[place:place] = said.encode()

    async def scenario() -> bytes:
        async with listening(saying(answer(bytes(body)))) as base:
            provider = together.connect({"TOGETHER_API_KEY": KEY, "TOGETHER_BASE_URL": base}, 1.5)
            found = await provider.call(provider.build(PICTURE))
            await provider.close()
            return found.body

    found = asyncio.run(scenario())
    assert not [form for form in FORMS if form.encode() in found]
    assert found.count(b"x") >= 399_000
