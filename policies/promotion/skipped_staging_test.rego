package gitops_guard.promotion.skipped_staging_test

import data.gitops_guard.promotion.skipped_staging

web := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}

version(kind, name, text, staging, ran) := {
	"object": web, "path": ["spec"], "kind": kind, "part": "web", "name": name, "text": text, "before": null, "ran": ran,
	"staging": object.union(staging, {"file": "staging.yaml", "line": 5, "column": 3}),
}

image(text, staging) := version("image", "", text, {"name": "", "text": staging}, [])

given(state, versions) := {
	"history": {"state": state, "pairs": [{"production": "p", "staging": "s", "differences": [], "versions": versions}]},
	"parameters": {"allow": ["registry.example/tools/*", "cert-manager"]},
}

digest := "sha256:7c4f0f1f6d2f4f0b8a9d3e5c1b7a6f9e2d8c4b3a1f0e9d8c7b6a5f4e3d2c1b0a"

other := "sha256:e1b2c3d4a5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f91"

found(versions) := count(skipped) if {
	skipped := skipped_staging.deny with input as given("whole", versions)
}

test_images if {
	found([image("registry.example/web:1.1", "registry.example/web:1.0")]) == 1
	found([image("registry.example/web:1.1", "registry.example/web:1.1")]) == 0
	found([image("registry.example/web:1.1", "registry.example/api:1.1")]) == 1
	found([image("docker.io/library/nginx:1.27.3", "nginx:1.27.3")]) == 0
	found([image("registry.example/tools/shell:2.0", "registry.example/tools/shell:1.0")]) == 0
	found([image("${IMAGE}", "registry.example/web:1.0")]) == 0
}

test_digests if {
	found([image(concat("@", ["registry.example/web:1.1", digest]), concat("@", ["mirror.example/web", digest]))]) == 0
	found([image(concat("@", ["registry.example/web:1.1", digest]), concat("@", ["registry.example/web:1.1", other]))]) == 1
	found([image(concat("@", ["registry.example/web:1.1", digest]), "registry.example/web:1.1")]) == 0
	found([image(concat("@", ["registry.example/web", digest]), "registry.example/web:1.1")]) == 1
}

test_history if {
	before := [{"name": "", "text": "registry.example/web:1.1"}]
	found([version("image", "", "registry.example/web:1.1", {"name": "", "text": "registry.example/web:1.2"}, before)]) == 0
	found([version("image", "", "registry.example/web:1.3", {"name": "", "text": "registry.example/web:1.2"}, before)]) == 1
}

test_charts if {
	charts := "https://charts.example.com"
	found([version("chart", charts, "1.2.3", {"name": charts, "text": "v1.2.3"}, [])]) == 0
	found([version("chart", charts, "1.2.3", {"name": charts, "text": "1.2.2"}, [])]) == 1
	found([version("chart", charts, "1.2.*", {"name": charts, "text": "1.2.2"}, [])]) == 0
	found([object.union(version("chart", charts, "1.2.3", {"name": charts, "text": "1.2.2"}, []), {"part": "cert-manager"})]) == 0
}

test_what_cannot_be_known_is_one_note if {
	every state in ["shallow", "long", "missing", "none"] {
		notes := skipped_staging.deny with input as given(state, [
			image("registry.example/web:1.1", "registry.example/web:1.0"),
			object.union(image("registry.example/web:2.1", "registry.example/web:2.0"), {"part": "api"}),
		])
		[note.severity | some note in notes] == ["note"]
	}
}

test_without_a_counterpart if found([object.union(image("registry.example/web:1.1", ""), {"staging": null})]) == 0

test_how_many_can_not_be_known if {
	versions := [image("registry.example/web:1.1", "registry.example/web:1.0"), image("registry.example/api:2.1", "registry.example/api:2.0")]
	every case in [[[versions[0]], false], [versions, true]] {
		notes := skipped_staging.deny with input as given("shallow", case[0])
		count(notes) == 1
		some note in notes
		note.severity == "note"
		contains(note.msg, "(and 1 more)") == case[1]
	}
}
