"""Pure builtins that OPA has and regorus lacks or answers otherwise, in Python: same arguments, same values, same errors.

OPA's documentation of each, and `v1/topdown/crypto.go`, `cidr.go` and `glob.go`, are the reference. regorus has a glob.match of
its own, for which `**/x` fits `x`, `x{a,}y` does not fit `xy`, and `:` is no delimiter like others.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable
from typing import Any

from ..rego_glob import as_regex
from .builtin_checks import refused
from .builtin_json import JSON_EXTENSIONS
from .builtin_numbers import NUMBER_EXTENSIONS
from .builtin_patch import json_patch
from .builtin_regex import is_pattern
from .builtin_text import TEXT_EXTENSIONS
from .builtin_times import TIME_EXTENSIONS


def _text(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError("expects string argument")
    return value.encode("utf-8", "surrogatepass")


def _hash(name: str) -> Callable[[Any], str]:
    def digest(value: Any) -> str:
        return hashlib.new(name, _text(value), usedforsecurity=False).hexdigest()
    return digest


def _hmac(name: str) -> Callable[[Any, Any], str]:
    def sign(value: Any, key: Any) -> str:
        return hmac.new(_text(key), _text(value), name).hexdigest()
    return sign


def _hmac_equal(one: Any, other: Any) -> bool:
    return hmac.compare_digest(_text(one), _text(other))


_MOST = 1 << 16
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(value: Any) -> _Network:
    """A network; host bits are dropped, as Go's net.ParseCIDR does. Raises ValueError, which doesn't show the value."""
    text = _text(value).decode()
    try:
        if "/" in text and "%" not in text and text.rpartition("/")[2].isdigit():
            return _mapped(ipaddress.ip_network(text, strict=False))
    except ValueError:
        pass
    raise ValueError("expects a network in CIDR notation")


def _address(text: str) -> _Network:
    """The network of one address. Raises ValueError, which doesn't show the value."""
    try:
        return _mapped(ipaddress.ip_network(ipaddress.ip_address(text)))
    except ValueError:
        raise ValueError("expects an address or a network in CIDR notation") from None


def _mapped(network: _Network) -> _Network:
    """An IPv6 network of IPv4 addresses is one of IPv4 to Go."""
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96 and network.network_address.ipv4_mapped is not None:
        return ipaddress.IPv4Network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    return network


def _expand(value: Any) -> list[str]:
    network = _network(value)
    if network.num_addresses > _MOST:
        raise refused("a network of more than 65,536 addresses")
    return [str(network[index]) for index in range(network.num_addresses)]


def _within(outer: _Network, inner: _Network) -> bool:
    """Whether all addresses of one network are in the other; never across families."""
    same = outer.version == inner.version
    return same and int(outer.network_address) <= int(inner.network_address) \
        and int(inner.broadcast_address) <= int(outer.broadcast_address)


def _intersects(one: Any, other: Any) -> bool:
    first, second = _network(one), _network(other)
    return first.version == second.version and first.overlaps(second)


def _contains(outer: Any, inner: Any) -> bool:
    text = _text(inner).decode()
    network = _network(text) if "/" in text else _address(text)
    return _within(_network(outer), network)


def _is_valid(value: Any) -> bool:
    try:
        _network(value)
    except (TypeError, ValueError):
        return False
    return True


@functools.lru_cache(maxsize=4096)
def _glob(pattern: str, separators: str) -> re.Pattern[str]:
    try:
        return re.compile(as_regex(pattern, separators))
    except (ValueError, re.error):
        # The pattern may be part of the input, and is not shown.
        raise ValueError("expects a glob") from None


def _glob_match(pattern: Any, delimiters: Any, text: Any) -> bool:
    """`delimiters` are characters; none means the dot, and null that there is none."""
    if not isinstance(pattern, str) or not isinstance(text, str):
        raise TypeError("expects string argument")
    if delimiters is None:
        separators = ""
    elif not isinstance(delimiters, list) or not all(isinstance(one, str) and len(one) == 1 for one in delimiters):
        raise TypeError("expects null or an array of characters as delimiters")
    else:
        separators = "".join(delimiters) or "."
    return _glob(pattern, separators).fullmatch(text) is not None


def _trace(text: Any) -> bool:
    """Nobody reads the trace."""
    _text(text)
    return True


EXTENSIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    **{f"crypto.{name}": (1, _hash(name)) for name in ("md5", "sha1", "sha256")},
    **{f"crypto.hmac.{name}": (2, _hmac(name)) for name in ("md5", "sha1", "sha256", "sha512")},
    "crypto.hmac.equal": (2, _hmac_equal),
    "glob.match": (3, _glob_match),
    "net.cidr_intersects": (2, _intersects),
    "net.cidr_contains": (2, _contains),
    "net.cidr_expand": (1, _expand),
    "net.cidr_is_valid": (1, _is_valid),
    "json.patch": (2, json_patch),
    "regex.is_valid": (1, is_pattern),
    "trace": (1, _trace),
    **JSON_EXTENSIONS,
    **NUMBER_EXTENSIONS,
    **TEXT_EXTENSIONS,
    **TIME_EXTENSIONS,
}
