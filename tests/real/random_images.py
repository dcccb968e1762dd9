"""Random custom resources with something like containers in unforeseen places: the corpus has few of them, and none that is odd."""

from __future__ import annotations

import random
from typing import Any

from random_bypass import REGISTRIES, TAGS
from random_yaml import Hand

KINDS = (
    ("random.example.com/v1", "Widget"), ("random.example.com/v1", "Pod"), ("random.example.com/v1", "CronJob"), ("random.example.com/v1", "PodTemplate"),
    ("batch.volcano.sh/v1alpha1", "Job"), ("tekton.dev/v1", "Task"), ("tekton.dev/v1", "Pipeline"), ("argoproj.io/v1alpha1", "Workflow"),
    ("apps.openshift.io/v1", "DeploymentConfig"), ("random.k8s.io/v1", "Task"), ("random.k8s.io/v1", "Deployment"), ("random.k8s.io/v1", "Widget"),
    ("kyverno.io/v1", "Policy"), ("random.gatekeeper.sh/v1", "Widget"), ("argoproj.io/v1alpha1", "Rollout"), ("template.openshift.io/v1", "Template"),
)
KEYS = ("containers", "initContainers", "ephemeralContainers", "volumes", "steps", "sidecars", "container", "script", "stepTemplate", "template", "spec",
        "spec", "items", "a", "image", "jobTemplate", 'x"containers')
NAMES: tuple[Any, ...] = ("web", "istio-proxy", 'a "b"', "a\\b", "a\nb\tc", "é\u00a0ü", "a  b", "\x01x\x7f", "", 7, None, ["web"], True, "\u200bz", "c: d; e")
SCALARS: tuple[Any, ...] = (1, 1.5, True, None, "", "text", '{"containers":[{"image":"nginx"}]}', '"image":', "containers", [], {})
IMAGES: tuple[Any, ...] = ("auto", "nginx", "nginx:latest", "a b", 'a"b', "a\\b", "é", "", 5, None, {"reference": "acme/model"}, ["nginx"], "nginx\n", "x\x1fy")


def objects(count: int) -> list[dict[str, Any]]:
    """The same ones each time."""
    hand = Hand(random.Random(20_261_122).randint)  # noqa: S311 (the same numbers each time)
    return [custom(hand, number) for number in range(count)]


def custom(hand: Hand, number: int) -> dict[str, Any]:
    version, kind = KINDS[number % len(KINDS)]
    found = {"apiVersion": version, "kind": kind, "metadata": {"name": f"custom-{number}", "namespace": "random"}}
    if hand.chance(97):
        found["spec"] = value(hand, 5)
    if hand.chance(20):
        found[hand.of(("template", "status", "containers"))] = value(hand, 4)
    return found


def value(hand: Hand, levels: int) -> Any:
    """Anything that JSON has."""
    if not levels or hand.chance(8):
        return hand.of(SCALARS)
    if hand.chance(15):
        return [value(hand, levels - 1) for _ in range(hand.integer(0, 3))]
    return {key: field(hand, key, levels - 1) for key in hand.some(KEYS, 1, 3)}


def field(hand: Hand, key: str, levels: int) -> Any:
    """What stands at a key: mostly what belongs there."""
    if key == "image":
        return image(hand)
    if hand.chance(15):
        return value(hand, levels)
    if key in ("containers", "initContainers", "ephemeralContainers", "volumes", "steps", "sidecars"):
        return [item(hand, key, levels) for _ in range(hand.integer(0, 3))]
    return item(hand, key, levels) if key in ("container", "script", "stepTemplate") else value(hand, levels)


def item(hand: Hand, key: str, levels: int) -> Any:
    if hand.chance(8):
        return value(hand, levels)
    found: dict[str, Any] = {}
    if hand.chance(85):
        found["name"] = hand.of(NAMES)
    if hand.chance(90):
        found["image"] = {"reference": image(hand)} if key == "volumes" and hand.chance(80) else image(hand)
    if hand.chance(15):
        found["more"] = value(hand, levels)
    return found


def image(hand: Hand) -> Any:
    return hand.of(IMAGES) if hand.chance(30) else hand.of(REGISTRIES) + hand.of(("app", "team/app")) + hand.of(TAGS)
