"""Every durable step of one purchase, in the order in which the kernel sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs import calls
from tests.proofs.figures import Figures
from tests.proofs.nursery import Nursery
from tests.proofs.order import in_order
from tests.proofs.site import PRICES, TOLD, Site
from tests.services.server import Services


@pytest.mark.skipif(not calls.available(), reason="this kernel can't show the calls of another process")
@pytest.mark.parametrize("model", TOLD)
def test_what_comes_later_is_never_on_the_disk_first(
    services: Services, nursery: Nursery, tmp_path: Path, model: str, figures: Figures
) -> None:
    disk = in_order(Site(tmp_path / "site", services, nursery, model, PRICES[model]))
    steps = f"order on the disk, {TOLD[model]}: {{steps}} steps, {{rules}} rules held {{times}} times"
    figures(steps, steps=disk.steps, rules=len(disk.proven), times=sum(disk.proven.values()))
