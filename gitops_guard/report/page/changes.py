"""A Report -> what the merge does, target by target: what goes and who deletes it, what comes, and each field that differs."""

from __future__ import annotations

from ...delta import Delta, FieldDelta, ObjectDelta, TargetDelta
from ...model import ResourceId
from ...outcome import ChangeReport, Report
from ..changes import is_lossy, of_target, story, total, worst_first
from ..delta.contents import contents, is_alone
from ..delta.lines import name, rows, unsure, where
from ..escape import xml, xml_line
from ..summary import number

_FIELDS = 200
"""Of one object."""
_OBJECTS = 5_000
"""Whose fields are shown."""
_ELEMENTS = {"-": "del", "+": "ins"}


def section(report: Report) -> str:
    """A fold for each target; it is open where something goes. Nothing where nothing was compared."""
    if report.changes is None:
        return ""
    delta = report.delta or Delta(report.version, ())
    fields = {target.target: target for target in delta.targets}
    body = [f"<p>{xml(total(report.changes))}.</p>\n"]
    left = _OBJECTS
    for change in worst_first(report.changes):
        found = fields.pop(change.target, None)
        objects = len(found.objects) if found is not None else 0
        body.append(_target(change, found if left >= objects else None))
        left -= objects
    body += [_only_fields(target) for target in fields.values()]
    if left < 0:
        body.append(f"<p>The fields of {number(-left, 'more object')} are not shown here; "
                    "<code>gitops-guard diff</code> prints them.</p>\n")
    body += [f"<p>{xml(line)}.</p>\n" for line in unsure(delta)]
    return "".join(body)


def _target(change: ChangeReport, found: TargetDelta | None) -> str:
    lines = [_row(loss.outcome, loss.resource, story(loss)) for loss in change.lost]
    lines += [_row(word, resource, "") for word, resources in (("created", change.created), ("changed", change.changed))
              for resource in resources]
    table = (f'<div class="wide" tabindex="0" role="region" aria-label="{xml_line(change.target)}">\n<table>\n'
             f"<thead><tr><th>what<th>object<th>how</thead>\n<tbody>\n{''.join(lines)}</tbody>\n</table>\n</div>\n")
    return (f'<details class="change"{" open" if is_lossy(change) else ""}><summary>{xml_line(change.target)} '
            f"<small>{xml(of_target(change))}</small></summary>\n{table}{_difference(found)}</details>\n")


def _only_fields(target: TargetDelta) -> str:
    return f'<details class="change"><summary>{xml_line(target.target)}</summary>\n{_difference(target)}</details>\n'


def _row(what: str, resource: ResourceId, how: str) -> str:
    return f'<tr><td><span class="{xml(what)}">{xml(what)}</span><td>{xml_line(str(resource))}<td>{xml(how)}\n'


def _difference(target: TargetDelta | None) -> str:
    """The fields of the objects of a target, where they are known."""
    shown = [item for item in target.objects if item.fields] if target is not None else []
    if not shown:
        return ""
    fields = sum(len(item.fields) for item in shown)
    return (f"<details><summary>{number(fields, 'field')} of {number(len(shown), 'object')}</summary>\n"
            f"{''.join(map(_object, shown))}</details>\n")


def _object(item: ObjectDelta) -> str:
    head = (f'<span class="{xml(item.action)}">{xml(item.action)}</span> {xml(name(item))} '
            f"<code>{xml(where(item.place))}</code>")
    if is_alone(item):
        lines = [_line(sign, text) for sign, text in contents(item, _FIELDS)]
        return f'<details class="object"><summary>{head}</summary><pre class="diff">{chr(10).join(lines)}</pre></details>\n'
    lines = [line for field in item.fields[:_FIELDS] for line in _field(field)]
    rest = len(item.fields[_FIELDS:]) + item.omitted
    if rest:
        lines.append(f"and {number(rest, 'more field')}")
    return f'<p class="object">{head}</p><pre class="diff">{chr(10).join(lines)}</pre>\n'


def _field(field: FieldDelta) -> list[str]:
    lines = [f"<b>{xml_line(field.label)}</b>  <i>{xml(where(field.place))}</i>"]
    return lines + [_line(sign, text) for sign, text in rows(field)]


def _line(sign: str, text: str) -> str:
    element = _ELEMENTS.get(sign)
    shown = xml(f"{sign} {text}")
    return f"<{element}>{shown}</{element}>" if element else shown
