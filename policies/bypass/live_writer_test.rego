package gitops_guard.bypass.live_writer_test

import data.gitops_guard.bypass.live_writer

paths(object_) := {result.path | some result in found} if {
	found := live_writer.deny with input as {"object": object_, "facts": {}, "parameters": {}}
}

prefixed(notes) := {key: value | some short, value in notes; key := sprintf("argocd-image-updater.argoproj.io/%s", [short])}

application(notes) := {"kind": "Application", "metadata": {"annotations": prefixed(notes)}}

test_image_updater_annotations if {
	paths(application({"image-list": "a"})) == {["metadata", "annotations", "argocd-image-updater.argoproj.io/image-list"]}
	paths(application({"image-list": "a", "write-back-method": "argocd"})) == {["metadata", "annotations", "argocd-image-updater.argoproj.io/write-back-method"]}
	paths(application({"image-list": "a", "write-back-method": "git:secret:a/b"})) == set()
	paths(application({"web.update-strategy": "semver"})) == set()
	template := {"kind": "ApplicationSet", "spec": {"template": application({"image-list": "a"})}}
	paths(template) == {["spec", "template", "metadata", "annotations", "argocd-image-updater.argoproj.io/image-list"]}
}

updater_of(spec) := {"kind": "ImageUpdater", "spec": spec}

test_image_updaters if {
	paths(updater_of({"applicationRefs": [{"namePattern": "a"}]})) == {["spec", "writeBackConfig", "method"]}
	git := {"writeBackConfig": {"method": "git:secret:x"}}
	paths(updater_of(object.union(git, {"applicationRefs": [{"namePattern": "a"}, {"namePattern": "b", "writeBackConfig": {"method": "argocd"}}]}))) == {["spec", "applicationRefs", 1, "writeBackConfig", "method"]}
	paths(updater_of(object.union(git, {"applicationRefs": [{"namePattern": "a"}]}))) == set()
	paths(updater_of({"applicationRefs": [object.union({"namePattern": "a"}, git)]})) == set()
	paths(updater_of({"applicationRefs": [{"namePattern": "a", "useAnnotations": true}]})) == set()
}

test_keel if {
	every key in ["annotations", "labels"] {
		paths({"kind": "Deployment", "metadata": {key: {"keel.sh/policy": "force"}}}) == {["metadata", key, "keel.sh/policy"]}
		paths({"kind": "Deployment", "metadata": {key: {"keel.sh/policy": "never", "keel.sh/trigger": "poll"}}}) == set()
	}
}

test_gitkube_and_sensors if {
	paths({"apiVersion": "gitkube.sh/v1alpha1", "kind": "Remote"}) == {[]}
	sensor := {"kind": "Sensor", "spec": {"triggers": [{"template": {"k8s": {"operation": "create"}}}, {"template": {"k8s": {"operation": "patch"}}}]}}
	paths(sensor) == {["spec", "triggers", 1, "template", "k8s", "operation"]}
}

job(container) := {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [object.union({"name": "a", "image": "x"}, container)]}}}}}}

at(key) := {["spec", "jobTemplate", "spec", "template", "spec", "containers", 0, key]}

test_kubectl if {
	paths(job({"command": ["kubectl", "rollout", "restart", "deployment/web"]})) == at("command")
	paths(job({"command": ["/bin/sh", "-c"], "args": ["set -e\nkubectl -n shop set image deployment/web web=$TAG\n"]})) == at("args")
	paths(job({"image": "registry.example/kubectl:1.34", "args": ["-n", "shop", "patch", "cm", "a"]})) == at("args")
	paths(job({"command": ["sh", "-c", "kubectl create secret generic a --dry-run=client -o yaml | kubectl apply -f -"]})) == at("command")
	every text in [
		"kubectl get pods", "kubectl delete pods --field-selector=status.phase==Succeeded", "kubectl -n a delete job x", "kubectl label node a b=c", "kubectl wait --for=condition=ready pod/x",
		"echo kubectl apply -f x", "# kubectl apply -f x", "kubectl apply --dry-run=server -f x", "kubectl exec db -- pg_dump", "kubectl rollout status deploy/web", "kubectl create token x", "kubectl-apply create",
	] {
		paths(job({"command": ["sh", "-c", text]})) == set()
	}
}
