"""Google's voices by family: what a character costs, and what a family refuses to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """Voices of one make. `price` is micro-dollars for a character; `names` maps them to `MALE` or `FEMALE`."""

    price: int
    names: Mapping[str, str]
    pitch: bool = True
    rate: bool = True
    ssml: bool = True


def _genders(female: str, male: str) -> dict[str, str]:
    return dict.fromkeys(female.split(), "FEMALE") | dict.fromkeys(male.split(), "MALE")


FAMILIES: Mapping[str, Family] = {
    "Standard": Family(4, _genders("C E F G H", "A B D I J")),
    "Wavenet": Family(16, _genders("C E F G H", "A B D I J")),
    "Neural2": Family(16, _genders("C E F G H", "A D I J")),
    "Studio": Family(160, _genders("O", "Q"), pitch=False),
    "Chirp-HD": Family(30, _genders("F O", "D"), pitch=False, rate=False, ssml=False),
    "Chirp3-HD": Family(
        30,
        _genders(
            "Achernar Aoede Autonoe Callirrhoe Despina Erinome Gacrux Kore Laomedeia Leda Pulcherrima Sulafat "
            "Vindemiatrix Zephyr",
            "Achird Algenib Algieba Alnilam Charon Enceladus Fenrir Iapetus Orus Puck Rasalgethi Sadachbia "
            "Sadaltager Schedar Umbriel Zubenelgenubi",
        ),
        pitch=False,
        ssml=False,
    ),
}
VOICES: Mapping[str, Family] = {
    f"en-US-{prefix}-{letter}": family for prefix, family in FAMILIES.items() for letter in family.names
}
