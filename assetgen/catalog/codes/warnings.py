"""Warnings: the run goes on, but somebody may want to know."""

from __future__ import annotations

from assetgen.catalog.codes.explanation import Explanation, example

WARNINGS = (
    Explanation(
        code="alias",
        kind="warning",
        title="An older name of an animation is used",
        what="`static`, `zoom_in` and `fade_in` are older names of `none`, `slow_zoom` and `fade`. They are "
        "understood, and the cutscene is stored with the present name.",
        next="Write the present name, so that every reader of the file agrees.",
        example=example(
            """
            # before
            animation: zoom_in
            # after
            animation: slow_zoom
            """
        ),
    ),
    Explanation(
        code="timing_cut",
        kind="warning",
        title="Narration is longer than its shot",
        what="A shot lasts exactly as long as its `duration` says; it is never stretched. The narration would be cut "
        "off when the next shot begins.",
        next="Set `duration` a little above the length of the narration, shorten the text, or choose a faster "
        "`voice_pace`. A second of English is about 14 characters at normal pace.",
        example=example(
            """
            # before: the narration takes 7.4 s
            {image_id: harbour, subtitle_id: line, duration: 6, animation: slow_zoom}
            # after
            {image_id: harbour, subtitle_id: line, duration: 8.5, animation: slow_zoom}
            """
        ),
    ),
    Explanation(
        code="timing_short",
        kind="warning",
        title="Narration ends before half of its shot",
        what="More than half of the shot is silent. That can be meant, as a moment to look around; more often the "
        "text was shortened and the duration forgotten.",
        next="Shorten `duration`, or say more. Between 60 and 90 % of a shot is comfortable for narration.",
    ),
    Explanation(
        code="shot_short",
        kind="warning",
        title="A shot lasts under 2 seconds",
        what="Two seconds are about what it takes to see a picture and read a short line. A shorter shot works as a "
        "deliberate flash, and is tiring otherwise.",
        next="Give it more time, or join it to a neighbour. If it is meant, leave it: this is only a remark.",
    ),
    Explanation(
        code="shot_long",
        kind="warning",
        title="A shot lasts over 15 seconds",
        what="One picture that stays for longer than 15 seconds feels as if the game had stopped, even while it moves.",
        next="Divide the text, and give each part a shot and a picture of its own. The same picture with another "
        "animation helps as well.",
        example=example(
            """
            # before
            - {image_id: harbour, subtitle_id: tale, duration: 18, animation: slow_zoom}
            # after
            - {image_id: harbour, subtitle_id: tale_1, duration: 9, animation: pan_left}
            - {image_id: lantern, subtitle_id: tale_2, duration: 9, animation: slow_zoom}
            """
        ),
    ),
    Explanation(
        code="pacing_fast",
        kind="warning",
        title="The shots of a cutscene last under 3 seconds on average",
        what="Pictures follow each other so quickly that there is hardly time to take any of them in.",
        next="Use fewer shots, or longer ones. If it is meant, as in a chase, leave it.",
    ),
    Explanation(
        code="pacing_slow",
        kind="warning",
        title="The shots of a cutscene last over 10 seconds on average",
        what="The cutscene moves slowly as a whole: players reach for the key that skips it.",
        next="Use more shots, or shorter ones, so that each sentence has its picture.",
    ),
    Explanation(
        code="setting_dropped",
        kind="warning",
        title="A setting has no effect here",
        what="The service that makes this asset doesn't know the setting: not every one takes a `seed` or a "
        "`negative_prompt`, and not every voice another pace or pitch. It is left out, because some services refuse a "
        "whole request for one field that they don't know.",
        next="Take the setting away, or choose a model or a voice that has it; `assetgen models` and `assetgen "
        "voices` list them.",
        example=example(
            """
            # assetgen.yaml: a voice that takes pace and pitch
            voices:
              google-tts: {neutral-epic: en-US-Neural2-C}
            """
        ),
    ),
    Explanation(
        code="resized",
        kind="warning",
        title="The picture was scaled to its size",
        what="The service doesn't make this size, or made another one. The picture was scaled to cover the size that "
        "you asked for and cropped in the middle. What was bought is kept as it came, so another size of it is free.",
        next="Nothing, if it looks well. Otherwise ask for a size that the service makes: `assetgen models` lists "
        "them.",
    ),
    Explanation(
        code="degraded",
        kind="warning",
        title="An alternative model made this",
        what="Nobody who serves the model that you chose could make the asset, so the alternative of its chain did. "
        "It may look or sound different from the rest. It stays like this: another run doesn't pay for it again by "
        "itself.",
        next="When the first choice is back, make such assets again with `--upgrade-degraded`, which pays for them "
        "once more; where it still can't be had, they stay as they are. If you never want an alternative, take it out "
        "of the chain.",
        example=example(
            """
            assetgen estimate actions.yaml --upgrade-degraded
            assetgen run actions.yaml --upgrade-degraded
            """
        ),
    ),
    Explanation(
        code="model_ends",
        kind="warning",
        title="The service will end this model soon",
        what="The service has announced the day on which the model is shut down, and it is at most 90 days away, or "
        "over. From then on nothing new can be made with it. What you have bought stays in the cache and in your "
        "folder.",
        next="Finish what you began with it in time, or change to another model now, so that one voice or style holds "
        "over the whole work. `assetgen models` shows the dates.",
        example=example(
            """
            # assetgen.yaml
            defaults:
              subtitle: {model: google-tts}
            """
        ),
    ),
    Explanation(
        code="price_old",
        kind="warning",
        title="A price was read more than 180 days ago",
        what="Estimates and budgets are as true as the prices behind them, and services change theirs without notice. "
        "This one hasn't been compared with the service's page for half a year.",
        next="Update assetgen, or look the price up and set it under `prices:` in `assetgen.yaml`; yours always wins.",
        example=example(
            """
            # assetgen.yaml
            prices:
              openai/openai-tts: {usd: "15", per: million_characters}
            """
        ),
    ),
    Explanation(
        code="narration_rate",
        kind="warning",
        title="The narration is oddly quick or slow for its text",
        what="The sound is much shorter or longer than people take to say these words. Perhaps the service left "
        "something out, read signs aloud, or stayed silent for a while.",
        next="Listen to it. If it is wrong, change the text a little, which makes it anew; write numbers and "
        "abbreviations out, and take away signs that aren't spoken.",
    ),
    Explanation(
        code="unused_asset",
        kind="warning",
        title="Nothing refers to this asset",
        what="No shot, modal or other action names it. It is made all the same, because your game may load it by "
        "itself.",
        next="If it is left over, take it out of the file and save its price. If your game uses it, all is well.",
    ),
)
