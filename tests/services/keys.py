"""Which keys are good, and where they must never turn up."""

from __future__ import annotations

import re

from tests.services.wire import Request
from tests.services.world import World

NAMES = ("together", "replicate", "openai", "google")
SHORTEST = 16
_KEY = re.compile(rf"test-({'|'.join(NAMES)})-key[\w-]*")


def example(service: str) -> str:
    """A valid key."""
    return f"test-{service}-key-0123456789"


class Keys:
    """Looks after keys, and after the other manners that a client shows with every request."""

    def __init__(self, world: World) -> None:
        self._violations = world.violations

    def valid(self, service: str, key: str) -> bool:
        return len(key) >= SHORTEST and key.startswith(f"test-{service}-key")

    def watch(self, request: Request, service: str) -> None:
        """Note what a well-behaved client never does."""
        line = f"{request.method} {request.path}"
        encoding = request.headers.get("accept-encoding", "identity")
        if encoding != "identity":
            self._violations.append(f"{line}: `Accept-Encoding: {encoding}` instead of `identity`")
        if "key" in request.query or _KEY.search(request.target):
            self._violations.append(f"{line}: a key in the URL")
        for name, value in request.headers.items():
            found = _KEY.search(value)
            if found and found[1] != service:
                self._violations.append(f"{line}: the key of {found[1]} in `{name}`")
        if b"test-" in request.content and (found := _KEY.search(request.content.decode("utf-8", "replace"))):
            self._violations.append(f"{line}: the key of {found[1]} in the body")

    def watch_elsewhere(self, request: Request) -> None:
        """Note keys and paid requests that reached another host."""
        line = f"{request.method} {request.path} on another host"
        if request.method != "GET":
            self._violations.append(f"{line}: something to be paid was sent there")
        shown = {"authorization", "x-goog-api-key"} & request.headers.keys()
        if shown or _KEY.search(request.target + " ".join(request.headers.values())):
            self._violations.append(f"{line}: it came with a key")
