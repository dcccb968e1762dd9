"""Argo CD's Applications and AppProjects -> nodes and the targets they deploy."""

from .application import expand_application
from .project import expand_project

__all__ = ["expand_application", "expand_project"]
