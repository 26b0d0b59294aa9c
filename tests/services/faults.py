"""How a service misbehaves: single faults, and the book that says which request gets which."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, cast

from assetgen.core.actions import JSON

WHERE = ("create", "poll", "list", "file", "any")
CHARGED = "-charged"
CONSTRUCTORS = ("status", "delay", "hang", "reset", "cut", "drip", "lie")

ENVELOPE_LIES = (
    *("html_200", "empty_200", "json_error_200", "truncated_json", "nan_json", "gzip", "double_gzip"),
    *("endless", "length_short", "length_huge", "length_negative", "two_lengths", "no_length", "chunked_cut"),
    *("continues", "hangs_up"),
)
"""About the answer, whatever is in it."""
DATA_LIES = ("no_data", "two_data", "url_for_base64", "base64_garbage", "list_without_input")
"""About the JSON in it."""
PICTURE_LIES = ("jpeg_as_png", "wrong_size", "half_jpeg", "png_without_end", "blank", "svg", "bomb")
SOUND_LIES = ("no_sound", "silence", "too_long", "too_short", "html_sound")
JOB_LIES = (
    *("job_stuck", "job_queued", "job_failed", "job_nsfw", "job_aborted", "job_canceled", "job_unknown_status"),
    *("job_other_urls", "job_id_changed", "job_gone", "data_removed"),
    *("output_other_host", "output_http_file", "output_redirect_chain", "output_redirect_other", "output_expired"),
)
"""About a job; they hold for the rest of its life."""
LIES = ENVELOPE_LIES + DATA_LIES + PICTURE_LIES + SOUND_LIES + JOB_LIES


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave; made by its constructors.

    Attributes:
        charged: The service does the work and bills it, whatever the client gets to see. A valid request only: one
            that the service refuses is refused, and free.
    """

    kind: str
    charged: bool = False
    code: int = 0
    body: JSON | bytes = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    after: str = ""
    before: bool = False
    size: int = 0
    lie_kind: str = ""

    @property
    def word(self) -> str:
        """The fault in a word, much as `parse` reads it."""
        plain = self.lie_kind or (str(self.code) if self.kind == "status" else self.kind)
        return plain + CHARGED if self.charged and self.kind in {"status", "hang", "reset"} else plain

    @property
    def silent(self) -> bool:
        """Whether the client gets to see no status at all."""
        return (self.kind == "hang" and self.after != "headers") or (self.kind == "reset" and self.before)

    @classmethod
    def status(
        cls, code: int, body: JSON | bytes = None, headers: Mapping[str, str] | None = None, charged: bool = False
    ) -> Self:
        """Answer with a status, and with the documented body and headers of the service where none are given."""
        return cls("status", charged, code=code, body=body, headers=headers or {})

    @classmethod
    def delay(cls, seconds: float) -> Self:
        """Do everything right, later. The work is done at once."""
        return cls("delay", charged=True, seconds=seconds)

    @classmethod
    def hang(cls, after: str = "request", charged: bool = False) -> Self:
        """Fall silent until the client leaves.

        Args:
            after: `accept` and `request`: not one byte of an answer; `headers`: its headers, and nothing of its body.
        """
        if after not in {"accept", "request", "headers"}:
            raise ValueError(f"A service can't hang after {after!r}.")
        return cls("hang", charged, after=after)

    @classmethod
    def reset(cls, before: bool = True, charged: bool | None = None) -> Self:
        """Reset the connection (RST).

        Args:
            before: Before any answer, else in the middle of it.
            charged: By default what `before` suggests: not before the answer, and in its middle yes.
        """
        return cls("reset", not before if charged is None else charged, before=before)

    @classmethod
    def cut(cls, size: int = 64, charged: bool = True) -> Self:
        """Declare the whole length, send `size` bytes of the body, and close."""
        return cls("cut", charged, size=size)

    @classmethod
    def drip(cls, bytes_per_second: int = 1) -> Self:
        """Send the body at this rate."""
        return cls("drip", charged=True, size=bytes_per_second)

    @classmethod
    def lie(cls, kind: str, charged: bool = True) -> Self:
        """Answer as if all were well, with something wrong; `kind` is one of `LIES`."""
        if kind not in LIES:
            raise ValueError(f"{kind!r} is none of: {', '.join(LIES)}")
        return cls("lie", charged, lie_kind=kind)

    @classmethod
    def parse(cls, word: str) -> Self:
        """A fault in one word: a status, `hang`, `reset`, `cut`, `drip`, `delay`, or a kind of lie.

        `-charged` may follow: the service does the work, and bills it.

        Raises:
            ValueError: It is none of these.
        """
        plain = word.removesuffix(CHARGED)
        charged = plain != word
        if plain.isdigit():
            return cls.status(int(plain), charged=charged)
        match plain:
            case "hang":
                return cls.hang(charged=charged)
            case "reset":
                return cls.reset(before=not charged)
            case "cut":
                return cls.cut()
            case "drip":
                return cls.drip(1000)
            case "delay":
                return cls.delay(2.0)
            case _:
                return cls.lie(plain)

    @classmethod
    def from_json(cls, value: JSON) -> Self:
        """A word as for `parse`, or a constructor's name with its arguments: `{"status": {"code": 429}}`.

        Raises:
            ValueError: It is no fault.
            TypeError: The constructor has no such arguments.
        """
        if isinstance(value, str):
            return cls.parse(value)
        if not isinstance(value, dict) or len(value) != 1:
            raise ValueError(f"{value!r} is neither a word nor one constructor with its arguments")
        name, arguments = next(iter(value.items()))
        if name not in CONSTRUCTORS or not isinstance(arguments, dict):
            raise ValueError(f"{name!r} with {arguments!r} is none of: {', '.join(CONSTRUCTORS)}")
        return cast("Self", getattr(cls, name)(**arguments))


class Faults:
    """Which request gets which fault. Any thread may change it; what was scripted is taken one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripts: defaultdict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._standing: dict[tuple[str, str], Fault] = {}
        self._random: _Random | None = None

    def script(self, service: str, *faults: Fault, where: str = "create") -> None:
        """The next requests of this sort get these faults, one each; then all is well."""
        with self._lock:
            self._scripts[service, _checked(where)].extend(faults)

    def always(self, service: str, fault: Fault, where: str = "create") -> None:
        """Every request of this sort gets this fault, but for those that a script is for."""
        with self._lock:
            self._standing[service, _checked(where)] = fault

    def seeded(self, seed: int, rate: float, kinds: Sequence[str]) -> None:
        """A share `rate` of all requests, to whatever service, gets a fault by one of these words (see `Fault.parse`).

        The same seed strikes the same requests, counted in their order of arrival.
        """
        with self._lock:
            self._random = _Random(seed, rate, tuple(Fault.parse(kind) for kind in kinds))

    def clear(self) -> None:
        with self._lock:
            self._scripts.clear()
            self._standing.clear()
            self._random = None

    def take(self, service: str, where: str) -> Fault | None:
        """The fault for a request that has just arrived."""
        with self._lock:
            for key in ((service, where), (service, "any")):
                if self._scripts.get(key):
                    return self._scripts[key].popleft()
            standing = self._standing.get((service, where)) or self._standing.get((service, "any"))
            if standing or not self._random:
                return standing
            return self._random.draw()


class _Random:
    def __init__(self, seed: int, rate: float, faults: tuple[Fault, ...]) -> None:
        self._seed = seed
        self._rate = rate
        self._faults = faults
        self._drawn = 0

    def draw(self) -> Fault | None:
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}:{self._drawn}".encode()).digest()
        if int.from_bytes(digest[:8], "big") >= self._rate * 2**64:
            return None
        return self._faults[int.from_bytes(digest[8:12], "big") % len(self._faults)]


def _checked(where: str) -> str:
    if where not in WHERE:
        raise ValueError(f"{where!r} is none of: {', '.join(WHERE)}")
    return where
