"""What the real kustomize makes of the targets of a repository, and whether a file is a part of one."""

from __future__ import annotations

import posixpath
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from reach_changes import KUSTOMIZATIONS

Target = Mapping[str, Any]
"""As the report has it."""
_OBJECT = re.compile(rb"^\W*(kind|apiVersion)\W", re.M)
_TOLD = re.compile(rb"fluxcd\.io|argoproj\.io|CustomResourceDefinition|SealedSecret|kind: ConfigMap|kind: Secret")
"""What may say how other targets are built or judged."""
_TEMPORARY = re.compile(rb"kustomize-\d+")
NONSENSE = b"}: [ spoilt\n"


@dataclass(frozen=True)
class Output:
    """What comes of a folder, or why nothing does."""

    failed: bool
    text: bytes

    def objects(self) -> Iterator[dict[str, Any]]:
        """The objects of kinds that say something about others."""
        for part in () if self.failed else re.split(rb"^---.*\n", self.text, flags=re.M):
            if _TOLD.search(part):
                try:
                    documents = list(yaml.load_all(part, yaml.CSafeLoader))
                except yaml.YAMLError:
                    continue
                yield from (document for document in documents if isinstance(document, dict) and isinstance(document.get("metadata"), dict))


class World:
    """A folder with a repository."""

    def __init__(self, root: Path, kustomize: Sequence[str]) -> None:
        self.root = root
        self._kustomize = kustomize

    def outputs(self, folders: Iterable[str]) -> dict[str, Output]:
        listed = sorted(set(folders))
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(listed, pool.map(self.output, listed), strict=True))

    def output(self, folder: str) -> Output:
        """Of a kustomization its build, of other folders the files with objects."""
        place = self.root / folder
        if not place.is_dir():
            return Output(True, b"no such folder")
        if not any((place / name).is_file() for name in KUSTOMIZATIONS):
            return Output(False, b"".join(self._plain(place)))
        done = subprocess.run([*self._kustomize, folder], cwd=self.root, capture_output=True, check=False)
        text = done.stdout if done.returncode == 0 else _TEMPORARY.sub(b"", done.stderr).replace(str(self.root).encode(), b"")
        return Output(done.returncode != 0, text)

    @staticmethod
    def _plain(place: Path) -> Iterator[bytes]:
        for path in sorted(place.iterdir()):
            if path.suffix in (".yaml", ".yml", ".json") and path.is_file():
                text = path.read_bytes()
                if _OBJECT.search(text) or text == NONSENSE:
                    yield b"--- # " + path.name.encode() + b"\n" + text + b"\n"

    def reads(self, folder: str, path: str) -> bool:
        """Whether anything that could be done to a file shows in what comes of a folder."""
        plain, file = self.output(folder), self.root / path
        if not file.is_symlink():
            with self._spoilt(file):
                if self.output(folder) != plain:
                    return True
        if not file.is_symlink() and not file.exists():
            return False
        with self._without(file):
            return self.output(folder) != plain

    @contextmanager
    def _without(self, file: Path) -> Iterator[None]:
        """The repository without a file."""
        aside = self.root.with_name("aside")
        file.rename(aside)
        try:
            yield
        finally:
            aside.rename(file)

    @contextmanager
    def _spoilt(self, file: Path) -> Iterator[None]:
        """The repository with nonsense in place of a file, or in a file that is not there."""
        known = file.read_bytes() if file.exists() else None
        fresh = [parent for parent in file.parents if not parent.exists()]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(NONSENSE)
        try:
            yield
        finally:
            if known is None:
                file.unlink()
                for parent in fresh:
                    parent.rmdir()
            else:
                file.write_bytes(known)


@dataclass(frozen=True)
class Told:
    """What the objects in all outputs say about targets."""

    objects: Sequence[tuple[str, dict[str, Any]]]
    """Each with the folder that it comes from."""

    @classmethod
    def of(cls, outputs: Mapping[str, Output]) -> Told:
        return cls([(folder, found) for folder, output in sorted(outputs.items()) for found in output.objects()])

    def about(self, target: Target) -> list[tuple[str, dict[str, Any]]]:
        """The objects that own a target, and those that they name: sources, ConfigMaps, Secrets."""
        owners = [(folder, found) for folder, found in self.objects if _id(found) in target["owners"]]
        words = {word for _folder, owner in owners for word in re.findall(r"\bname: ([\w.-]+)", yaml.dump(owner.get("spec")))}
        return [(folder, found) for folder, found in self.objects if _id(found) in target["owners"] or found["metadata"].get("name") in words]

    def holders(self, target: Target) -> set[str]:
        """The folders with the objects that own a target."""
        return {folder for folder, found in self.objects if _id(found) in target["owners"]}

    def paths(self, target: Target) -> set[str]:
        """The folders that the objects that own a target name."""
        owners = (found for _folder, found in self.objects if _id(found) in target["owners"])
        return {posixpath.normpath(word) for owner in owners for word in re.findall(r"\bpath: (\S+)", yaml.dump(owner.get("spec")))}

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [found for _folder, found in self.objects if found.get("kind") == kind]


def _id(found: dict[str, Any]) -> str:
    system = "argocd" if "argoproj" in str(found.get("apiVersion")) else "flux"
    meta = found["metadata"]
    return f"{system}/{found.get('kind')}/{meta.get('namespace') or 'default'}/{meta.get('name')}"
