"""A Delta -> GitHub-flavoured Markdown: one folded block for each target, within the size of a comment's summary."""

from __future__ import annotations

from ...delta import Delta, ObjectDelta, TargetDelta
from ..escape import markdown, markdown_title, visible
from ..options import Options
from ..summary import number
from .lines import SIGNS, name, rows, total, unsure, where

# GitHub drops a summary beyond 1 MiB as a whole.
_MAX_BYTES = 900 * 1024
_FIELDS = 200
"""Of one object."""
_MOST_UNSURE = 50


def render(delta: Delta, _options: Options) -> str:
    """The difference as Markdown of at most 900 KiB; what does not fit is counted."""
    tail = "".join(f"\n{markdown(unsure(one))}.\n" for one in delta.unsure[:_MOST_UNSURE])
    if len(delta.unsure) > _MOST_UNSURE:
        tail += f"\nSo are {len(delta.unsure) - _MOST_UNSURE} more.\n"
    parts = [f"## gitops-guard: {markdown(total(delta))}\n"]
    room = _MAX_BYTES - len(parts[0].encode()) - len(tail.encode()) - 100
    for index, target in enumerate(delta.targets):
        block = _target(target)
        room -= len(block.encode())
        if room < 0:
            parts.append(f"\n{number(len(delta.targets) - index, 'more target')} not shown here.\n")
            break
        parts.append(block)
    return "".join(parts) + tail


def _target(target: TargetDelta) -> str:
    lines = [line for item in target.objects for line in _object(item)]
    # No line of a code block may look like its end.
    body = "\n".join(line.replace("`", "\u02cb") for line in lines)
    title = f"{markdown_title(target.target)}: {number(len(target.objects), 'object')}"
    return f"\n<details><summary>{title}</summary>\n\n```diff\n{body}\n```\n\n</details>\n"


def _object(item: ObjectDelta) -> list[str]:
    lines = [f"{_sign(item)} {name(item)} {item.action}  {where(item.place)}"]
    for field in item.fields[:_FIELDS]:
        lines.append(f"    {visible(field.label)}  {where(field.place)}")
        lines += [f"{sign}       {text}" for sign, text in rows(field)]
    if len(item.fields) > _FIELDS:
        lines.append(f"    and {len(item.fields) - _FIELDS} more fields")
    return lines


def _sign(item: ObjectDelta) -> str:
    return SIGNS[item.action] if SIGNS[item.action] in "+-" else "!"
