# Inputs for the unit tests of scope change: a deletion, an edit and a change, each with what a test says over it.
package gitops_guard.lib.change_cases

target := {"id": "shop", "kind": "kustomization", "path": "shop", "environment": "production", "cluster": null, "owners": []}

set := object.union(target, {"id": "argocd/ApplicationSet/argocd/shop", "kind": "applicationset"})

owner := {
	"system": "argocd", "kind": "Application", "namespace": "argocd", "name": "shop",
	"automated": true, "prune": true, "self_heal": true, "allow_empty": false,
}

name_of(object_) := {"apiVersion": object_.apiVersion, "kind": object_.kind, "namespace": "shop", "name": object_.metadata.name}

claim := {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "orders"}, "spec": {}}

config := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}

application := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop"}}

deletion(object_, more) := object.union(
	{
		"resource": name_of(object_), "object": object_, "event": "removed", "pruned": true, "guarded_by": null, "deferred": false,
		"owner": "argocd/Application/argocd/shop", "successor": null, "new_owner": null, "takes": null, "along": [], "left": null,
	},
	more,
)

edit(before, after) := edit_with(before, after, {})

edit_with(before, after, more) := object.union(
	{"resource": name_of(after), "before": before, "after": after, "reinstalls": null, "recreated_by": null},
	more,
)

# What a controller object takes along.
takes := {"cascades": true, "known": true, "objects": [name_of(claim), name_of(config)]}

change(deleted) := with_parameters(deleted, {}, {})

change_with(deleted, more) := with_parameters(deleted, more, {})

with_parameters(deleted, more, parameters) := {
	"change": object.union({"target": target, "before": 10, "after": 10 - count(deleted), "deleted": deleted, "added": [], "changed": []}, more),
	"parameters": parameters,
}

edited(edits) := change_with([], {"changed": edits})
