"""What a layer of a random tree knows, and the fields that need no object: labels, images and generators."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from random_objects import KEYS, SPACES, text, texts
from random_yaml import Hand, Raw

Body = dict[str, Any]


@dataclass
class Known:
    """What a layer can count on: the objects below it, as they were declared, and what was done to names since."""

    variables: list[str] = field(default_factory=list)
    everywhere: list[tuple[str, str]] = field(default_factory=list)
    objects: list[Body] = field(default_factory=list)
    generated: list[tuple[str, str, str]] = field(default_factory=list)
    prefix: str = ""
    suffix: str = ""
    namespace: str = ""

    def join(self, other: Known) -> None:
        self.objects += [one for one in other.objects if not any(one is known for known in self.objects)]
        self.generated += [one for one in other.generated if one not in self.generated]
        self.prefix, self.suffix, self.namespace = other.prefix, other.suffix, other.namespace

    def now(self, one: Body, hand: Hand) -> Body:
        """The object with the name it has by now, or as it was declared."""
        made = copy.deepcopy(one)
        if hand.chance(75):
            if one["kind"] not in ("Namespace", "CustomResourceDefinition", "APIService"):
                made["metadata"]["name"] = self.prefix + one["metadata"]["name"] + self.suffix
            if self.namespace:
                made["metadata"]["namespace"] = self.namespace
        return made


class Files:
    """The side files of one kustomization."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}

    def put(self, stem: str, text: str, ending: str = "yaml") -> str:
        name = f"{stem}{len(self.files)}.{ending}"
        self.files[name] = text
        return name


def labels(hand: Hand, _known: Known, _files: Files) -> Any:
    rows = []
    for _ in range(hand.integer(1, 2)):
        row: Body = {"pairs": {key: hand.of(("web", "x", "1", "yes", "a-b", "")) for key in hand.some(("app", "tier", "team", "a.b/c"), 1, 2)}}
        if hand.chance(30):
            row["includeSelectors"] = hand.chance(70)
        if hand.chance(30):
            row["includeTemplates"] = hand.chance(70)
        if hand.chance(20):
            row["fields"] = [spec(hand, ("spec/size", "metadata/annotations", "spec/extra/labels", "spec/template/metadata/labels", "spec/list[]/labels"))]
        rows.append(row)
    return rows


def spec(hand: Hand, paths: tuple[str, ...]) -> Body:
    made: Body = {"path": hand.of(paths)}
    if hand.chance(50):
        made["create"] = hand.chance(70)
    if hand.chance(50):
        made["kind"] = hand.of(("Widget", "Deployment", "ConfigMap", "Service"))
    if hand.chance(20):
        made["group"] = hand.of(("example.com", "apps", ""))
    if hand.chance(10):
        made["version"] = "v1"
    return made


def image(hand: Hand) -> Body:
    made: Body = {"name": hand.of(("nginx", "nginx", "redis", "docker.io/nginx", "reg.io:5000/team/app", "busybox", "app", "*"))}
    for name, options in (("newName", ("other", "reg.io/x/y", "reg.io:5000/z")), ("newTag", ("2.0", "v3", Raw("'1.10'"), "latest")), ("digest", ("sha256:" + "b" * 64,)), ("tagSuffix", ("-alpine",))):
        if hand.chance(55 if name != "tagSuffix" and name != "digest" else 12):
            made[name] = hand.of(options)
    if hand.integer(0, 400) == 400:
        made["newTag"] = Raw("1.1")
    return made


def generator(hand: Hand, known: Known, files: Files, kind: str) -> Body:
    made: Body = {}
    mine = [row for row in known.generated if row[0] == kind]
    free = [name for name in ("settings", "token", "extra", "more", "last") if (kind, name) not in known.everywhere]
    if mine and (hand.chance(50) or not free):
        _, made["name"], namespace = hand.of(mine)
        made["behavior"] = hand.of(("merge", "merge", "replace"))
        if namespace:
            made["namespace"] = namespace
    else:
        made["name"] = hand.of(free or ("web", "api"))
        if hand.chance(3):
            made["behavior"] = hand.of(("create", "merge", "odd"))
        if hand.chance(10):
            made["namespace"] = hand.of(SPACES)
        known.generated.append((kind, made["name"], made.get("namespace", "")))
        known.everywhere.append((kind, made["name"]))
    keys = list(KEYS)
    if hand.chance(75):
        made["literals"] = [f"{keys.pop(hand.integer(0, len(keys) - 1))}={value}" for value in (hand.of((text(hand), "'quoted'", '"double"', "a=b", "")) for _ in range(hand.integer(1, 3)))]
    if hand.chance(30):
        made["files"] = []
        for _ in range(hand.integer(1, 2)):
            name = files.put("f", "".join(text(hand) + hand.of(("\n", "")) for _ in range(hand.integer(0, 3))), "txt")
            made["files"].append(name if hand.chance(60) else f"{keys.pop(hand.integer(0, len(keys) - 1))}={name}")
    if hand.chance(20):
        lines = [hand.of((f"E{number}={text(hand)}".replace("\n", " ").replace("\r", ""), "# note", "", f"  L{number}=x ", f"W{number} = y", f'Q{number}="q"')) for number in range(hand.integer(1, 3))]
        name = files.put("e", "\n".join(lines) + hand.of(("\n", "")), "env")
        made.update({"envs": [name]} if hand.chance(70) else {"env": name})
    if kind == "Secret" and hand.chance(30):
        made["type"] = hand.of(("Opaque", "kubernetes.io/tls"))
    if hand.chance(25):
        made["options"] = options(hand)
    return made


def options(hand: Hand) -> Body:
    made: Body = {}
    if hand.chance(40):
        made["disableNameSuffixHash"] = hand.chance(80)
    if hand.chance(30):
        made["labels"] = texts(hand, 2)
    if hand.chance(30):
        made["annotations"] = texts(hand, 2)
    if hand.chance(15):
        made["immutable"] = True
    return made or {"disableNameSuffixHash": True}
