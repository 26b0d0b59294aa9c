"""What stands between a service and the world, when the service itself says nothing."""

from __future__ import annotations

from http import HTTPStatus

from tests.services.wire import Answer


def gateway(status: int) -> Answer:
    """An HTML page, as gateways send it with 502, 504 and their like; nothing with what has no body."""
    if status < HTTPStatus.OK or status in {HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED}:
        return Answer(status)
    title = f"{status} {_phrase(status)}"
    page = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
    return Answer(status, page.encode(), "text/html")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown error"
