"""The way of one request: seen, watched, struck by a fault or not, and answered by its service. No sockets here."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import cast

from assetgen.core.actions import JSON
from assetgen.core.requests import canonical
from tests.services import control, lies
from tests.services.bill import Entry
from tests.services.faults import JOB_LIES, Fault
from tests.services.keys import Keys
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import Ask, Executed, Seen, Service, World

NOT_FOUND = json_answer(404, {"detail": "Not found."})
PLACEHOLDER = Answer(200, b" " * 1000)
HOPS = 25
REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens to one request.

    Attributes:
        seen: None for the server's own addresses.
        delivers: A whole answer to it shows the client what was bought, or that it is unusable.
    """

    answer: Answer
    seen: Seen | None = None
    fault: Fault | None = None
    entry: Entry | None = None

    @property
    def delivers(self) -> bool:
        fault = self.fault
        return (
            fault is None or fault.kind in {"delay", "drip"} or (fault.kind == "lie" and lies.arrives(fault.lie_kind))
        )


class Desk:
    """Takes requests and says what happens to them."""

    def __init__(self, world: World, services: Sequence[Service]) -> None:
        self._world = world
        self._services: Mapping[str, Service] = {service.name: service for service in services}
        self._keys = Keys(world)
        self._created: defaultdict[str, deque[float]] = defaultdict(deque)

    def receive(self, request: Request) -> Turn:
        """A request to the services' own address."""
        if request.path.startswith("/_"):
            return Turn(control.answer(self, self._world, request))
        first, _, rest = request.path[1:].partition("/")
        if first == "files":
            return self._file(request, rest.partition("/")[0])
        service = self._services.get(first)
        if service is None or not rest.startswith("v1/"):
            self._keys.watch(request, "")
            return Turn(NOT_FOUND, self._see(request, "", ""))
        return self._serve(service, request, rest.removeprefix("v1"))

    def receive_elsewhere(self, request: Request) -> Turn:
        """A request to the other host, where nobody should send a key or anything to be paid."""
        seen = self._seen(request, "elsewhere", "", None)
        self._world.elsewhere.append(seen)
        self._keys.watch_elsewhere(request)
        file = self._world.files.get(request.path)
        return Turn(Answer(200, file.make(""), file.content_type) if file else NOT_FOUND, seen)

    def advance(self, seconds: float) -> None:
        """Move the services' clock."""
        self._world.ahead += seconds
        for service in self._services.values():
            service.advance()

    def clear(self) -> None:
        """Forget everything but the clock."""
        self._world.clear()
        self._created.clear()
        for service in self._services.values():
            service.clear()

    def _serve(self, service: Service, request: Request, path: str) -> Turn:
        where = service.where(request.method, path)
        body = _parsed(request.content)
        seen = self._see(request, service.name, where, service.key_of(request), body)
        self._keys.watch(request, service.name)
        fault = self._world.faults.take(service.name, where)
        if fault is None:
            done = self._answered(service, request, path, body, Ask(request, path, {}))
            return Turn(done.answer, seen, None, done.entry)
        seen.fault = fault.word
        done = self._struck(service, request, path, body, fault)
        return Turn(done.answer, seen, fault, done.entry)

    def _struck(self, service: Service, request: Request, path: str, body: JSON, fault: Fault) -> Executed:
        """What a fault leaves of an answer; the work is done where there must be one, or where it is charged."""
        if not fault.charged and fault.kind == "status":
            return Executed(self._failure(service, fault, path))
        if not fault.charged and fault.kind in {"hang", "reset"}:
            return Executed(PLACEHOLDER)
        ask = Ask(request, path, {}, fault.lie_kind, free=not fault.charged)
        done = self._answered(service, request, path, body, ask)
        if done.answer.status >= HTTPStatus.BAD_REQUEST:
            return done
        if fault.kind == "status":
            return replace(done, answer=replace(self._failure(service, fault, path), wait=done.answer.wait))
        if fault.kind == "delay":
            return replace(done, answer=replace(done.answer, wait=done.answer.wait + fault.seconds))
        return replace(done, answer=lies.distort(done.answer, fault.lie_kind))

    def _answered(self, service: Service, request: Request, path: str, body: JSON, ask: Ask) -> Executed:
        refusal = self._refusal(service, request, path, body)
        if refusal:
            return Executed(refusal)
        return service.answer(replace(ask, body=body if isinstance(body, dict) else {}))

    def _refusal(self, service: Service, request: Request, path: str, body: JSON) -> Answer | None:
        """What the door says, before anybody looks at what is asked."""
        where = service.where(request.method, path)
        if not where:
            return service.failure(404)
        key = service.key_of(request)
        if not self._keys.valid(service.name, key):
            return service.denied(key)
        if where == "create":
            if self._throttled(service.name):
                return service.failure(429)
            if not request.headers.get("content-type", "").startswith("application/json"):
                return service.unreadable("The request's Content-Type must be application/json.")
            if not isinstance(body, dict):
                return service.unreadable("We could not parse the JSON body of your request.")
        return None

    def _throttled(self, service: str) -> bool:
        """Together enforces its limit by the second, the others by the minute."""
        limit = self._world.limits.get(service)
        if limit is None:
            return False
        span, most = (1.0, -(-limit // 60)) if service == "together" else (60.0, limit)
        now = self._world.now()
        times = self._created[service]
        while times and times[0] <= now - span:
            times.popleft()
        if len(times) >= most:
            return True
        times.append(now)
        return False

    def _file(self, request: Request, service: str) -> Turn:
        seen = self._see(request, service, "file", request.headers.get("authorization", "").removeprefix("Bearer "))
        self._keys.watch(request, service)
        fault = self._world.faults.take(service, "file")
        if fault and fault.kind == "status" and service in self._services:
            return Turn(self._failure(self._services[service], fault, request.path), seen, fault)
        answer = self._download(request, fault)
        if fault:
            seen.fault = fault.word
            if fault.kind == "delay":
                answer = replace(answer, wait=fault.seconds)
            answer = lies.distort(answer, fault.lie_kind)
        return Turn(answer, seen, fault)

    def _download(self, request: Request, fault: Fault | None) -> Answer:
        file = self._world.files.get(request.path)
        told = fault.lie_kind if fault else ""
        lie = told if told in JOB_LIES else file.lie if file else ""
        if file is None or file.expires <= self._world.now() or lie == "output_expired":
            return Answer(404, b"Not found", "text/plain")
        if request.method != "GET":
            return Answer(405, b"Method not allowed", "text/plain")
        if not request.headers.get("user-agent"):
            return Answer(403, b"Forbidden", "text/plain")
        return self._redirected(request, lie) or Answer(200, file.make(told), file.content_type)

    def _redirected(self, request: Request, lie: str) -> Answer | None:
        hop = int(text) if (text := request.query.get("hop", "0")).isdecimal() else 0
        if lie == "output_redirect_other":
            return Answer(302, headers={"Location": self._world.other + request.path})
        if lie == "output_redirect_chain" and hop < HOPS:
            return Answer(302, headers={"Location": f"{self._world.origin}{request.path}?hop={hop + 1}"})
        return None

    def _failure(self, service: Service, fault: Fault, path: str) -> Answer:
        """The fault's status with its own body, or the documented one; a redirect leads to the other host."""
        answer = service.failure(fault.code)
        if isinstance(fault.body, bytes):
            answer = replace(answer, content=fault.body)
        elif isinstance(fault.body, str):
            answer = Answer(fault.code, fault.body.encode(), "text/plain; charset=utf-8", answer.headers)
        elif fault.body is not None:
            answer = json_answer(fault.code, fault.body, answer.headers)
        if fault.code in REDIRECTS:
            answer = answer.with_headers({"Location": self._world.other + path})
        return answer.with_headers(fault.headers)

    def _see(self, request: Request, service: str, where: str, key: str = "", body: JSON = None) -> Seen:
        seen = self._seen(request, service, key, body)
        seen.where = where
        self._world.requests.append(seen)
        return seen

    def _seen(self, request: Request, service: str, key: str, body: JSON) -> Seen:
        return Seen(request.method, request.target, service, request.headers, body, self._world.now(), key)


def _parsed(content: bytes) -> JSON:
    """The body's JSON; None for what is none: NaN, Infinity, and characters that no text can hold among it."""
    if not content:
        return None
    try:
        value = cast("JSON", json.loads(content, parse_constant=_refused))
        if b"\\u" in content:
            canonical(value)
    except (ValueError, RecursionError):
        return None
    return value


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
