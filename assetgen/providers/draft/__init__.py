"""The built-in service: pictures drawn and texts spoken on this machine, without a key, for nothing."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.catalog.draft import OFFERS
from assetgen.core.offers import Service
from assetgen.core.provider import Provider
from assetgen.providers.draft.provider import DraftProvider
from assetgen.providers.draft.speech import find_engine

__all__ = ["OFFERS", "SERVICE", "connect"]

SERVICE = Service(name="draft", concurrency=4, timeout=60.0)


def connect(environment: Mapping[str, str], timeout: float) -> Provider:
    """The service, ready for work; it needs nothing of the environment, and ends by itself."""
    return DraftProvider(find_engine())
