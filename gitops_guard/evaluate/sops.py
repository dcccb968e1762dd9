"""A SOPS document -> which of its leaves should be encrypted and aren't, by SOPS' own rule.

The rule is `shouldBeEncrypted` of getsops/sops `sops.go`, the default suffix that of `stores/stores.go`, the form of a value
that of `aes/cipher.go`. Selectors by comment can't be judged from data: what they might excuse is not listed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

ENCRYPTED = re.compile(r"ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(str|int|float|bool|bytes|time|comment)\]", re.DOTALL)
_DEFAULT_SUFFIX = "_unencrypted"
_SELECTORS = ("unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex",
              "unencrypted_comment_regex", "encrypted_comment_regex")

Path = tuple[str | int, ...]


def metadata(document: Any) -> Mapping[str, Any] | None:
    """The `sops` block of a parsed document that SOPS encrypted; None for any other."""
    block = document.get("sops") if isinstance(document, Mapping) else None
    if isinstance(block, Mapping) and ("mac" in block or "lastmodified" in block):
        return block
    return None


def is_encrypted(value: Any) -> bool:
    """Whether a value is ciphertext, or one that SOPS leaves as it is: null and the empty string."""
    return value is None or value == "" or (isinstance(value, str) and ENCRYPTED.match(value) is not None)


def plain_leaves(document: Mapping[str, Any]) -> list[Path]:
    """The paths of leaves that should be encrypted and aren't, in the order of the document."""
    block = metadata(document)
    selectors = None if block is None else selectors_of(block)
    if selectors is None:
        return []
    return [path for path, value in leaves(document) if not is_encrypted(value) and selected(selectors, path)]


def selectors_of(block: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The selectors of a `sops` block or a creation rule, the default one where there is none; None where comments select."""
    if any(block.get(name) for name in _SELECTORS[4:]):
        return None
    selectors = {name: block[name] for name in _SELECTORS[:4] if isinstance(block.get(name), str) and block[name]}
    return selectors or {"unencrypted_suffix": _DEFAULT_SUFFIX}


def leaves(document: Any) -> Iterator[tuple[Path, Any]]:
    """Every leaf of a document but those of SOPS' own block."""
    return _leaves(document, ())


def _leaves(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if path or key != "sops":
                yield from _leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(value, (*path, index))
    else:
        yield path, node


def selected(selectors: Mapping[str, str], path: Path) -> bool:
    """Whether SOPS would encrypt the leaf: any element of its path counts, indexes don't; a later selector overrules."""
    names = [part for part in path if isinstance(part, str)]
    chosen = True
    if "unencrypted_suffix" in selectors and any(name.endswith(selectors["unencrypted_suffix"]) for name in names):
        chosen = False
    if "encrypted_suffix" in selectors:
        chosen = any(name.endswith(selectors["encrypted_suffix"]) for name in names)
    if "unencrypted_regex" in selectors and any(matched(selectors["unencrypted_regex"], name) for name in names):
        chosen = False
    if "encrypted_regex" in selectors:
        chosen = any(matched(selectors["encrypted_regex"], name) for name in names)
    return chosen


@functools.lru_cache(maxsize=4096)
def matched(pattern: str, text: str) -> bool:
    """An unanchored search with Go's expressions: the repository brings the pattern, and they take linear time.

    An invalid pattern matches nothing, as in SOPS, which drops that error.
    """
    from gitops_guard.goregexp import PatternError, UnknownPatternError, compiled  # noqa: PLC0415 (start-up)

    try:
        return compiled(pattern).occurs(text)
    except (PatternError, UnknownPatternError):
        return False
