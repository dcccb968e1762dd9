"""The YAML functions of Argo CD's templates: values -> YAML text and back; what can't be read is a ValueError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....errors import SourceError
from ....origin import Map, Seq
from ....scalars import Dialect
from ....source import parse
from ....yaml_text import to_yaml
from .params import data


def _load(text: str) -> Any:
    try:
        stream = parse(text.encode("utf-8", "surrogateescape"), "template")
        documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError as error:
        raise ValueError(error.message) from None
    return data(documents[0]) if documents else None


def from_yaml(text: str) -> dict[str, Any]:
    """The mapping in a text; an empty one for nothing."""
    value = _load(text)
    if value is not None and type(value) is not Map:
        raise ValueError("the text is no YAML mapping")
    return Map() if value is None else value


def from_yaml_array(text: str) -> list[Any]:
    """The list in a text."""
    value = _load(text)
    if value is not None and type(value) is not Seq:
        raise ValueError("the text is no YAML list")
    return Seq() if value is None else value


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"toYaml": to_yaml, "fromYaml": from_yaml, "fromYamlArray": from_yaml_array}
