"""The items of a list that a patch is merged with, by their merge keys: two lists of items go in, one comes out.

The patch's items come first, in its order, then the rest of the resource's. The rules, surprising ones included, are those of
kyaml's `walk/associative_sequence.go` and `ElementSetter`: a list of ports whose items do not all name a protocol may lose some.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import RenderError
from ..origin import Map, Origin, Seq
from .node import loose, name_at, text_at, text_of

Value = tuple[Any, Origin | None]
Walk = Callable[[Value | None, Value | None], Value | None]


def merge(dest: list[Value], patch: list[Value] | None, keys: list[str], walk: Walk, origin: Origin,
          lose: Callable[[Any, Origin | None], None] = lambda _item, _place: None) -> list[Value]:
    """`dest` merged with `patch` (the same list where the resource has none); `walk` merges two items of the same keys.

    Without keys the items are scalars, told apart by their text. `origin` is the patch's; `lose` is told of an item that the
    patch deletes, and where. Raises RenderError.
    """
    wanted = _values([patch, dest], keys) if keys else _scalars([patch, dest])
    keys = keys or [""]
    if len(keys) > 1:
        _complete(wanted)
    merged: list[Value] = []
    used = keys
    for values in wanted:
        used, texts = _known(wanted, values, keys)
        own_keys, own_texts = _known([texts], texts, used)
        ours, theirs = _find(dest, own_keys, own_texts), _find(patch or [], own_keys, own_texts)
        place = _deletion(theirs)
        found = walk(ours, theirs)
        if found is None and ours is not None:
            lose(ours[0], place)
        if found is None or found[0] is None or found[0] == {}:
            put(dest, used, texts, None, origin)
            continue
        for key, text in zip(used, texts, strict=False):
            if type(found[0]) is Map and key not in found[0] and text:
                found[0].put(key, *loose(text, found[1]))
        put(merged, used, texts, found, origin)
    if wanted:
        _append(merged, dest, used, origin)
        return merged
    return dest


def _deletion(item: Value | None) -> Origin | None:
    """Where an item of a patch says that it deletes another."""
    return None if item is None else item[0].at.get("$patch", item[1]) if type(item[0]) is Map else item[1]


def put(items: list[Value], keys: list[str], texts: list[str], item: Value | None, origin: Origin) -> None:
    """Replace each item whose keys have these texts by `item`, or append it where there is none; None deletes them.

    Items that are null or empty go. Raises RenderError where an item has no keys to look at.
    """
    kept: list[Value] = []
    replaced = False
    for old in items:
        value = old[0]
        if value is None or (type(value) is Map and not value):
            continue
        if type(value) is not Map and keys[0] and texts and texts[0]:
            kept.append(old)
        elif not _matches(value, keys, texts, old[1] or origin):
            if texts:
                kept.append(old)
        else:
            replaced = True
            if item is not None:
                kept.append(item)
    if item is not None and not replaced:
        kept.append(item)
    items[:] = kept


def _matches(value: Any, keys: list[str], texts: list[str], place: Origin) -> bool:
    found = False
    for at, key in enumerate(keys):
        # A key without a text is taken for found if the one before it was.
        if at < len(texts):
            found = _has(value, key, texts[at], place)
        if not found:
            return False
    return True


def _has(value: Any, key: str, text: str, place: Origin) -> bool:
    if not key:
        if type(value) is Map or type(value) is Seq:
            raise _no_keys(place)
        return text_of(value, place) == text
    if type(value) is not Map:
        raise _no_keys(place)
    return key in value and (not text or text_at(value, key) == text)


def _no_keys(place: Origin) -> RenderError:
    return RenderError("an item of a list that is merged by key has another shape than the others", place.file, place.line,
                       place.column, "give all items of the list the same shape")


def _find(items: list[Value], keys: list[str], texts: list[str]) -> Value | None:
    """The first item whose keys have exactly these texts."""
    for item in items:
        value = item[0]
        if not keys[0]:
            if text_of(*item) == texts[0]:
                return item
        elif type(value) is Map and len(keys) == len(texts):
            if all(key in value and text_at(value, key) == text for key, text in zip(keys, texts, strict=True)):
                return item
    return None


def _values(lists: list[list[Value] | None], keys: list[str]) -> list[list[str]]:
    """The texts of the keys of every item, each once."""
    found: list[list[str]] = []
    for items in lists:
        for value, _ in items or ():
            texts = [name_at(value, key) if type(value) is Map else "" for key in keys]
            if texts not in found:
                found.append(texts)
    return found


def _scalars(lists: list[list[Value] | None]) -> list[list[str]]:
    found = dict.fromkeys(text_of(*item) for items in lists for item in items or ())
    return [[text] for text in found]




def _complete(wanted: list[list[str]]) -> None:
    """Two items that agree in one key, and where the others differ only in that one lacks them, count as the same."""
    for one in range(len(wanted)):
        first = wanted[one]  # as it was, whatever it becomes below
        for other in range(len(wanted)):
            both = _agree(first, wanted[other])
            if both is not None:
                wanted[one] = both
                wanted[other] = both


def _agree(one: list[str], other: list[str]) -> list[str] | None:
    if any(a != b and a and b for a, b in zip(one, other, strict=True)):
        return None
    return [a or b for a, b in zip(one, other, strict=True)] if any(a == b for a, b in zip(one, other, strict=True)) else None


def _known(wanted: list[list[str]], values: list[str], keys: list[str]) -> tuple[list[str], list[str]]:
    """The keys that any item has, and this item's texts of them; all of them where no item has any."""
    present = {key for texts in wanted for key, text in zip(keys, texts, strict=False) if text}
    if not present:
        return keys, values
    texts = [text for key, text in zip(keys, values, strict=False) if text or key in present]
    return [key for key in keys if key in present], texts


def _append(merged: list[Value], items: list[Value], keys: list[str], origin: Origin) -> None:
    """Put the resource's items behind the merged ones; one that is there already is replaced by itself."""
    for item in items:
        value = item[0]
        if not keys[0]:
            put(merged, [""], [text_of(*item)], item, origin)
            continue
        if value is not None and type(value) is not Map:
            raise _no_keys(item[1] or origin)
        texts = []
        for key in keys:
            if value is None or key not in value:
                merged.append(item)
            else:
                texts.append(text_at(value, key))
        if len(keys) > 1:
            put(merged, keys, texts, None, origin)
        put(merged, keys, texts, item, origin)
