"""A Delta -> GitHub-flavoured Markdown: one folded block for each target, within the size of a comment."""

from __future__ import annotations

from ...delta import Delta, ObjectDelta, TargetDelta
from ..escape import markdown, markdown_title, visible
from ..options import Options
from ..room import COMMENT, fitting, short
from ..summary import number
from .contents import contents, is_alone
from .lines import SIGNS, name, rows, total, unsure, where

_FIELDS = 200
"""Of one object."""
_OF_NEW = 40
"""Of one that is new; it is folded with its target."""
_MOST_UNSURE = 50
_LONGEST = 300
"""Characters of a name."""
_LARGEST = 30_000
"""Characters of one target."""


def render(delta: Delta, _options: Options) -> str:
    """The difference as Markdown; what does not fit is counted."""
    tail = incomplete(delta)
    head = f"## gitops-guard: {markdown(total(delta))}\n"
    return head + folds(delta, COMMENT - len(head) - len(tail)) + tail


def folds(delta: Delta, room: int) -> str:
    """A fold for each target in at most so many characters; those that lose something come first."""
    targets = sorted(delta.targets, key=lambda target: not any(item.action == "deleted" for item in target.objects))
    return fitting([_target(target) for target in targets], room,
                   lambda count: f"\n{number(count, 'more target')} not shown here.\n")


def incomplete(delta: Delta) -> str:
    """The targets of which more may differ."""
    found = unsure(delta)
    lines = [f"\n{markdown(short(one, _LONGEST))}.\n" for one in found[:_MOST_UNSURE]]
    if len(found) > _MOST_UNSURE:
        lines.append(f"\nSo are {len(found) - _MOST_UNSURE} more.\n")
    return "".join(lines)


def _target(target: TargetDelta) -> str:
    # No line of a code block may look like its end.
    objects = ["".join(f"{line}\n" for line in _object(item)).replace("`", "\u02cb") for item in target.objects]
    body = fitting(objects, _LARGEST, lambda count: f"and {number(count, 'more object')}\n")
    title = f"{markdown_title(short(target.target, _LONGEST))}: {number(len(target.objects), 'object')}"
    return f"\n<details><summary>{title}</summary>\n\n```diff\n{body}```\n\n</details>\n"


def _object(item: ObjectDelta) -> list[str]:
    lines = [f"{_sign(item)} {short(name(item), _LONGEST)} {item.action}  {short(where(item.place), _LONGEST)}"]
    if is_alone(item):
        shown = contents(item, _OF_NEW if item.action == "created" else 0)
        return lines + [f"{sign}   {short(text, _LONGEST)}" for sign, text in shown]
    for field in item.fields[:_FIELDS]:
        lines.append(f"    {visible(short(field.label, _LONGEST))}  {short(where(field.place), _LONGEST)}")
        lines += [f"{sign}       {text}" for sign, text in rows(field)]
    rest = len(item.fields[_FIELDS:]) + item.omitted
    return [*lines, *([f"    and {number(rest, 'more field')}"] if rest else [])]


def _sign(item: ObjectDelta) -> str:
    return SIGNS[item.action] if SIGNS[item.action] in "+-" else "!"
