"""The one client for all services, and the only place that knows httpx."""

from __future__ import annotations

from assetgen.providers._http.addresses import base_url
from assetgen.providers._http.client import Client

__all__ = ["Client", "base_url"]
