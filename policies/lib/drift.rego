# What a JSON pointer, a jq path or a field manager that a comparison ignores hides, and what scales a workload.
package gitops_guard.lib.drift

# What is hidden, in words; undefined for a field that says little of what runs.
hides(text) := "everything" if {
	regex.match(`^(\.?)+(\[\])?$`, plain(text))
}

hides(text) := "the whole spec" if {
	regex.match(`^\.spec(\.(template|jobTemplate)(\.spec)?(\.template(\.spec)?)?)?$`, plain(text))
}

hides(text) := "all containers" if {
	not regex.match(`\|select\(`, plain(text))
	regex.match(`^(\.spec)?(\.jobTemplate\.spec)?(\.template)?(\.spec)?\.(initC|c)ontainers(\[\])?$`, plain(text))
}

hides(text) := "images" if {
	regex.match(`([.|\]])image$`, plain(text))
}

hides(text) := "all data" if {
	regex.match(`^\.(data|stringData|binaryData)$`, plain(text))
}

# Whether it is the number of replicas.
hides_replicas(text) if regex.match(`^\.spec\.replicas$`, plain(text))

# A pointer or a jq path in one form: `.spec.containers[].image`.
plain(text) := found if {
	startswith(text, "/")
	steps := [regex.replace(replace(replace(step, "~1", "/"), "~0", "~"), `^([0-9]+|-)$`, "[]") | some step in split(trim_suffix(substring(text, 1, -1), "/"), "/")]
	found := replace(sprintf(".%s", [concat(".", steps)]), ".[]", "[]")
}

plain(text) := found if {
	not startswith(text, "/")
	bare := regex.replace(regex.replace(text, `\s+`, ""), `\?`, "")
	named := regex.replace(bare, `\.?\["([A-Za-z0-9_]+)"\]`, ".$1")
	indexed := regex.replace(named, `\[-?[0-9]*\]`, "[]")
	shortened := regex.replace(indexed, `\|(\.[a-z\[])`, "$1")
	found := regex.replace(shortened, `^\((.*)\)$`, "$1")
}

# Field managers behind which people stand: kubectl's commands, consoles and dashboards.
is_human(manager) if {
	regex.match(`^(kubectl([-_].*)?|oc|k9s|lens|freelens|openlens|mozilla|openapi-generator|node-fetch|headlamp|dashboard|kubernetes-dashboard|curl|flux-client-side-apply)$`, lower(manager))
}

# The kinds and names that some autoscaler of these objects scales.
scaled(objects) := {sprintf("%s/%s", [kind, object_.spec.scaleTargetRef.name]) |
	some object_ in objects
	object_.kind in {"HorizontalPodAutoscaler", "ScaledObject"}
	kind := object.get(object_.spec.scaleTargetRef, "kind", "Deployment")
}

# Whether something else than Git may set the replicas of an object.
is_scaled(object_, objects) if sprintf("%s/%s", [object_.kind, object_.metadata.name]) in scaled(objects)
