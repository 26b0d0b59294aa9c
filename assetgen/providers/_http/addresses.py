"""Addresses: whom a service's key may be shown to, and from where its files may be fetched."""

from __future__ import annotations

import asyncio
import ipaddress
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from assetgen.core.errors import ValidationError
from assetgen.core.offers import Service
from assetgen.providers.environment import LOOPBACK, host_class

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who answers at an address. Another port or scheme is another host."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Raises ValueError where it is no address of the web, or not written as one."""
        if any(not "!" <= sign <= "~" or sign == "\\" for sign in url):
            raise ValueError("it holds characters that no address has")
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("it is no address of the web")
        if "@" in parts.netloc:
            raise ValueError("it holds a user name")
        try:
            port = parts.port
        except ValueError:
            raise ValueError("its port is no number") from None  # and may be a password: it is not repeated
        return cls(parts.scheme, parts.hostname, port or PORTS[parts.scheme])


def base_url(service: Service, environment: Mapping[str, str]) -> str:
    """The service's address, without a slash at its end.

    Raises:
        ValidationError: It is no `https` address, nor a plain `http` one on this machine.
    """
    name = service.base_url_variable
    address = environment.get(name, "").strip() or service.base_url
    try:
        origin = Origin.of(address)
    except ValueError as error:
        raise ValidationError(f"`{name}` is no usable address: {error}", help=_example(service)) from None
    if "?" in address or "#" in address:
        raise ValidationError(f"`{name}` must end with a path", help=_example(service))
    if origin.scheme == "http" and host_class(service, environment) != LOOPBACK:
        raise ValidationError(
            f"`{name}` is plain `http`, which is allowed on this machine only", help=f"use `https://{origin.host}`"
        )
    return address.rstrip("/")


def _example(service: Service) -> str:
    return f"write it like {service.base_url}"


def complaint(url: str, own: Origin, hosts: Sequence[str]) -> str:
    """Why a file is not fetched from here; empty where nothing speaks against it.

    Allowed are the service's own origin, and `https` on the usual port of the hosts that are listed or lie below one.
    """
    try:
        origin = Origin.of(url)
    except ValueError as error:
        return str(error)
    if origin == own:
        return ""
    if origin.scheme != "https" or origin.port != PORTS["https"]:
        return "it is not on the usual port of `https`"
    return "" if listed(origin.host, hosts) else f"files from `{origin.host}` are not expected"


def listed(host: str, hosts: Sequence[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in hosts)


async def resolve(host: str) -> list[str]:
    """The addresses that a name stands for, as text. Raises OSError where nobody knows it."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, PORTS["https"])
    except UnicodeError:
        raise OSError("it is no name") from None
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    plain = ipaddress.ip_address(address.partition("%")[0])
    mapped = plain.ipv4_mapped if isinstance(plain, ipaddress.IPv6Address) else None
    return (mapped or plain).is_global


def by_proxy(host: str) -> bool:
    """Whether a proxy is asked for this host: it looks the name up, and here nobody may know it."""
    proxies = urllib.request.getproxies()
    return bool({"https", "all"} & proxies.keys()) and not urllib.request.proxy_bypass(host)
