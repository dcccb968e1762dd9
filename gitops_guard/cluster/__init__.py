"""A running cluster: what Git states goes in, what the API server holds comes out; the only package that knows `kubernetes`.

It lists, and where it is asked to, it has the API server try an apply that is not kept (`dryRun=All`). It changes nothing.
"""

from .access import Access
from .connection import Patience
from .reader import ClusterReader

__all__ = ["Access", "ClusterReader", "Patience"]
