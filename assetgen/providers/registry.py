"""Which services this installation can speak to: the built-in ones, and what other packages bring.

Another package adds a provider with a module that has the three names of `ProviderModule`, and a line in its metadata:

    [project.entry-points."assetgen.providers"]
    acme = "acme_assetgen"
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer, Service
from assetgen.core.provider import Provider

GROUP = "assetgen.providers"

BUILT_IN = {
    "draft": "assetgen.providers.draft",
    "together": "assetgen.providers.together",
    "replicate": "assetgen.providers.replicate",
    "openai": "assetgen.providers.openai",
    "google": "assetgen.providers.google",
}


class ProviderModule(Protocol):
    """What a provider's module offers.

    Attributes:
        SERVICE: Its name, keys and address.
        OFFERS: What it sells; a built-in provider's rows stand in the catalog instead.
    """

    SERVICE: Service
    OFFERS: Sequence[Offer]

    def connect(self, environment: Mapping[str, str], timeout: float) -> Provider:
        """A provider that is ready to be called.

        Keys and address come from the environment; a call that takes longer than `timeout` seconds is given up.
        """
        ...


def installed() -> dict[str, ProviderModule]:
    """Every provider's module by its service's name.

    Raises:
        ValidationError: Another package's module can't be loaded, or two of one name are there.
    """
    modules = {name: cast("ProviderModule", importlib.import_module(path)) for name, path in BUILT_IN.items()}
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        module = _load(point)
        name = module.SERVICE.name
        if name in modules:
            raise ValidationError(f"two installed packages bring a provider `{name}`", help="uninstall one of them")
        modules[name] = module
    return modules


def _load(point: EntryPoint) -> ProviderModule:
    try:
        module = point.load()
    except (ImportError, AttributeError) as error:
        raise ValidationError(
            f"the provider `{point.name}` can't be loaded: {error}", help=f"uninstall or repair {point.value!r}"
        ) from error
    missing = [name for name in ("SERVICE", "OFFERS", "connect") if not hasattr(module, name)]
    if missing:
        raise ValidationError(f"the provider `{point.name}` lacks {', '.join(missing)}")
    return cast("ProviderModule", module)
