"""Files read in batches: one entry of the cache each, so that a warm start opens few of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

from lsp_server.common.languages import language_of_text
from lsp_server.context.index.contents import read_utf8
from lsp_server.context.index.reading.rows import (
    ROW_VERSION,
    FileRow,
    digest_of,
    dump_rows,
    is_whole,
    load_rows,
    read_row,
)
from lsp_server.context.index.walk import is_worth_reading
from lsp_server.storage.cache import Cache

_FILES_PER_BATCH = 24
_MOST_BATCHES = 128


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its key in the index, where it is, and the language of its name."""

    key: str
    path: Path
    language: str


def in_batches(sources: Sequence[Source]) -> list[list[Source]]:
    """Group files by folder into batches that stay the same when other folders change."""
    count = 1
    while count < _MOST_BATCHES and count * _FILES_PER_BATCH < len(sources):
        count *= 2
    groups: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        folder = source.key.rpartition("/")[0]
        groups[crc32(folder.encode("utf-8", "replace")) % count].append(source)
    return [groups[number] for number in sorted(groups)]


@dataclass(frozen=True, slots=True)
class Batch:
    """The contents of some sources, and the name under which the cache knows their rows.

    Files that are gone, binary, generated or minified are left out.
    """

    name: str
    contents: Sequence[tuple[Source, bytes]]


def opened(sources: Iterable[Source]) -> Batch:
    """Read the files of a batch; nothing is parsed."""
    texts = [(one, text) for one in sources if (text := _content(one)) is not None]
    contents = [
        (replace(one, language=language_of_text(one.path, text).name), text) for one, text in texts
    ]
    digests = [f"{source.key} {source.language} {digest_of(text)}" for source, text in contents]
    digest = blake2b("|".join(digests).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return Batch(f"{ROW_VERSION}:{digest}", contents)


def cached(batch: Batch, cache: Cache | None) -> bytes | None:
    """Return the rows of a batch from the cache, or None where something has changed."""
    found = cache.get(batch.name) if cache is not None else None
    return found if found is not None and is_whole(found) else None


def parsed(batch: Batch) -> Iterator[FileRow]:
    """Yield the rows of a batch: each step parses one file."""
    return (read_row(one.key, one.language, text) for one, text in batch.contents)


def stored(batch: Batch, rows: Iterable[FileRow], cache: Cache | None) -> bytes:
    """Return the rows of a batch as `dump_rows` writes them; the cache holds them from now on."""
    written = dump_rows(rows)
    if cache is not None:
        cache.put(batch.name, written)
    return written


def read_batch(sources: Iterable[Source], cache: Cache | None) -> bytes:
    """Return the rows of some sources, from the cache where nothing changed."""
    batch = opened(sources)
    return cached(batch, cache) or stored(batch, parsed(batch), cache)


def rows_in(written: bytes, batch: Iterable[Source]) -> list[FileRow]:
    """Return the rows in what `read_batch` returned; what cannot be read is read afresh."""
    try:
        return load_rows(written)
    except ValueError:
        return load_rows(read_batch(batch, None))


def _content(source: Source) -> bytes | None:
    try:
        content = read_utf8(source.path)
    except OSError:
        return None
    return content if is_worth_reading(content, source.language) else None
