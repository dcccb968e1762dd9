"""The files of a bundle and a private key -> `.signatures.json`, as OPA verifies it (v1/bundle/{sign,verify,hash}.go)."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping

from ..errors import ToolError, UsageError
from .canonical import canonical

SIGNATURES = ".signatures.json"
ALGORITHMS = tuple(f"{family}{size}" for family in ("ES", "HS", "PS", "RS") for size in (256, 384, 512))
"""Those of RFC 7518 that OPA knows."""
SHARED = "HS"
"""What algorithms begin with that sign and verify by the same key."""

_STRUCTURED = ("data.json", ".manifest")
"""OPA hashes these as it reads them, whatever their white space."""


def signatures(files: Mapping[str, str], key: bytes, algorithm: str, key_id: str | None = None) -> str:
    """The text of the signature over all files. ES and PS signatures differ each time, the others do not.

    Raises UsageError where the key does not fit the algorithm, and ToolError without the library. No message holds the key.
    """
    try:
        import jwt  # noqa: PLC0415 (of the extra `bundle`)
    except ImportError:
        raise ToolError("--signing-key needs PyJWT: pip install 'gitops-guard[bundle]'") from None
    listed = [{"name": path, "hash": _hash(path, text), "algorithm": "SHA-256"} for path, text in sorted(files.items())]
    claims = {"files": listed, **({"keyid": key_id} if key_id else {})}
    try:
        token = jwt.encode(claims, key, algorithm, {"kid": key_id} if key_id else None)
    except (jwt.PyJWTError, ValueError, TypeError, NotImplementedError):
        raise UsageError(f"--signing-key: this is no key for {algorithm}; RS and PS take an RSA key, ES one of its own curve, "
                         "each as PEM without a passphrase, and HS a secret") from None
    return json.dumps({"signatures": [token]})


def public_key(key: bytes, algorithm: str) -> str | None:
    """What verifies a signature, as PEM; None where that is the key itself. Raises as `signatures` does."""
    if algorithm.startswith(SHARED):
        return None
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (of the extra `bundle`)
    except ImportError:
        raise ToolError("--signing-key needs PyJWT: pip install 'gitops-guard[bundle]'") from None
    try:
        private = serialization.load_pem_private_key(key, None)
    except (ValueError, TypeError):
        raise UsageError(f"--signing-key: this is no private key for {algorithm}, as PEM without a passphrase") from None
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _hash(path: str, text: str) -> str:
    if posixpath.basename(path) in _STRUCTURED:
        text = canonical(json.loads(text))
    return hashlib.sha256(text.encode()).hexdigest()
