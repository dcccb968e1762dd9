package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@

found(programs) := faults if {
	faults := @NAME@.deny with input as {
		"file": {"path": "deploy.sh", "type": "script", "commands": [{"program": program, "line": 7} | some program in programs]},
		"parameters": {"programs": ["telnet"]},
	}
}

test_called if found(["ls", "telnet"]) == {{"file": "deploy.sh", "line": 7, "msg": "telnet is called"}}

test_not_called if count(found(["ls", "curl"])) == 0
