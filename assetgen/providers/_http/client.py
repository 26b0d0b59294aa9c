"""What a provider speaks through: calls to its service's own address, and downloads from where its files lie."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urljoin

from assetgen.catalog.services import SERVICES
from assetgen.core.actions import JSON
from assetgen.core.offers import Service
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Call, Source, canonical
from assetgen.core.secrets import Redactor
from assetgen.providers._http.addresses import Origin, base_url, by_proxy, complaint, is_public, listed, resolve
from assetgen.providers._http.exchange import Ask
from assetgen.providers._http.transport import WINDOW, Transport
from assetgen.providers.environment import LOOPBACK, host_class, key_of

MOST_JSON = 80_000_000
MOST_FILE = 50_000_000
HOPS = 3
REDIRECTING = frozenset({301, 302, 303, 307, 308})
TRANSIENT = frozenset({408, 425, 429})


class Client:
    """Speaks to one service with one key. Connections are opened when they are needed, and again after `close`.

    Args:
        header, form: The header that the key is sent in, and how; nowhere else does it ever stand.
        unusable_as: The code of an answer that is paid for and too long; empty where the service can be asked again.
        timeout: Seconds for one call, from its connection to the last byte of its answer.
        window: Seconds within which an answer that comes too slowly is given up.
        look_up: Tells the addresses that a host's name stands for.

    Raises:
        ValidationError: The service's address can't be used.
    """

    def __init__(
        self,
        service: Service,
        environment: Mapping[str, str],
        timeout: float,
        *,
        header: str = "Authorization",
        form: str = "Bearer {}",
        unusable_as: str = "",
        window: float = WINDOW,
        look_up: Callable[[str], Awaitable[list[str]]] = resolve,
    ) -> None:
        self._service = service
        self._base = base_url(service, environment)
        self._origin = Origin.of(self._base)
        self._key = key_of(service, environment)
        self._header, self._form = header, form
        self._unusable_as = unusable_as
        self._timeout = timeout
        self._look_up = look_up
        self.loopback = host_class(service, environment) == LOOPBACK
        others = (key_of(one, environment) for one in SERVICES.values())
        own = () if self._key is None else (self._key,)
        redactor = Redactor(*own, *(key for key in others if key is not None))
        self._transport = Transport(redactor, Redactor(*own, disguised=False), direct=self.loopback, window=window)

    async def post(self, call: Call, headers: Mapping[str, str] | None = None, *, unusable_as: str = "") -> Answer:
        """Send what is paid for, once, under its token. Raises what `send` raises.

        Args:
            unusable_as: The code of an answer that is paid for and too long, where it isn't the client's.
        """
        token = {"Idempotency-Key": call.token} if call.token else {}
        every = {**token, **(headers or {})}
        return await self.send("POST", call.path, body=call.body, headers=every, unusable_as=unusable_as)

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, JSON] | None = None,
        headers: Mapping[str, str] | None = None,
        source: Source = Source.CALL,
        deadline: float | None = None,
        unusable_as: str = "",
    ) -> Answer:
        """One request to the service, and its complete answer, whatever the status. Redirects are not followed.

        Args:
            path: Below the base URL, with the query where there is one.
            deadline: Seconds for all of it, if fewer than usual.

        Raises:
            AttemptError: There is no complete answer: NOT_SENT where the request can't have arrived, else UNKNOWN.
        """
        content = canonical(dict(body)) if body is not None else None
        kind = {"Content-Type": "application/json"} if content is not None else {}
        every = {**kind, **self._credentials(), **(headers or {})}
        seconds = self._timeout if deadline is None else deadline
        url, code = f"{self._base}/{path}", unusable_as or self._unusable_as
        return await self._transport.exchange(
            Ask(method, url, self._origin.host, every, content, source, MOST_JSON, seconds, code)
        )

    async def download(
        self, url: str, *, allowed: Sequence[str] = (), trusted: Sequence[str] = (), deadline: float | None = None
    ) -> Answer:
        """A file that an answer named, from the service's own origin or over `https` from hosts that are listed.

        The key goes to the service's origin and to trusted hosts only, and never past a redirect to another origin.

        Raises:
            AttemptError: It can't be had; `download_failed`.
        """
        try:
            async with asyncio.timeout(self._timeout if deadline is None else deadline):
                answer = await self._through_redirects(url, (*allowed, *trusted), trusted)
        except TimeoutError:
            raise _failed("it took too long") from None
        except AttemptError as error:
            raise _failed(error.outcome.message) from None
        if answer.status in TRANSIENT or answer.status >= 500:
            raise _failed(f"the answer was {answer.status}")
        return answer

    async def warm(self, calls: int) -> None:
        """Have connections to the service for so many calls before the first of them comes; nothing is sent."""
        await self._transport.warm(self._base, calls)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._transport.close()

    async def _through_redirects(self, url: str, allowed: Sequence[str], trusted: Sequence[str]) -> Answer:
        origin = await self._checked(url, allowed)
        with_key = origin == self._origin or listed(origin.host, trusted)
        for _ in range(HOPS + 1):
            answer = await self._transport.exchange(self._ask_for_file(url, origin, with_key=with_key))
            if answer.status not in REDIRECTING:
                return answer
            url = urljoin(url, answer.headers.get("location", ""))
            before, origin = origin, await self._checked(url, allowed)
            with_key = with_key and origin == before
        raise _failed(f"it was redirected more than {HOPS} times")

    def _ask_for_file(self, url: str, origin: Origin, *, with_key: bool) -> Ask:
        headers = self._credentials() if with_key else {}
        return Ask("GET", url, origin.host, headers, None, Source.FILE, MOST_FILE, self._timeout)

    async def _checked(self, url: str, allowed: Sequence[str]) -> Origin:
        """Whose address this is. Raises AttemptError where nothing should be fetched from there."""
        wrong = complaint(url, self._origin, allowed)
        if wrong:
            raise _failed(f"the service named an address that is not used: {wrong}")
        origin = Origin.of(url)
        # The name can be made to point elsewhere after this look, but then no certificate will match it.
        if origin != self._origin and not by_proxy(origin.host):
            await self._check_public(origin.host)
        return origin

    async def _check_public(self, host: str) -> None:
        try:
            addresses = await self._look_up(host)
        except OSError:
            raise _failed(f"the name `{host}` is not known") from None
        if not addresses or not all(is_public(address) for address in addresses):
            raise _failed(f"`{host}` stands for an address that is not public")

    def _credentials(self) -> dict[str, str]:
        """The one header with the key. Raises AttemptError where there is none that could be sent."""
        names = " or ".join(f"`{name}`" for name in self._service.keys)
        if self._key is None:
            raise AttemptError(Outcome(OutcomeClass.REFUSED, "auth", f"No key is set: {names} is empty."))
        text = self._key.reveal()
        if not all("!" <= sign <= "~" for sign in text):
            raise AttemptError(Outcome(OutcomeClass.REFUSED, "auth", f"{names} holds characters that no key has."))
        return {self._header: self._form.format(text)}


def _failed(reason: str) -> AttemptError:
    message = reason if reason.startswith(_LEAD) else f"{_LEAD}: {reason.rstrip('.')}."
    return AttemptError(Outcome(OutcomeClass.UNKNOWN, "download_failed", message))


_LEAD = "The file can't be fetched"
