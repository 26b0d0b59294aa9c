"""Asking before something is done that can't be undone."""

from __future__ import annotations

import sys

import typer


def agree(question: str, undone: str, *, yes: bool) -> None:
    """Go on where the user agrees; nothing ever waits for an answer without a terminal.

    Args:
        undone: What was not done, for the message where nobody agrees.
        yes: The user agreed beforehand.

    Raises:
        ValidationError: Nobody agrees.
    """
    from assetgen.core.errors import ValidationError

    if yes:
        return
    if not sys.stdin.isatty():
        raise ValidationError(f"nobody is there to agree; {undone}", help="add --yes")
    if not typer.confirm(f"\n  {question}", err=True):
        raise ValidationError(undone)
