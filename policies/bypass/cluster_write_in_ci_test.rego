package gitops_guard.bypass.cluster_write_in_ci_test

import data.gitops_guard.bypass.cluster_write_in_ci

base := {"job": "", "step": null, "pipeline": 0, "writes_to": null, "stdin": null, "env": {}, "through": [], "cluster": null, "providers": [], "line": 7}

command(text) := object.union(base, {"argv": words, "program": words[0]}) if words := split(text, " ")

judged(commands) := {
	"file": {"path": "deploy.sh", "type": "script", "documents": [], "comments": [], "commands": commands, "uses": [], "errors": []},
	"parameters": {"allow": []},
}

severities(found) := [object.get(fault, "severity", "") | some fault in found]

test_writes if {
	every text in [
		"kubectl apply -f x.yaml", "kubectl -n shop apply -k .", "kubectl --context prod delete pod web", "kubectl rollout undo deploy/web",
		"kubectl apply --dry-run=none -f x", "kubectl set image deploy/web web=a:1", "kubectl exec web -- sh --dry-run", "oc new-app x",
		"kubectl cp a.txt web:/tmp/a.txt", "oc adm policy add-role-to-user edit bob", "helm upgrade --install a b", "helm -n x uninstall a",
		"helm secrets upgrade a b", "helmfile -f h.yaml -e prod apply", "skaffold run", "werf converge", "kapp deploy -a x -f y",
		"argocd app set shop -p a=b", "argocd --grpc-web app delete shop", "argocd app sync shop --force", "argocd app sync shop --local x",
		"argocd app actions run shop restart", "argocd proj windows delete shop 0", "argocd appset create x.yaml", "flux suspend ks apps",
		"flux create source git x --url=y", "flux reconcile hr web --force", "flux bootstrap github", "kargo promote --stage prod",
		"kubectl argo rollouts promote web", "tilt up", "kpt live apply",
	] {
		found := cluster_write_in_ci.deny with input as judged([command(text)])
		severities(found) == [""]
	}
}

test_no_writes if {
	every text in [
		"kubectl get pods", "kubectl diff -k .", "kubectl apply --dry-run=server -f x", "kubectl create cm x --dry-run=client -o yaml",
		"kubectl apply --dry-run -f x", "kubectl rollout status deploy/web", "kubectl config use-context prod", "kubectl wait pod/x",
		"kubectl apply view-last-applied -f x", "kubectl create token x", "kubectl label --local -f x a=b", "kubectl cp web:/tmp/a a",
		"kubectl auth can-i create pods", "kubectl version --client", "helm template a b", "helm upgrade a b --dry-run=server", "helm diff upgrade a b",
		"helm push a.tgz oci://x", "helm plugin install x", "helm dependency update", "helmfile diff", "helmfile template", "skaffold render",
		"argocd app diff shop", "argocd app get shop", "argocd app sync shop --dry-run", "argocd login x --username admin", "argocd proj list",
		"argocd proj windows list shop", "flux create source git x --export", "flux diff ks apps", "flux get all", "git apply x", "kind create cluster",
		"terraform apply", "pulumi up", "ansible-playbook x.yaml", "kubectl --help apply", "apply x", "docker compose up",
	] {
		found := cluster_write_in_ci.deny with input as judged([command(text)])
		count(found) == 0
	}
}

test_notes if {
	every text in ["argocd app sync shop", "argocd app sync shop --prune=false", "flux reconcile ks apps --with-source", "flux push artifact oci://x", "flux tag artifact oci://x"] {
		found := cluster_write_in_ci.deny with input as judged([command(text)])
		severities(found) == ["note"]
	}
}

test_providers if {
	every text in ["terraform apply -auto-approve", "pulumi up --yes", "ansible-playbook x.yaml"] {
		found := cluster_write_in_ci.deny with input as judged([object.union(command(text), {"providers": ["kubernetes"]})])
		count(found) == 1
	}
	dry := cluster_write_in_ci.deny with input as judged([object.union(command("ansible-playbook --check x.yaml"), {"providers": ["kubernetes"]})])
	count(dry) == 0
}

test_pipeline_is_located_where_it_begins if {
	found := cluster_write_in_ci.deny with input as judged([
		object.union(command("kustomize build ."), {"line": 3, "writes_to": 1}),
		object.union(command("kubectl apply -f -"), {"line": 4, "pipeline": 0, "stdin": "pipe"}),
	])
	{fault.line | some fault in found} == {3}
}

test_throw_away_cluster if {
	found := cluster_write_in_ci.deny with input as judged([object.union(command("kubectl apply -f x"), {"cluster": "kind"})])
	count(found) == 0
	production := cluster_write_in_ci.deny with input as judged([object.union(command("kubectl --context prod-eu apply -f x"), {"cluster": "kind"})])
	count(production) == 1
}

test_local_context if {
	every context in ["kind-dev", "k3d-x", "minikube", "docker-desktop"] {
		text := sprintf("kubectl --context %s apply -f x", [context])
		found := cluster_write_in_ci.deny with input as judged([command(text)])
		count(found) == 0
	}
}

test_preview if {
	words := ["helm", "upgrade", "--install", "web", "charts/web", "--namespace", "pr-${{ github.event.number }}"]
	found := cluster_write_in_ci.deny with input as judged([object.union(base, {"argv": words, "program": "helm"})])
	count(found) == 0
}

test_allowed if {
	found := cluster_write_in_ci.deny with input as object.union(judged([command("kubectl exec web -- ls")]), {"parameters": {"allow": ["kubectl exec"]}})
	count(found) == 0
}

used(action, inputs) := object.union(judged([]), {"file": {"uses": [{"action": action, "inputs": inputs, "line": 3, "job": "", "step": null, "cluster": null}]}})

test_actions if {
	every pair in [
		["azure/k8s-deploy@v5", {}], ["Azure/k8s-deploy@v5", {}], ["deliverybot/helm@v1", {}], ["acme/helm-deploy-eks@v1", {}],
		["KubernetesManifest@1", {"action": "deploy"}], ["HelmDeploy@0", {"command": "upgrade"}], ["Kubernetes@1", {"command": "apply"}],
		["kubernetes/create-or-update-resource", {}], ["kubernetesDeploy", {}],
	] {
		found := cluster_write_in_ci.deny with input as used(pair[0], pair[1])
		severities(found) == [""]
	}
}

test_other_actions if {
	every pair in [
		["actions/deploy-pages@v4", {}], ["azure/setup-helm@v4", {}], ["azure/k8s-lint@v3", {}], ["helm/chart-testing-action@v2", {}],
		["azure/k8s-bake@v3", {}], ["google-github-actions/get-gke-credentials@v2", {}], ["helm/chart-releaser-action@v1", {}],
		["KubernetesManifest@1", {"action": "bake"}], ["HelmDeploy@0", {"command": "package"}], ["Kubernetes@1", {}],
		["google-github-actions/deploy-cloudrun@v2", {}], ["acme/deploy-k8s-gitops@v1", {}],
	] {
		found := cluster_write_in_ci.deny with input as used(pair[0], pair[1])
		count(found) == 0
	}
}

test_sync_action if {
	found := cluster_write_in_ci.deny with input as used("acme/argocd-app-sync@v1", {})
	severities(found) == ["note"]
}

test_unreadable if {
	found := cluster_write_in_ci.deny with input as object.union(judged([]), {"file": {"errors": [{"line": 4, "text": "kubectl apply \"x"}]}})
	severities(found) == ["note"]
	other := cluster_write_in_ci.deny with input as object.union(judged([]), {"file": {"errors": [{"line": 4, "text": "foo \"x"}]}})
	count(other) == 0
	python := cluster_write_in_ci.deny with input as object.union(judged([]), {"file": {"errors": [{"line": 4, "text": "run(['kubectl', 'apply'])"}]}})
	severities(python) == ["note"]
	paths := cluster_write_in_ci.deny with input as object.union(judged([]), {"file": {"errors": [{"line": 4, "text": "open('helm/values.yaml')"}]}})
	count(paths) == 0
}
