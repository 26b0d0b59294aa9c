"""What services are documented to say when they don't deliver, and what a user is then told: each body by itself."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from assetgen.api import Project, RunOptions
from assetgen.core.actions import JSON
from assetgen.core.events import ActionRetry, CallEnded, Timed
from assetgen.core.money import Usd
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.results import RunResult
from assetgen.dsl import checking
from assetgen.ledger.journal import Journal
from assetgen.reporting import summary, theme
from assetgen.reporting.failures import paid
from assetgen.settings import Settings
from tests.fakes.clock import FakeClock
from tests.services.faults import Fault
from tests.services.server import VARIABLES, Services

REFUSED, FAILED, UNUSABLE = OutcomeClass.REFUSED, OutcomeClass.FAILED, OutcomeClass.UNUSABLE
UNKNOWN, NOT_SENT = OutcomeClass.UNKNOWN, OutcomeClass.NOT_SENT
CHARGED = frozenset({FAILED, UNUSABLE, UNKNOWN})
"""How an attempt ends for which a service may take money."""


@dataclass(frozen=True)
class Sale:
    """One asset, and the only service that may be asked for it, by the model's name there if it has another one."""

    service: str
    model: str
    action: Mapping[str, JSON]
    link: str = ""

    @property
    def chain(self) -> list[dict[str, str]]:
        return [{"provider": self.service} | ({"model": self.link} if self.link else {})]


PIER: dict[str, JSON] = {"type": "asset_image", "id": "thing", "prompt": "A pier at dusk", "size": "1024x1024"}
LINE: dict[str, JSON] = {"type": "asset_subtitle", "id": "thing", "text": "Nobody on the quay said a word."}
TOGETHER = (Sale("together", "flux-schnell", PIER), Sale("together", "kokoro", LINE))
REPLICATE = (Sale("replicate", "flux-schnell", PIER), Sale("replicate", "sdxl", PIER))
OPENAI = (Sale("openai", "gpt-image-2", PIER, "gpt-image-2:low"), Sale("openai", "openai-tts", LINE, "tts-1"))
GOOGLE = (Sale("google", "google-tts", LINE),)


@dataclass(frozen=True)
class Fate:
    """What follows from an answer.

    Attributes:
        ends: The class of each attempt.
        asked: How often the request is sent, all in all.
        advice: What is said of what to do next.
        for_good: Running again brings the same without a request; else it brings the asset.
    """

    code: str
    ends: OutcomeClass
    exit_code: int
    asked: int = 1
    advice: str = ""
    for_good: bool = False

    def __str__(self) -> str:
        return f"{self.code} {self.ends} {self.asked}"


NO_MODEL = Fate("model_unavailable", REFUSED, 1)
NO_KEY = Fate("auth", REFUSED, 6, advice="check the key")
NO_MONEY = Fate("quota", REFUSED, 6, advice="add credit")
WRONG = Fate("invalid_request", REFUSED, 1, advice="change what the service names")
UNSAFE = Fate("content_refused", REFUSED, 1, advice="reword the prompt", for_good=True)
WITHHELD = Fate("content_refused", UNUSABLE, 1, advice="reword the prompt", for_good=True)
FAST = Fate("rate_limited", REFUSED, 1, asked=4, advice="run again")
DOWN = Fate("service_down", REFUSED, 1, asked=4, advice="run again")
BROKEN = Fate("service_error", FAILED, 1, asked=3, advice="run again")
HELD = Fate("outcome_unknown", UNKNOWN, 4, advice="assetgen ledger reconcile", for_good=True)
RAN_UNSAFE = Fate("content_refused", FAILED, 1, advice="--rebuy", for_good=True)
RAN_BADLY = Fate("service_error", FAILED, 1, advice="--rebuy", for_good=True)
CANCELED = Fate("timeout", FAILED, 1, advice="--rebuy", for_good=True)
ABORTED = Fate("service_down", REFUSED, 1, advice="run again")
REMOVED = Fate("expired", UNUSABLE, 1, advice="--rebuy", for_good=True)
NEVER_ARRIVED = Fate("network", NOT_SENT, 1, asked=4, advice="run again")


@dataclass(frozen=True)
class Case:
    """An answer, the words of it that a user reads, and what follows.

    Attributes:
        pause: The seconds that it asks to wait.
    """

    status: int
    body: JSON | bytes
    words: str
    fate: Fate
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    pause: float | None = None

    @property
    def fault(self) -> Fault:
        return Fault.status(self.status, self.body, self.headers, charged=self.fate.ends in CHARGED)

    def __str__(self) -> str:
        return f"{self.status} {self.words[:48]}"


def said(message: str, kind: str | None = None, code: str | None = None, **more: JSON) -> JSON:
    """An error as OpenAI says it, and those who copied it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


INVALID = "invalid_request_error"
PAGE = b"<html><head><title>Bad gateway</title></head><body><h1>nginx</h1></body></html>"
GATEWAYS = tuple(Case(code, PAGE, f"({code}", HELD) for code in (502, 504, 524, 529))

NOT_SERVERLESS = (
    "Unable to access non-serverless model X. Please visit https://api.together.ai/models/X to create and start a new "
    "dedicated endpoint for the model."
)
CREDIT_LIMIT = (
    "Credit limit exceeded, please [add credits](https://api.together.ai/settings/billing). If you've already made a "
    "payment, please wait up to 5 minutes…"
)
OWN_RATE = (
    "You have reached the rate limit specific to this model X. The maximum rate limit for this model is 6 queries per "
    "minute."
)
RESET = {"x-ratelimit-limit": "1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0.0001", "Retry-After": "1"}
BY_TOGETHER = (
    Case(400, said(NOT_SERVERLESS, INVALID, "model_not_available"), "not served to this account (400", NO_MODEL),
    Case(400, said("steps must be between 1 and 4", INVALID), "steps must be between 1 and 4", WRONG),
    Case(400, said("width must be between 64 and 1792", INVALID), "width must be between 64 and 1792", WRONG),
    Case(401, said("Invalid API key provided.", INVALID, "invalid_api_key"), "The key was refused (401", NO_KEY),
    Case(402, said(CREDIT_LIMIT, "credit_limit"), "The account has no credit left (402", NO_MONEY),
    Case(404, said("The model was not found.", INVALID), "The model was not found.", NO_MODEL),
    Case(422, said("safety checker violation", INVALID), "The prompt was refused (422", UNSAFE),
    Case(429, said(OWN_RATE, "model_rate_limit"), "You have reached the rate limit specific to this model", FAST),
    Case(429, said(OWN_RATE, "model_rate_limit"), "may not send more requests now (429", FAST, RESET, 1.0),
    Case(500, said("Internal server error", "server_error"), "The service failed (500", BROKEN),
    Case(503, said("The engine is overloaded", "server_error"), "The engine is overloaded", DOWN),
    *GATEWAYS,
)


def problem(code: int, title: str, detail: str, **more: JSON) -> JSON:
    """An error as Replicate says it."""
    return {"title": title, "detail": detail, "status": code, **more}


def job(status: str, **facts: JSON) -> JSON:
    """A job of Replicate that has ended."""
    return {"id": "gm3qorzdhgbfurvjtvhg6dckhu", "status": status, "output": None, "error": None, **facts}


RESETS = "Request was throttled. Your rate limit resets in ~30s."
REDUCED = (
    "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst "
    "of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~5s."
)
NO_CREDIT = (
    "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase "
    "credit. Once you purchase credit, please wait a few minutes before trying again."
)
NO_VERSION = "The specified version does not exist (or perhaps you don't have permission to use it?)"
FIELDS: JSON = [{"type": "required", "field": "input", "description": "prompt is required"}]
NSFW_SDXL = "NSFW content detected. Try running it again, or try a different prompt."
NSFW_FLUX = "All generated images contained NSFW content. Try running it again with a different prompt."
BY_REPLICATE = (
    Case(401, problem(401, "Unauthenticated", "You did not pass a valid authentication token"), "was refused", NO_KEY),
    Case(402, problem(402, "Insufficient credit", NO_CREDIT), "You have insufficient credit to run this", NO_MONEY),
    Case(404, problem(404, "Not found", "The requested resource could not be found."), "could not be", NO_MODEL),
    Case(
        422,
        problem(422, "Input validation failed", "- input: prompt is required\n", invalid_fields=FIELDS),
        "- input: prompt is required",
        WRONG,
    ),
    Case(429, {"detail": RESETS}, "Your rate limit resets in ~30s.", FAST, pause=30.0),
    Case(
        429, {"detail": REDUCED, "status": 429, "retry_after": 5}, "reduced to 6 requests per minute", FAST, pause=5.0
    ),
    Case(500, problem(500, "Internal server error", "An internal error occurred."), "The service failed (500", BROKEN),
    Case(503, problem(503, "Service unavailable", "Temporarily unavailable."), "Temporarily unavailable.", DOWN),
    Case(502, PAGE, "it never arrived: ", NEVER_ARRIVED),
    Case(201, job("failed", error="CUDA out of memory."), "The run failed: CUDA out of memory.", RAN_BADLY),
    Case(201, job("canceled"), "called off while it ran", CANCELED),
    Case(201, job("aborted"), "gave it up before it began, which costs nothing", ABORTED),
    Case(201, job("succeeded", data_removed=True), "Replicate removes what came of a job after an hour", REMOVED),
)
BY_REPLICATES_FLUX = (Case(201, job("failed", error=NSFW_FLUX), f"withheld as unsafe: {NSFW_FLUX}", RAN_UNSAFE),)
BY_REPLICATES_SDXL = (
    Case(422, problem(422, "Invalid version or not permitted", NO_VERSION), "version does not exist", NO_MODEL),
    Case(201, job("failed", error=NSFW_SDXL), f"withheld as unsafe: {NSFW_SDXL}", RAN_UNSAFE),
)

QUOTA = "You exceeded your current quota, please check your plan and billing details."
BILLING_CODES = (
    *("insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded"),
    *("project_spend_limit_exceeded", "organization_usage_limit_exceeded"),
)
NO_COUNTRY = "Country, region, or territory not supported"
LIMITED = "Rate limit reached for requests. Please try again in 20s."
RATE = {"Retry-After": "2", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}
GONE = "The model has been shut down"
SAFETY = "Your request was rejected by the safety system. safety_violations=[sexual]."
USER = "image_generation_user_error"
BY_OPENAI = (
    *(Case(429, said(QUOTA, "insufficient_quota", code), "no credit left (429", NO_MONEY) for code in BILLING_CODES),
    Case(429, said(LIMITED, "requests", "rate_limit_exceeded"), LIMITED, FAST),
    Case(429, said(LIMITED, "tokens", "rate_limit_exceeded"), "may not send more requests now", FAST, RATE, 2.0),
    Case(429, said("Slow down.", "rate_limit_error", "slow_down"), "Slow down.", FAST, {"Retry-After": "7"}, 7.0),
    Case(401, said("Incorrect API key provided: sk-…9abc.", INVALID, "invalid_api_key"), "was refused (401", NO_KEY),
    Case(403, said(NO_COUNTRY, "request_forbidden", "unsupported_country_region_territory"), NO_COUNTRY, NO_KEY),
    Case(404, said("It does not exist.", INVALID, "model_not_found"), "not served to this account (404", NO_MODEL),
    Case(400, said(GONE, INVALID, "model_not_found"), f"(400 Bad Request): {GONE}", NO_MODEL),
    Case(400, said("Unknown parameter: 'steps'.", INVALID, "unknown_parameter"), "Unknown parameter", WRONG),
    Case(500, said("The server had an error.", "server_error"), "The server had an error.", BROKEN),
    Case(503, said("The engine is currently overloaded", "server_error"), "currently overloaded", DOWN),
    *GATEWAYS,
)


def moderated(stage: str) -> JSON:
    return {"moderation_stage": stage, "categories": ["sexual"]}


BY_OPENAIS_PICTURES = (
    Case(400, said(SAFETY, USER, "moderation_blocked", moderation_details=moderated("output")), SAFETY, WITHHELD),
    Case(400, said(SAFETY, USER, "moderation_blocked", moderation_details=moderated("input")), SAFETY, UNSAFE),
    Case(400, said(SAFETY, INVALID, "content_policy_violation"), SAFETY, UNSAFE),
)
BY_COPIES_OF_OPENAI = (
    Case(400, {"detail": {"error": "invalid_model", "message": "Model X", "type": INVALID}}, "Model X", NO_MODEL),
    Case(422, {"detail": [{"loc": ["body", "speed"], "msg": "Input should be less"}]}, "Input should be less", WRONG),
    Case(400, {"error": "a string"}, "a string", WRONG),
)


def status(code: int, name: str, message: str, *details: JSON) -> JSON:
    """An error as Google says it."""
    return {"error": {"code": code, "message": message, "status": name, "details": list(details)}}


def reason(word: str) -> JSON:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": word, "domain": "googleapis.com"}


BAD_KEY = "API key not valid. Please pass a valid API key."
TOO_LONG = "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes."
LONG_SENTENCES = "This request contains sentences that are too long. Consider splitting up long sentences."
REFUSED_SETTINGS = (
    "This voice does not support speaking rate or pitch parameters at this time.",
    "This voice does not support pitch parameters at this time.",
    "This voice currently does not support SSML input. Please try again with text only input.",
)
DISABLED = "Cloud Text-to-Speech API has not been used in project 7 before or it is disabled."
BLOCKED = "Requests to this API texttospeech.googleapis.com are blocked."
USED_UP = "Quota exceeded for quota metric 'Chirp3 requests'."
LATER: JSON = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "41s"}
ARGUMENT, DENIED, EXHAUSTED = "INVALID_ARGUMENT", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED"
BY_GOOGLE = (
    Case(400, status(400, ARGUMENT, BAD_KEY, reason("API_KEY_INVALID")), "The key was refused (400", NO_KEY),
    *(Case(400, status(400, ARGUMENT, words), words, WRONG) for words in (TOO_LONG, LONG_SENTENCES, *REFUSED_SETTINGS)),
    Case(401, status(401, "UNAUTHENTICATED", "Invalid credentials."), "Invalid credentials.", NO_KEY),
    Case(403, status(403, DENIED, DISABLED, reason("SERVICE_DISABLED")), DISABLED, NO_KEY),
    Case(403, status(403, DENIED, BLOCKED, reason("API_KEY_SERVICE_BLOCKED")), BLOCKED, NO_KEY),
    Case(404, status(404, "NOT_FOUND", "Requested entity was not found."), "was not found.", NO_MODEL),
    Case(429, status(429, EXHAUSTED, USED_UP), USED_UP, FAST),
    Case(429, status(429, EXHAUSTED, USED_UP, LATER), USED_UP, FAST, pause=41.0),
    Case(500, status(500, "INTERNAL", "Internal error encountered."), "Internal error encountered.", BROKEN),
    Case(503, status(503, "UNAVAILABLE", "The service is currently unavailable."), "currently unavailable.", DOWN),
    Case(504, status(504, "DEADLINE_EXCEEDED", "Deadline expired."), "(504 Gateway Timeout): Deadline expired.", HELD),
    *GATEWAYS[:1],
)

ALL = [
    *((sale, case) for sale in TOGETHER for case in BY_TOGETHER),
    *((REPLICATE[0], case) for case in (*BY_REPLICATE, *BY_REPLICATES_FLUX)),
    *((REPLICATE[1], case) for case in BY_REPLICATES_SDXL),
    *((sale, case) for sale in OPENAI for case in BY_OPENAI),
    *((OPENAI[0], case) for case in BY_OPENAIS_PICTURES),
    *((OPENAI[1], case) for case in BY_COPIES_OF_OPENAI),
    *((sale, case) for sale in GOOGLE for case in BY_GOOGLE),
]


@pytest.fixture(scope="module")
def open_services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def services(open_services: Services) -> Iterator[Services]:
    yield open_services
    assert open_services.violations == []
    open_services.clear()


@dataclass
class Shop:
    """A folder with one asset, for which one service is asked. Waiting takes no time in it."""

    folder: Path
    sale: Sale
    services: Services

    def __post_init__(self) -> None:
        self.ends: list[OutcomeClass] = []
        self.pauses: list[float] = []

    def run(self) -> RunResult:
        where = {name: self.folder / name for name in ("out", "cache_dir", "state_dir")}
        settings = Settings.model_validate({**where, "models": {self.sale.model: self.sale.chain}})
        project = Project(settings, self.services.environment(), FakeClock())
        actions = [{**self.sale.action, "model": self.sale.model}]
        plan = project.plan(checking.parse(actions, project.rules))
        return asyncio.run(project.run(plan, RunOptions(listeners=(self._hear,))))

    def booked(self) -> Usd:
        """What all attempts come to in the ledger."""
        journal = Journal.find(self.folder / "state_dir")
        assert journal is not None
        return Usd.sum(row.booked for row in journal.rows())

    def asked(self) -> int:
        return sum(seen.where == "create" for seen in self.services.requests)

    def _hear(self, timed: Timed) -> None:
        if isinstance(timed.event, CallEnded):
            self.ends.append(timed.event.outcome)
        if isinstance(timed.event, ActionRetry):
            self.pauses.append(timed.event.wait)


def screen(result: RunResult) -> str:
    """What a user sees at the end of a run."""
    stream = io.StringIO()
    theme.console(stream, environment={}, width=2000).print(summary.screen(result, symbols=theme.ASCII, width=2000))
    return stream.getvalue()


@pytest.mark.parametrize(("sale", "case"), ALL, ids=[f"{sale.service}/{sale.model} {case}" for sale, case in ALL])
def test_every_documented_answer_has_its_code_its_words_its_price_and_its_end(
    sale: Sale, case: Case, tmp_path: Path, services: Services
) -> None:
    services.faults.always(sale.service, case.fault)
    shop, fate = Shop(tmp_path, sale, services), case.fate
    result = shop.run()
    (failure,) = result.failures
    assert (failure.code, result.exit_code) == (fate.code, fate.exit_code)
    assert (set(shop.ends), len(shop.ends), shop.asked()) == ({fate.ends}, fate.asked, fate.asked)
    assert case.pause is None or shop.pauses == [case.pause] * 3
    assert shop.booked() == failure.paid + failure.unknown
    assert shop.booked().micros == services.bill.total
    assert bool(failure.unknown) == (fate.ends is UNKNOWN)
    assert bool(shop.booked()) == (fate.ends in CHARGED)
    shown = screen(result)
    assert case.words.rstrip(".") in shown
    assert sale.service in shown
    assert re.search(rf"next:   (?=\S).*{re.escape(fate.advice)}", shown), shown
    assert f"paid:   {paid(failure.paid, failure.unknown)}" in shown


FATES = {f"{sale.service} {case.fate}": (sale, case) for sale, case in ALL}


@pytest.mark.parametrize(("sale", "case"), FATES.values(), ids=FATES.keys())
def test_running_again_asks_again_only_where_that_may_help(
    sale: Sale, case: Case, tmp_path: Path, services: Services
) -> None:
    services.faults.always(sale.service, case.fault)
    shop = Shop(tmp_path, sale, services)
    first, asked = shop.run(), shop.asked()
    services.faults.clear()
    second = shop.run()
    assert second.exit_code == (first.exit_code if case.fate.for_good else 0)
    assert shop.asked() == asked + (not case.fate.for_good)


@pytest.mark.parametrize("sale", [*TOGETHER, REPLICATE[0], *OPENAI, *GOOGLE], ids=lambda sale: sale.model)
@pytest.mark.parametrize("code", [400, 500])
def test_a_key_that_a_service_quotes_is_shown_and_written_nowhere(
    sale: Sale, code: int, tmp_path: Path, services: Services
) -> None:
    key = services.environment()[VARIABLES[sale.service][1]]
    services.faults.always(sale.service, Fault.status(code, said(f"Incorrect API key provided: {key}")))
    shop = Shop(tmp_path, sale, services)
    assert key not in screen(shop.run())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if key.encode() in path.read_bytes()] == []


def test_of_a_key_that_openai_quotes_in_part_nothing_is_shown(tmp_path: Path, services: Services) -> None:
    services.faults.always("openai", Fault.status(401, said("Incorrect API key provided: sk-pr****9abc.", INVALID)))
    assert "9abc" not in screen(Shop(tmp_path, OPENAI[1], services).run())
