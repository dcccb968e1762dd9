"""What --engine, --opa-url and --opa-ca-file say -> the engine that judges."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from ..errors import UsageError
from ..evaluate import Opa, opa
from .options import OPA_AUTHORITIES, OPA_TOKEN


@contextlib.contextmanager
def chosen_engine(engine: str, url: str | None, ca_file: str | None) -> Iterator[Opa | None]:
    """The engine, None for the embedded one. Raises UsageError and ToolError."""
    if engine == "embedded":
        if url is not None or ca_file is not None:
            raise UsageError(f"--opa-{'url' if url is not None else 'ca-file'} needs --engine opa")
        yield None
        return
    if url is None and ca_file is not None:
        raise UsageError("--opa-ca-file needs --opa-url")
    token = os.environ.get(OPA_TOKEN, "") if url is not None else ""
    if url is not None:
        _look(url, token)
    if ca_file is not None and not os.path.isfile(ca_file):
        raise UsageError(f"--opa-ca-file {ca_file!r} is no file")
    ca_file = ca_file or os.environ.get(OPA_AUTHORITIES, "")
    if url is not None and ca_file and not os.path.isfile(ca_file):
        raise UsageError(f"${OPA_AUTHORITIES} names {ca_file!r}, which is no file")
    with opa(url, token=token, ca_file=ca_file) as found:
        yield found


def _look(url: str, token: str) -> None:
    """Raises UsageError for an address that can't be one, or that would show the token to others."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise UsageError("--opa-url is no address, such as https://opa.example.com:8181") from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise UsageError("--opa-url must be an address such as https://opa.example.com:8181")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"--opa-url holds credentials; set ${OPA_TOKEN} instead")
    if token and parts.scheme == "http" and not _is_here(host):
        raise UsageError(f"--opa-url {url}: ${OPA_TOKEN} would go over the network in clear; use https")
    if not token.isprintable() or " " in token or not token.isascii():
        raise UsageError(f"${OPA_TOKEN} is no token: it holds a space, or what is no plain text")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
