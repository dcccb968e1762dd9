# METADATA
# title: Drift is not seen, or is kept
# description: |-
#   What a comparison ignores can be changed in the cluster without anybody seeing it: images, whole specs, all data, or whatever a
#   person's tool (kubectl-edit) wrote. With RespectIgnoreDifferences beside it the live value is even kept at the next sync, and Flux's
#   `ssa: Merge`, IfNotPresent and Ignore do the same. Replicas count where Git states them and no HorizontalPodAutoscaler or
#   ScaledObject of the application scales them. Narrow paths that a controller owns (a caBundle, one annotation) are fine.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/"
#   - ref: "https://fluxcd.io/flux/components/helm/helmreleases/#ignore-rules"
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources"
# custom:
#   scope: resource
#   severity: warning
#   kinds: ["*"]
#   mentions: [ignoreDifferences, ignoreApplicationDifferences, '"ignore":', kustomize.toolkit.fluxcd.io/ssa, helm.toolkit.fluxcd.io/driftDetection]
#   admission: true
#   remedy: Ignore the one field of the one object that a controller owns, by group, kind, name and path.
package gitops_guard.bypass.drift_tolerated

import data.gitops_guard.lib.drift
import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

# Argo CD's ignoreDifferences.
deny contains result.violation(fault.path, msg) if {
	some fault in argo_faults
	msg := sprintf("differences are ignored that hide %s: what somebody changes in the cluster is not seen", [fault.hidden])
}

deny contains result.violation(path, msg) if {
	count(argo_faults) > 0
	place := application_at[input.object.kind]
	some i, option in object.get(input.object, array.concat(place, ["syncPolicy", "syncOptions"]), [])
	is_string(option)
	replace(option, " ", "") == "RespectIgnoreDifferences=true"
	path := array.concat(place, ["syncPolicy", "syncOptions", i])
	msg := "RespectIgnoreDifferences keeps the live value of what is ignored at each sync: Git's is never applied"
}

application_at := {"Application": ["spec"], "ApplicationSet": ["spec", "template", "spec"]}

argo_faults := {fault |
	gitops.group(input.object) == "argoproj.io"
	place := application_at[input.object.kind]
	some i, entry in object.get(input.object, array.concat(place, ["ignoreDifferences"]), [])
	is_object(entry)
	found := array.concat(listed(entry, "jsonPointers"), array.concat(listed(entry, "jqPathExpressions"), array.concat(managers(entry), unscaled(entry))))
	count(found) > 0
	fault := {"path": array.concat(place, array.concat(["ignoreDifferences", i], found[0].path)), "hidden": found[0].hidden}
}

# The paths of an entry that hide much; the data of one named Secret is its controller's.
listed(entry, key) := [{"path": [key, j], "hidden": hidden} |
	some j, text in object.get(entry, key, [])
	is_string(text)
	hidden := drift.hides(text)
	not is_one_secret(entry, hidden)
]

is_one_secret(entry, "all data") if {
	entry.kind == "Secret"
	object.get(entry, "name", "") != ""
}

managers(entry) := [{"path": ["managedFieldsManagers", j], "hidden": sprintf("what %s wrote", [manager])} |
	some j, manager in object.get(entry, "managedFieldsManagers", [])
	is_string(manager)
	drift.is_human(manager)
]

# Replicas that Git states and nothing scales; unknown where what is deployed is.
unscaled(entry) := [{"path": [key, j], "hidden": sprintf("the replicas of %s, which nothing scales", [concat(", ", sort(alone))])} |
	some key in ["jsonPointers", "jqPathExpressions"]
	some j, text in object.get(entry, key, [])
	is_string(text)
	drift.hides_replicas(text)
	deployed := object.get(input, ["facts", "deploys"], [])
	alone := {workload.metadata.name |
		some workload in deployed
		is_number(workload.spec.replicas)
		fits(entry, workload)
		not drift.is_scaled(workload, deployed)
	}
	count(alone) > 0
]

fits(entry, workload) if {
	glob.match(object.get(entry, "group", ""), [], gitops.group(workload))
	glob.match(object.get(entry, "kind", ""), [], workload.kind)
	object.get(entry, "name", "") in {"", workload.metadata.name}
	object.get(entry, "namespace", "") in {"", object.get(workload, ["metadata", "namespace"], "")}
}

# An ApplicationSet that lets people change its Applications.
deny contains result.violation(["spec", "ignoreApplicationDifferences", i, key, j], msg) if {
	input.object.kind == "ApplicationSet"
	gitops.group(input.object) == "argoproj.io"
	some i, entry in object.get(input.object, ["spec", "ignoreApplicationDifferences"], [])
	some key in ["jsonPointers", "jqPathExpressions"]
	some j, text in object.get(entry, key, [])
	is_string(text)
	regex.match(`^\.(spec)?$|^\.spec\.(syncPolicy(\.automated(\.(enabled|selfHeal))?)?|sources?(\[\])?(\.(targetRevision|path|repoURL|helm|kustomize)(\..*)?)?)$`, drift.plain(text))
	msg := sprintf("what somebody changes in the Applications at %s stays", [text])
}

# All of Argo CD: the text in argocd-cm.
deny contains result.violation_in(["data", key], i + 1, msg) if {
	input.object.kind == "ConfigMap"
	input.object.metadata.name == "argocd-cm"
	some key, text in input.object.data
	startswith(key, "resource.customizations.ignoreDifferences.")
	is_string(text)
	some i, line in split(text, "\n")
	regex.match(`^\s*-\s+\S`, line)
	value := trim(regex.replace(line, `^\s*-\s+|\s+(#.*)?$`, ""), "'\"")
	hidden := hidden_by(key, value)
	msg := sprintf("differences are ignored that hide %s: what somebody changes in the cluster is not seen", [hidden])
}

hidden_by(_, value) := sprintf("what %s wrote", [value]) if drift.is_human(value)

hidden_by(key, value) := hidden if {
	regex.match(`^[/.]`, value)
	hidden := drift.hides(value)
	not endswith(key, ".Secret")
}

# Flux's ignore rules.
deny contains result.violation(path, msg) if {
	place := {"HelmRelease": ["spec", "driftDetection", "ignore"], "Kustomization": ["spec", "ignore"]}[input.object.kind]
	regex.match(`^(helm|kustomize)\.toolkit\.fluxcd\.io$`, gitops.group(input.object))
	some i, entry in object.get(input.object, place, [])
	found := array.concat(listed(target_of(entry), "paths"), hidden_replicas(entry))
	count(found) > 0
	path := array.concat(place, array.concat([i], found[0].path))
	msg := sprintf("drift is ignored that hides %s: what somebody changes in the cluster stays", [found[0].hidden])
}

target_of(entry) := object.union(object.get(entry, "target", {}), {"paths": object.get(entry, "paths", [])})

# Of one kind or name they may be an autoscaler's that the chart brings.
hidden_replicas(entry) := [{"path": ["paths", j], "hidden": "the replicas of everything"} |
	not entry.target
	some j, text in entry.paths
	drift.hides_replicas(text)
]

# Flux leaves what is there.
deny contains result.violation(path, msg) if {
	some value in ["Merge", "IfNotPresent", "Ignore"]
	some path in gitops.switched(input.object, "kustomize", "ssa", value)
	msg := sprintf("ssa: %s keeps what somebody changes in the cluster", [value])
}

deny contains result.violation(path, msg) if {
	some path in gitops.switched(input.object, "helm", "driftDetection", "disabled")
	msg := "Flux does not look for drift of this object"
}
