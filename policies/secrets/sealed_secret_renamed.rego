# METADATA
# title: A SealedSecret is renamed or moved, and can't be opened any more
# description: >-
#   In strict scope, the default, the ciphertext is bound to the SealedSecret's name and namespace; in namespace-wide scope to the
#   namespace. What a kustomization renames (`namePrefix`, `nameSuffix`, a patch) or moves (`namespace`) after it was sealed, the
#   controller can't decrypt. One that names no namespace may have been sealed for any; built into several, it can be opened in one.
# related_resources:
#   - ref: https://github.com/bitnami-labs/sealed-secrets#scopes
# custom:
#   scope: resource
#   severity: error
#   kinds: [bitnami.com/SealedSecret]
#   needs: [target]
#   remedy: Seal it for the name and namespace it gets here (`kubeseal`), or with `--scope cluster-wide` where that is acceptable.
package gitops_guard.secrets.sealed_secret_renamed

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

deny contains result.violation(["metadata", field], msg) if {
	scope == "strict"
	name := object.get(input.object, ["metadata", "name"], "")
	name != input.facts.declared.name
	some field in writers
	msg := sprintf("the strict-scope SealedSecret %s is renamed to %s, and can't be opened any more", [input.facts.declared.name, name])
}

deny contains result.violation(["metadata", "namespace"], msg) if {
	scope in {"strict", "namespace-wide"}
	declared := input.facts.declared
	declared.namespace != ""
	namespace := object.get(input.object, ["metadata", "namespace"], "")
	not namespace in {"", declared.namespace}
	msg := sprintf("the %s SealedSecret %s moves from namespace %s to %s, and can't be opened any more", [scope, declared.name, declared.namespace, namespace])
}

deny contains result.violation(["metadata", "namespace"], msg) if {
	scope in {"strict", "namespace-wide"}
	declared := input.facts.declared
	declared.namespace == ""
	count(declared.built) > 1
	not sealed_for == object.get(input.object, ["metadata", "namespace"], "")
	msg := sprintf("the %s SealedSecret %s is built into %d namespaces, and can be opened in one of them only", [scope, declared.name, count(declared.built)])
}

# Where the new name was written: what lengthened it, else the name itself.
writers := input.facts.lengthened if {
	count(input.facts.lengthened) > 0
} else := ["name"]

scope := "cluster-wide" if {
	set("cluster-wide")
} else := "namespace-wide" if {
	set("namespace-wide")
} else := "strict"

set(name) if object.get(gitops.annotations(input.object), sprintf("sealedsecrets.bitnami.com/%s", [name]), "") == "true"

# kubeseal copies the namespace into the template.
sealed_for := object.get(input.object, ["spec", "template", "metadata", "namespace"], "")
