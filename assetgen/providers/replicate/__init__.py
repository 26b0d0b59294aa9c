"""Replicate: pictures as jobs, which can be asked about. Its API: https://replicate.com/docs/reference/http."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.catalog.services import SERVICES
from assetgen.core.offers import Offer
from assetgen.core.provider import Provider
from assetgen.providers._http import Client
from assetgen.providers.replicate.provider import Replicate

__all__ = ["OFFERS", "SERVICE", "Replicate", "connect"]

SERVICE = SERVICES["replicate"]
OFFERS: tuple[Offer, ...] = ()
"""Its rows stand in the catalog."""


def connect(environment: Mapping[str, str], timeout: float) -> Provider:
    """The service by the key and the address in the environment. Raises ValidationError for a wrong address.

    Args:
        timeout: Seconds for one request, and for one job.
    """
    return Replicate(SERVICE.name, Client(SERVICE, environment, timeout), timeout)
