"""Where the reason of a deletion stands."""

from dataclasses import replace

import pytest

from gitops_guard.change.compare import compare
from gitops_guard.change.place import place_of
from gitops_guard.origin import Origin
from tests.change.sides import APP, RULES, application, claim, config, part, thing, view

LIST, PREFIX = Origin("shop/kustomization.yaml", 1, 1), Origin("shop/kustomization.yaml", 9, 13)
USES = {"shop": (frozenset(), frozenset(["shop/all.yaml", "shop/box.yaml"]))}
LESS = {"shop": (frozenset(), frozenset(["shop/all.yaml"]))}
BOX = claim(file="shop/box.yaml", line=2)
PATCH = Origin("shop/patch.yaml", 6, 9)


def written(**known):
    return lambda _folder, field: known.get(field)


@pytest.mark.parametrize(("base", "head", "expected"), [
    pytest.param(view(part(config(), BOX), uses=USES), view(part(config()), uses=LESS, written=written(resources=([], LIST))),
                 "shop/kustomization.yaml:1", id="the list that named its file"),
    pytest.param(view(part(config(), BOX), uses=USES), view(part(config()), uses=USES, exists=lambda _file: True), "shop/box.yaml:1",
                 id="its file, which is there without it"),
    pytest.param(view(part(config(), BOX), uses=USES),
                 view(part(config()), uses=USES, exists=lambda _file: True, declares=lambda _file, _name: replace(BOX, declared=Origin("shop/box.yaml", 5, 7))),
                 "shop/box.yaml:5", id="its file, which has it still"),
    pytest.param(view(part(config(), BOX), uses=USES), view(replace(part(config()), dropped={BOX.declared: PATCH}), uses=USES), "shop/patch.yaml:6",
                 id="the patch that takes it out"),
    pytest.param(view(part(config(), BOX), uses=USES),
                 view(replace(part(config()), dropped={Origin("shop/box.yaml", 5, 7): PATCH}), uses=USES,
                      declares=lambda _file, _name: replace(BOX, declared=Origin("shop/box.yaml", 5, 7))),
                 "shop/patch.yaml:6", id="the patch that takes it out of a file in which it has moved"),
    pytest.param(view(part(config(), BOX)), view(part(config(), claim("boxes", file="shop/box.yaml", line=2))), "shop/box.yaml:3", id="its new name"),
    pytest.param(view(part(config(), BOX, owners=[APP])),
                 view(part(config(), owners=[APP]), objects={APP.id: [(frozenset(["root"]), application(more="spec: {source: {path: shop}}"))]}),
                 "shop/all.yaml:4", id="what its owner reads"),
    pytest.param(view(part(BOX, config())), view(part(config())), "shop/box.yaml:1", id="nothing tells"),
])
def test_place(base, head, expected):
    (change,) = compare(base, head, RULES)
    (deletion,) = change.deleted
    found = place_of(deletion, change, base, head)
    assert f"{found.file}:{found.line}" == expected


def test_a_prefix_that_comes():
    before, after = thing("PersistentVolumeClaim", "box"), thing("PersistentVolumeClaim", "a-box")
    after.body["metadata"].at["name"] = before.body["metadata"].at["name"]
    base, head = view(part(config(), before)), view(part(config(), after), written=written(namePrefix=("a-", PREFIX)))
    (change,) = compare(base, head, RULES)
    assert place_of(change.deleted[0], change, base, head) == PREFIX
