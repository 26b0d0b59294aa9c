"""Where a text may be parted: at sentences, else at clauses, else at words, else between characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from assetgen.core.offers import TextLimit

ABBREVIATED = (
    "mr mrs ms dr prof st sr jr rev hon capt cpt col gen lt sgt maj cmdr adm gov sen rep vs fig vol approx dept est "
    "e.g i.e cf etc a.m p.m z.b d.h u.a bzw ca hr fr nr str tel bspw evtl ggf usw mme mlle m sra srta ud uds"
)
ABBREVIATIONS = frozenset(ABBREVIATED.split())
CLOSING = "\"'”’»›」』）)\\]}"
SENTENCE_END = re.compile(rf"(?:[.!?…]+[{CLOSING}]*(?=\s|$)|[。！？]+[{CLOSING}]*)\s*|\s*\n\s*")
CLAUSE_END = re.compile(rf"(?:[,;:—–][{CLOSING}]*(?=\s|$)|[—、，；：])\s*")
WORD_END = re.compile(r"\s+")
LAST_WORD = re.compile(r"[^\s(\[{\"“‘«„]+$")
LONGEST_WORD = 24
"""Characters before a full stop that are looked at."""
JOINER = "\u200d"
Cutter = Callable[[str], list[str]]


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, without the white space around them. Lines end sentences too."""
    return [piece.strip() for piece in _by_sentence(text) if piece.strip()]


def split(text: str, limit: TextLimit, longest_sentence: TextLimit | None = None) -> list[str]:
    """Parts that each fit into `limit`, as few as the sentences allow, in order; only white space is dropped.

    A sentence that is too long is parted at clauses, then at words, then between characters as readers see them. One
    character that is larger than the limit stays whole.

    Args:
        longest_sentence: What a sentence must fit into in whatever part it stands. Here a line alone ends none.
    """
    runs = _runs(text, longest_sentence) if longest_sentence else [text]
    parts = (part for run in runs for part in _cut(run, limit, CUTTERS))
    return [part.strip() for part in parts if part.strip()]


def _runs(text: str, longest: TextLimit) -> list[str]:
    """The text, cut within every sentence that is too long, and nowhere else."""
    runs: list[list[str]] = [[]]
    for sentence in _after(SENTENCE_END, text, _ends_in_a_stop):
        head, *others = _cut(sentence, longest, CUTTERS)
        runs[-1].append(head)
        runs += [[other] for other in others]
    return ["".join(run) for run in runs]


def _cut(text: str, limit: TextLimit, cutters: tuple[Cutter, ...]) -> list[str]:
    if not cutters or limit.fits(text.strip()):
        return [text]
    parts: list[str] = []
    for piece in cutters[0](text):
        for part in _cut(piece, limit, cutters[1:]):
            if parts and limit.fits((parts[-1] + part).strip()):
                parts[-1] += part
            else:
                parts.append(part)
    return parts


def _by_sentence(text: str) -> list[str]:
    return _after(SENTENCE_END, text, _ends_sentence)


def _by_clause(text: str) -> list[str]:
    return _after(CLAUSE_END, text)


def _by_word(text: str) -> list[str]:
    return _after(WORD_END, text)


def _after(pattern: re.Pattern[str], text: str, accept: Callable[[re.Match[str]], bool] = bool) -> list[str]:
    """Cut after every match; the pieces together are the text."""
    ends = [match.end() for match in pattern.finditer(text) if accept(match)]
    starts = [0, *ends]
    return [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True) if start < end]


def _ends_sentence(match: re.Match[str]) -> bool:
    if "\n" in match.group():
        return True
    following = match.string[match.end() : match.end() + 1]
    if following.islower():
        return False
    if match.group().strip() != ".":
        return True
    word = LAST_WORD.search(match.string, max(0, match.start() - LONGEST_WORD), match.start())
    return word is None or not _is_abbreviation(word.group())


def _ends_in_a_stop(match: re.Match[str]) -> bool:
    return bool(match.group().strip()) and _ends_sentence(match)


def _is_abbreviation(word: str) -> bool:
    initial = len(word) == 1 and word.isupper() and word != "I"
    return initial or word.casefold() in ABBREVIATIONS


def _by_character(text: str) -> list[str]:
    """Characters as readers see them: a letter with its accents, a flag, a family."""
    characters: list[str] = []
    for point in text:
        if characters and _belongs(characters[-1], point):
            characters[-1] += point
        else:
            characters.append(point)
    return characters


def _belongs(character: str, point: str) -> bool:
    if point == JOINER or character.endswith(JOINER) or "\U0001f3fb" <= point <= "\U0001f3ff":
        return True
    if unicodedata.category(point).startswith("M"):
        return True
    return len(character) == 1 and _is_flag_letter(character) and _is_flag_letter(point)


def _is_flag_letter(point: str) -> bool:
    return "\U0001f1e6" <= point <= "\U0001f1ff"


CUTTERS: tuple[Cutter, ...] = (_by_sentence, _by_clause, _by_word, _by_character)
"""From the places where a pause is heard least to those where it is heard most."""
