"""Values -> the one JSON text that stands for each: what is hashed, and what is the same bytes wherever it is written."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys and without white space, as OPA writes it before it hashes (v1/bundle/hash.go)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
