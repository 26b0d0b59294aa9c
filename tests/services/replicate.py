"""Replicate: pictures as jobs, with a list of them to look through. Answers as https://api.replicate.com/v1 does."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections import defaultdict, deque
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import cast

from assetgen.core.actions import JSON
from tests.services.gateway import gateway
from tests.services.predictions import Prediction
from tests.services.replicate_models import PRICES, SDXL, SDXL_VERSION, paintings
from tests.services.replicate_rules import FAILURES, MODEL_PATH, Terms, model_of, problem, refused_input, terms_of
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import HOUR, Ask, Executed, File, World, iso

PAGE = 100
POLLS_A_SECOND = 4
_JOB_PATH = re.compile(r"/predictions/([a-z0-9]+)(/cancel)?")


class Replicate:
    """The service. A run is on the bill from the moment it starts; one that never starts is free."""

    name = "replicate"

    def __init__(self, world: World) -> None:
        self._world = world
        self._predictions: dict[str, Prediction] = {}
        self._polls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._numbers = itertools.count(1)

    def where(self, method: str, path: str) -> str:
        if method == "POST" and (path == "/predictions" or MODEL_PATH.fullmatch(path)):
            return "create"
        if method == "GET" and path in {"/predictions", "/account"}:
            return "list"
        job = _JOB_PATH.fullmatch(path)
        return "poll" if job and method == ("POST" if job[2] else "GET") else ""

    def key_of(self, request: Request) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return key if scheme == "Bearer" else ""

    def denied(self, key: str) -> Answer:
        return self.failure(401)

    def unreadable(self, message: str) -> Answer:
        return problem(400, "Bad request", message)

    def failure(self, status: int) -> Answer:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            detail = "Request was throttled. Your rate limit resets in ~1s."
            return json_answer(status, {"detail": detail, "status": status, "retry_after": 1})
        if status not in FAILURES:
            return gateway(status)
        return problem(status, *FAILURES[status])

    def advance(self) -> None:
        for prediction in self._predictions.values():
            self._charge(prediction)

    def clear(self) -> None:
        self._predictions.clear()
        self._polls.clear()

    def answer(self, ask: Ask) -> Executed:
        if ask.path == "/account":
            return Executed(json_answer(200, {"type": "user", "username": "test", "name": "Test", "github_url": None}))
        if ask.path == "/predictions" and ask.request.method == "GET":
            return Executed(self._page(ask))
        job = _JOB_PATH.fullmatch(ask.path)
        return Executed(self._asked_about(job[1], ask, cancel=bool(job[2]))) if job else self._create(ask)

    def _create(self, ask: Ask) -> Executed:
        model = model_of(ask)
        refusal = model if isinstance(model, Answer) else refused_input(model, ask.body)
        if refusal:
            return Executed(refusal)
        terms = terms_of(ask.request.headers)
        if isinstance(terms, Answer):
            return Executed(terms)
        prediction = self._begin(cast("str", model), ask, terms)
        wait = min(terms.wait, max(0.0, prediction.ends - prediction.created)) if terms.wait else 0.0
        return Executed(self._created(prediction, terms, ask, wait), prediction.entry)

    def _begin(self, model: str, ask: Ask, terms: Terms) -> Prediction:
        now = self._world.now()
        name = _name(next(self._numbers))
        values = cast("dict[str, JSON]", ask.body["input"])
        entry = self._world.book(ask, self.name, model, 0, name)
        wanted = paintings(model, values)
        if ask.lie in {"no_data", "two_data"}:
            wanted = [replace(wanted[0], words=f"{n}") for n in range(2)] if ask.lie == "two_data" else []
        prediction = Prediction(
            id=name,
            model=model,
            version=SDXL_VERSION if model == SDXL else "hidden",
            input=values,
            paintings=wanted,
            created=now,
            seconds=self._world.latency,
            price=0 if ask.free else PRICES[model] * max(1, len(wanted)),
            entry=entry,
            deadline=now + terms.cancel_after,
            lie=ask.lie,
        )
        prediction.outputs = [self._output(prediction, index) for index in range(len(wanted))]
        self._predictions[name] = prediction
        self._charge(prediction)
        for moment in (prediction.starts, prediction.ends):
            if now < moment < math.inf:
                self._world.after(moment - now + 0.001, partial(self._charge, prediction))
        return prediction

    def _created(self, prediction: Prediction, terms: Terms, ask: Ask, wait: float) -> Answer:
        """Finished with 201 or unfinished with 202 where the client was willing to wait; else just begun."""

        def shown() -> Answer:
            body = self._shown(prediction)
            done = not terms.wait or prediction.ended(self._world.now())
            if not terms.wait:
                body |= {"status": "starting", "output": None, "completed_at": None, "started_at": None, "metrics": {}}
            if terms.cancel_after < math.inf:
                body["deadline"] = iso(prediction.deadline)
            return json_answer(201 if done else 202, body)

        answer = shown()
        return replace(answer, wait=wait, later=shown) if wait else answer

    def _asked_about(self, name: str, ask: Ask, *, cancel: bool) -> Answer:
        prediction = self._predictions.get(name)
        if prediction is None or prediction.lie == "job_gone":
            return self.failure(404)
        if not cancel:
            self._count_poll(name)
        if ask.lie.startswith(("job_", "output_", "data_")):
            prediction.lie = ask.lie
            prediction.outputs = [self._output(prediction, index) for index in range(len(prediction.paintings))]
        if cancel and not prediction.ended(self._world.now()):
            prediction.stopped = self._world.now()
        self._charge(prediction)
        return json_answer(200, self._shown(prediction))

    def _count_poll(self, name: str) -> None:
        now, times = self._world.now(), self._polls[name]
        while times and times[0] <= now - 1:
            times.popleft()
        times.append(now)
        if len(times) == POLLS_A_SECOND + 1:
            self._world.violations.append(
                f"GET /predictions/{name}: asked more than {POLLS_A_SECOND} times in a second"
            )

    def _shown(self, prediction: Prediction) -> dict[str, JSON]:
        base = self._world.other if prediction.lie == "job_other_urls" else self._world.origin
        return prediction.as_json(self._world.now(), f"{base}/replicate/v1")

    def _charge(self, prediction: Prediction) -> None:
        """Put the run on the bill as soon as it has started; one that is billed by time, with the time it took."""
        now = self._world.now()
        if not prediction.started(now) or not prediction.price:
            return
        amount, rate = prediction.price, self._world.seconds_rate
        if rate is not None and prediction.model == SDXL:
            amount = math.ceil(round(prediction.run_seconds(now) * rate, 6))
        if prediction.entry.amount != amount:
            self._world.bill.charge(prediction.entry, amount)

    def _output(self, prediction: Prediction, index: int) -> str:
        painting, lie = prediction.paintings[index], prediction.lie
        suffix = {"jpeg": "jpg"}.get(painting.format, painting.format)
        file = File(
            lambda told: self._world.pictures.file(painting, told or lie),
            painting.media_type,
            prediction.created + HOUR,
            lie,
        )
        url = self._world.shelve(f"{self.name}/{prediction.id}/out-{index}.{suffix}", file)
        if lie == "output_http_file":
            return "file:///etc/passwd"
        return url.replace(self._world.origin, self._world.other) if lie == "output_other_host" else url

    def _page(self, ask: Ask) -> Answer:
        """The newest first, a hundred at a time, with the address of what follows."""
        query = ask.request.query
        try:
            since, until = (_moment(query.get(name, "")) for name in ("created_after", "created_before"))
            start = int(query.get("cursor", "0"))
        except ValueError as error:
            return problem(400, "Bad request", str(error))
        found = [
            one
            for one in reversed(self._predictions.values())
            if (since is None or one.created >= since) and (until is None or one.created < until)
        ]
        shown: list[JSON] = [self._shown(one) for one in found[start : start + PAGE]]
        if ask.lie == "list_without_input":
            shown = [{**cast("dict[str, JSON]", one), "input": {}} for one in shown]
        return json_answer(200, {"previous": None, "next": self._next(ask, start, len(found)), "results": shown})

    def _next(self, ask: Ask, start: int, count: int) -> str | None:
        if start + PAGE >= count:
            return None
        kept = [f"{name}={value}" for name, value in ask.request.query.items() if name != "cursor"]
        query = "&".join([*kept, f"cursor={start + PAGE}"])
        return f"{self._world.origin}/replicate/v1/predictions?{query.replace('+', '%2B')}"


def _name(number: int) -> str:
    """An id in the service's alphabet, 26 characters, never the same twice."""
    letters = "abcdefghjkmnpqrstvwxyz0123456789"
    digits = ""
    for _ in range(8):
        number, digit = divmod(number, len(letters))
        digits = letters[digit] + digits
    return f"gm3qorzdhgbfurvjtv{digits}"


def _moment(text: str) -> float | None:
    """An ISO 8601 time; ValueError for what is none."""
    return dt.datetime.fromisoformat(text.replace(" ", "+")).timestamp() if text else None
