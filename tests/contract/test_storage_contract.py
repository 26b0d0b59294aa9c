"""What every storage of finished files does. A new one is one more line in `STORAGES`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import lameenc
import pytest

from assetgen.core.errors import StorageError
from assetgen.core.ports import AssetStorage
from assetgen.core.records import OutputFiles
from assetgen.storage.filesystem import FilesystemStorage
from assetgen.storage.memory import MemoryStorage


class Storage(AssetStorage, OutputFiles, Protocol):
    """Both faces of a storage: writing files, and looking at them."""


STORAGES: dict[str, Callable[[Path, str | None], Storage]] = {
    "files": FilesystemStorage,
    "memory": lambda folder, public_url: MemoryStorage(public_url),
}

SCRIPTS = [
    "images/castle.png",
    "images/城.png",
    "audio/приве́т.mp3",
    "images/قلعة.png",
    "a b/ü#?%&+'🏰.json",
    "café/cafe\u0301",
]
WRONG = [
    "",
    "/etc/passwd",
    "../up",
    "a/../../up",
    "a/./b",
    "a//b",
    "a/",
    "/",
    "a\0b",
    "a\\b",
    "..",
    ".",
    "x" * 256,
    "漢" * 86,
    "a\ud800",
]


@pytest.fixture(params=STORAGES)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str | None], Storage]:
    return lambda public_url: STORAGES[request.param](tmp_path / "out", public_url)


@pytest.fixture
def storage(make: Callable[[str | None], Storage]) -> Storage:
    return make(None)


@pytest.mark.parametrize("path", SCRIPTS)
def test_what_is_stored_can_be_read_whatever_script_its_name_is_in(storage: Storage, path: str) -> None:
    stored = storage.store(path, b"bytes")
    assert (stored.path, stored.bytes, stored.sha256) == (path, 5, hashlib.sha256(b"bytes").hexdigest())
    assert storage.read(path) == b"bytes"
    assert storage.exists(path)
    assert storage.digest(path) == stored.sha256


@pytest.mark.parametrize("path", WRONG)
def test_a_path_that_leads_elsewhere_is_refused_by_everything(storage: Storage, path: str, tmp_path: Path) -> None:
    doings: list[Callable[[str], object]] = [
        lambda path: storage.store(path, b""),
        lambda path: storage.store_json(path, {}),
        storage.read,
        storage.exists,
        storage.stat,
        storage.digest,
        storage.get_duration,
    ]
    for doing in doings:
        with pytest.raises(StorageError, match="is no path for a file"):
            doing(path)
    assert not [found for found in tmp_path.rglob("*") if found.is_file()]


def test_storing_again_replaces_the_file(storage: Storage) -> None:
    storage.store("a.png", b"first")
    storage.store("a.png", b"2")
    assert storage.read("a.png") == b"2"


def test_what_is_not_there_is_said_to_be_missing(storage: Storage) -> None:
    assert not storage.exists("images/none.png")
    assert storage.stat("images/none.png") is None
    assert storage.digest("images/none.png") is None
    with pytest.raises(StorageError, match="no such file"):
        storage.read("images/none.png")
    with pytest.raises(StorageError, match="no such file"):
        storage.get_duration("images/none.png")


def test_a_folder_is_no_file(storage: Storage) -> None:
    storage.store("images/castle/a.png", b"a")
    assert not storage.exists("images/castle")
    assert storage.stat("images") is None
    with pytest.raises(StorageError, match="can't write `images/castle`"):
        storage.store("images/castle", b"b")
    with pytest.raises(StorageError, match="no such file"):
        storage.read("images/castle")
    assert storage.read("images/castle/a.png") == b"a"


def test_a_file_is_no_folder(storage: Storage) -> None:
    storage.store("images", b"a")
    with pytest.raises(StorageError, match=r"can.t write `images/castle\.png`"):
        storage.store("images/castle.png", b"b")
    assert not storage.exists("images/castle.png")
    assert storage.read("images") == b"a"


def test_json_is_readable_utf8_in_the_order_given(storage: Storage) -> None:
    storage.store_json("c.json", {"b": "漢", "a": [1, None]})
    assert storage.read("c.json").decode() == '{\n  "b": "漢",\n  "a": [\n    1,\n    null\n  ]\n}\n'


def test_addresses_are_percent_encoded_and_relative(storage: Storage) -> None:
    assert storage.get_url("images/a b#城.png") == "images/a%20b%23%E5%9F%8E.png"
    assert storage.store("a b.png", b"").url == "a%20b.png"


@pytest.mark.parametrize("public_url", ["https://cdn.example.com/game", "https://cdn.example.com/game/"])
def test_addresses_stand_below_the_public_url(make: Callable[[str | None], Storage], public_url: str) -> None:
    assert make(public_url).get_url("images/a b.png") == "https://cdn.example.com/game/images/a%20b.png"


def test_the_length_of_a_narration_is_told_within_a_frame(storage: Storage) -> None:
    storage.store("audio/a.mp3", mp3(seconds=2))
    duration = storage.get_duration("audio/a.mp3")
    assert duration == pytest.approx(2, abs=2 * 1152 / 24_000)


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n" + bytes(100), b"<html>not found</html>", b"ID3", b"\xff\xfb"]
)
def test_what_is_no_sound_has_no_length(storage: Storage, data: bytes) -> None:
    storage.store("audio/a.mp3", data)
    assert storage.get_duration("audio/a.mp3") is None


def test_a_stamp_changes_when_the_file_does(storage: Storage) -> None:
    storage.store("a.png", b"12345")
    before = storage.stat("a.png")
    assert before is not None
    assert before.bytes == 5
    assert storage.stat("a.png") == before
    storage.store("a.png", b"54321")
    assert storage.stat("a.png") != before


def mp3(seconds: int) -> bytes:
    encoder = lameenc.Encoder()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(24_000)
    encoder.set_bit_rate(64)
    encoder.silence()
    return bytes(encoder.encode(bytes(2 * 24_000 * seconds)) + encoder.flush())
