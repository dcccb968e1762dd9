# METADATA
# title: A secretGenerator packs a value in plaintext
# description: >-
#   The literal, the env file or the file lies in the repository as it is; the Secret that kustomize makes of it only encodes it.
#   What counts as a value is as for secrets/plaintext-secret; files that SOPS, age or PGP encrypted are none. The place is the
#   literal, the env file's line, the line of a packed file where the credential can be named, else the entry that packs it.
# related_resources:
#   - ref: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/
#   - ref: https://github.com/viaduct-ai/kustomize-sops
# custom:
#   scope: file
#   severity: error
#   security_severity: "8.5"
#   remedy: Change the value where it is used, then generate the Secret from an encrypted file (SOPS, KSOPS) or fetch it with External Secrets.
#   parameters: {allow_keys: [], strict: false}
#   replaces: [secrets/plaintext-secret, secrets/credential-in-config]
package gitops_guard.secrets.plaintext_generator

import data.gitops_guard.lib.entries
import data.gitops_guard.lib.result

deny contains fault if {
	input.file.type == "kustomization"
	some value in input.file.generators
	value.generator == "Secret"
	value.key != ""
	not value.encrypted
	not allowed(value.key)
	entry := {
		"key": value.key,
		"text": object.get(value, "value", ""),
		"binary": object.get(value, "binary", false),
		"type": value.type,
		"argocd": false,
		"strict": input.parameters.strict,
		"pairs": value.pairs,
	}
	entries.exposed(entry)
	msg := sprintf("%s %s of the secretGenerator %s is a value in plaintext", [words[value.form], value.key, value.name])
	some fault in places(value, entry, msg)
}

words := {"literal": "the literal", "env": "the env file's", "file": "the file"}

# One fault at each line of a packed file that can be named, else one at the entry.
places(value, entry, msg) := {result.at(pair.file, pair.line, msg) | some pair in value.pairs; lines[pair.line]} if {
	lines := entries.lines(entry)
	count(lines) > 0
} else := {object.union(result.at(value.file, value.line, msg), {"column": value.column})}

allowed(key) if {
	some pattern in input.parameters.allow_keys
	is_string(pattern)
	glob.match(pattern, [], key)
}
