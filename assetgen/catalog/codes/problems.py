"""Problems of actions files: found before anything is sent, so nothing was spent."""

from __future__ import annotations

from assetgen.catalog.codes.explanation import Explanation, example

PROBLEMS = (
    Explanation(
        code="syntax",
        kind="problem",
        title="The file can't be read as YAML or JSON",
        what="The text breaks a rule of its format, so nobody can tell what it was meant to say: a bracket isn't "
        "closed, a line is indented with a tab, a key stands twice in one mapping, the bytes aren't UTF-8, or the "
        "file isn't there at all. One such place may hide others behind it.",
        next="Go to the line that the message names, and look at the line above it too: that is where a bracket or a "
        "quotation mark is usually missing. Put text with a colon, a hash or a leading dash in quotation marks.",
        example=example(
            """
            # before: the second colon ends the text
            prompt: The harbour at dusk: lanterns on the water
            # after
            prompt: "The harbour at dusk: lanterns on the water"
            """
        ),
    ),
    Explanation(
        code="schema",
        kind="problem",
        title="A field is missing, unknown, or holds the wrong kind of value",
        what="Each type of action has its own fields, and each field its own kind of value. An unknown field is a "
        "problem rather than ignored, because it is nearly always a misspelt one whose value would silently count for "
        "nothing. YAML also reads some plain words as something else: `no` is false, `1:30` is a number, `2024-01-01` "
        "is a date.",
        next="The message names the field and, where there is one, the nearest known word. Put quotation marks around "
        "text that YAML would read as something else. `assetgen schema` prints the whole language for your editor, "
        "which then marks such places while you type.",
        example=example(
            """
            # before
            - {type: asset_image, id: harbour, promt: A harbour at dusk}
            # after
            - {type: asset_image, id: harbour, prompt: A harbour at dusk}
            """
        ),
    ),
    Explanation(
        code="duplicate_id",
        kind="problem",
        title="Two actions have the same id",
        what="An id names one action over all files that are given together, nested actions included. The ids of "
        "assets become file names, so two that differ only in upper and lower case, or in how an accent is encoded, "
        "are one as well: some disks would keep only the last of the two files.",
        next="Give one of them another id, and change the references that mean it. If both are really the same asset, "
        "keep one: any number of shots may refer to it.",
        example=example(
            """
            # before
            - {type: asset_image, id: Harbour, prompt: The harbour by day}
            - {type: asset_image, id: harbour, prompt: The harbour by night}
            # after
            - {type: asset_image, id: harbour/day, prompt: The harbour by day}
            - {type: asset_image, id: harbour/night, prompt: The harbour by night}
            """
        ),
    ),
    Explanation(
        code="unknown_reference",
        kind="problem",
        title="An id is used that no action has",
        what="A shot, a modal or `play_cutscene` names an asset that isn't in any of the given files. Without it the "
        "cutscene couldn't be put together, so this is said before anything is paid for.",
        next="Take the id that the message proposes, or add the missing action. Its place doesn't matter: it may "
        "stand later, inside a choice, or in another file of the same command, such as `assetgen run art.yaml "
        "scenes.yaml`.",
        example=example(
            """
            # before
            - {type: play_cutscene, cutscene_id: intor}
            # after
            - {type: play_cutscene, cutscene_id: intro}
            """
        ),
    ),
    Explanation(
        code="wrong_reference_kind",
        kind="problem",
        title="An id is used for the wrong kind of asset",
        what="The id exists, but it names something else: `image_id` has to name an `asset_image`, `subtitle_id` an "
        "`asset_subtitle`, and `cutscene_id` an `asset_cutscene`. Often the two ids of a shot have changed places.",
        next="Name an asset of the right kind. A habit that helps: begin ids with their kind, such as "
        "`picture/harbour` and `line/harbour`.",
        example=example(
            """
            # before
            - {image_id: line/harbour, subtitle_id: picture/harbour, duration: 6, animation: none}
            # after
            - {image_id: picture/harbour, subtitle_id: line/harbour, duration: 6, animation: none}
            """
        ),
    ),
    Explanation(
        code="circular_dependency",
        kind="problem",
        title="Assets need each other in a circle",
        what="Each asset is made after those that it needs. Here the way from one to the next leads back to where it "
        "began, so none of them can be first. The built-in types can't do this; a type that was added can.",
        next="The message lists the circle in order. Break it at one place: let one of these assets do without the "
        "next.",
    ),
    Explanation(
        code="invalid_condition",
        kind="problem",
        title="A condition isn't a dotted path",
        what="The `condition` of `when_then` names one value of your game's state: identifiers joined by single dots. "
        "An identifier begins with a letter or `_` and goes on with letters, digits and `_`. Comparisons and "
        "calculations have no place in it.",
        next="Let your game offer the answer as a value that is true or false, and name that value.",
        example=example(
            """
            # before
            condition: player.coins > 3
            # after
            condition: player.can_pay_ferryman
            """
        ),
    ),
    Explanation(
        code="invalid_target",
        kind="problem",
        title="A target isn't a dotted path",
        what="The `target` of `add_feature` and `remove_feature` names the part of your game that changes: "
        "identifiers joined by single dots, each beginning with a letter or `_`, then letters, digits and `_`.",
        next="Write the path as your game spells it, without brackets, spaces, dashes or a dot at either end.",
        example=example(
            """
            # before
            target: world.old-pier
            # after
            target: world.old_pier
            """
        ),
    ),
    Explanation(
        code="invalid_id",
        kind="problem",
        title="An asset's id can't be a file name everywhere",
        what="The ids of assets become file names, and they have to work on every system that your game is built on. "
        "They hold letters and digits of any script, `_`, `-`, `.`, spaces inside, and `/` for folders. Not possible "
        "are empty parts, a dot or space at either end of a part, invisible characters, names that Windows keeps for "
        "itself such as `con` and `nul`, and parts of more than 200 bytes.",
        next="Choose a plain name. Folders keep a big set in order: `ch1/harbour_dusk` becomes "
        "`images/ch1/harbour_dusk.png`.",
        example=example(
            """
            # before
            id: ../harbour?
            # after
            id: ch1/harbour
            """
        ),
    ),
    Explanation(
        code="limit",
        kind="problem",
        title="Something is longer, deeper or larger than allowed",
        what="Limits catch what is nearly always an accident, before it costs money: a prompt of 4,000 characters, a "
        "shot of 60 seconds, a cutscene of 50 shots or 300 seconds, a nesting of 64 levels, an id of 128 characters, "
        "or a file whose aliases grow beyond all measure. Prompts and narration must not be blank either.",
        next="Shorten or divide it. Where it is meant, raise the limit of prompts, shots and cutscenes in "
        "`assetgen.yaml`. Narration has no limit: a long one is spoken in parts and joined.",
        example=example(
            """
            # assetgen.yaml
            limits_of_input: {shot_seconds: 90, cutscene_seconds: 600}
            """
        ),
    ),
)
