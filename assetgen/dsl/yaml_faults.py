"""What can be wrong with a YAML text, in words that say what to write instead."""

from __future__ import annotations

import re

import yaml

from assetgen.dsl.trees import Fault, Span, UnreadableError, too_deep

GROWTH = 10
"""How many times more nodes a file may have written out than as it stands."""

MOST_NODES = 5_000_000
"""How many nodes a file may have after its aliases and merge keys are written out."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ADVICE = {
    "mapping values are not allowed": "put a text with `: ` in it in quotes",
    "found character that cannot start": "put a text that starts with this character in quotes",
    "found unexpected end of stream": "close the quotes",
    "did not find expected ',' or": "close the bracket, or look for a missing comma",
    "did not find expected": "look at the indentation of this line and of the one before",
    "could not find expected ':'": "a key needs a colon after it; indent what belongs to the text before",
}


def syntax(error: yaml.YAMLError, text: str) -> Fault:
    """What the parser says, in its place."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return _marked(error.problem or "", _place(error, text), text)
    found = _UNPRINTABLE.search(text)
    place = found.start() if found else 0
    message = f"This is not YAML: the character U+{ord(text[place]):04X} is not allowed"
    return Fault("syntax", message, Span(place, place + 1), 'write it as an escape in double quotes, such as "\\u0007"')


def _place(error: yaml.MarkedYAMLError, text: str) -> int:
    """Where the problem shows, or where what has no end begins."""
    place: int = error.problem_mark.index if error.problem_mark else 0
    if error.context_mark is not None and place >= len(text.rstrip()):
        return int(error.context_mark.index)
    return place


def _marked(problem: str, place: int, text: str) -> Fault:
    span = Span(place, place + 1)
    if "nesting depth" in problem:
        # Libyaml has a limit of its own by now; in brackets it comes to it before it says anything of the first one.
        return too_deep(place).fault
    if text[place : place + 1] == "\t":
        return Fault("syntax", "A tab can't indent YAML", span, "indent with spaces")
    advice = next((advice for start, advice in _ADVICE.items() if problem.startswith(start)), "")
    return Fault("syntax", f"This is not YAML: {problem}", span, advice)


def second_document(span: Span) -> UnreadableError:
    message = "A file holds one YAML document, and a second one begins here"
    return UnreadableError(Fault("syntax", message, span, "put all actions into one list"))


def key_not_text(key: str, span: Span) -> Fault:
    return Fault("syntax", f"The key `{key[:60]}` is not read as text", span, f'put it in quotes: `"{key[:60]}"`')


def key_not_plain(span: Span) -> UnreadableError:
    return UnreadableError(Fault("syntax", "A key must be text, not an alias, a list or a mapping", span))


def unknown_alias(name: str, span: Span) -> UnreadableError:
    advice = f"mark a value with `&{name}` first"
    return UnreadableError(Fault("syntax", f"The alias `*{name}` names no anchor before it", span, advice))


def recursive_alias(name: str, span: Span) -> UnreadableError:
    message = f"The alias `*{name}` stands inside of what it names"
    return UnreadableError(Fault("syntax", message, span, "a value can't contain itself"))


def overgrown(span: Span) -> UnreadableError:
    message = "With its aliases written out, this expands to too many nodes"
    advice = f"a file may grow to {GROWTH} times the nodes that are written, and to {MOST_NODES:,} in all"
    return UnreadableError(Fault("limit", message, span, advice))


def unmergeable(span: Span) -> Fault:
    message = "`<<` takes a mapping, or a list of mappings"
    return Fault("syntax", message, span, "name an anchored mapping: `<<: *name`")


def unknown_tag(tag: str, span: Span) -> Fault:
    short = tag.replace("tag:yaml.org,2002:", "!!")[:60]
    return Fault("syntax", f"The tag `{short}` has no meaning here", span, "remove the tag")
