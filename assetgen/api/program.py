"""What this installation is made of."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from assetgen.core.actions import JSON
from assetgen.core.examination import Area, Check, Level

PACKAGES = (
    "diskcache",
    "httptools",
    "httpx",
    "lameenc",
    "mutagen",
    "pillow",
    "platformdirs",
    "pybase64",
    "pydantic",
    "pyyaml",
    "rich",
    "tenacity",
    "typer",
)
SPEECH = "espeakng-loader"
ENVIRONMENT = 5


def program_checks() -> Iterator[Check]:
    """The packages that are needed, and the one that lets drafts speak."""
    found = {name: _version(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if not number]
    details: dict[str, JSON] = dict(found)
    if missing:
        said = f"not installed: {', '.join(missing)}"
        advice = "install assetgen again: pip install --force-reinstall assetgen"
        yield Check(Area.PROGRAM, "packages", Level.PROBLEM, said, advice, ENVIRONMENT, details)
    else:
        said = ", ".join(f"{name} {number}" for name, number in found.items())
        yield Check(Area.PROGRAM, "packages", Level.GOOD, said, details=details)
    yield _speech(_version(SPEECH))


def _speech(number: str) -> Check:
    details: dict[str, JSON] = {SPEECH: number or None}
    if number:
        return Check(Area.PROGRAM, "drafts", Level.GOOD, f"free, and they speak ({SPEECH} {number})", details=details)
    said = "free; narration is a soft tone, since no voice is installed"
    return Check(Area.PROGRAM, "drafts", Level.NOTE, said, "pip install 'assetgen[speech]'", details=details)


def _version(package: str) -> str:
    """Empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
