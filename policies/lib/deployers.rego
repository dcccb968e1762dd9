# Which commands and actions change what runs in a cluster, by the manuals of the programs.
package gitops_guard.lib.deployers

import data.gitops_guard.lib.commands

# program -> verb -> the words that must follow it; none: whatever follows.
_verbs := {
	"kubectl": _kubectl,
	"oc": object.union(_kubectl, {
		"adm": ["policy", "taint", "drain", "cordon", "uncordon", "groups", "upgrade", "migrate", "prune"], "policy": [],
		"new-app": [], "new-project": [], "import-image": [], "tag": [], "idle": [],
		"rsh": [], "rsync": [], "rollback": [], "rollout": ["restart", "undo", "pause", "resume", "latest", "cancel", "retry"],
	}),
	"helm": {"upgrade": [], "install": [], "rollback": [], "uninstall": [], "delete": [], "del": [], "un": []},
	"helmfile": {"apply": [], "sync": [], "destroy": [], "delete": [], "charts": []},
	"skaffold": {"run": [], "deploy": [], "dev": [], "debug": [], "apply": [], "delete": []},
	"werf": {"converge": [], "dismiss": [], "bundle": ["apply"]},
	"tilt": {"up": [], "ci": [], "down": []},
	"garden": {"deploy": []},
	"devspace": {"deploy": [], "dev": [], "purge": []},
	"okteto": {"deploy": [], "up": [], "destroy": []},
	"kapp": {"deploy": [], "delete": [], "app-group": []},
	"kluctl": {"deploy": [], "delete": [], "prune": []},
	"timoni": {"apply": [], "delete": [], "bundle": ["apply", "delete"]},
	"tk": {"apply": [], "delete": [], "prune": []},
	"kpt": {"live": ["apply", "destroy"]},
	"ko": {"apply": [], "create": [], "delete": [], "run": []},
	"kn": {"service": ["create", "update", "apply", "delete"]},
	"istioctl": {"install": [], "upgrade": [], "uninstall": []},
	"cilium": {"install": [], "upgrade": [], "uninstall": []},
	"argocd": {
		"app": [
			"set", "unset", "patch", "edit", "patch-resource", "delete-resource", "delete", "rollback", "terminate-op", "create",
			"confirm-deletion", "add-source", "remove-source",
		],
		"appset": ["create", "delete"],
		"proj": _projects, "project": _projects,
		"admin": ["import"],
	},
	"flux": {"suspend": [], "resume": [], "delete": [], "create": [], "install": [], "uninstall": [], "bootstrap": []},
	"kargo": {"promote": [], "approve": [], "apply": [], "create": [], "update": [], "delete": []},
	"pulumi": {"up": [], "update": [], "destroy": []},
	"terraform": {"apply": [], "destroy": []},
	"terragrunt": {"apply": [], "destroy": [], "run-all": ["apply", "destroy"], "apply-all": [], "destroy-all": []},
}

_kubectl := {
	"apply": [], "create": [], "replace": [], "patch": [], "edit": [], "set": [], "scale": [], "autoscale": [], "delete": [],
	"annotate": [], "label": [], "taint": [], "cordon": [], "uncordon": [], "drain": [], "expose": [], "run": [], "exec": [],
	"cp": [], "debug": [], "rollout": ["restart", "undo", "pause", "resume"], "auth": ["reconcile"], "certificate": ["approve", "deny"],
}

_projects := [
	"create", "delete", "edit", "set", "windows", "role", "add-destination", "add-source", "add-signature-key",
	"allow-cluster-resource", "allow-namespace-resource", "deny-cluster-resource", "deny-namespace-resource", "remove-destination",
	"remove-source", "add-orphaned-ignore", "remove-orphaned-ignore", "add-source-namespace", "remove-source-namespace",
]

# Programs that reach a cluster only if what they run declares so.
_indirect := {"pulumi", "terraform", "terragrunt", "ansible", "ansible-playbook"}

_sync_overrides := ["--force", "--prune", "--replace", "--local", "--revision", "--revisions"]

# What a command that writes is called in a message; undefined for any other.
write(command) := sprintf("%s %s", [command.program, verb]) if {
	verb := _verb(command)
	must := _verbs[command.program][verb]
	_follows(must, _operand(command, 1))
	not command.program == "argocd"
	_reaches(command)
	not _harmless(command)
}

write(command) := sprintf("argocd %s %s", [verb, second]) if {
	command.program == "argocd"
	verb := _verb(command)
	second := _operand(command, 1)
	_follows(_verbs.argocd[verb], second)
	not _harmless(command)
}

write(command) := "argocd app actions run" if {
	command.program == "argocd"
	_verb(command) == "app"
	_operand(command, 1) == "actions"
	_operand(command, 2) == "run"
}

write(command) := "argocd app sync with an override" if {
	_is_sync(command)
	_overrides(command)
}

write(command) := "flux reconcile with an override" if {
	_is_reconcile(command)
	_resets(command)
}

write(command) := sprintf("kubectl argo rollouts %s", [step]) if {
	command.program == "kubectl"
	_verb(command) == "argo"
	step := _operand(command, 2)
	step in {"promote", "abort", "retry", "restart", "set", "undo", "pause"}
}

write(command) := command.program if {
	command.program in {"ansible", "ansible-playbook"}
	count(command.providers) > 0
	not _checks(command)
}

# What only makes the controller act at once.
hurry(command) := "argocd app sync" if {
	_is_sync(command)
	not _overrides(command)
}

hurry(command) := "flux reconcile" if {
	_is_reconcile(command)
	not _resets(command)
}

# What hands the controller its source past the branch.
publish(command) := sprintf("flux %s artifact", [_verb(command)]) if {
	command.program == "flux"
	_verb(command) in {"push", "tag"}
	_operand(command, 1) == "artifact"
}

_verb(command) := _operand(command, 0)

# `helm secrets upgrade` is an upgrade.
_operand(command, index) := commands.operand(command, index) if not _wrapped(command)

_operand(command, index) := commands.operand(command, index + 1) if _wrapped(command)

_wrapped(command) if {
	command.program == "helm"
	commands.operand(command, 0) == "secrets"
}

_follows(must, _) if must == []

_follows(must, word) if word in must

_reaches(command) if not command.program in _indirect

_reaches(command) if count(command.providers) > 0

_harmless(command) if commands.dry_run(command)

_harmless(command) if {
	command.program in {"flux", "kargo"}
	commands.flag(command, "--export")
}

_harmless(command) if {
	command.program in {"kubectl", "oc"}
	_reads(command, _verb(command))
}

_harmless(command) if {
	command.program == "argocd"
	_operand(command, 1) == "windows"
	_operand(command, 2) == "list"
}

_harmless(command) if {
	command.program == "argocd"
	_operand(command, 1) == "role"
	_operand(command, 2) in {"list", "get", "list-tokens"}
}

_harmless(command) if {
	command.program == "skaffold"
	commands.flag(command, "--render-only")
}

_reads(command, "apply") if _operand(command, 1) == "view-last-applied"

# A log-in step: the token is used by whoever asked for it.
_reads(command, "create") if _operand(command, 1) == "token"

_reads(command, verb) if {
	verb in {"set", "annotate", "label", "patch", "taint"}
	commands.flag(command, "--local")
}

_reads(command, "set") if commands.flag(command, "--list")

# Out of a container, not into it.
_reads(command, "cp") if {
	contains(_operand(command, 1), ":")
	not contains(_operand(command, 2), ":")
}

_is_sync(command) if {
	command.program == "argocd"
	_verb(command) == "app"
	_operand(command, 1) == "sync"
	not commands.dry_run(command)
}

_overrides(command) if {
	some name in _sync_overrides
	commands.flag(command, name)
}

_is_reconcile(command) if {
	command.program == "flux"
	_verb(command) == "reconcile"
}

_resets(command) if {
	some name in ["--force", "--reset"]
	commands.flag(command, name)
}

_checks(command) if {
	some name in ["--check", "-C", "--syntax-check", "--list-tasks", "--list-hosts", "--list-tags"]
	commands.flag(command, name)
}

# Actions, pipeline tasks, orb commands and plug-in steps, in lower case and without their version.
_actions := {
	"azure/k8s-deploy", "azure/k8s-create-secret", "deliverybot/helm", "kubernetes/create-or-update-resource",
	"kubernetes/delete-resource", "helm/upgrade-helm-chart", "helm/install-helm-chart", "helm/delete-helm-release",
	"aws-eks/update-container-image", "aws-eks/create-or-update-resource", "kubernetesdeploy", "kubernetesapply", "openshiftdeploy",
	"openshiftscale", "openshifttag", "openshiftcreateresource", "openshiftdeleteresourcebykey", "helminstall", "helmupgrade",
}

# Azure's tasks: input -> what does not write.
_tasks := {
	"kubernetesmanifest": {"input": "action", "default": "deploy", "reads": ["bake"]},
	"kubernetes": {"input": "command", "default": "get", "reads": ["get", "login", "logout", "describe", "logs", "top", "version", "explain", "config", "diff", "cluster-info"]},
	"helmdeploy": {"input": "command", "default": "ls", "reads": ["ls", "list", "init", "login", "logout", "package", "create", "expose", "save", "push", "get", "template", "lint", "dependency", "version"]},
}

_platforms := {"k8s", "kubernetes", "kube", "kubectl", "gke", "eks", "aks", "openshift", "okd", "helm", "helmfile", "kustomize"}

_deploys := {"deploy", "deployment", "deployer", "apply", "rollout", "upgrade"}

_other_work := {"gitops", "lint", "validate", "validation", "diff", "test", "testing", "setup", "template", "preview", "status", "check", "bake", "release", "releaser"}

# What an action that writes is called in a message; undefined for any other.
writing_action(use) := name if {
	name := _name(use)
	name in _actions
}

writing_action(use) := name if {
	name := _name(use)
	task := _tasks[name]
	given := object.get(use.inputs, task.input, task["default"])
	not given in task.reads
}

writing_action(use) := name if {
	name := _name(use)
	not name in _actions
	tokens := _tokens(name)
	count(tokens & _platforms) > 0
	count(tokens & _deploys) > 0
	count(tokens & _other_work) == 0
	not _tasks[name]
}

hurrying_action(use) := name if {
	name := _name(use)
	tokens := _tokens(name)
	count(tokens & {"argocd", "argo"}) > 0
	"sync" in tokens
}

_name(use) := lower(split(use.action, "@")[0])

_tokens(name) := {token | some token in regex.split(`[^a-z0-9]+`, name)}
