# METADATA
# title: An encrypted file holds a value in plaintext
# description: >-
#   A leaf that the file's own SOPS selectors cover, and that is no ciphertext, was written by hand: it is readable, and SOPS can't
#   decrypt the file any more. As in SOPS, every part of a leaf's path is asked, the last selector decides, and null and the empty
#   text are no leak. A value of a SealedSecret that is not what kubeseal makes was pasted in plaintext, or is broken. YAML, JSON,
#   env and ini files are judged as they lie in the repository.
# related_resources:
#   - ref: https://getsops.io/docs/#encrypting-only-parts-of-a-file
#   - ref: https://github.com/bitnami-labs/sealed-secrets#sealedsecrets-as-templates-for-secrets
# custom:
#   scope: file
#   severity: error
#   security_severity: "8.5"
#   remedy: Change the value where it is used, then add it with `sops edit` (or `kubeseal --raw`), never by hand.
#   parameters: {}
#   replaces: [secrets/plaintext-generator, secrets/plaintext-secret, secrets/credential-in-config]
package gitops_guard.secrets.partially_encrypted

import data.gitops_guard.lib.result
import data.gitops_guard.lib.secrets

deny contains object.union(result.at(input.file.path, leaf.line, msg), {"column": leaf.column}) if {
	some leaf in input.file.secrets.plain
	leaf.line > 0
	msg := sprintf("%s should be encrypted by the file's own selectors, and is not", [leaf.key])
}

deny contains object.union(result.at(input.file.path, value.line, msg), {"column": value.column}) if {
	some value in input.file.secrets.unsealed
	value.line > 0
	secrets.real(value.text)
	msg := sprintf("encryptedData %s of the SealedSecret is no ciphertext that kubeseal makes", [value.key])
}
