"""The server's own addresses, for clients in other processes: look at the bill, script faults, move the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Protocol, cast

from assetgen.core.actions import JSON
from tests.services.faults import Fault, Faults
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import World


class Controlled(Protocol):
    """What these addresses can do to the desk."""

    def advance(self, seconds: float) -> None: ...
    def clear(self) -> None: ...


def answer(desk: Controlled, world: World, request: Request) -> Answer:
    """Answer a request to one of the addresses that begin with `/_`; 400 says what is wrong with it."""
    if (request.method, request.path) in _READ:
        return json_answer(200, _READ[request.method, request.path](world, request.query))
    try:
        body = json.loads(request.content or b"{}")
        _change(desk, world.faults, f"{request.method} {request.path}", body)
    except (ValueError, TypeError, KeyError) as error:
        return json_answer(400, {"error": str(error)})
    return json_answer(200, {})


def _change(desk: Controlled, faults: Faults, what: str, body: dict[str, JSON]) -> None:
    match what:
        case "POST /_faults":
            _script(faults, body)
        case "POST /_advance":
            desk.advance(float(cast("float", body["seconds"])))
        case "POST /_reset":
            desk.clear()
        case _:
            raise ValueError(f"{what} is none of this server's own addresses")


def _script(faults: Faults, body: Mapping[str, JSON]) -> None:
    """`{"service", "faults": [...], "where"?, "always"?}`, or `{"seed", "rate", "kinds"}`, or `{"clear": true}`."""
    if body.get("clear"):
        faults.clear()
        return
    if "seed" in body:
        kinds = cast("list[str]", body["kinds"])
        faults.seeded(cast("int", body["seed"]), cast("float", body["rate"]), kinds)
        return
    service, where = cast("str", body["service"]), cast("str", body.get("where", "create"))
    found = [Fault.from_json(one) for one in cast("list[JSON]", body["faults"])]
    if body.get("always"):
        faults.always(service, found[0], where=where)
    else:
        faults.script(service, *found, where=where)


def _requests(world: World, query: Mapping[str, str]) -> JSON:
    service = query.get("service")
    return [asdict(one) for one in world.requests if service in {None, one.service}]


_READ: dict[tuple[str, str], Callable[[World, Mapping[str, str]], JSON]] = {
    ("GET", "/_bill"): lambda world, _: world.bill.as_json(),
    ("GET", "/_violations"): lambda world, _: list(world.violations),
    ("GET", "/_requests"): _requests,
    ("GET", "/_elsewhere"): lambda world, _: [asdict(one) for one in world.elsewhere],
}
