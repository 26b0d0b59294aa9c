"""Projects that buy their pictures from a scripted service."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from assetgen.api import Project
from assetgen.core.jobs import Plan
from assetgen.core.outcomes import Content
from assetgen.core.requests import ImageRequest, Request
from assetgen.ledger.journal import Journal
from tests.fakes.provider import ScriptedProvider
from tests.planning.projects import plan_of, project

PRICE = "0.05"


def painted(request: Request) -> Content:
    """A picture of the right size in two colours."""
    assert isinstance(request, ImageRequest)
    size = (request.width, request.height)
    image = Image.new("RGB", size, "navy")
    image.paste("gold", (0, 0, size[0] // 2, size[1] // 2))
    file = io.BytesIO()
    image.save(file, "PNG")
    return Content(file.getvalue(), "image/png", *size)


def paying(folder: Path, service: ScriptedProvider, **settings: Any) -> Project:
    """A project whose one service is called together, and takes 5 cents for a picture."""
    service._content = painted
    prices = {"together/flux-schnell": {"usd": PRICE, "per": "image"}}
    # Nobody waits for the real account's turns.
    limits = {"together": {"requests_per_minute": 60_000}}
    chain = {"flux-schnell": ["together"]}
    chosen = {"draft": False, "models": chain, "prices": prices, "limits": limits, **settings}
    made = project(folder, {"TOGETHER_API_KEY": "a key of some length"}, **chosen)
    vars(made)["providers"] = {service.name: service}
    return made


def pictures(around: Project, count: int) -> Plan:
    return plan_of(around, *(picture(number) for number in range(count)))


def picture(number: int) -> Mapping[str, Any]:
    return {"type": "asset_image", "id": f"p{number}", "prompt": f"pier {number}", "size": "256x256"}


def states(around: Project) -> list[str]:
    journal = Journal.find(around.settings.state_dir)
    return [row.state.value for row in journal.rows()] if journal else []
