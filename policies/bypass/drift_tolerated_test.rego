package gitops_guard.bypass.drift_tolerated_test

import data.gitops_guard.bypass.drift_tolerated
import data.gitops_guard.lib.drift

application(spec) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": spec}

paths(object_, deploys) := {result.path | some result in found} if {
	found := drift_tolerated.deny with input as {"object": object_, "facts": deploys, "parameters": {}}
}

ignoring(entry) := application({"ignoreDifferences": [entry]})

test_what_hides_much if {
	every text in [
		"/", "", ".", "..", ".[]", "/spec", ".spec", ".spec?", "/spec/template", ".spec.template.spec", "/spec/template/spec/containers", ".spec.template.spec.containers[]",
		".spec.template.spec.containers[].image", "/spec/template/spec/containers/0/image", ".spec.template.spec.containers[] | select(.name == \"web\") | .image", ".spec[\"template\"]",
		".spec.jobTemplate.spec.template.spec.containers[0].image", ".. | .image?", "/data", ".data", "/spec/jobTemplate",
	] {
		drift.hides(text)
	}
	every text in [
		".webhooks[].clientConfig.caBundle", "/webhooks/0/clientConfig/caBundle", "/spec/replicas", "/metadata/annotations/a~1b", "/status", ".data.token", "/data/ca.crt", "/spec/clusterIP",
		".spec.template.spec.containers[] | select(.name == \"istio-proxy\")", ".spec.template.spec.containers[].resources", "/spec/template/metadata/annotations", ".spec.imagePullSecrets",
	] {
		not drift.hides(text)
	}
}

test_one_fault_for_an_entry if {
	paths(ignoring({"kind": "Deployment", "jsonPointers": ["/metadata/labels/a", "/spec", "/spec/template"]}), {}) == {["spec", "ignoreDifferences", 0, "jsonPointers", 1]}
	paths(ignoring({"kind": "Deployment", "jqPathExpressions": [".spec"]}), {}) == {["spec", "ignoreDifferences", 0, "jqPathExpressions", 0]}
	paths(ignoring({"kind": "*", "managedFieldsManagers": ["kube-controller-manager", "kubectl-edit"]}), {}) == {["spec", "ignoreDifferences", 0, "managedFieldsManagers", 1]}
	paths(ignoring({"kind": "*", "managedFieldsManagers": ["cert-manager-cainjector"]}), {}) == set()
	paths(ignoring({"kind": "Secret", "name": "tls", "jsonPointers": ["/data"]}), {}) == set()
	paths(ignoring({"kind": "Secret", "jsonPointers": ["/data"]}), {}) == {["spec", "ignoreDifferences", 0, "jsonPointers", 0]}
}

test_respected if {
	options := {"syncPolicy": {"syncOptions": ["CreateNamespace=true", "RespectIgnoreDifferences=true"]}}
	broad := application(object.union(options, {"ignoreDifferences": [{"kind": "Ingress", "jsonPointers": ["/spec"]}]}))
	paths(broad, {}) == {["spec", "ignoreDifferences", 0, "jsonPointers", 0], ["spec", "syncPolicy", "syncOptions", 1]}
	paths(application(options), {}) == set()
	template := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "spec": {"template": broad}}
	paths(template, {}) == {["spec", "template", "spec", "ignoreDifferences", 0, "jsonPointers", 0], ["spec", "template", "spec", "syncPolicy", "syncOptions", 1]}
}

web := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 6}}

scaler(kind, target) := {"kind": kind, "metadata": {"name": "s"}, "spec": {"scaleTargetRef": target}}

test_replicas if {
	entry := ignoring({"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]})
	at := {["spec", "ignoreDifferences", 0, "jsonPointers", 0]}
	paths(entry, {"deploys": [web]}) == at
	paths(entry, {"deploys": [web, scaler("HorizontalPodAutoscaler", {"kind": "Deployment", "name": "web"})]}) == set()
	paths(entry, {"deploys": [web, scaler("ScaledObject", {"name": "web"})]}) == set()
	paths(entry, {"deploys": [web, scaler("HorizontalPodAutoscaler", {"kind": "Deployment", "name": "other"})]}) == at
	paths(entry, {}) == set()
	paths(entry, {"deploys": [object.remove(web, ["spec"])]}) == set()
	paths(ignoring({"group": "apps", "kind": "Deployment", "name": "other", "jsonPointers": ["/spec/replicas"]}), {"deploys": [web]}) == set()
}

test_application_sets if {
	every text in ["/spec/syncPolicy", "/spec/source/targetRevision", "/spec"] {
		paths(set_of({"jsonPointers": [text]}), {}) == {["spec", "ignoreApplicationDifferences", 0, "jsonPointers", 0]}
	}
	paths(set_of({"jqPathExpressions": [".metadata.annotations"]}), {}) == set()
}

set_of(entry) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "spec": {"ignoreApplicationDifferences": [entry]}}

test_all_of_argo_cd if {
	text := "managedFieldsManagers:\n- kube-controller-manager\n- kubectl-edit\njsonPointers:\n- /status\n- '/spec' # all\n"
	found := drift_tolerated.deny with input as {"object": {"kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": {"resource.customizations.ignoreDifferences.all": text, "url": "- /spec"}}}
	{result.line | some result in found} == {3, 6}
}

test_flux_rules if {
	at := {["spec", "driftDetection", "ignore", 0, "paths", 0]}
	paths(release({"paths": ["/spec/replicas"]}), {}) == at
	paths(release({"paths": ["/spec/replicas"], "target": {"kind": "Deployment"}}), {}) == set()
	paths(release({"paths": ["/spec"], "target": {"kind": "Deployment"}}), {}) == at
	paths(release({"paths": ["/webhooks/0/clientConfig/caBundle"]}), {}) == set()
	paths({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": {"ignore": [{"paths": [""]}]}}, {}) == {["spec", "ignore", 0, "paths", 0]}
}

release(entry) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "spec": {"driftDetection": {"ignore": [entry]}}}

test_flux_switches if {
	every value in ["Merge", "merge", "IfNotPresent", "Ignore"] {
		paths(annotated("kustomize.toolkit.fluxcd.io/ssa", value), {}) == {["metadata", "annotations", "kustomize.toolkit.fluxcd.io/ssa"]}
	}
	paths(annotated("kustomize.toolkit.fluxcd.io/ssa", "Override"), {}) == set()
	paths(annotated("helm.toolkit.fluxcd.io/driftDetection", "disabled"), {}) == {["metadata", "annotations", "helm.toolkit.fluxcd.io/driftDetection"]}
}

annotated(key, value) := {"kind": "Deployment", "metadata": {"annotations": {key: value}}}
