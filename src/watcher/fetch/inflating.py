"""A body put together under a cap: inflated in small steps, so that a bomb never stands in memory.

Only gzip is asked for; deflate is understood; anything else is refused unread. A server that says gzip and sends plain bytes, or the other
way round, is believed by its first bytes.
"""

from __future__ import annotations

import zlib

from watcher.fetch.failures import Unusable

_STEP = 256 * 1024
_MEMBERS = 1000
_RATIO = 200
_RATIO_FROM = 1024 * 1024
_GZIP = b"\x1f\x8b"
_KNOWN = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}


class Body:
    """Takes pieces as they came over the wire and gives the whole, decoded, of at most `limit_bytes`."""

    def __init__(self, content_encoding: str, limit_bytes: int) -> None:
        said = content_encoding.strip().lower()
        if said not in _KNOWN:
            raise Unusable(f"ответ сжат как {said[:40]!r}, чего не просили", "encoding")
        self._said = _KNOWN[said]
        self._limit = limit_bytes
        self._start = b""
        self._started = False
        self._unpack: zlib._Decompress | None = None
        self._members = 0
        self._wire = 0
        self._whole = bytearray()

    def add(self, piece: bytes) -> None:
        """Take the next piece. Raises Unusable (size, ratio, encoding)."""
        self._wire += len(piece)
        if self._wire > self._limit:
            raise Unusable(f"ответ длиннее {self._limit} байт", "size")
        if not self._started:
            self._start += piece
            if len(self._start) < 2:
                return
            piece = self._begin()
        if self._unpack is None:
            self._keep(piece)
        else:
            self._inflate(piece)

    def whole(self) -> bytes:
        """Give the decoded body once all pieces were added. Raises Unusable (truncated)."""
        if not self._started and self._start:
            self._whole += self._begin()
        if self._unpack is not None and not self._unpack.eof:
            raise Unusable("сжатый ответ оборвался, не кончившись", "truncated")
        return bytes(self._whole)

    def _begin(self) -> bytes:
        self._started = True
        if self._start.startswith(_GZIP):
            self._unpack = zlib.decompressobj(31)
        elif self._said == "deflate":
            wrapped = self._start[0] & 0x0F == 8 and int.from_bytes(self._start[:2], "big") % 31 == 0
            self._unpack = zlib.decompressobj(15 if wrapped else -15)
        return self._start

    def _inflate(self, piece: bytes) -> None:
        while piece and self._unpack is not None:
            if self._unpack.eof:
                if not piece.startswith(_GZIP):
                    return  # padding after the last member
                self._members += 1
                if self._members > _MEMBERS:
                    raise Unusable("в сжатом ответе слишком много частей", "ratio")
                self._unpack = zlib.decompressobj(31)
            try:
                self._keep(self._unpack.decompress(piece, _STEP))
            except zlib.error as error:
                raise Unusable("сжатый ответ испорчен", "encoding") from error
            piece = self._unpack.unused_data if self._unpack.eof else self._unpack.unconsumed_tail

    def _keep(self, piece: bytes) -> None:
        self._whole += piece
        if len(self._whole) > self._limit:
            raise Unusable(f"распакованный ответ длиннее {self._limit} байт", "size")
        if self._unpack is not None and len(self._whole) > max(_RATIO_FROM, _RATIO * self._wire):
            raise Unusable(f"при распаковке ответ вырастает больше чем в {_RATIO} раз", "ratio")
