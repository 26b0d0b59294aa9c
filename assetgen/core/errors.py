"""Every error that assetgen raises on purpose.

    AssetGenerationError            something that a user can act on; `exit_code` 1
    ├── ApiError                    a service answered, or didn't, in a way that ends the asset
    │   └── MissingKeyError         a key is missing or refused (6)
    ├── ValidationError             the input or the command's use is wrong; nothing was sent (2)
    │   └── InvalidFilesError       the actions files have problems, each with its place (2)
    ├── StorageError                a disk, a permission, a path (5)
    │   ├── CacheError              the cache is damaged, locked, or of another version (5)
    │   └── EditedOutputError       an output was changed by somebody else and is kept (1)
    ├── BudgetError                 the budget refuses, or a price is unknown (3)
    │   └── WallError               one attempt does not fit under a wall of the budget (3)
    └── StoppedError                somebody ended it before anything began (130, 143)

Anything else that escapes is a bug in assetgen (70).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class AssetGenerationError(Exception):
    """Something went wrong that a user can act on.

    Attributes:
        message: One sentence, without the advice.
        action: The id of the asset, if it is about one.
        retryable: Whether the same command may succeed when it is run again.
        details: Further facts; `help` says what to do next, `code` is the contract's failure code.
    """

    exit_code: int = 1
    code: ClassVar[str] = "bug"

    def __init__(
        self,
        message: str,
        *,
        action: str | None = None,
        retryable: bool = False,
        details: Mapping[str, Any] | None = None,
        help: str = "",  # noqa: A002 - the word that users read before the advice
    ) -> None:
        super().__init__(message)
        self.message = message
        self.action = action
        self.retryable = retryable
        self.details = dict(details or {})
        self.help = help

    def __str__(self) -> str:
        return self.message


class ApiError(AssetGenerationError):
    """A service's answer, or its silence, ends the asset."""

    code = "service_error"


class MissingKeyError(ApiError):
    """A key is missing or refused, or no service can be asked at all."""

    exit_code = 6
    code = "auth"


class ValidationError(AssetGenerationError):
    """The command or the input is wrong; nothing was sent and nothing was spent."""

    exit_code = 2
    code = "invalid_request"


class InvalidFilesError(ValidationError):
    """The actions files have problems; `problems` holds them all, sorted by place."""

    def __init__(self, message: str, problems: tuple[Any, ...]) -> None:
        super().__init__(message)
        self.problems = problems


class StorageError(AssetGenerationError):
    """A disk, a permission, or a path."""

    exit_code = 5
    code = "storage"


class CacheError(StorageError):
    """The cache is damaged, locked, or written by another version; `details["trouble"]` says which."""

    code = "cache"

    @property
    def gone(self) -> bool:
        """Whether the bytes of one purchase are no more what they were: what was free can just be made again."""
        return self.details.get("trouble") in {"lost", "damaged"}


class EditedOutputError(StorageError):
    """An output file was changed by somebody else; it is kept, and nothing is written over it."""

    exit_code = 1
    code = "edited_output"


class BudgetError(AssetGenerationError):
    """The budget refuses a purchase, or nobody knows its price."""

    exit_code = 3
    code = "budget"


class WallError(BudgetError):
    """One attempt does not fit under a wall of the budget.

    Attributes:
        waiting_helps: Money is set aside for attempts under way, and may come free.
    """

    def __init__(self, message: str, *, waiting_helps: bool, help: str = "") -> None:  # noqa: A002
        super().__init__(message, help=help)
        self.waiting_helps = waiting_helps


class StoppedError(AssetGenerationError):
    """Somebody ended the run before it began; nothing was done."""

    code = "cancelled"

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code
