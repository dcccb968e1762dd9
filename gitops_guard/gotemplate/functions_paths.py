"""Sprig's functions on paths and URLs. The `os…` ones are the same: Argo CD runs on Linux."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import CallError, UnknownError
from .signature import Registry
from .values import type_name

FUNCTIONS = Registry()


@FUNCTIONS("string", "base", "osBase")
def _base(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@FUNCTIONS("string", "clean", "osClean")
def _clean(path: str) -> str:
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."} and not (part == ".." and rooted):
            parts.append(part)
    return ("/" if rooted else "") + "/".join(parts) or "."


@FUNCTIONS("string", "dir", "osDir")
def _dir(path: str) -> str:
    return _clean(path[: path.rfind("/") + 1])


@FUNCTIONS("string", "ext", "osExt")
def _ext(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


@FUNCTIONS("string", "isAbs", "osIsAbs")
def _is_abs(path: str) -> bool:
    return path.startswith("/")


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9$\-_.+!*'(),;:@&=~/]*")
_HOST = re.compile(r"[A-Za-z0-9\-._~]+(?::\d*)?|")
_USER = re.compile(r"[A-Za-z0-9\-._~]*(?::[A-Za-z0-9\-._~]*)?")
_QUERY = re.compile(r"[!-~]*")
_PARTS = ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")


@FUNCTIONS("string", "urlParse")
def _url_parse(value: str) -> dict[str, Any]:
    """Parts of an ordinary URL; one with escapes, an IPv6 host or other rare characters can't be known here."""
    if any(char < " " or char == "\x7f" for char in value):
        raise CallError("unable to parse url: invalid control character in URL")
    rest, _, fragment = value.partition("#")
    scheme, opaque, host, user = "", "", "", ""
    if rest.startswith(":"):
        raise CallError("unable to parse url: missing protocol scheme")
    found = _SCHEME.fullmatch(rest)
    if found:
        scheme, rest = found.group(1).lower(), found.group(2)
    rest, _, query = rest.partition("?")
    if not rest.startswith("/") and scheme:
        opaque, rest = rest, ""
    elif not rest.startswith("/") and ":" in rest.partition("/")[0]:
        raise CallError("unable to parse url: first path segment in URL cannot contain colon")
    elif rest.startswith("//") and (scheme or not rest.startswith("///")):
        host, slash, tail = rest[2:].partition("/")
        rest = slash + tail
        user, at, name = host.rpartition("@")
        host = name if at else host
    plain = _PLAIN.fullmatch(rest + fragment + opaque) and _QUERY.fullmatch(query)
    if not (plain and _HOST.fullmatch(host) and _USER.fullmatch(user)):
        raise UnknownError("a URL with such characters is not known here")
    hostname = host.partition(":")[0]
    made = {"scheme": scheme, "host": host, "hostname": hostname, "path": rest, "query": query, "opaque": opaque}
    return {**made, "fragment": fragment, "userinfo": user}


@FUNCTIONS("map", "urlJoin")
def _url_join(data: Mapping[str, Any]) -> str:
    for name in _PARTS:
        if name in data and not isinstance(data[name], str):
            raise CallError(f"unable to parse {name} key, must be of type string, but {type_name(data[name])} found")
    scheme, host, path, query, opaque, fragment, user = (str(data.get(name, "")) for name in _PARTS)
    if not (_PLAIN.fullmatch(path + fragment) and _HOST.fullmatch(host) and _USER.fullmatch(user)):
        raise UnknownError("a URL with such characters is not known here")
    out = f"{scheme}:" if scheme else ""
    if opaque:
        out += opaque
    else:
        if (scheme or host or user) and (host or path or user):
            out += "//" + (f"{user}@" if user else "") + host
        if path and not path.startswith("/") and host:
            out += "/"
        if not out and ":" in path.partition("/")[0]:
            out += "./"
        out += path
    return out + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
