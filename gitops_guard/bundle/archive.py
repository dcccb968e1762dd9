"""Files -> the bytes of a `.tar.gz`, the same for the same files wherever and whenever it is written.

Its own writer of both forms, since tarfile puts an owner into each entry, and gzip the time and the compressing system into its
header (POSIX ustar; RFC 1952).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from ..errors import UsageError

_BLOCK = 512
_NAME, _PREFIX = 100, 155
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""Deflate, no flags, no time, slowest, system unknown."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """The archive, entries sorted by path. Raises UsageError for a path that is too long for it."""
    body = b"".join(_header(path, len(data)) + data + bytes(-len(data) % _BLOCK) for path, data in sorted(files.items()))
    body += bytes(2 * _BLOCK)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return _GZIP + squeeze.compress(body) + squeeze.flush() + struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFF_FFFF)


def _header(path: str, size: int) -> bytes:
    prefix, name = _split(path)
    fields = (
        name.ljust(_NAME, b"\0"), b"0000644\0", b"0000000\0", b"0000000\0", b"%011o\0" % size, b"%011o\0" % 0, b" " * 8, b"0",
        bytes(100), b"ustar\x0000", bytes(32), bytes(32), b"0000000\0", b"0000000\0", prefix.ljust(_PREFIX, b"\0"),
    )
    block = b"".join(fields).ljust(_BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _split(path: str) -> tuple[bytes, bytes]:
    """A path in the two parts that a header has room for."""
    whole = path.encode()
    if len(whole) <= _NAME:
        return b"", whole
    for index, char in enumerate(whole):
        if char == ord("/") and index <= _PREFIX and 0 < len(whole) - index - 1 <= _NAME:
            return whole[:index], whole[index + 1:]
    raise UsageError(f"the path {path!r} is too long for an archive")
