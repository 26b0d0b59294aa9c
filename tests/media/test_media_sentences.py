"""Where texts are parted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.offers import TextLimit
from assetgen.media.sentences import sentences, split

TEXTS = st.text(alphabet=st.sampled_from("ab C.!?…,;: \n\"'”—。！，日本é\u0301\u200d🦄👩🇩🇪"), max_size=120)


def solid(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Mr. Brown met Dr. Gray.", ["Mr. Brown met Dr. Gray."]),
        ("It costs 3.14 coins. Cheap!", ["It costs 3.14 coins.", "Cheap!"]),
        ("Things, e.g. boats, sink.", ["Things, e.g. boats, sink."]),
        ("J. R. Hartley wrote it. I read it.", ["J. R. Hartley wrote it.", "I read it."]),
        ("It was I. He left.", ["It was I.", "He left."]),
        ("“Stop!” he cried. “Who goes there?” Silence.", ["“Stop!” he cried.", "“Who goes there?”", "Silence."]),
        ("(It rained.) We stayed.", ["(It rained.)", "We stayed."]),
        ("Wait... what? No...", ["Wait... what?", "No..."]),
        ("他来了。她走了！「好。」", ["他来了。", "她走了！", "「好。」"]),
        ("Title\n\nFirst line\nsecond line", ["Title", "First line", "second line"]),
        ("Er sah z.B. Schiffe. Dann ging er.", ["Er sah z.B. Schiffe.", "Dann ging er."]),
        ("No. I won't.", ["No.", "I won't."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(TEXTS)
def test_no_word_is_lost_between_sentences(text: str) -> None:
    assert solid("".join(sentences(text))) == solid(text)
    assert all(sentence.strip() == sentence != "" for sentence in sentences(text))


@given(TEXTS, st.integers(40, 60), st.booleans())
def test_parts_fit_are_never_blank_and_lose_nothing(text: str, most: int, in_bytes: bool) -> None:
    limit = TextLimit(most, bytes=in_bytes)
    parts = split(text, limit)
    assert all(part.strip() for part in parts)
    assert solid("".join(parts)) == solid(text)
    # What readers see as one character may be longer than any limit; it stays whole.
    assert all(limit.fits(part) or "\u200d" in part or "\u0301" in part for part in parts)


def test_a_text_that_fits_is_one_part() -> None:
    assert split("One. Two.", TextLimit(9)) == ["One. Two."]
    assert split("  ", TextLimit(9)) == []


def test_parts_end_at_sentences_and_hold_as_many_as_fit() -> None:
    assert split("One is. Two is. Three is. Four.", TextLimit(16)) == ["One is. Two is.", "Three is. Four."]


def test_a_long_sentence_is_parted_at_clauses_then_at_words_then_at_characters() -> None:
    assert split("When it rained, we stayed; then we left.", TextLimit(26)) == [
        "When it rained, we stayed;",
        "then we left.",
    ]
    assert split("we walked all the way home", TextLimit(10)) == ["we walked", "all the", "way home"]
    assert split("abcdefghij", TextLimit(4)) == ["abcd", "efgh", "ij"]


SENTENCE = TextLimit(24)


def test_a_sentence_that_is_too_long_within_a_part_is_parted_and_others_stay_together() -> None:
    text = "Short one. When it rained, we stayed; then we left. Short two. Short three."
    assert split(text, TextLimit(60), SENTENCE) == [
        "Short one. When it rained,",
        "we stayed; then we left. Short two. Short three.",
    ]
    assert split("Short one. Short two. Short three.", TextLimit(60), SENTENCE) == [
        "Short one. Short two. Short three."
    ]


def test_lines_end_no_sentence_where_sentences_have_a_limit_but_are_where_it_is_parted() -> None:
    poem = "Moths came first\nand then the ships\nand then the people"
    assert split(poem, TextLimit(60)) == [poem]
    assert split(poem, TextLimit(60), SENTENCE) == ["Moths came first", "and then the ships", "and then the people"]
    assert split(poem.replace("\n", ".\n"), TextLimit(60), SENTENCE) == [poem.replace("\n", ".\n")]


@given(TEXTS, st.integers(40, 60), st.integers(20, 30))
def test_no_sentence_of_any_part_is_too_long_and_nothing_is_lost(text: str, most: int, longest: int) -> None:
    parts = split(text, TextLimit(most), TextLimit(longest))
    assert solid("".join(parts)) == solid(text)
    assert all(len(part) <= most for part in parts)
    assert all(len(one) <= longest for part in parts for one in sentences(" ".join(part.split("\n"))))


def test_a_limit_in_bytes_counts_bytes() -> None:
    assert split("日本語日本語", TextLimit(9, bytes=True)) == ["日本語", "日本語"]


@pytest.mark.parametrize("character", ["e\u0301", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f"])
def test_a_character_as_readers_see_it_is_never_cut(character: str) -> None:
    most = len(character) + 1
    assert split(character * 4, TextLimit(most)) == [character] * 4


def test_a_book_is_parted_quickly() -> None:
    book = "It was a dark night, and the wind blew. " * 5000
    parts = split(book, TextLimit(2000))
    assert len(parts) == 100
    assert {len(part) for part in parts} == {1999}
    assert split(book, TextLimit(2000), TextLimit(300)) == parts
