"""Random trees of bases, components and overlays over all that a kustomization can say: valid ones and slightly wrong ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from random_fields import fields
from random_known import Known
from random_objects import thing
from random_yaml import Hand, Raw, yaml


@dataclass
class Tree:
    """Files of a tree and the folder to build."""

    files: dict[str, str] = field(default_factory=dict)
    folder: str = "top"

    def __str__(self) -> str:
        return "\n".join(f"== {path}\n{text}" for path, text in sorted(self.files.items()))


def _document_files(hand: Hand, folder: str, objects: list[dict[str, Any]], tree: Tree) -> list[str]:
    """Write objects to files: alone, several in one, as JSON, as a List."""
    names, left = [], list(objects)
    while left:
        some = [left.pop(0) for _ in range(min(len(left), hand.of((1, 1, 1, 2, 3))))]
        name = f"r{len(names)}.yaml"
        if hand.chance(8):
            text = yaml({"apiVersion": "v1", "kind": hand.of(("List", "List", "ConfigMapList")), "items": some}, hand)
        elif len(some) == 1 and hand.chance(6):
            text, name = json.dumps(some[0], indent=hand.of((None, 2)), ensure_ascii=False), name.replace("yaml", "json")
        else:
            text = hand.of(("", "", "---\n", "# head\n")) + hand.of(("---\n", "---\n", "---\n# note\n", "---\n---\n")).join(yaml(one, hand) for one in some)
        tree.files[f"{folder}/{name}"] = text
        names.append(name if not hand.chance(4) else f"./{name}")
    return names


def _unique(hand: Hand, taken: set[tuple[str, ...]], most: int) -> list[dict[str, Any]]:
    found = []
    for _ in range(hand.integer(1, most)):
        one = thing(hand)
        meta = one["metadata"]
        space = meta.get("namespace", "default")
        key = (one["apiVersion"].partition("/")[0], one["kind"], meta["name"], space)
        if key not in taken or hand.chance(1):
            taken.add(key)
            found.append(one)
    return found


def _layer(hand: Hand, tree: Tree, folder: str, below: list[str], known: Known, taken: set[tuple[str, ...]], *, component: bool = False) -> None:
    """One kustomization: its own objects and the fields that change what is known so far."""
    body: dict[str, Any] = {}
    if component:
        body = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
    elif hand.chance(30):
        body = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    entries = [path if not hand.chance(5) else path + "/" for path in below]
    if not below or hand.chance(25):
        objects = _unique(hand, taken, 2 if below else 5)
        entries = [*_document_files(hand, folder, objects, tree), *entries] if hand.chance(30) else [*entries, *_document_files(hand, folder, objects, tree)]
        known.objects += objects
    parts = [entry for entry in entries if entry.startswith("../component")]
    entries = [entry for entry in entries if entry not in parts]
    if entries:
        cut = hand.integer(0, len(entries)) if hand.chance(5) else len(entries)
        body["resources"] = entries[:cut]
        if cut < len(entries):
            body["bases"] = entries[cut:]
    if parts:
        body["components"] = parts
    made, files = fields(hand, known)
    order = hand.some(list(made), len(made), len(made)) if hand.chance(30) else list(made)
    body.update({name: made[name] for name in order})
    if hand.chance(1):
        body[hand.of(("resource", "patchs", "NamePrefix", "namespace", "resources"))] = hand.of(("x-", ["missing.yaml"], Raw("1")))
    name = hand.of(("kustomization.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization"))
    tree.files[f"{folder}/{name}"] = yaml(body, hand)
    tree.files.update({f"{folder}/{path}": text for path, text in files.items()})


def build_tree(hand: Hand) -> Tree:
    """A tree of one to five kustomizations."""
    tree = Tree()
    known = Known()
    taken: set[tuple[str, ...]] = set()
    below = []
    for number in range(hand.of((0, 1, 1, 1, 2))):
        here = Known(known.variables, known.everywhere)
        _layer(hand, tree, f"base{number}", [], here, taken)
        known.join(here)
        below.append(f"base{number}")
        if hand.chance(30):
            _layer(hand, tree, f"middle{number}", [f"../base{number}"], here, taken)
            known.join(here)
            below[-1] = f"middle{number}"
    if below and hand.chance(35):
        for number in range(hand.of((1, 1, 2))):
            _layer(hand, tree, f"component{number}", [], known, taken, component=True) if hand.chance(40) else _bare(hand, tree, number, known)
            below.append(f"component{number}")
    _layer(hand, tree, "top", [f"../{name}" for name in below], known, taken)
    return tree


def _bare(hand: Hand, tree: Tree, number: int, known: Known) -> None:
    """A component that only changes what is there."""
    made, files = fields(hand, known)
    tree.files[f"component{number}/kustomization.yaml"] = yaml({"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component", **made}, hand)
    tree.files.update({f"component{number}/{path}": text for path, text in files.items()})


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Trees of files."""
    return build_tree(Hand(lambda low, high: draw(st.integers(low, high))))
