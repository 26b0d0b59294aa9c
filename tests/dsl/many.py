"""Large sets of actions: pictures, narration, cutscenes, conditions and choices, as a game would mix them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import yaml

Action = dict[str, Any]

_WORDS = (
    *("ancient", "harbour", "drowned", "moon", "lantern", "glass", "tower", "river", "machine", "silver", "dawn"),
    *("forest", "quiet", "the", "of", "under", "a", "and", "storm", "city", "star", "ship", "captain", "door"),
)


class Writer:
    """Writes actions one after another; equal seeds write equal sets."""

    def __init__(self, seed: int = 7) -> None:
        self._random = Random(seed)  # noqa: S311 - nothing here is a secret
        self.count = 0

    def actions(self, count: int) -> list[Action]:
        written: list[Action] = []
        while self.count < count:
            written += self._random.choices((self._pair, self._scene, self._condition, self._choice), (6, 1, 1, 1))[0]()
        return written

    def _pair(self) -> list[Action]:
        return [self._image(), self._subtitle()]

    def _scene(self) -> list[Action]:
        image, subtitle = self._image(), self._subtitle()
        shot = {"image_id": image["id"], "subtitle_id": subtitle["id"], "duration": 4.5, "animation": "slow_zoom"}
        return [image, subtitle, {"type": "asset_cutscene", "id": self._id("scene"), "shots": [shot] * 3}]

    def _condition(self) -> list[Action]:
        return [{"type": "when_then", "condition": self._path(), "action": self._image(), "id": self._id("when")}]

    def _choice(self) -> list[Action]:
        options = [
            {"label": self._text(3), "description": self._text(9), "reactions": [self._subtitle()]} for _ in range(2)
        ]
        return [{"type": "add_player_choice", "id": self._id("choice"), "prompt": self._text(8), "options": options}]

    def _image(self) -> Action:
        named = {"type": "asset_image", "id": self._id("image"), "prompt": self._text(32)}
        return {**named, "size": "1024x768", "model": "flux-schnell"}

    def _subtitle(self) -> Action:
        named = {"type": "asset_subtitle", "id": self._id("line"), "text": self._text(28), "voice_tone": "calm"}
        return {**named, "voice_gender": "neutral", "voice_pace": "normal", "model": "openai-tts"}

    def _id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count:06d}"

    def _path(self) -> str:
        return f"player.{self._random.choice(_WORDS)}"

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=words))


def as_yaml(count: int) -> str:
    """A set of this many actions, nested ones included: 10,000 are about 2.9 MB."""
    actions = Writer().actions(count)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = json.loads(json.dumps({"actions": actions}))
    return str(yaml.dump(plain, Dumper=dumper, sort_keys=False, width=1000))


def as_json(count: int) -> str:
    return json.dumps({"actions": Writer().actions(count)}, indent=1)
