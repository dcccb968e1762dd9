"""A text -> PyYAML's parser events, and the places in the file that their marks stand for.

Bounds and refusals that need no values are decided here.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from ..errors import SourceError
from ..origin import Origin

MAX_NODES = 1_000_000
MAX_DEPTH = 100

NEW = tuple.__new__
"""A named tuple's own constructor takes several times as long."""


class Frame(NamedTuple):
    """How positions inside a text map to positions in the file that holds it."""

    file: str
    line: int = 0
    column: int = 0
    exact: bool = True
    frozen: Origin | None = None
    """All positions are this one: the text is folded or quoted, so its lines are not the file's."""


def fail(message: str, frame: Frame, mark: Any, rule: str = "source/invalid-yaml") -> SourceError:
    """A SourceError at a mark, or at the beginning where there is none."""
    origin = place(frame, mark.line, mark.column) if mark is not None else place(frame, 0, 0)
    return SourceError(rule, message, frame.file, origin.line, origin.column)


def place(frame: Frame, line: int, column: int, key: Any = None, block: int = 0) -> Origin:
    """The origin of a value at a line and column of the text (from 0); `key` is the mark of its key, `block` see Origin."""
    if frame.frozen is not None:
        return frame.frozen
    down, right = frame.line + 1, frame.column + 1
    key_line, key_column = (0, 0) if key is None else (key.line + down, key.column + right)
    return NEW(Origin, (frame.file, line + down, column + right, frame.exact, key_line, key_column,
                         block and block + frame.column, "", False, None, False))


def read_events(text: str, frame: Frame) -> list[Any]:
    """All events of the text. libyaml reads some documents that kustomize's parser refuses; those fail here too."""
    events: list[Any] = []
    depth = 0
    try:
        following = CParser(text).get_event
        while (event := following()) is not None:
            events.append(event)
            kind = type(event)
            if kind is yaml.ScalarEvent:
                continue
            if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                depth += 1
                if depth > MAX_DEPTH:
                    raise fail(f"nested deeper than {MAX_DEPTH} levels", frame, event.start_mark, "source/hostile-input")
                if len(events) > 4 * MAX_NODES:
                    raise fail(f"more than {MAX_NODES} values", frame, event.start_mark, "source/hostile-input")
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                depth -= 1
            elif isinstance(event, yaml.DocumentStartEvent) and tuple(event.version or (1, 1)) != (1, 1):
                raise fail("kustomize and kubectl refuse a %YAML directive other than 1.1", frame, event.start_mark)
    except yaml.MarkedYAMLError as error:
        raise fail(_problem(error), frame, _mark(error, text)) from None
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) if isinstance(position, int) else 0
        raise SourceError("source/invalid-yaml", str(getattr(error, "reason", None) or "no YAML"), frame.file,
                          place(frame, line, 0).line) from None
    except (UnicodeEncodeError, ValueError):
        raise SourceError("source/invalid-yaml", "characters that YAML does not allow", frame.file) from None
    return events


def _mark(error: yaml.MarkedYAMLError, text: str) -> Any:
    """Where the parser stopped; what it was reading, if it stopped at the end of the text, where there is no line to show."""
    if error.problem_mark is None or (error.context_mark is not None and error.problem_mark.line >= len(text.splitlines())):
        return error.context_mark
    return error.problem_mark


def _problem(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint, without any text of the file: it may be a secret."""
    problem = re.sub(r"found undefined alias.*", "found an undefined alias", error.problem or "no YAML")
    return problem if not error.context else f"{problem} ({error.context})"


def roots(events: list[Any], frame: Frame) -> list[Origin]:
    """Where the root node of each document begins."""
    marks = [events[at + 1].start_mark for at, event in enumerate(events) if type(event) is yaml.DocumentStartEvent]
    return [place(frame, mark.line, mark.column) for mark in marks]
