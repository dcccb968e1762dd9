# METADATA
# title: A file that a SOPS creation rule covers is not encrypted as it says
# description: >-
#   `.sops.yaml` says which files the repository keeps encrypted, and for whom. Asked are only files that should be secret: those that
#   declare a Secret, those that a secretGenerator reads, and those whose name the rule singles out, and only where they hold a value
#   that the rule's selectors would encrypt. A file that is encrypted for other recipients than its rule names is a warning: someone
#   who left can still read it, or someone who should can't. Recipients are compared for age, PGP, AWS and Google Cloud keys.
# related_resources:
#   - ref: https://getsops.io/docs/#using-sops-yaml-conf-to-select-kms-pgp-and-age-for-new-files
# custom:
#   scope: file
#   severity: error
#   security_severity: "7.5"
#   remedy: Change the values where they are used, and encrypt the file (`sops encrypt -i`); for other recipients, `sops updatekeys`.
#   parameters: {}
package gitops_guard.secrets.encryption_rule_missed

import data.gitops_guard.lib.entries
import data.gitops_guard.lib.result
import data.gitops_guard.lib.secrets

deny contains object.union(result.at(input.file.path, rule.line, msg), {"column": rule.column}) if {
	rule := input.file.secrets.rule
	not rule.encrypted
	asked(rule)
	some leaf in rule.leaves
	hides(leaf)
	msg := "a creation rule of .sops.yaml covers this file, and it is not encrypted"
}

deny contains object.union(result.at(input.file.path, rule.line, msg), {"column": rule.column, "severity": "warning"}) if {
	rule := input.file.secrets.rule
	rule.encrypted
	rule.extra + rule.missing > 0
	msg := sprintf("the recipients differ from those of its creation rule: %d too many, %d missing", [rule.extra, rule.missing])
}

asked(rule) if {
	rule.secret
} else if {
	rule.packed
} else := rule.named

hides(leaf) if {
	key := regex.replace(leaf.key, `^(?:data|stringData)\.`, "")
	secrets.real(leaf.text)
	not entries.public(key, leaf.text)
}
