"""What is known to be there without being built: the resources and the faults of a target, made when somebody looks at one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar, overload

from .model import Resource

Kind = tuple[str, str]
"""Group and kind."""
_T = TypeVar("_T")


class Later(Sequence[_T]):
    """Things that are not made yet."""

    def __init__(self, count: int, make: Callable[[], Sequence[_T]]) -> None:
        """`make` makes `count` of them."""
        self._count = count
        self._make = make
        self._made: Sequence[_T] | None = None

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[_T]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Sequence[_T]:
        return self._all()[index]

    def _all(self) -> Sequence[_T]:
        if self._made is None:
            self._made = self._make()
        return self._made


class LaterResources(Later[Resource]):
    """Resources of which it is known what kinds there are."""

    def __init__(self, kinds: frozenset[Kind], count: int, make: Callable[[], Sequence[Resource]]) -> None:
        """`make` builds them: `count` resources of `kinds`."""
        super().__init__(count, make)
        self.kinds = kinds


def holding(resources: Sequence[Resource], kinds: AbstractSet[Kind] | AbstractSet[str]) -> Sequence[Resource]:
    """The resources where one of them is of these kinds (their names alone: of any group), else none, unless they are built."""
    if isinstance(resources, LaterResources) and not any(kind in kinds or kind[1] in kinds for kind in resources.kinds):
        return ()
    return resources


def kinds_of(resources: Iterable[Resource]) -> frozenset[Kind]:
    """The kinds that there are."""
    return frozenset((resource.id.group, resource.id.kind) for resource in resources)
