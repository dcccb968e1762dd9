# METADATA
# title: Reconciliation is suspended
# description: |-
#   While an object is suspended or skipped, neither a merge nor a revert reaches the cluster, and manual changes stay. The
#   suspend field of a Job or CronJob is its own schedule and no fault.
# related_resources:
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend"
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/skip_reconcile/"
# custom:
#   scope: resource
#   severity: warning
#   kinds: ["*"]
#   mentions: ['"suspend":true', 'reconcile":"', argocd.argoproj.io/hook]
#   admission: true
#   remedy: Remove the switch once the reason for it is gone; a waiver with a date keeps it from being forgotten.
package gitops_guard.bypass.reconcile_suspended

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

deny contains result.violation(["spec", "suspend"], msg) if {
	regex.match(`(^|\.)toolkit\.fluxcd\.io$`, gitops.group(input.object))
	input.object.spec.suspend == true
	msg := sprintf("this %s is suspended: what is merged does not reach the cluster", [input.object.kind])
}

deny contains result.violation(path, msg) if {
	some path in gitops.switched(input.object, "kustomize", "reconcile", "disabled")
	msg := "Flux leaves this object alone: reconcile is disabled"
}

deny contains result.violation(["metadata", "annotations", key], msg) if {
	key := "fluxcd.controlplane.io/reconcile"
	lower(object.get(gitops.annotations(input.object), key, "")) == "disabled"
	msg := "the Flux operator leaves this object alone: reconcile is disabled"
}

deny contains result.violation(["metadata", "annotations", key], msg) if {
	key := "argocd.argoproj.io/skip-reconcile"
	is_skippable
	lower(object.get(gitops.annotations(input.object), key, "")) == "true"
	msg := "Argo CD skips this object: what is merged does not reach the cluster"
}

deny contains result.violation(["spec", "template", "metadata", "annotations", key], msg) if {
	key := "argocd.argoproj.io/skip-reconcile"
	input.object.kind == "ApplicationSet"
	gitops.group(input.object) == "argoproj.io"
	template := object.get(input.object, ["spec", "template"], {})
	is_object(template)
	lower(object.get(gitops.annotations(template), key, "")) == "true"
	msg := "Argo CD skips every Application of this template: what is merged does not reach the cluster"
}

deny contains result.violation(["metadata", "annotations", key], msg) if {
	key := "argocd.argoproj.io/hook"
	some phase in split(object.get(gitops.annotations(input.object), key, ""), ",")
	trim_space(phase) == "Skip"
	msg := "Argo CD never applies this object: its hook is Skip"
}

is_skippable if {
	input.object.kind == "Application"
	gitops.group(input.object) == "argoproj.io"
}

is_skippable if {
	input.object.kind == "Secret"
	gitops.labels(input.object)["argocd.argoproj.io/secret-type"] == "cluster"
}
