"""Random patches and selectors for a given object."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from random_objects import NAMES, container, scalar
from random_yaml import Hand, Raw

Body = dict[str, Any]
Path = tuple[Any, ...]


def leaves(body: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no container, with its path."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from leaves(value, (*path, index))
    else:
        yield path, body


def places(body: Any, path: Path = ()) -> Iterator[Path]:
    """Every path below an object's top level."""
    pairs = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in pairs:
        if path or key not in ("apiVersion", "kind", "metadata"):
            yield (*path, key)
        yield from places(value, (*path, key))


def _pointer(path: Path) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _plain(value: Any) -> Any:
    """The value without raw scalars, for JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Raw) else value


def _get(body: Any, path: Path) -> Any:
    for part in path:
        body = body[part]
    return body


def _value(hand: Hand, old: Any) -> Any:
    if isinstance(old, bool) or old is None:
        return hand.of((True, False))
    if isinstance(old, int):
        return hand.of((0, 7, 8443, 12345678901234567890))
    if isinstance(old, (dict, list)):
        return copy.deepcopy(old) if hand.chance(70) else type(old)()
    return scalar(hand) if hand.chance(30) else "patched"


def json_patch(hand: Hand, one: Body) -> tuple[list[Body], list[Body]]:
    """Operations, and the same with JSON's scalars only."""
    found: list[Body] = []
    here = copy.deepcopy(one)
    for _ in range(hand.integer(1, 3)):
        below = [path for path in places(here) if path != ("metadata", "name")]
        action = hand.of(("replace", "add", "label", "append", "remove", "test", "copy", "move", "annotate"))
        path = hand.of(below) if below else ()
        if action == "label" or not path:
            found.append({"op": "add", "path": "/metadata/labels", "value": {"patched": "yes"}})
        elif action == "annotate":
            found.append({"op": "add", "path": "/metadata/annotations/example.com~1x", "value": "1"})
        elif action in ("replace", "add"):
            found.append({"op": action, "path": _pointer(path), "value": _value(hand, _get(here, path))})
        elif action == "test":
            found.append({"op": "test", "path": _pointer(path), "value": _get(here, path)})
        elif action == "remove":
            found.append({"op": "remove", "path": _pointer(path)})
            break
        elif action == "append":
            lists = [where for where in below if isinstance(_get(here, where), list)]
            if lists:
                where = hand.of(lists)
                items = _get(here, where)
                found.append({"op": "add", "path": _pointer(where) + hand.of(("/-", "/0", "/-1" if hand.chance(10) else "/-")), "value": copy.deepcopy(items[0]) if items else "x"})
        else:
            found.append({"op": action, "from": _pointer(path), "path": hand.of(("/metadata/annotations/moved", "/spec/moved" if isinstance(here.get("spec"), dict) else "/moved"))})
            break
    if not found:
        found.append({"op": "add", "path": "/metadata/labels", "value": {"patched": "yes"}})
    if hand.chance(2):
        found[0]["path"] = hand.of(("/spec/none/below", "spec", ""))
    return found, _plain(found)


def _elements(hand: Hand, rows: list[Any]) -> list[Any]:
    """A list that a strategic merge patch gives for a list."""
    made: list[Any] = []
    for row in hand.some(rows, 0, 2):
        if not isinstance(row, dict):
            made.append(scalar(hand) if hand.chance(40) else row)
            continue
        key = next((name for name in ("name", "containerPort", "port", "mountPath", "ip", "key") if name in row), None)
        new = {key: row[key]} if key else {}
        if "protocol" in row and hand.chance(60):
            new["protocol"] = row["protocol"]
        if hand.chance(15):
            new["$patch"] = hand.of(("delete", "delete", "replace", "merge"))
        elif "image" in row:
            new.update({name: value for name, value in container(hand, row["name"]).items() if hand.chance(50) or name == "name"})
        else:
            new.update({name: _changed(hand, value) for name, value in row.items() if name != key and hand.chance(50)})
        made.append(new)
    if hand.chance(30) and rows and isinstance(rows[0], dict):
        made.insert(hand.integer(0, len(made)), container(hand, "extra") if "image" in rows[0] else {**copy.deepcopy(rows[0]), **({"name": "extra"} if "name" in rows[0] else {})})
    if hand.chance(5):
        made.append({"$patch": "replace"})
    return made


def _changed(hand: Hand, value: Any) -> Any:
    if hand.chance(6):
        return None
    if isinstance(value, dict):
        made = {key: _changed(hand, item) for key, item in value.items() if hand.chance(45)}
        if hand.chance(8):
            made["$patch"] = hand.of(("replace", "delete", "merge"))
        if hand.chance(20):
            made[hand.of(("extra", "app", "x.y/z"))] = scalar(hand)
        lists = [key for key, item in value.items() if isinstance(item, list) and item]
        if lists and hand.chance(5):
            key = hand.of(lists)
            if isinstance(value[key][0], dict):
                made[f"$setElementOrder/{key}"] = [{name: row[name] for name in ("name",) if name in row} for row in reversed(value[key])]
            else:
                made[f"$deleteFromPrimitiveList/{key}"] = value[key][:1]
        if hand.chance(3):
            made["$retainKeys"] = list(made)
        return made
    if isinstance(value, list):
        return _elements(hand, value)
    return _value(hand, value)


def strategic(hand: Hand, one: Body) -> Body:
    """A strategic merge patch for an object."""
    meta: Body = {"name": one["metadata"]["name"], **({"namespace": one["metadata"]["namespace"]} if "namespace" in one["metadata"] else {})}
    head: Body = {"apiVersion": one["apiVersion"], "kind": one["kind"], "metadata": meta}
    if hand.chance(5):
        return {**head, "$patch": hand.of(("delete", "delete", "delete", "replace"))}
    for field in ("labels", "annotations"):
        if hand.chance(25):
            meta[field] = {key: None if hand.chance(15) else hand.of(("x", "1")) for key in hand.some((*one["metadata"].get(field, {}), "new", "app"), 1, 2)}
    body = {key: value for key, value in one.items() if key not in head}
    return {**head, **{key: _changed(hand, value) for key, value in body.items() if hand.chance(85)}}


def target(hand: Hand, one: Body) -> Body:
    """A selector that means the object, mostly."""
    group, _, version = one["apiVersion"].rpartition("/")
    name = one["metadata"]["name"]
    made: Body = {}
    if hand.chance(80):
        made["kind"] = hand.of((one["kind"], one["kind"], one["kind"][:4] + ".*", f"{one['kind']}|Job"))
    if hand.chance(60) or not made:
        made["name"] = hand.of((name, name, name[:2] + ".*", f"({'|'.join(NAMES)})", f"^{re.escape(name)}$" if "." not in name else name, ".*"))
    if hand.chance(12) and group:
        made["group"] = group
    if hand.chance(12):
        made["version"] = version
    if hand.chance(10):
        made["namespace"] = one["metadata"].get("namespace", hand.of(("shop", "default", ".*")))
    if hand.chance(8):
        made["labelSelector"] = hand.of(("app=web", "app", "!app", "app in (web, api)", "app!=web", "tier==api,app", "app notin (x)"))
    if hand.chance(4):
        made["annotationSelector"] = hand.of(("app=web", "app", "KEY=plain"))
    if hand.chance(1):
        made["name"] = hand.of(("[", "(?!x)", "a{2,1}", "\\d+", "[[:alpha:]]+"))
    return made
