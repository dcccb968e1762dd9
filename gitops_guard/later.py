"""The resources of a target of which it is known what kinds there are: built when somebody looks at one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import overload

from .model import Resource

Kind = tuple[str, str]
"""Group and kind."""


class Later(Sequence[Resource]):
    """Resources that are not built yet."""

    def __init__(self, kinds: frozenset[Kind], count: int, make: Callable[[], Sequence[Resource]]) -> None:
        """`make` builds them: `count` resources of `kinds`."""
        self.kinds = kinds
        self._count = count
        self._make = make
        self._made: Sequence[Resource] | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Resource: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Resource]: ...
    def __getitem__(self, index: int | slice) -> Resource | Sequence[Resource]:
        if self._made is None:
            self._made = self._make()
        return self._made[index]


def holding(resources: Sequence[Resource], kinds: AbstractSet[Kind] | AbstractSet[str]) -> Sequence[Resource]:
    """The resources where one of them is of these kinds (their names alone: of any group), else none, unless they are built."""
    if isinstance(resources, Later) and not any(kind in kinds or kind[1] in kinds for kind in resources.kinds):
        return ()
    return resources


def kinds_of(resources: Iterable[Resource]) -> frozenset[Kind]:
    """The kinds that there are."""
    return frozenset((resource.id.group, resource.id.kind) for resource in resources)
