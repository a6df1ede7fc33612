"""The files of an index (under `$RENBEN_HOME/search`): written by one process at a time, read by many, never trusted.

Every build is a folder of its own (a generation); `current` names the one in force and is replaced in one step. Readers copy
the files, check the sums that stand in them, open the copy and remove its names: whatever happens to the files afterwards,
an open reader goes on answering from what it has. (Files mapped into memory must not be cut short under a process: it would
be killed.) A missing, short or altered file is `Damaged`; the caller builds anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import fields
from .sources import Document, SearchSource

if TYPE_CHECKING:
    import tantivy

_FOOTER = struct.Struct("<II")
_MAGIC = 1337
_PARTS = (".term", ".idx", ".pos", ".fieldnorm", ".fast", ".store")
_WRITER_BYTES = 15_000_000
_BUILDER_BYTES = 120_000_000
_READ_TRIES = 5
_FRESH_FOLDER_SECONDS = 3600


class Damaged(Exception):
    """The index cannot be used as it is; the text says why."""


@dataclass(frozen=True)
class Reader:
    """One state of an index, open: it stays as it is while others write."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema
    state: tuple


class Store:
    """The folder of one source for one database."""

    def __init__(self, folder: Path, source: SearchSource) -> None:
        self.folder, self.source = folder, source

    def state(self) -> tuple | None:
        """Changes with every build and commit; None when there is no usable index. Two looks at the file system."""
        try:
            current = os.stat(self.folder / "current")
            meta = os.stat(self._generation() / "meta.json")
        except (OSError, Damaged):
            return None
        return current.st_ino, current.st_mtime_ns, meta.st_ino, meta.st_mtime_ns, meta.st_size

    def open(self) -> Reader:
        """A reader of the state now. Raises Damaged."""
        for _ in range(_READ_TRIES):
            state = self.state()
            if state is None:
                raise Damaged("没有索引")
            try:
                return self._open(state)
            except FileNotFoundError as gone:
                if self.state() == state:
                    raise Damaged(f"缺少文件 {Path(gone.filename or '').name}") from gone
        raise Damaged("索引一直在变")

    def _open(self, state: tuple) -> Reader:
        import tantivy

        generation = self._generation()
        self._check_manifest(generation)
        copy = Path(tempfile.mkdtemp(prefix=".reader-", dir=self.folder))
        try:
            for name in _files_of(generation):
                (copy / name).write_bytes(_checked(generation / name))
            index = tantivy.Index.open(str(copy))
            index.config_reader("manual")
            return Reader(index.searcher(), index.schema, state)
        except ValueError as error:
            raise Damaged(str(error)) from error
        finally:
            _remove(copy)

    def build(self, documents: Iterable[Document]) -> int:
        """A new generation from all documents, put in force when it is complete. Returns how many there are."""
        import tantivy

        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        generation = self.folder / f"generation-{secrets.token_hex(6)}"
        generation.mkdir()
        index = tantivy.Index(fields.schema_of(self.source), path=str(generation))
        writer = index.writer(_BUILDER_BYTES, 1)
        count = 0
        for document in documents:
            writer.add_document(fields.as_terms(self.source, document))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        (generation / "manifest.json").write_text(json.dumps({"shape": fields.shape_of(self.source)}))
        old = self._named()
        part = self.folder / f".current-{generation.name}"
        part.write_text(generation.name)
        part.replace(self.folder / "current")
        if old and old != generation.name:
            shutil.rmtree(self.folder / old, ignore_errors=True)
        return count

    def apply(self, documents: Sequence[Document], keys: Sequence[int]) -> None:
        """Put `documents` in the place of what the index had under `keys`; keys without a document are removed.

        Raises Damaged before anything is written when a file is not what it was.
        """
        import tantivy

        generation = self._generation()
        self._check_manifest(generation)
        for name in _files_of(generation):
            try:
                _checked(generation / name)
            except FileNotFoundError as gone:
                raise Damaged(f"缺少文件 {name}") from gone
        try:
            writer = tantivy.Index.open(str(generation)).writer(_WRITER_BYTES, 1)
        except ValueError as error:
            raise Damaged(str(error)) from error
        for key in keys:
            writer.delete_documents_by_term("key", key)
        for document in documents:
            writer.add_document(fields.as_terms(self.source, document))
        writer.commit()
        writer.wait_merging_threads()

    def _named(self) -> str:
        try:
            return (self.folder / "current").read_text().strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _generation(self) -> Path:
        name = self._named()
        if not name.startswith("generation-") or "/" in name:
            raise Damaged("没有索引")
        return self.folder / name

    def _check_manifest(self, generation: Path) -> None:
        try:
            shape = json.loads((generation / "manifest.json").read_text())["shape"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Damaged("索引说明读不出来") from error
        if shape != fields.shape_of(self.source):
            raise Damaged("索引是旧版本的")

    def _sweep(self) -> None:
        """Remove what killed processes left: half-built generations and copies of readers that never opened."""
        now = self.folder.stat().st_mtime
        for path in [
            *self.folder.glob("generation-*"),
            *self.folder.glob(".reader-*"),
            *self.folder.glob(".current-*"),
        ]:
            with contextlib.suppress(OSError):
                if path.name != self._named() and now - path.stat().st_mtime > _FRESH_FOLDER_SECONDS:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _remove(copy: Path) -> None:
    """Take a reader's copy away. The library's own thread may still write into it; what is left then goes with the next build."""
    for _ in range(_READ_TRIES):
        shutil.rmtree(copy, ignore_errors=True)
        if not copy.exists():
            return


def _files_of(generation: Path) -> list[str]:
    """The files the index in force consists of. Raises Damaged or FileNotFoundError."""
    try:
        meta = json.loads((generation / "meta.json").read_bytes())
        segments = meta["segments"]
        names = ["meta.json"]
        for segment in segments:
            stem = segment["segment_id"].replace("-", "")
            names += [stem + part for part in _PARTS]
            if segment["deletes"]:
                names.append(f"{stem}.{segment['deletes']['opstamp']}.del")
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("索引目录读不出来") from error
    return names


def _checked(path: Path) -> bytes:
    """The content of a file, compared with the sum at its end. Raises Damaged, or FileNotFoundError."""
    content = path.read_bytes()
    if path.name == "meta.json":
        return content
    try:
        length, magic = _FOOTER.unpack(content[-_FOOTER.size :])
        body = len(content) - _FOOTER.size - length
        expected = json.loads(content[body : body + length])["crc"]
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"文件 {path.name} 不完整") from error
    if magic != _MAGIC or zlib.crc32(memoryview(content)[:body]) != expected:
        raise Damaged(f"文件 {path.name} 被改动")
    return content


def folder_for(root: Path, database: str, source: str) -> Path:
    """Where the index of a source stands; `database` names the database it was built from."""
    return root / hashlib.sha256(database.encode()).hexdigest()[:12] / source
