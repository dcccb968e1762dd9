package gitops_guard.secrets.encryption_rule_missed_test

import data.gitops_guard.secrets.encryption_rule_missed

rule := {
	"secret": false, "packed": false, "named": true, "encrypted": false, "missing": 0, "extra": 0, "line": 2, "column": 7,
	"leaves": [{"key": "smtp.password", "text": "hunter2"}],
}

severities(change) := {object.get(fault, "severity", "error") | some fault in found} if {
	found := encryption_rule_missed.deny with input as {
		"file": {"path": "a.yaml", "type": "text", "secrets": {"rule": object.union(rule, change)}},
		"parameters": {},
	}
}

test_missed if {
	severities({}) == {"error"}
	severities({"named": false, "secret": true}) == {"error"}
	severities({"named": false, "packed": true}) == {"error"}
}

test_not_asked if {
	severities({"named": false}) == set()
	severities({"leaves": [{"key": "data.tls.crt", "text": "-----BEGIN CERTIFICATE-----\nMIID"}]}) == set()
	severities({"leaves": [{"key": "password", "text": "${PASSWORD}"}]}) == set()
}

test_recipients if {
	severities({"encrypted": true, "extra": 1}) == {"warning"}
	severities({"encrypted": true}) == set()
}
