# METADATA
# title: A Flux Kustomization applies SOPS ciphertext without decrypting it
# description: >-
#   Without `spec.decryption` kustomize-controller refuses an object that SOPS encrypted, so that nothing of the Kustomization is
#   reconciled any more; a Secret that kustomize generates from an encrypted file reaches the cluster as ciphertext. Each Kustomization
#   is asked as its parents render it: decryption that a parent's patch adds counts.
# related_resources:
#   - ref: https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption
# custom:
#   scope: resource
#   severity: error
#   kinds: [kustomize.toolkit.fluxcd.io/Kustomization]
#   mentions: ['"encrypted":["']
#   needs: [target]
#   remedy: Add `spec.decryption` with the provider sops, and `secretRef` unless the controller's identity can use the key.
package gitops_guard.secrets.missing_decryption

import data.gitops_guard.lib.result

deny contains result.violation(["spec", "decryption"], msg) if {
	encrypted := object.get(input.facts, "encrypted", [])
	count(encrypted) > 0
	not decrypts
	msg := sprintf("this Kustomization does not decrypt, and deploys what SOPS encrypted: %s%s", [encrypted[0], more(encrypted)])
}

decrypts if input.object.spec.decryption.provider == "sops"

more(encrypted) := "" if {
	count(encrypted) == 1
} else := sprintf(" and %d more", [count(encrypted) - 1])
