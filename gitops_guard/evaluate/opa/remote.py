"""An OPA that runs already: the texts of a run are put there, and removed afterwards, whatever ends the run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ...errors import ToolError
from .client import Client, EvaluationError, LateError, Link, RefusedError
from .texts import Texts

_SECONDS = 60.0
"""For one request: with each policy, OPA compiles all that it holds."""
_OLDEST = 1


@contextlib.contextmanager
def loaded(link: Link, texts: Texts) -> Iterator[Link]:
    """The OPA while it holds the texts. Raises RefusedError where it does not take the policies, and ToolError."""
    guest = _Guest(link, texts)
    try:
        guest.load()
        yield link
    except ToolError as error:
        left = guest.leave()
        raise ToolError(f"{error}; {left}" if left else str(error)) from None
    except BaseException:
        guest.leave()
        raise
    else:
        left = guest.leave()
        if left:
            raise ToolError(left)
    finally:
        guest.close()


class _Guest:
    """What this run has on a server."""

    def __init__(self, link: Link, texts: Texts) -> None:
        self._link = link
        self._texts = texts
        self._client = Client(link, _SECONDS)
        self._undo: list[Callable[[], None]] = []
        self._holds = False
        """Whether the server has said that it has something of ours."""

    def load(self) -> None:
        """Put everything. Raises RefusedError and ToolError."""
        texts = self._texts
        try:
            self._put(f"{texts.root}/about.rego", texts.about)
            self._look(self._client.ask(texts.about_path, "{}"))
            if texts.data:
                self._undo.append(lambda: self._client.remove_data(texts.root))
                self._client.put_data(texts.world.replace(".", "/"), texts.data)
        except (RefusedError, EvaluationError) as error:
            raise ToolError(f"{self._link.name} takes no policies: {error}") from None
        except LateError:
            raise self._late() from None
        try:
            for number, text in texts.files.items():
                self._put(texts.name(number), text)
            self._put(f"{texts.root}/ask.rego", texts.ask)
        except LateError:
            raise self._late() from None

    def _put(self, name: str, text: str) -> None:
        self._undo.append(lambda: self._client.remove_policy(name))  # first of all: an answer may be lost on its way
        self._client.put_policy(name, text)
        self._holds = True

    def _late(self) -> ToolError:
        return ToolError(f"{self._link.name} gave no answer within {_SECONDS:g} s")

    def _look(self, about: object) -> None:
        """Whether this is an OPA that reads Rego as we do."""
        if not isinstance(about, dict) or about.get("proof") != self._texts.proof:
            raise ToolError(f"{self._link.name} does not answer what it was asked: something else answers for it")
        version = str(about.get("version", ""))
        major = version.partition(".")[0].lstrip("v")
        if not major.isdecimal() or int(major) < _OLDEST:
            raise ToolError(f"{self._link.name} is of version {version[:20] or 'unknown'}; it must be {_OLDEST}.0 or later")

    def leave(self) -> str:
        """Take back what was put, the last first; says what to do where that fails."""
        while self._undo:
            try:
                self._undo[-1]()
            except (ToolError, LateError):
                return (f"{self._link.name} may still hold policies of this run: if so, remove those whose id begins with "
                        f"{self._texts.root}/, and the data at {self._texts.root}") if self._holds else ""
            self._undo.pop()
        return ""

    def close(self) -> None:
        """End the session."""
        self._client.close_connection()
