"""What a schema says of an object -> messages for people: one for each cause, none with a value of the object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..model import FieldPath, value_at
from ..near import nearest
from .engine import Problem

_TYPES = {"string": "a string", "integer": "an integer", "number": "a number", "boolean": "a boolean", "object": "a mapping",
          "array": "a list", "null": "null"}
_FORMATS = {"byte": "base64 text", "date-time": "a time such as 2026-01-31T08:00:00Z", "date": "a date such as 2026-01-31",
            "duration": "a duration such as 1m30s", "ipv4": "an IPv4 address", "ipv6": "an IPv6 address",
            "cidr": "an address range such as 10.0.0.0/8", "uuid": "a UUID"}
_LIMITS = {"minimum": "at least {}", "maximum": "at most {}", "exclusiveMinimum": "more than {}",
           "exclusiveMaximum": "less than {}", "multipleOf": "a multiple of {}", "minLength": "at least {} characters long",
           "maxLength": "at most {} characters long", "minItems": "a list of at least {}", "maxItems": "a list of at most {}",
           "minProperties": "a mapping with at least {} keys", "maxProperties": "a mapping with at most {} keys"}
_MANY = 12
_LONG = 120


class Explained(NamedTuple):
    """A problem in words."""

    rule: str
    message: str
    path: FieldPath
    remedy: str
    keyword: str
    lacks: str = ""
    """The field that is required."""


def explain(problems: Sequence[Problem], body: Any, later: Callable[[Any], bool]) -> Iterator[Explained]:
    """The problems of one object; `later` says of a value that another one will take its place, so it may be anything."""
    meant: set[FieldPath] = set()
    near: dict[FieldPath, str] = {}
    for problem in problems:
        if problem.keyword == "unknown":
            near[problem.path] = _nearest(problem, value_at(body, problem.path[:-1]))
            meant.add((*problem.path[:-1], near[problem.path]))
    seen: set[tuple[str, FieldPath]] = set()
    for problem in problems:
        for found in _one(problem, body, later, near):
            # A required field that is only misspelt is one fault, not two.
            if problem.keyword == "required" and (*problem.path, problem.detail) in meant:
                continue
            if (found.keyword, found.path) not in seen or found.keyword == "required":
                seen.add((found.keyword, found.path))
                yield found


def _one(problem: Problem, body: Any, later: Callable[[Any], bool], near: dict[FieldPath, str]) -> Iterator[Explained]:
    if problem.keyword == "unknown":
        yield _unknown(problem, near.get(problem.path, ""))
    elif problem.keyword == "required":
        yield _required(problem, body)
    elif later(value_at(body, problem.path)):
        return
    elif problem.keyword in ("anyOf", "oneOf"):
        yield from _alternatives(problem, body, later)
    else:
        message, remedy = _value(problem, value_at(body, problem.path))
        yield Explained("schema/invalid", f"{_subject(problem.path)} {message}", problem.path, remedy, problem.keyword)


def _unknown(problem: Problem, near: str) -> Explained:
    field = str(problem.detail)
    names = sorted(name for name in problem.schema.get("properties", {}))
    if near:
        remedy = f"did you mean `{near}`?"
    elif any(field in parent.get("properties", {}) for parent in problem.parents):
        remedy = "it is a field of a mapping further out; check the indentation"
    elif not names:
        remedy = "the schema has no fields here"
    else:
        remedy = "known fields are " + ", ".join(names) if len(names) <= _MANY else "remove it, or correct its name"
    holder = _subject(problem.path[:-1])
    message = f"{holder} has no field `{field}`: it would be refused or dropped"
    return Explained("schema/unknown-field", message, problem.path, remedy, "unknown")


def _nearest(problem: Problem, holder: Any) -> str:
    """The known field that was meant, if one is near; one that the mapping has already was not."""
    field = str(problem.detail)
    taken = holder if isinstance(holder, dict) else {}
    names = sorted(name for name in problem.schema.get("properties", {}) if name not in taken)
    same = next((name for name in names if name.casefold() == field.casefold()), None)
    return same or nearest(field, names, 0.75) or ""


def _required(problem: Problem, body: Any) -> Explained:
    field = str(problem.detail)
    holder = value_at(body, problem.path)
    if isinstance(holder, dict) and field in holder:
        path: FieldPath = (*problem.path, field)
        return Explained("schema/invalid", f"`{field}` is null, but required", path, "write its value", "required")
    message = f"{_subject(problem.path)} lacks `{field}`, which is required"
    return Explained("schema/invalid", message, problem.path, f"add `{field}`", "required", field)


def _value(problem: Problem, value: Any) -> tuple[str, str]:
    """What is wrong with a value, and what to do."""
    detail, keyword = problem.detail, problem.keyword
    if keyword == "type":
        return _type(detail if isinstance(detail, list) else [detail], value)
    what = problem.schema.get("x-what")
    if isinstance(what, str):
        return f"must be {what}", ""
    if keyword == "enum" and isinstance(detail, list):
        words = [str(word) for word in detail if word not in ("", None)]
        close = nearest(value, words, 0.7) if isinstance(value, str) else None
        shown = ", ".join(words[:_MANY]) + (", …" if len(words) > _MANY else "")
        return f"must be one of {shown}", f"did you mean `{close}`?" if close else ""
    if keyword == "pattern" and isinstance(detail, str):
        return f"does not match the pattern {detail[:_LONG]}", ""
    if keyword == "format" and isinstance(detail, str):
        return f"must be {_FORMATS.get(detail.removeprefix('k8s-'), 'of another format')}", ""
    if keyword in _LIMITS and isinstance(detail, int | float):
        return f"must be {_LIMITS[keyword].format(detail)}", ""
    if keyword == "not":
        return "is a combination that the schema forbids", ""
    return f"breaks the schema's `{keyword}`", ""


def _type(types: list[Any], value: Any) -> tuple[str, str]:
    wanted = [word for word in types if word in _TYPES and word != "null"]
    names = " or ".join(_TYPES[word] for word in wanted) or "null"
    remedy = ""
    if "string" in wanted and "integer" not in wanted and isinstance(value, bool | int | float):
        remedy = "put the value in quotes"
    elif isinstance(value, str) and {"integer", "number"} & set(wanted) and _is_number(value):
        remedy = "remove the quotes"
    elif isinstance(value, str) and "boolean" in wanted and value.lower() in ("true", "false", "yes", "no", "on", "off"):
        remedy = "write true or false, without quotes"
    if value is None:
        return f"is null, but must be {names}", remedy
    return f"must be {names}, not {_kind_of(value)}", remedy


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, float):
        return "a number with a fraction"
    return {str: "a string", type(None): "null"}.get(type(value), "a mapping" if isinstance(value, dict) else "a list")


def _alternatives(problem: Problem, body: Any, later: Callable[[Any], bool]) -> Iterator[Explained]:
    """Of anyOf and oneOf, by the alternative that fits best."""
    failing = [branch for branch in problem.branches if branch]
    subject = _subject(problem.path)
    if problem.keyword == "oneOf" and len(failing) < len(problem.branches):
        yield Explained("schema/invalid", f"{subject} fits several alternatives that exclude each other", problem.path,
                        "keep what belongs to one of them", "oneOf")
        return
    if not failing:
        yield Explained("schema/invalid", f"{subject} fits none of the schema's alternatives", problem.path, "", problem.keyword)
        return
    single = [branch[0] for branch in failing if len(branch) == 1 and branch[0].path == problem.path]
    if len(single) == len(failing) and all(one.keyword == "type" for one in single):
        types = [word for one in single for word in (one.detail if isinstance(one.detail, list) else [one.detail])]
        message, remedy = _type(list(dict.fromkeys(types)), value_at(body, problem.path))
        yield Explained("schema/invalid", f"{subject} {message}", problem.path, remedy, "type")
        return
    if len(single) == len(failing) and all(one.keyword == "required" for one in single):
        names = " or ".join(dict.fromkeys(f"`{one.detail}`" for one in single))
        yield Explained("schema/invalid", f"{subject} needs {names}", problem.path, "add one of them", problem.keyword)
        return
    best = min(failing, key=lambda branch: (any(one.keyword == "type" and one.path == problem.path for one in branch),
                                            len(branch)))
    yield from explain(best, body, later)


def _subject(path: FieldPath) -> str:
    """A field as one would speak of it."""
    if not path:
        return "the object"
    last = path[-1]
    if isinstance(last, str):
        return f"`{last}`"
    lists = [part for part in path if isinstance(part, str)]
    return f"item {last + 1} of `{lists[-1]}`" if lists else f"item {last + 1}"
