"""What has to be true after every kill, and what after the last run. Each promise has a name."""

from __future__ import annotations

from collections.abc import Collection

from assetgen.core.journal import Row, RowState
from assetgen.core.money import Usd
from tests.proofs.promise import hold
from tests.proofs.site import OUT, Site, digest


def under_the_wall(site: Site) -> None:
    """No account was ever booked for more than the budget; and what is booked covers the true bill."""
    rows, accounts = site.observed()
    for account in accounts:
        hold("the wall", account.booked <= site.budget, f"${account.booked} booked, of ${site.budget}")
        of_rows = Usd.sum(row.booked for row in rows if row.account == account.id)
        hold("sums are right", of_rows == account.booked, f"rows ${of_rows}, account ${account.booked}")
    booked, bill = Usd.sum(account.booked for account in accounts), Usd(site.services.bill.total)
    hold("the bill is covered", bill <= booked, f"${bill} on the bill, ${booked} in the ledger")


def whole_so_far(site: Site, out: str = OUT) -> None:
    """Nothing half stands under a blob's name or an output's: after a kill, too."""
    for blob in site.blobs():
        hold("no half files", digest(blob) == blob.name, f"the blob {blob.name}")
    for name, path in site.outputs(out).items():
        if name.endswith(".png"):
            end = path.read_bytes()[-12:]
            hold("no half files", end[4:8] == b"IEND" or path.name.startswith(".assetgen-"), name)


def ended_well(code: int, said: str, allowed: Collection[int] = (0, 4)) -> None:
    hold("ends by itself", code in allowed, f"exit {code}, not one of {sorted(allowed)}:\n{said[-3000:]}")


def bought_once(site: Site, assets: int | None = None) -> None:
    """No request was executed twice; and where `assets` is given, exactly so many were."""
    by_request = site.services.bill.by_request()
    twice = [request for request, count in by_request.items() if count > 1]
    hold("bought once", not twice, f"executed more than once: {twice}")
    if assets is not None:
        hold("bought once", len(by_request) == assets, f"{len(by_request)} creates for {assets} assets")
    hold("good manners", not site.services.violations, f"{site.services.violations}")


def losses_named(site: Site, code: int, out: str = OUT) -> list[Row]:
    """Whatever is on the bill and not there is an unknown row with its money, and a line in the manifest.

    Returns the rows.
    """
    rows, _ = site.observed()
    lost = [row for row in rows if row.state is RowState.UNKNOWN]
    failed = {line["id"]: line for line in site.manifest(out)["failed"]}
    for row in lost:
        line = failed.get(row.action, {})
        named = line.get("status") == "held" and line.get("unknown_usd") == str(row.booked) and row.booked
        hold("losses are named", named, f"{row.action}: ${row.booked} unknown, the manifest says {line}")
    open_rows = [row for row in rows if row.state in {RowState.SENDING, RowState.ACCEPTED, RowState.RECEIVED}]
    hold("losses are named", not open_rows, f"still open: {[(row.action, row.state) for row in open_rows]}")
    hold("losses are named", (code == 4) == bool(lost), f"exit {code} with {len(lost)} unknown")
    delivered = len(site.manifest(out)["images"])
    executed = len(site.services.bill.entries)
    hold("losses are named", executed <= delivered + len(lost), f"{executed} done, {delivered} there, {len(lost)} held")
    return lost


def right_manifest(site: Site, out: str = OUT) -> None:
    """The manifest and the folder say the same, byte for byte."""
    listed = {line["path"]: line["sha256"] for line in site.manifest(out)["images"]}
    found = site.outputs(out)
    hold("the manifest is right", set(found) == {*listed, "manifest.json"}, f"{sorted(found)} beside {sorted(listed)}")
    for path, sha256 in listed.items():
        hold("the manifest is right", digest(found[path]) == sha256, path)
    whole_so_far(site, out)


def asks_nothing_more(site: Site, code: int) -> None:
    """The next run ends in the same way, and nobody hears of it."""
    before = len(site.services.requests)
    again = site.start()
    hold("asks nothing more", again.wait() == code, f"exit {code} first, then:\n{again.said[-3000:]}")
    asked = [f"{one.method} {one.path}" for one in site.services.requests[before:]]
    hold("asks nothing more", not asked, f"{asked}")
