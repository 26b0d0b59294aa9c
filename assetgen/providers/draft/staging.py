"""From the words of a prompt to a scene and a mood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TypeVar

from assetgen.providers.draft import buildings, landscapes, places
from assetgen.providers.draft.canvas import Canvas
from assetgen.providers.draft.palettes import MOODS, Palette

Scene = Callable[[Canvas], None]
Choice = TypeVar("Choice")

SCENES: Mapping[Scene, str] = {
    landscapes.mountains: "mountain volcano ridge peak valley hill alps glacier summit cliff canyon field meadow plain "
    "road journey",
    buildings.castle: "castle tower fortress keep palace citadel kingdom king queen ruin wizard knight siege gate",
    buildings.village: "village house town cottage farm tavern inn hut home market mill harbour harbor street",
    landscapes.sea: "sea ocean ship boat sail lighthouse coast shore beach island harbour harbor wave pirate port lake",
    landscapes.desert: "desert dune sand pyramid oasis caravan sahara wasteland mars",
    buildings.city: "city skyline skyscraper cyberpunk neon metropolis street downtown rooftop urban alley factory",
    landscapes.forest: "forest wood tree jungle grove swamp glade deer wolf druid elf path pine",
    places.cave: "cave cavern grotto mine tunnel dungeon crypt lair underground",
    places.hall: "library room hall interior inside church cathedral temple corridor kitchen study shop laboratory "
    "museum throne banner shelf bookshelf candle chamber office prison cell altar shrine",
    places.portrait: "portrait face character close-up closeup bust woman man girl boy hero heroine warrior "
    "captain master eyes smile person figure queen king keeper",
    places.space: "space planet galaxy nebula star spaceship spacecraft starship cosmos orbit asteroid moonbase alien "
    "comet satellite",
    places.depths: "underwater reef coral fish mermaid submarine whale kraken abyss seabed shark",
}

MOOD_WORDS: Mapping[str, str] = {
    "night": "night midnight moon moonlit moonlight starry dark nocturnal star stars lantern",
    "dusk": "dusk sunset evening twilight nightfall",
    "dawn": "dawn sunrise morning daybreak",
    "day": "noon day sunny bright summer afternoon spring midday",
    "storm": "storm stormy rain rainy thunder lightning tempest cloudy hurricane grey gray",
    "fog": "fog foggy mist misty haze smoke ghost",
    "fire": "fire lava volcano burning flame hell inferno ember dragon war battle red",
    "snow": "snow snowy ice icy winter frozen frost glacier blizzard",
    "desert": "desert dune sand sahara oasis",
    "green": "jungle swamp green lush moss druid elf",
    "sea": "underwater reef coral ocean whale lagoon",
    "neon": "neon cyberpunk cyber futuristic hologram synthwave",
    "magic": "magic magical crystal portal arcane spell enchanted aurora fairy northern-lights nebula",
    "gold": "gold golden treasure candle tavern library candlelit throne autumn",
}

USUAL_MOODS: Mapping[Scene, tuple[str, ...]] = {
    landscapes.sea: ("sea", "dusk", "night", "dawn"),
    landscapes.desert: ("desert", "desert", "dusk"),
    buildings.city: ("night", "dusk", "neon"),
    landscapes.forest: ("green", "fog", "dawn"),
    places.portrait: ("dusk", "gold", "night", "magic", "fire"),
    places.hall: ("gold", "dusk", "magic"),
    places.space: ("night", "magic", "dusk"),
    places.depths: ("sea",),
}
ANY_MOOD = ("dusk", "night", "dawn", "day", "fog")
ANY_SCENE = (landscapes.mountains, buildings.castle, landscapes.forest, landscapes.sea, buildings.village)


def scene(words: Sequence[str], chance: Random) -> Scene:
    """The scene that most words of a prompt ask for; where none does, one that fits every story."""
    return _most_wanted(SCENES, words) or chance.choice(ANY_SCENE)


def palette(words: Sequence[str], scene: Scene, chance: Random) -> Palette:
    """Colours in the mood that most words of a prompt ask for; where none does, as the scene mostly has it."""
    mood = _most_wanted(MOOD_WORDS, words) or chance.choice(USUAL_MOODS.get(scene, ANY_MOOD))
    return chance.choice(MOODS[mood])


def words_of(prompt: str) -> list[str]:
    """The words in lower case, each also without a plural's s."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", prompt.casefold())
    return [form for word in words for form in dict.fromkeys((word, word.removesuffix("s"), word.removesuffix("ed")))]


def _most_wanted(choices: Mapping[Choice, str], words: Sequence[str]) -> Choice | None:
    """What most words are for; of several, what is named first."""
    meanings = [[choice for choice, names in choices.items() if word in names.split()] for word in words]
    votes = Counter(choice for meaning in meanings for choice in meaning)
    return max(votes, key=lambda choice: votes[choice], default=None)
