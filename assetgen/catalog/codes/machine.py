"""Failures on this side: the disk, the cache, the order of the work, assetgen itself."""

from __future__ import annotations

from assetgen.catalog.codes.explanation import Explanation, example

MACHINE = (
    Explanation(
        code="storage",
        kind="failure",
        title="A file couldn't be written or read",
        what="The disk is full, a permission is missing, or something stands in the way, such as a folder with the "
        "name of a file. What was bought before is safe in the cache.",
        next="Put right what the message names, or choose another folder with `--out`. Then run the same command "
        "again: it goes on where it stopped and pays for nothing twice. `assetgen doctor` checks disk and "
        "permissions.",
    ),
    Explanation(
        code="cache",
        kind="failure",
        title="The cache is damaged, locked, or of another version",
        what="The cache holds everything that was paid for, so trouble with it is an error and never a reason to "
        "quietly buy again. A damaged file is set aside, not deleted, and other copies of it are tried first.",
        next="`assetgen cache check` reads everything and names what is damaged; `assetgen cache rebuild` makes the "
        "index anew from the files. What is really lost is bought again only with `--rebuy`.",
        example=example(
            """
            assetgen cache check
            assetgen cache rebuild
            assetgen run actions.yaml --rebuy
            """
        ),
    ),
    Explanation(
        code="edited_output",
        kind="failure",
        title="The file was changed by hand and is kept",
        what="The file in the output folder isn't the one that was written there: somebody retouched or replaced it. "
        "As its action has changed since, or it was to be made again, the new one would have to overwrite that work. "
        "It wasn't overwritten, and nothing was bought; or, where it came while the run was at work, what was bought "
        "is in the cache and will not be paid for again.",
        next="Move the file elsewhere, or rename it, and run the command again. To keep the edited file for good, "
        "leave its action as it was: then the file stays and counts as finished.",
        example=example(
            """
            mv out/images/harbour.png retouched/harbour.png
            assetgen run actions.yaml
            """
        ),
    ),
    Explanation(
        code="dependency_failed",
        kind="failure",
        title="Something that it needs isn't there",
        what="A cutscene is put together from pictures and narration. One of them failed, was held or was skipped, so "
        "the cutscene was skipped too. It costs nothing by itself.",
        next="Solve the failure that the message names, and run the same command again: only what is missing is made.",
    ),
    Explanation(
        code="cancelled",
        kind="failure",
        title="The run ended before its turn",
        what="Somebody stopped the run, or `--fail-fast` ended it at the first failure, before this asset was begun. "
        "Nothing was sent for it.",
        next="Run the same command again. What is finished is kept, and the budget's account goes on where it was.",
    ),
    Explanation(
        code="bug",
        kind="failure",
        title="Something went wrong in assetgen itself",
        what="Something happened that its authors didn't foresee. The money is in order all the same: whatever was "
        "sent is in the ledger, and whatever came back is kept.",
        next="Please report it with the message, the version that `assetgen doctor` prints, and the smallest actions "
        "file that shows it. Keys don't belong into a report.",
        example=example(
            """
            assetgen doctor
            assetgen ledger show
            """
        ),
    ),
)
