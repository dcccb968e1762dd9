# METADATA
# title: Secret data is committed in plaintext
# description: >-
#   Anyone who can read the repository, now or in its history, can read the value; base64 is no encryption. Every key counts but
#   those that are public by their field: certificates, public keys, known_hosts, user names, hosts, ports, database names, switches,
#   and addresses without a password. In Argo CD's own Secrets (label argocd.argoproj.io/secret-type) only their credential fields
#   count. No value are empty ones, placeholders (REPLACE_ME, your-…, runs of x), and references of SOPS, Vault, argocd-vault-plugin,
#   1Password, substitutions and templates; a literal default of a substitution is one, and so is changeme. `strict` makes every value
#   count; `allow_keys` holds globs of keys that may be plain.
# related_resources:
#   - ref: https://kubernetes.io/docs/concepts/configuration/secret/#information-security-for-secrets
#   - ref: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
#   - ref: https://fluxcd.io/flux/guides/mozilla-sops/
# custom:
#   scope: resource
#   severity: error
#   security_severity: "8.5"
#   kinds: [/Secret]
#   remedy: Change the value where it is used, then encrypt it with SOPS or Sealed Secrets, or let External Secrets fetch it.
#   parameters: {allow_keys: [], strict: false}
#   replaces: [secrets/credential-in-config]
package gitops_guard.secrets.plaintext_secret

import data.gitops_guard.lib.entries
import data.gitops_guard.lib.result

deny contains fault if {
	some entry in exposed
	msg := sprintf("%s %s of the Secret holds a value in plaintext", [entry.field, entry.key])
	some fault in places(entry, msg)
}

exposed contains entry if {
	some field in ["data", "stringData"]
	values := object.get(input.object, field, {})
	is_object(values)
	some key, raw in values
	raw != null
	not allowed(key)
	not [field, key] in made_up
	entry := object.union(content(field, key, raw), {
		"field": field,
		"key": key,
		"type": kind_of_secret,
		"argocd": argocd,
		"strict": input.parameters.strict,
		"pairs": [pair | some pair in input.facts.embedded; pair.path == [field, key]],
	})
	entries.exposed(entry)
	not left_plain(field, key)
}

# One fault at each line that can be named, else one at the key.
places(entry, msg) := {result.violation_in([entry.field, entry.key], line, msg) | some line in entries.lines(entry)} if {
	count(entries.lines(entry)) > 0
} else := {result.violation([entry.field, entry.key], msg)}

content("data", key, _) := input.facts.decoded[key]

content("stringData", _, raw) := {"text": raw} if {
	is_string(raw)
} else := {"text": sprintf("%v", [raw])}

kind_of_secret := object.get(input.object, "type", "Opaque")

default argocd := false

argocd if {
	labels := object.get(input.object, ["metadata", "labels"], {})
	is_object(labels)
	labels["argocd.argoproj.io/secret-type"]
}

allowed(key) if {
	some pattern in input.parameters.allow_keys
	is_string(pattern)
	glob.match(pattern, [], key)
}

# What a chart's template makes up (randAlphaNum, genCA, lookup) stands nowhere in the repository.
made_up := object.get(input.facts, "unwritten", [])

# SOPS leaves this leaf plain because the file's own selectors say so; that is a decision, not a leak.
left_plain(field, key) if {
	input.facts.sops.document
	not [field, key] in input.facts.sops.plain
} else if {
	# An env file that SOPS encrypted, packed by a generator: its own block, and what its suffix leaves plain.
	field == "data"
	startswith(input.facts.decoded.sops_mac.text, "ENC[AES256_GCM,")
	of_dotenv(key)
}

of_dotenv(key) if {
	startswith(key, "sops_")
} else if {
	endswith(key, input.facts.decoded.sops_unencrypted_suffix.text)
}
