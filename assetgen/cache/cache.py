"""The cache of purchases: blobs and sidecars in one folder of the user's, behind the port `AssetCache`."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from assetgen.cache import format as cache_format
from assetgen.cache import troubles
from assetgen.cache.blobs import Blobs
from assetgen.cache.index import Index
from assetgen.cache.locks import locks
from assetgen.cache.resolutions import Resolutions
from assetgen.cache.sidecars import Sidecars, checked
from assetgen.core import durable
from assetgen.core.actions import Kind
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content
from assetgen.core.ports import CacheEntry, Remembered

LOCKS = "locks"


class FileCache:
    """What was bought, on this machine's disk. A miss would be a purchase, so trouble is an error, never a miss.

        format.json           {"schema": "assetgen/cache@1", "id": …}
        blobs/ab/<sha256>     the bytes as they were bought, read-only
        purchases/ab/<key>.json
        resolutions/ab/<job>.json   which seller a job came to, if not the first
        index/                sums, a hint
        locks/                one lock for each purchase under way
        quarantine/           bytes that are not what they were
        lock                  shared by runs, exclusive while things are deleted

    Attributes:
        id: What the ledger knows this cache by; it survives clearing.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.folder = folder
        self.id = identity
        self.blobs = Blobs(folder / "blobs", folder / "quarantine")
        self.sidecars = Sidecars(folder / "purchases")
        self.resolutions = Resolutions(folder / "resolutions")
        self.index = Index(folder / "index")
        self.locks = locks(folder / LOCKS)

    @classmethod
    def open(cls, folder: Path) -> FileCache:
        """The cache in a folder, which is made one (mode 0700) where it is new.

        Raises:
            CacheError: It is somebody else's, of a newer version, holds other things, or can't be written.
        """
        cache = cls(folder, cache_format.settle(folder))
        with cache._writing():
            for part in (cache.blobs.folder, cache.sidecars.folder, cache.index.folder, folder / LOCKS):
                durable.make_folder(part, 0o700)
        return cache

    def preflight(self) -> None:
        """Prove that purchases can be stored, before there is one. Raises CacheError."""
        with self._writing():
            durable.probe(self.folder)

    def find(self, key: str) -> CacheEntry | None:
        """The entry of a purchase whose blob stands with the right size, or None. Nothing is hashed.

        Raises:
            CacheError: There is an entry, and it or its blob is lost, damaged or can't be read.
        """
        entry = self._entry(key)
        if entry is not None:
            self._weigh(entry)
        return entry

    def load(self, key: str) -> Remembered | None:
        """Entry and bytes, hashed now, or None.

        Raises:
            CacheError: As `find`; bytes that are not what was bought lie in `quarantine/` then.
        """
        entry = self._entry(key)
        return None if entry is None else Remembered(entry, self._verified(entry))

    def expect(self, purchases: int) -> None:
        """Be ready to store so many. Raises CacheError."""
        with self._writing():
            self.blobs.expect(purchases)
            self.sidecars.expect(purchases)
        self.index.expect()

    def keep(
        self, purchase: Purchase, content: Content, kind: Kind, paid: Usd, when: dt.datetime, attempt: str = ""
    ) -> CacheEntry:
        """Store what was bought, durably: the blob, then its sidecar; the index follows with `flush`.

        Raises:
            CacheError: It could not be written; what was known of this purchase before is still known.
        """
        with self._writing():
            entry = CacheEntry(
                key=purchase.key,
                digest=self.blobs.write(content.data),
                bytes=len(content.data),
                media_type=content.media_type,
                provider=purchase.provider,
                model=purchase.model,
                kind=kind,
                paid=paid,
                stored=when,
                request={one.name: getattr(purchase.request, one.name) for one in dataclasses.fields(purchase.request)},
                sample_rate=content.sample_rate,
                attempt=attempt,
            )
            if self.sidecars.exists(entry.key):
                self.index.outdate()
            self.sidecars.write(entry, content)
        self.index.note(entry)
        return entry

    def knows(self, key: str) -> bool:
        """Whether there is an entry of a purchase, be it whole or damaged. Raises CacheError."""
        try:
            return self.sidecars.exists(key)
        except OSError as error:
            raise troubles.unreadable(key, error) from error

    def resolve(self, job: str, purchases: Sequence[str]) -> None:
        """Remember that a job came to these purchases, which are not those of its first seller. Raises CacheError."""
        with self._writing():
            self.resolutions.write(job, purchases)

    def resolution(self, job: str) -> tuple[str, ...] | None:
        """The purchases that a job came to; None where its first seller counts. Raises CacheError."""
        try:
            return self.resolutions.read(job)
        except OSError as error:
            raise troubles.unreadable(job, error) from error
        except ValueError as error:
            raise troubles.damaged(job, f"its resolution {error}") from error

    @contextlib.contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        """Try for the lock on one purchase without waiting; yields whether it was had."""
        lock = self.locks.lock(checked(key))
        try:
            had = lock.__enter__()
        except OSError as error:
            raise troubles.unwritable(self.folder, error) from error
        with contextlib.ExitStack() as stack:
            stack.push(lock)
            yield had

    def flush(self) -> None:
        """Bring the index up to date with what was kept."""
        self.index.flush()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep others from deleting anything while a run is under way. Raises CacheError while somebody does."""
        with self._whole(shared=True):
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Have the cache for oneself, to delete from it. Raises CacheError while a run is under way."""
        with self._whole(shared=False):
            yield

    @contextlib.contextmanager
    def _whole(self, *, shared: bool) -> Iterator[None]:
        path = self.folder / "lock"
        with contextlib.ExitStack() as stack:
            with self._writing():
                had = stack.enter_context(durable.lock(path, shared=shared))
            if not had:
                raise troubles.busy(self.folder, durable.signature(path))
            yield

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise troubles.unwritable(self.folder, error) from error

    def _entry(self, key: str) -> CacheEntry | None:
        try:
            return self.sidecars.read(key)
        except OSError as error:
            raise troubles.unreadable(key, error) from error
        except ValueError as error:
            raise troubles.damaged(key, f"its sidecar {error}") from error

    def _weigh(self, entry: CacheEntry) -> None:
        try:
            size = self.blobs.size(entry.digest)
        except OSError as error:
            raise troubles.unreadable(entry.key, error) from error
        if size is None:
            raise troubles.lost(entry.key)
        if size != entry.bytes:
            raise troubles.damaged(entry.key, f"{size} bytes stand where {entry.bytes} were stored")

    def _verified(self, entry: CacheEntry) -> bytes:
        try:
            data = self.blobs.read(entry.digest)
        except FileNotFoundError:
            raise troubles.lost(entry.key) from None
        except OSError as error:
            raise troubles.unreadable(entry.key, error) from error
        if hashlib.sha256(data).hexdigest() != entry.digest:
            raise troubles.damaged(entry.key, f"its bytes are not those that were stored; {self._put_aside(entry)}")
        if len(data) != entry.bytes:
            raise troubles.damaged(entry.key, f"its sidecar speaks of {entry.bytes} bytes, there are {len(data)}")
        return data

    def _put_aside(self, entry: CacheEntry) -> str:
        try:
            place = self.blobs.quarantine(entry.digest)
        except OSError as error:
            return f"they could not be put aside: {troubles.reason(error)}"
        return "they are put aside already" if place is None else f"they lie in `{place}` now"
