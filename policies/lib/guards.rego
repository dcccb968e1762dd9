# What keeps a controller from pruning an object: which guards are written, and which of them a controller honours.
package gitops_guard.lib.guards

import data.gitops_guard.lib.gitops

_sync := "argocd.argoproj.io/sync-options"

_prune := "kustomize.toolkit.fluxcd.io/prune"

_keep := "helm.sh/resource-policy"

# Every guard on the object, meant for one of the controllers, and whether it is spelled as that one reads it.
written(object_) := {guard |
	some option in gitops.sync_options(object_)
	meant_to_keep(option)
	guard := {"for": "argocd", "path": ["metadata", "annotations", _sync], "text": option, "spelled": option in {"Prune=false", "Prune=confirm"}}
} | {guard |
	some field in ["annotations", "labels"]
	value := object.get(object_, ["metadata", field, _prune], null)
	is_string(value)
	not lower(value) in {"enabled", "true", ""}
	guard := {"for": "flux", "path": ["metadata", field, _prune], "text": sprintf("%s: %s", [_prune, value]), "spelled": lower(value) == "disabled"}
} | {guard |
	value := object.get(object_, ["metadata", "annotations", _keep], null)
	value == "keep"
	guard := {"for": "helm", "path": ["metadata", "annotations", _keep], "text": sprintf("%s: keep", [_keep]), "spelled": true}
}

# Options are compared letter by letter, without spaces inside. Rules that ask this mention the words that it begins with.
meant_to_keep(option) if regex.match(`^[Pp](?:rune|RUNE) *[=:] *(?i:false|confirm|no|disabled|never)$`, option)

# Who reads a guard: an owner's kind of guard.
reads(owner) := "argocd" if owner.system == "argocd"

else := "helm" if owner.kind == "HelmRelease"

else := "flux"

# Whether something on the object keeps this owner from pruning it. `version` is that of Argo CD, null for the newest.
holds(object_, owner, version) if {
	some guard in written(object_)
	guard["for"] == reads(owner)
	guard.spelled
	_is_known(guard.text, version)
}

holds(object_, owner, version) if {
	reads(owner) == "argocd"
	app_level(owner)
	not before(version, 3, 4)
	not "Prune=true" in gitops.sync_options(object_)
}

# A hook is no object that a sync could find missing.
holds(object_, owner, _) if {
	reads(owner) == "argocd"
	gitops.annotations(object_)["argocd.argoproj.io/hook"]
}

holds(object_, owner, _) if {
	reads(owner) == "flux"
	some pair in [["reconcile", "disabled"], ["ssa", "Ignore"]]
	count(gitops.switched(object_, "kustomize", pair[0], pair[1])) > 0
}

# The option of the whole Application.
app_level(owner) if {
	some option in object.get(owner, "sync_options", [])
	option in {"Prune=false", "Prune=confirm"}
}

_is_known(text, version) if {
	not endswith(text, "confirm")
	version == version
}

_is_known(text, version) if {
	endswith(text, "confirm")
	not before(version, 2, 14)
}

# Whether a version, such as 3.3 or 3.3.1, is older; null is none.
before(version, major, minor) if {
	is_string(version)
	parts := [to_number(part) | some part in split(version, "."); regex.match(`^[0-9]+$`, part)]
	count(parts) >= 2
	[parts[0], parts[1]] < [major, minor]
}
