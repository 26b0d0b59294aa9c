"""Saved plans: written by `assetgen estimate --save`, kept to by `assetgen run --plan`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from assetgen.api import Project
    from assetgen.core.surveys import Survey
    from assetgen.dsl.checking import Document
    from assetgen.planning.saved import Choice, SavedPlan

DECIDED = {
    "only": "--only",
    "force": "--force",
    "rebuy": "--rebuy",
    "draft": "--draft",
    "upgrade_degraded": "--upgrade-degraded",
}
"""Options that a saved plan answers for."""


def read(path: Path, context: typer.Context) -> SavedPlan:
    """A saved plan, for a command whose other options leave it as it is.

    Raises:
        ValidationError: The file is no saved plan, or an option would change what it says.
    """
    from assetgen.core.errors import ValidationError
    from assetgen.planning import saved

    given = [option for name, option in DECIDED.items() if context.params.get(name)]
    if given:
        raise ValidationError(
            f"`{given[0]}` would change what the saved plan says", help="leave it out, or save another plan with it"
        )
    return saved.read(_bytes(path))


def _bytes(path: Path) -> bytes:
    from assetgen.core.errors import ValidationError
    from assetgen.planning.saved_file import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        advice = "`assetgen estimate FILE --save PLAN` writes one"
        raise ValidationError(f"`{path}` can't be read: {error.strerror or error}", help=advice) from None


def files(approved: SavedPlan | None) -> list[str]:
    """The actions files of a command that names none: those of its saved plan."""
    from assetgen.core.errors import ValidationError

    if approved is None:
        raise ValidationError("no actions file is named", help="assetgen run FILE..., or assetgen run --plan FILE")
    return [name for name, _ in approved.basis.files]


def write(
    path: Path, project: Project, document: Document, survey: Survey, files: Sequence[str], choice: Choice
) -> None:
    """Save what a survey comes to, durably.

    Raises:
        ValidationError: It would be larger than what can be read.
        OSError: It can't be written.
    """
    import json

    from assetgen.core import durable
    from assetgen.core.errors import ValidationError
    from assetgen.planning import saved
    from assetgen.planning.saved_file import LARGEST

    basis = saved.basis_of(files, document, project.settings)
    plan = saved.SavedPlan(basis, saved.bill_of(survey, project.offers), choice, survey.plan.draft)
    data = (json.dumps(saved.save(plan), indent=1) + "\n").encode()
    if len(data) > LARGEST:
        raise ValidationError(f"the plan is larger than {LARGEST >> 20} MB", help="choose less with `--only`")
    durable.write(path, data)


def require_same_input(approved: SavedPlan, project: Project, document: Document, files: Sequence[str]) -> None:
    """Raise ValidationError where a file or a setting is not what it was when the plan was saved."""
    from assetgen.planning import saved

    saved.require_same_input(approved.basis, saved.basis_of(files, document, project.settings))


def require_no_more(approved: SavedPlan, project: Project, survey: Survey) -> None:
    """Raise BudgetError where there is more to buy or to pay than when the plan was saved."""
    from assetgen.planning import saved

    saved.require_no_more(approved.bill, saved.bill_of(survey, project.offers))
