"""What is known of a file by its content, as words: kept between runs, so that not every file is read to find out what it is.

A word is a name, a path or a mark of this program's own, never a value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Words = tuple[str, ...]

MARKS = ("argoproj.io", ".toolkit.fluxcd.io", "CustomResourceDefinition", "Secret", "secretGenerator", "stringData",
         "tekton.dev/", "gitops-guard", "$imagepolicy", "avp.kubernetes.io/", "argocd-vault-plugin", "<path:", "helmChart")
"""The words that decide whether a text is worth a closer look; `Sources.mentions` knows these alone."""


class Notes(Protocol):
    """What is known of the files of one tree."""

    def find(self, path: str, question: str) -> Words | None:
        """The answer, where the file's content is known."""
        ...

    def add(self, path: str, question: str, words: Words) -> None:
        """Keep an answer that follows from the content of the file alone."""
        ...


class Unknown:
    """Nothing is known, and nothing kept."""

    def find(self, path: str, question: str) -> Words | None:
        """See `Notes.find`."""
        del path, question
        return None

    def add(self, path: str, question: str, words: Words) -> None:
        """See `Notes.add`."""


UNKNOWN: Notes = Unknown()
Keeps = Callable[[Words], bool]
