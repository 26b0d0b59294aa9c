"""What a user has set: `assetgen.yaml`, the environment and the command's options, in that order of weight.

A later one wins: built-in default, file, environment, option. Everything is checked here once; inside, settings are
a frozen value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
import pydantic
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assetgen.core import nearest
from assetgen.core.actions import SIZE_PATTERN
from assetgen.core.errors import ValidationError
from assetgen.core.money import Per, Usd

CONFIG_NAME = "assetgen.yaml"
MISNAMED = "assetgen.yml"
PREFIX = "ASSETGEN_"
LARGEST_FILE = 1_000_000
STYLE_SUFFIX = "high quality, detailed, cinematic lighting"

Progress = Literal["auto", "tty", "plain", "json", "none"]


def _decimal(value: object) -> Decimal:
    """Keep what was written: a YAML float such as 5.10 means the decimal 5.10, not its nearest binary fraction."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError("an amount is a number")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("an amount is a finite number of at least 0")
    return amount


def _usd(value: object) -> Usd:
    return value if isinstance(value, Usd) else Usd.parse(_decimal(value))


Money = Annotated[Usd, BeforeValidator(_usd)]
PriceInUsd = Annotated[Decimal, BeforeValidator(_decimal)]
Folder = Annotated[Path, Field(strict=False)]


def _size(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(SIZE_PATTERN, value):
        raise ValueError(f"{value!r} is no size: write `1024x768`, in pixels")
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )


class ImageDefaults(_Strict):
    model: str = "flux-schnell"
    size: Annotated[str, BeforeValidator(_size)] = "1024x768"


class SubtitleDefaults(_Strict):
    model: str = "openai-tts"
    voice_tone: Literal["epic", "mysterious", "calm", "urgent", "triumphant"] = "calm"
    voice_gender: Literal["neutral", "feminine", "masculine"] = "neutral"
    voice_pace: Literal["slow", "normal", "fast"] = "normal"


class Defaults(_Strict):
    """What fills the fields that an action leaves out."""

    image: ImageDefaults = ImageDefaults()
    subtitle: SubtitleDefaults = SubtitleDefaults()


class Style(_Strict):
    """What is appended to every prompt."""

    suffix: str = STYLE_SUFFIX


class ChainLink(_Strict):
    """One seller in a model's chain: a provider, an alternative model, or a provider's own model."""

    provider: str = ""
    model: str = ""


class InputLimits(_Strict):
    prompt_characters: Annotated[int, Field(gt=0)] = 4000
    shot_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=False)] = 60.0
    cutscene_shots: Annotated[int, Field(gt=0)] = 50
    cutscene_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=False)] = 300.0


class UserPrice(_Strict):
    usd: PriceInUsd
    per: Annotated[Per, Field(strict=False)]


class AccountLimits(_Strict):
    requests_per_minute: Annotated[int, Field(gt=0)] | None = None
    concurrency: Annotated[int, Field(gt=0, le=1024)] | None = None


class StorageSettings(_Strict):
    public_url: str | None = None


def _links(value: object) -> object:
    if isinstance(value, list):
        return tuple({"provider": link} if isinstance(link, str) else link for link in value)
    return value


Chain = Annotated[tuple[ChainLink, ...], BeforeValidator(_links), Field(min_length=1)]


class Settings(_Strict):
    """Everything that can be set. Paths are as given; money is exact.

    Attributes:
        max_cost_per_day, max_cost_per_month: What all runs of the project together may spend.
        project_folder: The project that these limits belong to: the folder of its configuration.
    """

    out: Folder | None = None
    draft: bool = False
    max_cost: Money | None = None
    max_cost_per_day: Money | None = None
    max_cost_per_month: Money | None = None
    project_folder: Folder = Field(default_factory=Path.cwd)
    concurrency: Annotated[int, Field(gt=0, le=1024)] = 16
    defaults: Defaults = Defaults()
    style: Style = Style()
    models: Mapping[str, Chain] = Field(default_factory=dict)
    image_format: Literal["png", "original"] = "png"
    reject_blank: bool = True
    limits_of_input: InputLimits = InputLimits()
    prices: Mapping[str, UserPrice] = Field(default_factory=dict)
    voices: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    limits: Mapping[str, AccountLimits] = Field(default_factory=dict)
    timeouts: Mapping[str, Annotated[float, Field(gt=0, allow_inf_nan=False, strict=False)]] = Field(
        default_factory=dict
    )
    storage: StorageSettings = StorageSettings()
    cache_dir: Folder = Field(default_factory=lambda: Path(platformdirs.user_cache_dir("assetgen", appauthor=False)))
    state_dir: Folder = Field(default_factory=lambda: Path(platformdirs.user_state_dir("assetgen", appauthor=False)))
    progress: Progress = "auto"

    @property
    def out_folder(self) -> Path:
        return self.out or Path("out-draft" if self.draft else "out")


_VARIABLES = {
    "ASSETGEN_CACHE_DIR": "cache_dir",
    "ASSETGEN_STATE_DIR": "state_dir",
    "ASSETGEN_MAX_COST": "max_cost",
    "ASSETGEN_CONCURRENCY": "concurrency",
    "ASSETGEN_PROGRESS": "progress",
}
_ONLY_OPTIONS = {"out", "draft", "progress", "project_folder", "cache_dir", "state_dir"}
"""What a project's file can't set: it would move a user's folders, or decide for the terminal."""


def load(
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    config: Path | None = None,
    beside: Path | None = None,
) -> Settings:
    """Put settings together.

    Args:
        options: What the command was given, by field name; None counts as not given.
        environment: The process's variables, after an env file.
        config: The configuration file that was named, which then must exist.
        beside: The folder of the first actions file, where one is looked for before the working directory.

    Raises:
        ValidationError: Something can't be read or isn't known.
    """
    path = find_config(config, beside)
    file = read_config(path) if path else {}
    given = {name: value for name, value in options.items() if value is not None}
    project = {"project_folder": (path.parent if path else Path()).resolve()}
    variables = _from_environment(environment)
    sources = {
        **dict.fromkeys(file, str(path)),
        **{name: variable for variable, name in _VARIABLES.items() if name in variables},
        **{name: f"--{name.replace('_', '-')}" for name in given},
    }
    try:
        return Settings.model_validate({**file, **project, **variables, **given})
    except pydantic.ValidationError as error:
        raise _refused(error, sources) from None


def find_config(config: Path | None, beside: Path | None) -> Path | None:
    """The configuration that counts, if there is one. Raises ValidationError for one that has a similar name."""
    if config is not None:
        return config
    folders = [folder for folder in (beside, Path()) if folder is not None]
    found = next((path for folder in folders if (path := folder / CONFIG_NAME).is_file()), None)
    misnamed = next((path for folder in folders if (path := folder / MISNAMED).is_file()), None)
    if found is None and misnamed is not None:
        # Whoever wrote it relies on what it says, on a limit of cost above all.
        raise ValidationError(
            f"{misnamed} is not read: a configuration is called `{CONFIG_NAME}`",
            help="rename it, or name it with --config",
        )
    return found


def read_config(path: Path) -> dict[str, Any]:
    """The mapping in a configuration file. Raises ValidationError when it is none, repeats a key or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ValidationError(f"{path}: {error.strerror or error}") from None
    if len(data) > LARGEST_FILE:
        raise ValidationError(f"{path} is larger than a configuration can be")
    try:
        value = yaml.load(data, Loader=_ConfigLoader)  # noqa: S506 - a SafeLoader that also refuses repeats
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValidationError(f"{path}: {_first_line(error)}") from None
    if not isinstance(value, dict | None):
        raise ValidationError(f"{path} holds no mapping of settings")
    return _checked_names(value or {}, path)


def _checked_names(value: dict[Any, Any], path: Path) -> dict[str, Any]:
    known = [name for name in Settings.model_fields if name not in _ONLY_OPTIONS]
    for name in value:
        if name not in known:
            raise ValidationError(f"{path}: unknown setting `{name}`", help=nearest.advice(str(name), known))
    return value


class _ConfigLoader(yaml.SafeLoader):
    """YAML without what a configuration has no use for: repeated keys, aliases, tags of Python."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(
                None,
                None,
                "aliases are not supported here",
                self.get_mark(),
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in _VARIABLES:
            raise ValidationError(
                f"unknown environment variable `{variable}`", help=nearest.advice(variable, list(_VARIABLES))
            )
        if text:
            values[_VARIABLES[variable]] = _typed(_VARIABLES[variable], text)
    return values


def _typed(name: str, text: str) -> Any:
    if name == "concurrency":
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else math.nan
    return text


def _refused(error: pydantic.ValidationError, sources: Mapping[str, str]) -> ValidationError:
    """What is wrong with each setting, where it comes from, and which one may have been meant."""
    lines, advice = [], ""
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        location = problem["loc"]
        said = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            said = "there is no such setting"
            advice = advice or nearest.advice(str(location[-1]), _section(location).model_fields)
        source = sources.get(str(location[0]), "")
        lines.append(f"`{'.'.join(map(str, location))}`{source and f' ({source})'}: {said}")
    return ValidationError("invalid settings: " + "; ".join(lines), help=advice)


def _section(location: tuple[int | str, ...]) -> type[BaseModel]:
    """The part of the settings that a name was looked for in."""
    return next((_SECTIONS[part] for part in reversed(location[:-1]) if part in _SECTIONS), Settings)


_SECTIONS: Mapping[int | str, type[BaseModel]] = {
    "defaults": Defaults,
    "image": ImageDefaults,
    "subtitle": SubtitleDefaults,
    "style": Style,
    "models": ChainLink,
    "limits_of_input": InputLimits,
    "prices": UserPrice,
    "limits": AccountLimits,
    "storage": StorageSettings,
}


def _first_line(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def read_env_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines of an env file; quotes around a value and `export` before a name are taken off.

    A file that isn't there is empty.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ValidationError(f"{path} can't be read: {error}") from None
    values = {}
    for raw in text.splitlines():
        line = raw.strip()
        if line and not line.startswith("#") and "=" in line:
            name, _, value = line.removeprefix("export ").partition("=")
            values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()
