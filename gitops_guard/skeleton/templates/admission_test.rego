package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@

found(operation, kind) := faults if {
	faults := @NAME@.deny with input as {
		"request": {"operation": operation, "kind": {"kind": kind}, "name": "data", "userInfo": {"username": "alice"}},
		"parameters": {"kinds": ["PersistentVolumeClaim"]},
	}
}

test_judged if count(found("DELETE", "PersistentVolumeClaim")) == 1

test_not_judged if {
	count(found("UPDATE", "PersistentVolumeClaim")) == 0
	count(found("DELETE", "ConfigMap")) == 0
}
