"""Schemas of Kubernetes objects: which one judges an object, and what it says.

The only package that knows jsonschema-rs and kubernetes-validate.
"""

from __future__ import annotations

from .absent import Absent
from .engine import Problem
from .keyed import Repeat
from .lookup import Judge, Schemas, Verdict
from .typed import Type
from .wording import Explained, explain

__all__ = ["Absent", "Explained", "Judge", "Problem", "Repeat", "Schemas", "Type", "Verdict", "explain"]
