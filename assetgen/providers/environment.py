"""Keys and addresses of services, from the process's environment and an env file."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from assetgen.core.offers import Service
from assetgen.core.secrets import Secret

REAL = "real"
LOOPBACK = "loopback"


def merged(real: Mapping[str, str], file: Mapping[str, str], services: Iterable[Service]) -> dict[str, str]:
    """The real environment over the env file.

    An address in the file counts only together with that service's key from the same file: a project that somebody
    else wrote can't send your own key elsewhere.
    """
    usable = dict(file)
    for service in services:
        if service.base_url_variable in file and not _key_text(service, file):
            del usable[service.base_url_variable]
        elif _key_text(service, real):
            usable.pop(service.base_url_variable, None)
    return {**usable, **real}


def key_of(service: Service, environment: Mapping[str, str]) -> Secret | None:
    """The service's key from the first variable that holds one."""
    text = _key_text(service, environment)
    return Secret(text) if text else None


def _key_text(service: Service, environment: Mapping[str, str]) -> str:
    return next((text for name in service.keys if (text := environment.get(name, "").strip())), "")


def host_class(service: Service, environment: Mapping[str, str]) -> str:
    """Whether the service's address is real or on this machine; only the class ever enters a key."""
    address = environment.get(service.base_url_variable, "") or service.base_url
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return LOOPBACK
    try:
        return LOOPBACK if ipaddress.ip_address(host).is_loopback else REAL
    except ValueError:
        return REAL
