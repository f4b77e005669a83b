"""Bodies off the wire: undone piece by piece, never over the cap, never accepted half.

The only door to zstandard (for bodies) and brotli. httpx's own decoders hand out a cut gzip
stream as if it were whole (measured; see the traps), so the end of every stream is checked here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
import zstandard

from monitor.errors import FetchError, Truncated

ACCEPT_ENCODING = "gzip, br, zstd"
_PIECE = 64 * 1024  # output bytes asked of a decompressor at a time
_ZSTD_INPUT = 256  # one zstd block of a few bytes may grow to 128 KiB: feed in small sips
_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659: the largest window a web client need accept


class _Decoder(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """At most about `room` bytes of output are produced before returning."""
        ...

    @property
    def complete(self) -> bool: ...


class _Identity:
    @property
    def complete(self) -> bool:
        return True

    def feed(self, data: bytes, room: int) -> bytes:
        return data


class _Zlib:
    """gzip with any number of members, and both readings of `deflate`."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(31 if gzip else 15)
        self._begun = False

    @property
    def complete(self) -> bool:
        return self._stream.eof or not self._begun

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        pending = data
        while pending and len(out) <= room:
            if self._stream.eof:
                if not self._gzip or not pending.startswith(b"\x1f"):
                    break  # padding after the last member is tolerated, as browsers do
                self._stream = zlib.decompressobj(31)
            out += self._some(pending)
            pending = self._stream.unconsumed_tail or self._stream.unused_data
        return bytes(out)

    def _some(self, pending: bytes) -> bytes:
        try:
            output = self._stream.decompress(pending, _PIECE)
        except zlib.error:
            if self._gzip or self._begun:
                raise
            self._stream = zlib.decompressobj(-15)  # servers that send deflate without a header
            output = self._stream.decompress(pending, _PIECE)
        self._begun = True
        return output


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._begun = False

    @property
    def complete(self) -> bool:
        return not self._begun or bool(self._stream.is_finished())

    def feed(self, data: bytes, room: int) -> bytes:
        self._begun = True
        out = bytearray(self._stream.process(data, output_buffer_limit=_PIECE))
        while not self._stream.can_accept_more_data() and len(out) <= room:
            out += self._stream.process(b"", output_buffer_limit=_PIECE)
        return bytes(out)


class _Zstd:
    def __init__(self) -> None:
        self._stream = self._new()
        self._begun = False

    @staticmethod
    def _new() -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    @property
    def complete(self) -> bool:
        return not self._begun or self._stream.eof

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        pending = data
        while pending and len(out) <= room:
            if self._stream.eof:
                self._stream = self._new()
            sip, pending = pending[:_ZSTD_INPUT], pending[_ZSTD_INPUT:]
            self._begun = True
            out += self._stream.decompress(sip)
            pending = self._stream.unused_data + pending
        return bytes(out)


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "": _Identity,
    "identity": _Identity,
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}
_MAX_CODINGS = 3


class BodyReader:
    """Collects one body: `feed` every piece from the wire, then `finish` for the whole."""

    def __init__(self, content_encoding: str, cap_bytes: int) -> None:
        """Raises FetchError for a coding that was not offered."""
        codings = [word.strip().lower() for word in content_encoding.split(",")]
        unknown = [word for word in codings if word not in _DECODERS]
        if unknown or len(codings) > _MAX_CODINGS:
            raise FetchError(f"unknown coding {content_encoding!r}", reason="coding")
        self._chain: list[_Decoder] = [_DECODERS[word]() for word in reversed(codings)]
        self._cap = cap_bytes
        self._wire = 0
        self._body = bytearray()

    @property
    def wire_bytes(self) -> int:
        return self._wire

    def feed(self, data: bytes) -> None:
        """Raises Truncated when the cap is passed or the stream is damaged."""
        self._wire += len(data)
        room = self._cap - len(self._body)
        try:
            for decoder in self._chain:
                data = decoder.feed(data, room)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise Truncated(f"damaged body: {error}", reason="damaged", hardness=0.25) from error
        self._body += data
        if len(self._body) > self._cap or self._wire > self._cap:
            raise Truncated(f"body over {self._cap} bytes", reason="too_large", transient=False)

    def finish(self) -> bytes:
        """The whole body; raises Truncated when a compressed stream has not come to its end."""
        if not all(decoder.complete for decoder in self._chain):
            raise Truncated("the compressed body is cut short", hardness=0.25)
        return bytes(self._body)
