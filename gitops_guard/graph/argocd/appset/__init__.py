"""Argo CD's ApplicationSets -> the Applications that they generate, as far as the repository shows them."""

from .expand import expand_set

__all__ = ["expand_set"]
