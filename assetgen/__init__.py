"""Generate the pictures, narration and cutscenes of a game from one file.

document = assetgen.load("actions.yaml")          # or a dict, or text
plan = assetgen.plan(document, settings)          # pure: jobs, order, purchases and their keys, prices
survey = assetgen.survey(plan, settings)          # beside cache and last run: cached, new, changed, and why
result = await assetgen.run(plan, settings)       # assetgen.run_sync(...) where no loop runs
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assetgen.api import Project, RunOptions, load, plan, run, run_sync, survey
    from assetgen.core.errors import AssetGenerationError
    from assetgen.settings import Settings

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "AssetGenerationError",
    "Project",
    "RunOptions",
    "Settings",
    "__version__",
    "load",
    "plan",
    "run",
    "run_sync",
    "survey",
]

_HOMES = {"AssetGenerationError": "assetgen.core.errors", "Settings": "assetgen.settings"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `assetgen --help` needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "assetgen.api")), name)
