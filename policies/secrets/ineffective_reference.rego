# METADATA
# title: A reference to a secret has no effect
# description: >-
#   What should fetch a value does not. The Vault Agent injector reads annotations of pods alone, so that they belong on the pod
#   template, with `agent-inject: "true"` and a role (unless a ConfigMap or another way to log in configures the agent).
#   argocd-vault-plugin fills `<path:where#key>`, and a bare `<key>` only where the object itself has `avp.kubernetes.io/path`; that is
#   asked only where the repository shows the plugin in use. The fake provider and generator of External Secrets return what their
#   manifest says: the value stands in the repository.
# related_resources:
#   - ref: https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations
#   - ref: https://argocd-vault-plugin.readthedocs.io/en/stable/howitworks/
#   - ref: https://external-secrets.io/latest/provider/fake/
# custom:
#   scope: resource
#   severity: warning
#   security_severity: "5.0"
#   kinds: ["*"]
#   mentions: [vault.hashicorp.com/agent-inject, fake, Fake, references]
#   remedy: Put the annotation where it is read, complete the reference, or fetch the value from a real provider.
#   parameters: {}
package gitops_guard.secrets.ineffective_reference

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

# The fake provider.
deny contains result.violation(["spec", "provider", "fake"], "the fake provider returns what this manifest says: the values stand in the repository") if {
	input.object.kind in {"SecretStore", "ClusterSecretStore"}
	input.object.spec.provider.fake
}

deny contains result.violation(["spec", "data"], "a Fake generator returns what this manifest says: the values stand in the repository") if {
	input.object.kind == "Fake"
	gitops.group(input.object) == "generators.external-secrets.io"
	input.object.spec.data
}

deny contains result.violation(["spec", "generator", "fakeSpec"], "a Fake generator returns what this manifest says: the values stand in the repository") if {
	input.object.kind == "ClusterGenerator"
	input.object.spec.generator.fakeSpec
}

# Vault Agent: annotations of a workload, not of its pods.
deny contains result.violation(list(path, key), msg) if {
	some path in outer[input.object.kind]
	found := injecting(object.get(input.object, path, {}))
	count(found) > 0
	key := first(found)
	not injected(object.get(input.object, template, {}))
	msg := "the Vault Agent injector reads annotations of the pod template, not these"
}

# Of pods, without the switch.
deny contains result.violation(list(place, key), msg) if {
	place := array.concat(template, ["metadata", "annotations"])
	found := injecting(object.get(input.object, place, {}))
	asking := {name | some name in found; startswith(name, secret_prefix)}
	count(asking) > 0
	key := min(asking)
	not injected(object.get(input.object, template, {}))
	msg := "without vault.hashicorp.com/agent-inject: \"true\" the Vault Agent injector leaves these pods alone"
}

# Without a role.
deny contains result.violation(list(place, switch), msg) if {
	place := array.concat(template, ["metadata", "annotations"])
	injected(object.get(input.object, template, {}))
	all := object.get(input.object, place, {})
	count({name | some name in logins; object.get(all, name, "") != ""}) == 0
	msg := "the Vault Agent has no vault.hashicorp.com/role, and can't log in: the injector refuses the pods"
}

# argocd-vault-plugin.
deny contains place(reference, msg) if {
	some reference in input.facts.references
	reference.form == "placeholder"
	startswith(reference.text, "<path:")
	not regex.match(`^<path:[^#<>]+#[^<>]+>$`, reference.text)
	msg := "a placeholder of argocd-vault-plugin without #key: nothing fills it in"
}

deny contains place(reference, msg) if {
	some reference in input.facts.references
	reference.form == "placeholder"
	not startswith(reference.text, "<path:")
	"avp" in input.facts.plugins
	not plugged
	msg := "a placeholder, and the object has no avp.kubernetes.io/path: argocd-vault-plugin leaves it as it is"
}

deny contains result.violation(reference.path, msg) if {
	some reference in input.facts.references
	reference.form == "annotation"
	reference.text == "avp.kubernetes.io/path"
	not plugged
	msg := "argocd-vault-plugin reads annotations of the object itself, not these"
}

plugged if {
	# The chart says which annotations its objects get.
	input.object.kind == "HelmValues"
} else if {
	some name in ["avp.kubernetes.io/path", "avp.kubernetes.io/ignore"]
	object.get(gitops.annotations(input.object), name, "") != ""
}

switch := "vault.hashicorp.com/agent-inject"

secret_prefix := "vault.hashicorp.com/agent-inject-"

logins := ["vault.hashicorp.com/role", "vault.hashicorp.com/agent-configmap", "vault.hashicorp.com/auth-type", "vault.hashicorp.com/auth-config-role"]

# Where the pods' own metadata is, by kind, and the annotations around it.
template := ["spec", "template"] if {
	outer[input.object.kind]
	input.object.kind != "CronJob"
} else := ["spec", "jobTemplate", "spec", "template"] if {
	input.object.kind == "CronJob"
} else := [] if {
	input.object.kind == "Pod"
}

outer := {
	"Deployment": [["metadata", "annotations"]],
	"StatefulSet": [["metadata", "annotations"]],
	"DaemonSet": [["metadata", "annotations"]],
	"ReplicaSet": [["metadata", "annotations"]],
	"Rollout": [["metadata", "annotations"]],
	"Job": [["metadata", "annotations"]],
	"CronJob": [["metadata", "annotations"], ["spec", "jobTemplate", "metadata", "annotations"]],
}

# The annotations that ask for an agent.
injecting(annotations) := {key |
	is_object(annotations)
	some key, _ in annotations
	startswith(key, switch)
	not startswith(key, "vault.hashicorp.com/agent-inject-status")
}

first(keys) := switch if {
	keys[switch]
} else := min(keys)

injected(pods) if lower(sprintf("%v", [object.get(pods, ["metadata", "annotations", switch], "")])) in {"true", "1", "t"}

list(path, key) := array.concat(path, [key])

place(reference, msg) := result.violation_in(reference.path, reference.line, msg) if {
	reference.line > 0
} else := result.violation(reference.path, msg)
