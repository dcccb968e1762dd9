"""What Git states for a cluster -> the rights that comparing it needs, and the manifests of an account that has just these."""

from .manifests import Job, manifests
from .plurals import Resources
from .rules import Rights, rights

__all__ = ["Job", "Resources", "Rights", "manifests", "rights"]
