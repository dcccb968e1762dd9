from gitops_guard.graph.world import Objects

SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata: {CLUSTER: %s}\n"
KEY = ("", "ConfigMap", "flux-system", "settings")


def cluster(resource):
    return None if resource is None else resource.body["data"]["CLUSTER"]


def test_the_object_of_the_same_root_counts(found):
    objects = Objects([found(SETTINGS % "a", scope="clusters/a"), found(SETTINGS % "b", scope="clusters/b")])
    assert cluster(objects.get("clusters/b", *KEY)) == "b"


def test_of_another_root_only_the_one_there_is(found):
    objects = Objects([found(SETTINGS % "a", scope="clusters/a")])
    assert cluster(objects.get("elsewhere", *KEY)) == "a"
    objects.add(found(SETTINGS % "b", scope="clusters/b"))
    assert objects.get("elsewhere", *KEY) is None


def test_what_is_there_now_beats_what_was_there_before(found):
    objects = Objects([found(SETTINGS % "new", scope="x")], fallback=Objects([found(SETTINGS % "old", scope="x")]))
    assert cluster(objects.get("x", *KEY)) == "new"
    assert [cluster(item) for item in objects.all("", "ConfigMap")] == ["new"]


def test_what_is_not_there_yet_is_known_from_before(found):
    objects = Objects(fallback=Objects([found(SETTINGS % "old", scope="x")]))
    assert cluster(objects.get("x", *KEY)) == "old"
