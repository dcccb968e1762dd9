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

run(argv) := {"path": ["spec", "x", 2], "line": 3, "argv": argv, "program": argv[0], "providers": []}

found(argv) := results if {
	results := live_writer.deny with input as {"object": {"kind": "CronJob"}, "facts": {"commands": [run(argv)]}, "parameters": {}}
}

test_kubectl if {
	every text in [
		"kubectl rollout restart deployment/web", "kubectl -n shop set image deployment/web web=x", "oc apply -f -", "helm upgrade web ./web",
		"kubectl delete deployment web", "kubectl delete pod,deployment -l a=b", "argocd app set web -p a=b",
	] {
		{[result.path, result.line] | some result in found(split(text, " "))} == {[["spec", "x", 2], 3]}
	}
	every text in [
		"kubectl get pods", "kubectl delete pods --field-selector=status.phase==Succeeded", "kubectl -n a delete job x", "kubectl label node a b=c", "kubectl delete pod/x",
		"kubectl wait --for=condition=ready pod/x", "kubectl apply --dry-run=server -f x", "kubectl exec db -- pg_dump", "kubectl rollout status deploy/web", "kubectl create token x",
		"kubectl drain node-1", "argocd app sync web", "helm template x",
	] {
		count(found(split(text, " "))) == 0
	}
}

test_one_fault_for_each_container if {
	commands := [object.union(run(["kubectl", "apply", "-f", "-"]), {"line": line}) | some line in [7, 4]]
	results := live_writer.deny with input as {"object": {"kind": "Job"}, "facts": {"commands": commands}, "parameters": {}}
	{result.line | some result in results} == {7}
}

workflow(action) := {"kind": "CronWorkflow", "spec": {"workflowSpec": {"templates": [{"name": "a"}, {"resource": {"action": action}}]}}}

test_cron_workflow if {
	paths(workflow("patch")) == {["spec", "workflowSpec", "templates", 1, "resource", "action"]}
	paths(workflow("create")) == set()
}
