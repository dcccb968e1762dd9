"""The files of a bundle and a private key -> `.signatures.json`, as OPA verifies it (v1/bundle/{sign,verify,hash}.go)."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping
from typing import Any

from ..errors import ToolError, UsageError
from .canonical import canonical

SIGNATURES = ".signatures.json"
ALGORITHMS = tuple(f"{family}{size}" for family in ("ES", "HS", "PS", "RS") for size in (256, 384, 512))
"""Those of RFC 7518 that OPA knows."""
SHARED = "HS"
"""What algorithms begin with that sign and verify by the same key."""

_STRUCTURED = ("data.json", ".manifest")
"""OPA hashes these as it reads them, whatever their white space."""
_MISSING = "--signing-key needs PyJWT: pip install 'gitops-guard[bundle]'"


def signatures(files: Mapping[str, str], key: bytes, algorithm: str, key_id: str | None = None) -> str:
    """The text of the signature over all files. ES and PS signatures differ each time, the others do not.

    Raises UsageError where the key does not fit the algorithm, and ToolError without the library. No message holds the key.
    """
    try:
        import jwt  # noqa: PLC0415 (of the extra `bundle`)
    except ImportError:
        raise ToolError(_MISSING) from None
    held = key if algorithm.startswith(SHARED) else _private(key, algorithm)
    listed = [{"name": path, "hash": _hash(path, text), "algorithm": "SHA-256"} for path, text in sorted(files.items())]
    claims = {"files": listed, **({"keyid": key_id} if key_id else {})}
    try:
        token = jwt.encode(claims, held, algorithm, {"kid": key_id} if key_id else None)
    except (jwt.InvalidKeyError, TypeError, ValueError):  # of another curve, of another family, too short for the hash
        raise _unfit(algorithm) from None
    return json.dumps({"signatures": [token]})


def public_key(key: bytes, algorithm: str) -> str | None:
    """What verifies a signature, as PEM; None where that is the key itself. Raises as `signatures` does."""
    if algorithm.startswith(SHARED):
        return None
    private = _private(key, algorithm)
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (of the extra `bundle`)

    pem: bytes = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def _private(key: bytes, algorithm: str) -> Any:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 (of the extra `bundle`)
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    except ImportError:
        raise ToolError(_MISSING) from None
    try:
        return serialization.load_pem_private_key(key, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # no PEM of a private key, a passphrase, a curve that nobody knows
        raise _unfit(algorithm) from None


def _unfit(algorithm: str) -> UsageError:
    return UsageError(f"--signing-key: this is no key for {algorithm}; RS and PS take an RSA key, ES one of its own curve, "
                      "each as PEM without a passphrase, and HS a secret")


def _hash(path: str, text: str) -> str:
    if posixpath.basename(path) in _STRUCTURED:
        text = canonical(json.loads(text))
    return hashlib.sha256(text.encode()).hexdigest()
