"""Reading WARC files: which records are pages worth having, and the pages at given offsets.

With exports.py the only door to warcio. A record is one gzip member, so any record can be read
without those before it (the WARC specification's advice, which crawlers and `monitor export`
follow).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from monitor.errors import StoreError
from monitor.models import Fetched
from monitor.store.database import utc_time

MAXIMUM_BYTES = 8_000_000  # of one page, as when collecting


def page_offsets(path: Path, wanted: Callable[[str], bool]) -> Iterator[int]:
    """Offsets of the records that hold a fetched HTML page whose address is `wanted`.

    Raises StoreError when the file is not a WARC file or ends in the middle of a record's header.
    """
    try:
        with path.open("rb") as file:
            records = ArchiveIterator(file)
            for record in records:
                if _is_page(record) and wanted(_address(record)):
                    yield records.get_record_offset()
    except Exception as error:  # warcio raises many kinds for a damaged file
        raise StoreError(f"{path}: {error}") from error


def read_pages(path: Path, offsets: Sequence[int]) -> Iterator[Fetched]:
    """The pages at these offsets, decoded, in their order."""
    with path.open("rb") as file:
        for offset in offsets:
            file.seek(offset)
            for record in ArchiveIterator(file):
                yield _fetched(record)
                break


def _is_page(record: ArcWarcRecord) -> bool:
    http = record.http_headers
    if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
        return False
    kind = (http.get_header("content-type") or "").lower()
    return "html" in kind or not kind


def _address(record: ArcWarcRecord) -> str:
    return record.rec_headers.get_header("WARC-Target-URI") or ""


def _fetched(record: ArcWarcRecord) -> Fetched:
    url = _address(record)
    return Fetched(
        url=url,
        final_url=url,
        status=200,
        headers={name.lower(): value for name, value in record.http_headers.headers},
        body=record.content_stream().read(MAXIMUM_BYTES),
        fetched_at=utc_time(record.rec_headers.get_header("WARC-Date")),
    )
