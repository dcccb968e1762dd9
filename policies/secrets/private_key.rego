# METADATA
# title: A private key lies in the repository
# description: >-
#   Whoever can read the repository, now or in its history, can decrypt, log in or sign with it; an age or PGP key of SOPS opens every
#   secret in the repository. Any file counts, also a script or a document, and a Secret's data in base64: PEM keys (TLS, SSH), PGP
#   private key blocks, age identities, the keys, tokens and passwords of kubeconfigs, and service account files. A key that a
#   passphrase protects is left to secrets/plaintext-secret; a header without a key after it is none.
# related_resources:
#   - ref: https://getsops.io/docs/#encrypting-using-age
#   - ref: https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys
# custom:
#   scope: file
#   severity: error
#   security_severity: "9.1"
#   remedy: Make a new key and revoke this one, keep the new one out of the repository or encrypted, and re-encrypt what it opened.
#   parameters: {}
#   replaces: [secrets/partially-encrypted, secrets/plaintext-generator, secrets/plaintext-secret, secrets/credential-in-config]
package gitops_guard.secrets.private_key

import data.gitops_guard.lib.result
import data.gitops_guard.lib.secrets

deny contains result.at(input.file.path, key.line, sprintf("%s lies in the repository", [what])) if {
	some key in input.file.secrets.keys
	what := named(key)
}

named(key) := "an age private key" if {
	key.form == "age"
	varied(key.value)
} else := "a PGP private key" if {
	key.form == "pgp"
	not key.encrypted
	varied(key.value)
} else := sprintf("a private key (%s)", [lower(replace(key.label, " PRIVATE KEY", ""))]) if {
	key.form == "pem"
	not key.encrypted
	key.label != "PRIVATE KEY"
	varied(key.value)
} else := "a private key" if {
	key.form == "pem"
	not key.encrypted
	varied(key.value)
} else := sprintf("the %s of a kubeconfig", [key.label]) if {
	key.form == "kubeconfig"
	secrets.real(key.value)
	not startswith(key.value, "/")
}

# Figures that no one types to show what belongs here.
varied(value) if {
	count(value) >= 24
	not secrets.placeholder(value)
	count({letter | some letter in split(value, "")}) > 8
}
